"""UC03.43 A merge is taken back, by a county or by SOS, at any later time (DLR-19, S9.3)."""

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import UndoMatchCase
from votecal_soap.domain.duplicate_cases import deciding_digest
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.county_cases import require_state
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.decide_duplicate import require_concern
from votecal_soap.use_cases.duplicate_cases import PairInHand, take_pair_in_hand
from votecal_soap.use_cases.merge_voters import MergeOrder, undo_merge
from votecal_soap.use_cases.ports import UnitOfWork

ACTION = "UndoMatchCase"
UNDOABLE = frozenset({CaseState.ACCEPTED, CaseState.PROVISIONAL})


def undo_duplicate(case: MatchCase, command: UndoMatchCase, caller: Caller, uow: UnitOfWork, clock: Clock, *, by: str | None = None) -> MatchCase:
    """The case, then Rejected; the county of either record may. The caller of this commits. `by` undoes it for the county in the console.

    Raises:
        NotFound: CASE_NOT_FOUND.
        Conflict: CASE_DECIDED when nothing was merged, CASE_CHANGED, CASE_REPLACED, NOT_UNDOABLE when a later merge stands on top.
    """
    hand = take_pair_in_hand(uow, case, by or actor(caller), clock)
    require_concern(hand, caller.county_code)
    return _undone(uow, hand, command, caller.county_code, knowing_county=None if by else caller.county_code)


def undo_duplicate_by_sos(command: UndoMatchCase, user_name: str, uow: UnitOfWork, clock: Clock) -> MatchCase:
    """The same, by an SOS user."""
    require_role(uow, user_name, SOS_ROLES)
    return _undone(uow, pair_for_sos(uow, command.case_id, user_name, clock), command, None, knowing_county=None)


def pair_for_sos(uow: UnitOfWork, case_id: int, user_name: str, clock: Clock) -> PairInHand:
    """A pair of any counties in hand; CASE_NOT_FOUND for another kind of case."""
    case = uow.match_cases.get(case_id)
    if case is None or case.other_state_voter_id is None:
        raise NotFound(ErrorCode.CASE_NOT_FOUND, "There is no such case of two voters.", ref="MatchCaseId")
    return take_pair_in_hand(uow, case, user_name, clock)


def _undone(uow: UnitOfWork, hand: PairInHand, command: UndoMatchCase, county_code: str | None, *, knowing_county: str | None) -> MatchCase:
    require_state(hand.case, command.expected_version, UNDOABLE)
    effects = hand.effects
    rejected = hand.case._replace(
        state=CaseState.REJECTED,
        asked_county=None,
        due_on=None,
        decided_at=effects.at,
        decided_by=effects.actor,
        basis=command.basis,
        deciding_digest=deciding_digest(*hand.voters),
    )
    case = uow.match_cases.save(hand.case, rejected)
    undo_merge(uow, effects, MergeOrder(case=case, complete=False, basis=command.basis, deciding_county=knowing_county))
    old, new = {"state": hand.case.state, "version": hand.case.version}, {"state": case.state, "version": case.version, "basis": command.basis}
    effects.audit(ACTION, ("MatchCase", case.case_id), county_code, old=old, new=new)
    effects.write(uow)
    return case
