"""A file of DMV's under fire (COA-36)."""

from datetime import timedelta
from pathlib import Path

from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.synthetic.coa import CoaSpec, generate_coa
from votecal_soap.synthetic.voters import generate_voters

from ..installation import COUNTY, OTHER_COUNTY, SEED, Installation
from . import dmv_history
from .dmv_history import DmvFileExpected
from .job_under_fire import JobUnderFire, Planted, load, registered, schedule_now
from .rows import Rows

THIRD_COUNTY = "37"


def prepare_dmv_file(installation: Installation, voters: int) -> Planted:
    """DMV's file: movers in the county and to two others, relatives, strangers, voters who move again, repeats, a record that breaks the schema."""
    load(installation, registered(voters, COUNTY), MatchingFunction.DMV_COA)
    fresh = _moves(voters)
    repeats = fresh[1::20]
    file = [record._replace(sequence=place) for place, record in enumerate([*fresh, *repeats], start=1)]
    folder = installation.application.config.dmv_drop_folder
    folder.mkdir(parents=True, exist_ok=True)
    write_dmv_coa_file(folder / "coa.xml", DmvCoaHeader("campaign", installation.application.clock.now()), file)
    unreadable = _spoil(folder / "coa.xml", file[5])
    job_id = schedule_now(installation, job_type=JobType.PROCESS_DMV_COA_RECORD_FILE, file_name="coa.xml")
    repeated = frozenset(range(len(fresh) + 1, len(file) + 1))
    expected = DmvFileExpected(job_id=job_id, record_count=len(file), unreadable=frozenset({unreadable}), repeated=repeated)
    return Planted(job_id=job_id, size=len(file), known=expected)


def _moves(voters: int) -> list[DmvRecord]:
    """Of three in four voters about, or of people whom nobody knows; a quarter of them move once more."""
    spec = CoaSpec(count=voters * 3 // 4, voter_count=voters, seed=SEED, county_codes=(COUNTY, OTHER_COUNTY, THIRD_COUNTY))
    made = [case.record for case in generate_coa(generate_voters(voters, SEED, COUNTY), spec)]
    return [*made, *map(_again, made[::4])]


def _again(record: DmvRecord) -> DmvRecord:
    """The same driver moves once more a day later."""
    home = record.new_address
    return record._replace(
        transaction_id=f"{record.transaction_id}-B",
        transaction_date=record.transaction_date + timedelta(days=1),
        new_address=home and home._replace(house_number=str(int(home.house_number or 0) + 2)),
        old_address=home,
    )


def _spoil(path: Path, record: DmvRecord) -> int:
    """The record's birth date is none; its place."""
    day = f"<DateOfBirth>{record.date_of_birth}<"
    head, found, tail = path.read_text().partition(f"<TransactionId>{record.transaction_id}<")
    assert found and day in tail, "the file is written otherwise now"
    path.write_text(head + found + tail.replace(day, "<DateOfBirth>1970-02-30<", 1))
    return record.sequence


def dmv_faults(_: Installation, rows: Rows, planted: Planted) -> list[str]:
    """See `dmv_history`."""
    return dmv_history.faults(rows, planted.known)


DMV_FILE = JobUnderFire(name="DMV file", prepare=prepare_dmv_file, faults=dmv_faults, size=1_200, settings={"dmv_chunk_records": 30, "dmv_settle_seconds": 0})
