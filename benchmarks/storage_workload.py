"""The work whose rows are counted: made-up voters, a county's batch over all of them, a DMV file, a queue that is cleared and archived."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks import batch_workload, coa_job_workload
from benchmarks.batch_workload import COUNTY
from benchmarks.coa_job_workload import FILE_NAME, NOW, SEED, SENT_ON, claimed
from benchmarks.coa_workload import COUNTIES, population
from votecal_soap.clock import FixedClock, SystemClock
from votecal_soap.contract.batch_expansion import ExpansionLimits
from votecal_soap.contract.batch_writer import write_batch_file
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.dmv_exchange import FolderDmvExchange
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome
from votecal_soap.spool import FileSpool
from votecal_soap.synthetic.coa import CoaSpec, DmvCase, generate_coa
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.use_cases import process_dmv_coa_record_file, process_voter_record_update_batch
from votecal_soap.use_cases.archive_messages import ArchiveMessages, archive_messages
from votecal_soap.use_cases.clear_messages import CLEARANCE_LIMIT, clear_messages
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.ports import UnitOfWorkFactory
from votecal_soap.use_cases.process_dmv_coa_record_file import DmvFileWork
from votecal_soap.use_cases.process_voter_record_update_batch import BatchSettings, BatchWork

LIMITS: Final = ExpansionLimits(byte_limit=1 << 40, ratio_limit=1_000)
NEVER: Final = 1 << 60
"""Records from which a second process would help."""


def load_county(factory: UnitOfWorkFactory, voters: int) -> None:
    """A county and its voters."""
    batch_workload.load_batch_reference(factory)
    batch_workload.load_batch_voters(factory, voters)


def run_batch(factory: UnitOfWorkFactory, folder: Path, records: int) -> None:
    """A record for each voter: nine of ten change the home precinct, the tenth says what the state has."""
    spool = FileSpool(folder / "spool")
    header = BatchHeader(COUNTY, "VoterRecordUpdate", 1, SCHEMA_VERSION, "2026-01-05T12:00:00Z", None)
    spool.path(1).parent.mkdir(parents=True, exist_ok=True)
    batch_workload.receive_batch(factory, write_batch_file(spool.path(1), header, batch_workload.batch_records(records)))
    settings = BatchSettings(chunk_records=10_000, parsers=0, limits=LIMITS)
    work = BatchWork(unit_of_work=factory, clock=SystemClock(), spool=spool, settings=settings, should_stop=lambda: None)
    process_voter_record_update_batch.process(claimed(factory), work)


def clear_and_archive(factory: UnitOfWorkFactory, stay: timedelta) -> None:
    """Clear the county's whole queue, as its EMS does, and move it to the archive."""
    caller, clock = Caller(username="benchmark", county_code=COUNTY, credential_expires_at=None), SystemClock()
    for message_ids in _pages(factory):
        clear_messages([Clearance(message_id=message_id, outcome=ClearOutcome.PROCESSED) for message_id in message_ids], caller, factory, clock)
    archive_messages(ArchiveMessages(stay=stay, retention=None, actor="benchmark"), factory, clock)


def _pages(factory: UnitOfWorkFactory) -> Iterator[list[int]]:
    while True:
        with factory(read_only=True) as uow:
            page = uow.messages.page(COUNTY, CLEARANCE_LIMIT, with_payload=False)
        if not page:
            return
        yield [message.message_id for message in page]


def load_codes(factory: UnitOfWorkFactory) -> None:
    """Counties, code tables, ZIP codes."""
    load_reference("benchmark", factory(), FixedClock(NOW))


def load_state(factory: UnitOfWorkFactory, voters: int, records: int) -> list[DmvCase]:
    """Voters of all counties, and the records of a DMV file about some of them."""
    spec = CoaSpec(count=records, voter_count=voters, seed=SEED, county_codes=tuple(COUNTIES), sent_on=SENT_ON)
    return generate_coa(coa_job_workload.loaded(population(voters, SEED, ORDINARY_NOISE), factory), spec)


def run_dmv_file(factory: UnitOfWorkFactory, folder: Path, cases: list[DmvCase]) -> None:
    """The file's job, from the drop folder to the last message."""
    coa_job_workload.schedule(factory)
    exchange = FolderDmvExchange(folder / "drop", folder / "taken", settle=timedelta(0), incomplete=timedelta(0))
    write_dmv_coa_file(folder / "drop" / FILE_NAME, DmvCoaHeader("benchmark", NOW), (case.record for case in cases))
    work = DmvFileWork(
        unit_of_work=factory,
        clock=FixedClock(NOW),
        exchange=exchange,
        chunk_records=2_000,
        search_ahead_from=NEVER,
        transfer_pending=timedelta(days=10),
        should_stop=lambda: None,
    )
    process_dmv_coa_record_file.process(claimed(factory), work)
