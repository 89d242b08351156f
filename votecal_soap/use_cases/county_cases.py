"""What every use case on a match case asks first: is it this county's, does it still wait, and who else is concerned (UC03.22.01)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_values import received
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.errors import Conflict, ErrorCode, NotFound
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import DmvSubject
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances, dmv_rules, matching_circumstances
from votecal_soap.use_cases.ports import UnitOfWork, WorkItem

WAITING: Final = frozenset({CaseState.OPEN, CaseState.PROVISIONAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInHand:
    """A case whose voters are locked, with its DMV record, the other cases of that record, and what deciding it does."""

    caller: Caller
    case: MatchCase
    others: tuple[MatchCase, ...]
    item: WorkItem
    subject: DmvSubject
    circumstances: MatchingCircumstances
    effects: MatchEffects
    in_console: bool = False
    """A person decides in the console: the deciding county's EMS has not heard of it yet, and is told like any other."""

    @property
    def knowing_county(self) -> str | None:
        """The county whose EMS knows already, for it sent the word itself (EWS-06)."""
        return None if self.in_console else self.caller.county_code


def no_such_case() -> NotFound:
    """Another county's case is not told apart from none (EWS-01)."""
    return NotFound(ErrorCode.CASE_NOT_FOUND, "There is no such match case for this county.", ref="MatchCaseId")


def take_in_hand(
    uow: UnitOfWork, caller: Caller, case: MatchCase, clock: Clock, transfer_pending: timedelta, *, by: str | None = None, in_console: bool = False
) -> CaseInHand:
    """Lock the voters of all cases of the record, in the order in which the job locks them, then read again.

    `by` acts in the county's place: a job, when the county's time has passed, or a person in the console.
    """
    if case.work_item_id is None:
        raise no_such_case()
    siblings = uow.match_cases.of_work_items([case.work_item_id])
    now = clock.now()
    effects = MatchEffects(
        uow.voters.lock_by_state_id(sorted({sibling.state_voter_id for sibling in siblings})),
        actor=by or actor(caller),
        at=now,
        day=legal_date(now),
    )
    item = uow.work_items.get(case.work_item_id, lock=True)
    locked = uow.match_cases.get(case.case_id, lock=True)
    if item is None or locked is None:
        raise no_such_case()
    circumstances = matching_circumstances(uow, now, dmv_rules(uow, now), transfer_pending)
    return CaseInHand(
        caller=caller,
        case=locked,
        others=tuple(sibling for sibling in uow.match_cases.of_work_items([case.work_item_id]) if sibling.case_id != case.case_id),
        item=item,
        subject=subject_of(item, circumstances),
        circumstances=circumstances,
        effects=effects,
        in_console=in_console,
    )


def subject_of(item: WorkItem, circumstances: MatchingCircumstances) -> DmvSubject:
    """The work item's record as the rules read it."""
    values = received(item.record, circumstances.rules.translator)
    return DmvSubject(item.work_item_id, item.record, values, item.county_code, item.signature_id)


def require_state(case: MatchCase, expected_version: int, states: Iterable[CaseState]) -> None:
    """Refuse what cannot be done any more: replaced, decided by someone else, or another version than the county saw."""
    if case.state is CaseState.REPLACED:
        raise Conflict(ErrorCode.CASE_REPLACED, "A newer DMV record took this case's place; decide that one's.", ref="MatchCaseId")
    if case.state not in states:
        raise Conflict(ErrorCode.CASE_DECIDED, f"The case cannot be decided so any more: it is {case.state}.", ref="MatchCaseId")
    if case.version != expected_version:
        raise Conflict(ErrorCode.CASE_CHANGED, "The case has changed since it was read; read it again.", ref="ExpectedVersion")
