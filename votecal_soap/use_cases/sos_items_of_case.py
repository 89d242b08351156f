"""Work items of SOS that a match case makes, and that its end closes (DUP-03, DUP-04, DUP-06, DLR-04)."""

from datetime import date

from votecal_soap.domain.duplicate_cases import bear_one_license, bear_one_verified_license
from votecal_soap.domain.match_cases import MatchCase, WorkItemStatus
from votecal_soap.domain.sos_work_items import NewSosWorkItem, SosItemOutcome, SosItemType
from votecal_soap.domain.voters import VerificationStatus, Voter
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork


def ask_for_review(uow: UnitOfWork, case: MatchCase, due_on: date, effects: MatchEffects) -> None:
    """Both counties rejected it, or the one that there is: *Review Rejected Duplicate DL/ID Matches by County Users*."""
    _open(uow, SosItemType.REVIEW_REJECTED_DUPLICATE, case, due_on, effects)


def notify_administrators(uow: UnitOfWork, case: MatchCase, voters: tuple[Voter, Voter], due_on: date, effects: MatchEffects) -> None:
    """At the first rejection on one verified DL/ID, SOS administrators are to know (S4.7, DUP-06)."""
    if bear_one_verified_license(*voters):
        _open(uow, SosItemType.VERIFIED_LICENSE_REJECTED, case, due_on, effects)


def notify_of_verified_candidate(uow: UnitOfWork, case: MatchCase, voters: tuple[Voter, Voter], due_on: date, effects: MatchEffects) -> None:
    """The same where one of the two was just registered: DMV is yet to be asked about its number, and has verified the other's (S4.7, DUP-06)."""
    if bear_one_license(*voters) and any(voter.drivers_license_status == VerificationStatus.VERIFIED for voter in voters):
        _open(uow, SosItemType.VERIFIED_LICENSE_REJECTED, case, due_on, effects)


def close_items_of_case(uow: UnitOfWork, case_id: int, outcome: SosItemOutcome, effects: MatchEffects, cause: str | None = None) -> None:
    """The case is decided: there is nothing to review; what administrators are to know stays until one has read it."""
    for item in uow.sos_items.of_case(case_id):
        if item.status is WorkItemStatus.OPEN and item.item_type is SosItemType.REVIEW_REJECTED_DUPLICATE:
            uow.sos_items.close(item, outcome, cause, effects.at, effects.actor)


def _open(uow: UnitOfWork, item_type: SosItemType, case: MatchCase, due_on: date, effects: MatchEffects) -> None:
    (item_id,) = uow.sos_items.open([NewSosWorkItem(item_type, due_on, case_id=case.case_id)], effects.at)
    effects.audit("OpenSosWorkItem", ("SosWorkItem", item_id), None, old={}, new={"type": item_type, "case": case.case_id})
