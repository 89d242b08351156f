"""Duplicate detection under fire (DUP-01, DUP-07)."""

from fakes.whole_rolls import DUPLICATES, EVERYBODY, pages_of

from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.domain.voters import Voter
from votecal_soap.search.duplicates import DuplicateScoring, WholeRoll
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.search.weights import expert_weights

from ..installation import COUNTY, OTHER_COUNTY, Installation
from . import detection_history
from .detection_history import DetectionExpected
from .job_under_fire import FIRST_UID, JobUnderFire, Planted, load, registered, schedule_now
from .rows import Rows


def prepare_detection(installation: Installation, voters: int) -> Planted:
    """A roll in which many are registered twice, none oftener: how three records merge depends on which pair comes first."""
    roll = registered(voters // 2, COUNTY, twice=0.5)
    roll += registered(voters // 2, OTHER_COUNTY, FIRST_UID + len(roll), twice=0.5)
    pairs = _pairs(roll)
    of_several = {uid for pair in pairs for uid in pair if sum(uid in other for other in pairs) > 1}
    roll = [voter for voter in roll if voter.state_voter_id not in of_several]
    pairs = _pairs(roll)
    load(installation, roll, MatchingFunction.DUPLICATE_VOTER)
    job_id = schedule_now(installation, job_type=JobType.DUPLICATE_VOTER_DETECTION, scope=DetectionScope.WHOLE)
    return Planted(job_id=job_id, size=len(roll), known=DetectionExpected(job_id=job_id, pairs=frozenset(pairs)))


def _pairs(roll: list[Voter]) -> list[tuple[int, int]]:
    """Computed in memory, as the job has to find them."""
    rows = [(voter.state_voter_id, 0, voter.county_code, *standardise(voter_person(voter))) for voter in roll]
    scoring = DuplicateScoring(expert_weights(), DUPLICATES, roll_size=len(roll))
    found = WholeRoll(pages_of(rows), DUPLICATES).duplicates(*EVERYBODY, scoring)
    return [pair[:2] for pair in found if pair.confidence >= DUPLICATES.manual]


def detection_faults(_: Installation, rows: Rows, planted: Planted) -> list[str]:
    """See `detection_history`."""
    return detection_history.faults(rows, planted.known)


DETECTION = JobUnderFire(
    name="duplicates",
    prepare=prepare_detection,
    faults=detection_faults,
    size=300,
    workers=3,
    settings={"duplicate_partition_voters": 10, "duplicate_workers": 2},
)
