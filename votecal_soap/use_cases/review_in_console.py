"""UC01.13.01 An SOS user reviews a pair of records in the console: the item that nobody else works on, the decision, what comes next (DLR-18)."""

from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import StaffUser
from votecal_soap.domain.duplicate_cases import ReviewDecision
from votecal_soap.domain.match_cases import CaseState, MatchCase, WorkItemStatus
from votecal_soap.domain.sos_work_items import SosItemQuery, SosItemType, SosNote, SosWorkItem
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.console_access import is_of_sos
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.review_duplicate import review_duplicate
from votecal_soap.use_cases.work_on_case import require_free

REVIEWED: Final = frozenset({CaseState.OPEN, CaseState.REJECTED_BY_USER})
"""States in which SOS has a word about a pair; a provisional merge waits for its county."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSide:
    """What SOS users see of a pair besides what its counties see."""

    item: SosWorkItem | None
    """The review that the rejections made; None when the counties have not come to that."""
    notes: tuple[SosNote, ...]
    may_review: bool


def review_side(uow: UnitOfWork, person: StaffUser, case: MatchCase) -> ReviewSide | None:
    """None for a county's people, and for a case that is no pair of voters."""
    if case.other_state_voter_id is None or not is_of_sos(person):
        return None
    item = _review_item(uow, case.case_id)
    notes = () if item is None else tuple(uow.sos_items.notes(item.item_id))
    return ReviewSide(item=item, notes=notes, may_review=case.state in REVIEWED)


def review(decision: ReviewDecision, acting_user: str, unit_of_work: UnitOfWorkFactory, clock: Clock) -> MatchCase:
    """Decide, unless somebody else works on the case or its work item.

    Raises:
        Conflict: CASE_CLAIMED, and whatever `review_duplicate` raises.
    """
    with unit_of_work() as uow:
        require_free(uow, decision.case_id, acting_user, clock.now())
        item = _review_item(uow, decision.case_id)
        if item is not None and item.status is WorkItemStatus.OPEN and item.claimed_by not in (None, acting_user):
            raise Conflict(ErrorCode.CASE_CLAIMED, f"{item.claimed_by} works on this case.", ref="MatchCaseId")
        decided = review_duplicate(decision, acting_user, uow, clock)
        uow.commit()
    return decided


def next_review(case_id: int, uow: UnitOfWork) -> int | None:
    """The case of the open review that is due after this case's; None when there is none, or when this case has no review."""
    with uow:
        item = _review_item(uow, case_id)
        if item is None:
            return None
        found = uow.sos_items.listed(SosItemQuery(item_type=SosItemType.REVIEW_REJECTED_DUPLICATE, after=item, limit=1))
    return found[0].case_id if found else None


def _review_item(uow: UnitOfWork, case_id: int) -> SosWorkItem | None:
    """The last one: a pair that was undone and came back may have had another."""
    reviews = [item for item in uow.sos_items.of_case(case_id) if item.item_type is SosItemType.REVIEW_REJECTED_DUPLICATE]
    return reviews[-1] if reviews else None
