"""DLR-05, DUP-06 The lists of SOS's own work items on pairs of records, with the detected pairs of one verified DL/ID beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.sos_work_items import SosItemQuery, SosItemSort, SosItemType, SosWorkItem
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.console_access import note_looks
from votecal_soap.use_cases.duplicate_messages import voters_of
from votecal_soap.use_cases.ports import UnitOfWork

PAGE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReviews:
    """Which list, for whom; `after_item_id` and `after_case_id` end the pages before, 0 begins."""

    item_type: SosItemType
    acting_user: str
    sort: SosItemSort = SosItemSort.DUE
    overdue_only: bool = False
    unclaimed_only: bool = False
    after_item_id: int = 0
    after_case_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """A page of work items with their cases and voters; `pairs` wait for their counties. None where no page follows."""

    items: Sequence[SosWorkItem]
    pairs: Sequence[MatchCase]
    cases: Mapping[int, MatchCase]
    voters: Mapping[int, Voter]
    following_item: int | None
    following_pair: int | None


def list_reviews(command: ListReviews, uow: UnitOfWork, clock: Clock) -> ReviewPage:
    """Open items; detected pairs stand beside reviews alone. Names of other counties' voters leave a trace (OPS-02)."""
    with uow:
        person = require_role(uow, command.acting_user, SOS_ROLES)
        items = uow.sos_items.listed(_query(uow, command, clock))
        pairs: Sequence[MatchCase] = ()
        if command.item_type is SosItemType.REVIEW_REJECTED_DUPLICATE:
            pairs = uow.match_cases.open_by_cause(DuplicateCause.VERIFIED_LICENSE, command.after_case_id, PAGE + 1)
        shown = pairs[:PAGE]
        cases = uow.match_cases.by_ids([item.case_id for item in items[:PAGE] if item.case_id is not None])
        uids = sorted({uid for case in (*cases.values(), *shown) for uid in voters_of(case)})
        voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(uids)}
        if note_looks(uow, person, clock, "ListWorkItems", voters.values()):
            uow.commit()
    return ReviewPage(
        items=items[:PAGE],
        pairs=shown,
        cases=cases,
        voters=voters,
        following_item=items[PAGE - 1].item_id if len(items) > PAGE else None,
        following_pair=pairs[PAGE - 1].case_id if len(pairs) > PAGE else None,
    )


def _query(uow: UnitOfWork, command: ListReviews, clock: Clock) -> SosItemQuery:
    after = uow.sos_items.get(command.after_item_id) if command.after_item_id else None
    if command.after_item_id and after is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This is no page of the list.", ref="after")
    return SosItemQuery(
        item_type=command.item_type,
        sort=command.sort,
        unclaimed=command.unclaimed_only,
        overdue_on=legal_date(clock.now()) if command.overdue_only else None,
        after=after,
        limit=PAGE + 1,
    )
