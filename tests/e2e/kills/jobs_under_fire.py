"""The three jobs that are killed: what each is prepared with, what is known of its end beforehand, and what is judged by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fakes.whole_rolls import DUPLICATES, EVERYBODY, pages_of

from benchmarks.coa_workload import voter_record
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.matching import MatchingFunction, MatchingMode
from votecal_soap.search.duplicates import DuplicateScoring, WholeRoll
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.search.weights import expert_weights
from votecal_soap.synthetic.coa import CoaSpec, generate_coa
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.synthetic.registration_noise import as_registered
from votecal_soap.synthetic.voters import generate_voters
from votecal_soap.use_cases.schedule_job import ScheduleJob, schedule

from .. import history_checker
from ..installation import COUNTY, OTHER_COUNTY, SEED, Installation
from ..planted_batch import planted_batch
from . import detection_history, dmv_history
from .detection_history import DetectionExpected
from .dmv_history import DmvFileExpected
from .rows import Rows

FIRST_UID = 100_000_001


@dataclass(frozen=True, kw_only=True)
class Planted:
    """What was prepared, and all that its checker must know; `county` is what the county's office works with, in a batch."""

    job_id: int
    size: int
    known: Any
    county: Any = None


@dataclass(frozen=True, kw_only=True)
class JobUnderFire:
    """One kind of job. `faults` needs the rows and, for a batch, the installation; one of the `workers` at least has nothing in hand."""

    name: str
    prepare: Callable[[Installation, int], Planted]
    faults: Callable[[Installation, Rows, Planted], list[str]]
    sizes: int
    workers: int = 2
    settings: Mapping[str, object] = field(default_factory=dict)


def _schedule(installation: Installation, **command: Any) -> int:
    application = installation.application
    job = schedule(ScheduleJob(acting_user="ada", **command), application.unit_of_work(), application.clock, CronRecurrence()).job
    JobScheduler(application).make_all_due()
    return job.job_id


def prepare_batch(installation: Installation, records: int) -> Planted:
    """A county's batch with every outcome; the county has still to send it."""
    job_id = installation.schedule()
    wire_records, truths, voters = planted_batch(installation, job_id, records)
    before = history_checker.read_voters(installation.engine)
    return Planted(job_id=job_id, size=records, known=(truths, before), county=(wire_records, voters))


def batch_faults(installation: Installation, _: Rows, planted: Planted) -> list[str]:
    """The history, and what must come of each record."""
    truths, before = planted.known
    history = history_checker.read_history(installation.engine, planted.job_id)
    expected = {truth.sequence: (truth.outcome, truth.reason) for truth in truths}
    found = {row.sequence: (row.outcome, row.reason) for row in history.outcomes}
    wrong = [f"record {sequence}: {found.get(sequence)} instead of {right}" for sequence, right in expected.items() if found.get(sequence) != right]
    return [*history_checker.faults(history, planted.size, before), *wrong]


def _voters(count: int, county_code: str, first_uid: int, twice: float = 0.0) -> list[Any]:
    noise = ORDINARY_NOISE if not twice else _twice(twice)
    return [voter_record(item, first_uid + number) for number, item in enumerate(as_registered(generate_voters(count, SEED, county_code), SEED, county_code, noise))]


def _twice(share: float) -> Any:
    from dataclasses import replace

    return replace(ORDINARY_NOISE, registered_twice=share)


def _add(installation: Installation, voters: list[Any], function: MatchingFunction) -> None:
    """The voters, long ago; one county's matches are applied, another's wait for it."""
    application = installation.application
    with application.unit_of_work() as uow:
        uow.voters.add_voters(voters, application.clock.now() - timedelta(days=400))
        uow.matching.save_mode(COUNTY, function, MatchingMode.APPLY, application.clock.now(), "ada")
        uow.matching.save_mode(OTHER_COUNTY, function, MatchingMode.PROVISIONAL, application.clock.now(), "ada")
        uow.commit()


def prepare_dmv_file(installation: Installation, records: int) -> Planted:
    """DMV's file: movers in the county and to two others, relatives, strangers, voters who move again, repeats, a record that breaks the schema."""
    voters = _voters(records, COUNTY, FIRST_UID)
    _add(installation, voters, MatchingFunction.DMV_COA)
    spec = CoaSpec(count=records * 3 // 4, voter_count=records, seed=SEED, county_codes=(COUNTY, OTHER_COUNTY, "37"))
    made = [case.record for case in generate_coa(generate_voters(records, SEED, COUNTY), spec)]
    again = [_again(record) for record in made[:: 4]]
    repeats = made[1::20]
    file = [record._replace(sequence=place) for place, record in enumerate([*made, *again, *repeats], start=1)]
    repeated = frozenset(range(len(made) + len(again) + 1, len(file) + 1))
    folder = installation.application.config.dmv_drop_folder
    folder.mkdir(parents=True, exist_ok=True)
    write_dmv_coa_file(folder / "coa.xml", DmvCoaHeader("campaign", installation.application.clock.now()), file)
    unreadable = _spoil(folder / "coa.xml", file[5])
    job_id = _schedule(installation, job_type=JobType.PROCESS_DMV_COA_RECORD_FILE, file_name="coa.xml")
    expected = DmvFileExpected(job_id=job_id, record_count=len(file), unreadable=frozenset({unreadable}), repeated=repeated)
    return Planted(job_id=job_id, size=len(file), known=expected)


def _again(record: DmvRecord) -> DmvRecord:
    """The same driver moves once more a day later."""
    home = record.new_address
    return record._replace(
        transaction_id=f"{record.transaction_id}-B",
        transaction_date=record.transaction_date + timedelta(days=1),
        new_address=home and home._replace(house_number=str(int(home.house_number or 0) + 2)),
        old_address=home,
    )


def _spoil(path, record: DmvRecord) -> int:
    """The record's birth date is none; its place."""
    day = f"<DateOfBirth>{record.date_of_birth}<"
    head, found, tail = path.read_text().partition(f"<TransactionId>{record.transaction_id}<")
    assert found and day in tail, "the file is written otherwise now"
    path.write_text(head + found + tail.replace(day, "<DateOfBirth>1970-02-30<", 1))
    return record.sequence


def dmv_faults(_: Installation, rows: Rows, planted: Planted) -> list[str]:
    """See `dmv_history`."""
    return dmv_history.faults(rows, planted.known)


def prepare_detection(installation: Installation, voters: int) -> Planted:
    """A roll in which many are registered twice, none oftener: how three records merge depends on which pair comes first."""
    roll = _voters(voters // 2, COUNTY, FIRST_UID, twice=0.5)
    roll += _voters(voters // 2, OTHER_COUNTY, FIRST_UID + len(roll), twice=0.5)
    pairs = _pairs(roll)
    of_several = {uid for pair in pairs for uid in pair if sum(uid in other for other in pairs) > 1}
    roll = [voter for voter in roll if voter.state_voter_id not in of_several]
    pairs = _pairs(roll)
    _add(installation, roll, MatchingFunction.DUPLICATE_VOTER)
    job_id = _schedule(installation, job_type=JobType.DUPLICATE_VOTER_DETECTION, scope=DetectionScope.WHOLE)
    return Planted(job_id=job_id, size=len(roll), known=DetectionExpected(job_id=job_id, pairs=frozenset(pairs)))


def _pairs(roll: list[Any]) -> list[tuple[int, int]]:
    """Computed in memory, as the job has to find them."""
    rows = [(voter.state_voter_id, 0, voter.county_code, *standardise(voter_person(voter))) for voter in roll]
    scoring = DuplicateScoring(expert_weights(), DUPLICATES, roll_size=len(roll))
    found = WholeRoll(pages_of(rows), DUPLICATES).duplicates(*EVERYBODY, scoring)
    return [pair[:2] for pair in found if pair.confidence >= DUPLICATES.manual]


def detection_faults(_: Installation, rows: Rows, planted: Planted) -> list[str]:
    """See `detection_history`."""
    return detection_history.faults(rows, planted.known)


BATCH = JobUnderFire(name="batch", prepare=prepare_batch, faults=batch_faults, sizes=3_000, settings={"batch_chunk_records": 20})
DMV_FILE = JobUnderFire(name="DMV file", prepare=prepare_dmv_file, faults=dmv_faults, sizes=1_200, settings={"dmv_chunk_records": 30, "dmv_settle_seconds": 0})
DETECTION = JobUnderFire(
    name="duplicates",
    prepare=prepare_detection,
    faults=detection_faults,
    sizes=300,
    workers=3,
    settings={"duplicate_partition_voters": 10, "duplicate_workers": 2},
)
JOBS = (BATCH, DMV_FILE, DETECTION)
