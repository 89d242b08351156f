"""The workload of the job benchmark: a database of made-up voters, and a DMV file about them, dropped and scheduled."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.coa_workload import COUNTIES, FIRST_UID, population, voter_record
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import FixedClock
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.dmv_exchange import FolderDmvExchange
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import JobInstance, JobState, JobType
from votecal_soap.domain.voters import Voter
from votecal_soap.synthetic.coa import CoaSpec, DmvCase, generate_coa
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.synthetic.voters import SyntheticVoter
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.process_dmv_coa_record_file import WORTH_A_PROCESS, DmvFileWork

NOW: Final = datetime(2026, 2, 2, 18, tzinfo=UTC)
SENT_ON: Final = date(2026, 2, 1)
FILE_NAME: Final = "dmv.xml"
SEED: Final = 1
VOTERS_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWorkload:
    """A database before the job, the file, and what each of its records is."""

    folder: Path
    database: Path
    file: Path
    cases: list[DmvCase]

    def copy(self, name: str) -> Path:
        """A copy of the database, to be written to."""
        return Path(shutil.copyfile(self.database, self.folder / name))

    def work(self, database: Path, *, chunk_records: int) -> DmvFileWork:
        """What processing needs, on a copy of the database and of the file."""
        folder = self.folder / f"{database.name} files"
        exchange = FolderDmvExchange(folder / "drop", folder / "taken", settle=timedelta(0), incomplete=timedelta(0))
        shutil.copyfile(self.file, folder / "drop" / FILE_NAME)
        return DmvFileWork(
            unit_of_work=unit_of_work(database),
            clock=FixedClock(NOW),
            exchange=exchange,
            chunk_records=chunk_records,
            search_ahead_from=WORTH_A_PROCESS,
            transfer_pending=timedelta(days=10),
            should_stop=lambda: None,
        )


def unit_of_work(database: Path) -> UnitOfWorkFactory:
    """Units of work on a database."""
    return SqlUnitOfWorkFactory.from_url(f"sqlite:///{database}")


def claimed(factory: UnitOfWorkFactory) -> JobInstance:
    """The job's run, claimed."""
    with factory() as uow:
        instance = uow.jobs.claim("benchmark", 3_600, 5)
        uow.commit()
    if instance is None:
        raise RuntimeError("there is no run to claim")
    return instance


def make_job_workload(folder: Path, *, voters: int, records: int) -> JobWorkload:
    """Build database and file once; runs copy them."""
    database = folder / "base.db"
    upgrade(f"sqlite:///{database}")
    spec = CoaSpec(count=records, voter_count=voters, seed=SEED, county_codes=tuple(COUNTIES), sent_on=SENT_ON)
    with closing(unit_of_work(database)) as factory:
        load_reference("benchmark", factory(), FixedClock(NOW))
        cases = generate_coa(loaded(population(voters, SEED, ORDINARY_NOISE), factory), spec)
        schedule(factory)
    file = folder / FILE_NAME
    write_dmv_coa_file(file, DmvCoaHeader("benchmark", NOW), (case.record for case in cases))
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # runs copy the one file
    connection.close()
    return JobWorkload(folder=folder, database=database, file=file, cases=cases)


def loaded(voters: Iterator[SyntheticVoter], factory: UnitOfWorkFactory) -> Iterator[SyntheticVoter]:
    """Pass voters on, and insert them as the product does: with their version, as compared, and with their keys."""
    waiting: list[Voter] = []
    for number, voter in enumerate(voters):
        waiting.append(voter_record(voter, FIRST_UID + number))
        if len(waiting) == VOTERS_AT_ONCE:
            _add(waiting, factory)
            waiting = []
        yield voter
    _add(waiting, factory)


def _add(voters: list[Voter], factory: UnitOfWorkFactory) -> None:
    with factory() as uow:
        uow.voters.add_voters(voters, NOW)
        uow.commit()


def scheduled(uow: UnitOfWork, job_type: JobType, scope: DetectionScope | None = None) -> int:
    """A job whose run is due; its id."""
    job_id = uow.jobs.add(
        job_type=job_type,
        state=JobState.PENDING,
        county_code=None,
        election_id=None,
        data_kinds=[],
        not_before=NOW,
        repeat=None,
        notice=None,
        scheduled_by="benchmark",
        scheduled_at=NOW,
        scope=scope,
    )
    uow.jobs.add_instance(job_id, NOW, upload_id=None, record_count=None)
    return job_id


def schedule(factory: UnitOfWorkFactory) -> None:
    """The job that waits for the file."""
    with factory() as uow:
        uow.dmv_files.expect(scheduled(uow, JobType.PROCESS_DMV_COA_RECORD_FILE), FILE_NAME, NOW)
        uow.commit()
