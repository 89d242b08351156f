"""Makes DMV records, work items and cases with as little said as possible."""

from datetime import date
from itertools import count

from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.dmv_repeats import keyed
from votecal_soap.domain.jobs import DataKind, JobState, JobType
from votecal_soap.domain.match_cases import CaseState, CaseType, Disposition, WorkItemStatus
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.use_cases.ports import NewMatchCase, NewWorkItem

HOME = ResidenceAddress(house_number="12", street_name="OAK", street_type="ST", residence_city="DAVIS", residence_state="CA", residence_zip_code="95616")
CRITERIA = (Criterion(MatchField.DATE_OF_BIRTH, "same", 12.5, "Same date of birth"), Criterion(MatchField.SSN4, "missing", 0.0, "SSN4 not given"))
_numbers = count(1)


def dmv_record(**values):
    """A change of address of somebody with a licence of his own."""
    number = next(_numbers)
    empty = dict.fromkeys(DmvRecord._fields)
    usual = {"sequence": number, "transaction_id": f"T-{number}", "kind": DmvRecordKind.CHANGE_OF_ADDRESS, "transaction_date": date(2026, 2, 27)}
    person = {"drivers_license": f"D{number:07d}", "first_name": "ADA", "last_name": "LOVELACE", "date_of_birth": date(1960, 12, 10), "new_address": HOME}
    return DmvRecord(**{**empty, **usual, **person, **values})


def dmv_job(uow, registry):
    """The job that items belong to."""
    return registry.job(uow, job_type=JobType.PURGE, state=JobState.PENDING, county_code=None, election_id=None, data_kinds=list[DataKind](), notice=None)


def work_item(work_item_id, record=None, **values):
    """An open item with a potential match."""
    usual = {"status": WorkItemStatus.OPEN, "disposition": Disposition.POTENTIAL_MATCH, "county_code": "19", "signature_id": None, "top_confidence": 80}
    return NewWorkItem(**{"work_item_id": work_item_id, "keyed": keyed(record or dmv_record()), **usual, "weights_version": "expert-2", **values})


def add_items(uow, registry, count=1, job_id=None, **values):
    """Insert items; their ids."""
    first = uow.work_items.reserve_ids(count)
    items = [work_item(first + number, **values) for number in range(count)]
    uow.work_items.add(items, job_id or dmv_job(uow, registry), registry.now)
    return [item.work_item_id for item in items]


def match_case(case_id, state_voter_id, work_item_id=None, **values):
    """An open case of Los Angeles."""
    usual = {"case_type": CaseType.DMV_COA, "county_code": "19", "state": CaseState.OPEN, "confidence": 80, "criteria": CRITERIA, "cap": "common_name"}
    rest = {"potential_reason": "BelowAutomatic", "same_drivers_license": False, "weights_version": "expert-2", "due_on": date(2026, 3, 9)}
    undecided = dict.fromkeys(("decided_by", "basis", "before_version", "applied_version"))
    key = {"case_id": case_id, "work_item_id": work_item_id, "state_voter_id": state_voter_id, "automatic": False}
    return NewMatchCase(**{**key, **usual, **rest, **undecided, **values})


def add_case(uow, registry, state_voter_id, work_item_id=None, **values):
    """Insert a case; as it is read."""
    case_id = uow.match_cases.reserve_ids(1)
    uow.match_cases.add([match_case(case_id, state_voter_id, work_item_id, **values)], registry.now)
    return uow.match_cases.get(case_id)


def add_voter(uow, registry, **values):
    """Insert a voter; the UID."""
    voter = registry.voter(**values)
    uow.voters.add_voters([voter], registry.now)
    return voter.state_voter_id
