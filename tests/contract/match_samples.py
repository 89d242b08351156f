"""A voter, a match case and a move as the contract tests tell of them."""

from datetime import UTC, date, datetime

from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase, PotentialReason, TransferOut, TransferState
from votecal_soap.domain.match_notices import DuplicateDetail, MatchNotice, TransferNotice
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.voters import StateVoterId, Voter

from .dmv_samples import MOVE

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)

VOTER = Voter(
    **dict.fromkeys(Voter._fields)
    | {
        "state_voter_id": StateVoterId(100000007),
        "county_code": "19",
        "ems_voter_id": "LA-7",
        "version": 3,
        "effective_date": date(2025, 1, 2),
        "first_name": "Ana",
        "last_name": "O'Neil & Sons",
        "date_of_birth": date(1980, 2, 29),
        "drivers_license": "A1234567",
        "ssn4": "1234",
        "gender": "F",
        "language": "ENG",
        "party": "NPP",
        "phone": "2135550100",
        "email": "ana@example.com",
        "house_number": "1",
        "street_name": "Old",
        "residence_city": "Pasadena",
        "residence_zip_code": "91101",
        "mailing_line1": "PO Box 7",
        "home_precinct": "19-7",
        "registration_date": date(2020, 10, 1),
        "status": "Active",
        "vnc_due": 0,
        "message_sequence": 4,
    }
)
CRITERIA = (
    Criterion(MatchField.DATE_OF_BIRTH, "same", 9.123, "The dates of birth are the same."),
    Criterion(MatchField.DRIVERS_LICENSE, "missing", 0.0, "One side has no driver's licence."),
    Criterion(MatchField.ADDRESS, "other", -0.456, "The addresses differ <as after a move>."),
)
NOTICE = MatchNotice(
    case_id=41,
    case_type=CaseType.DMV_COA,
    case_state=CaseState.OPEN,
    case_version=1,
    county_code="19",
    confidence=87,
    criteria=CRITERIA,
    cap="common_name",
    potential_reason=PotentialReason.BELOW_AUTOMATIC,
    due_on=date(2026, 3, 9),
    work_item_id=77,
    dmv_transaction_id="DMV-0000001",
    dmv_transaction_date=date(2026, 2, 20),
    voter=VOTER,
    new_address=MOVE.new_address,
    new_mailing_address=MOVE.mailing_address,
    new_county="34",
    home_precinct_needed=True,
    withheld_by_blackout=False,
    basis=None,
)
TRANSFER = TransferOut(
    transfer_id=5,
    state_voter_id=100000007,
    losing_county="19",
    gaining_county="34",
    case_id=41,
    state=TransferState.OPEN,
    provisional=True,
    opened_at=NOW,
    pending_until=datetime(2026, 3, 12, 17, 0, tzinfo=UTC),
    decided_at=None,
    decided_by=None,
)
REGISTERED_MOVE = TransferNotice(TRANSFER._replace(case_id=None), None, voter=VOTER, confidence=96, criteria=CRITERIA, basis="registered at the counter")
"""A move that Sacramento registered with an affidavit: it has no match case."""

CASE = MatchCase(
    **dict.fromkeys(MatchCase._fields)
    | {
        "case_id": 41,
        "case_type": CaseType.DMV_COA,
        "work_item_id": 77,
        "state_voter_id": 100000007,
        "county_code": "19",
        "state": CaseState.ACCEPTED,
        "version": 2,
        "confidence": 87,
        "criteria": CRITERIA,
        "same_drivers_license": False,
        "weights_version": "expert-2",
        "opened_at": NOW,
        "due_on": date(2026, 3, 9),
        "applied_version": 4,
        "automatic": False,
    }
)

OTHER = VOTER._replace(state_voter_id=StateVoterId(100000008), county_code="34", ems_voter_id="SAC-8", version=2)
DUPLICATE = DuplicateDetail(
    other_voter=OTHER,
    round_number=1,
    cause=DuplicateCause.LIKENESS,
    same_drivers_license=True,
    asked_county="19",
    first_rejected_by="34",
    newer_id=None,
    older_id=None,
)
_NOTHING_OF_DMV = dict.fromkeys(("work_item_id", "dmv_transaction_id", "dmv_transaction_date", "new_address", "new_mailing_address", "new_county"))
PAIR_NOTICE = NOTICE._replace(case_type=CaseType.DUPLICATE_VOTER, home_precinct_needed=False, duplicate=DUPLICATE, **_NOTHING_OF_DMV)
"""A pair of a record of Los Angeles and one of Sacramento, which Sacramento rejected."""

MERGE_NOTICE = PAIR_NOTICE._replace(
    case_state=CaseState.ACCEPTED,
    duplicate=DUPLICATE._replace(asked_county=None, first_rejected_by=None, newer_id=100000008, older_id=100000007),
)
