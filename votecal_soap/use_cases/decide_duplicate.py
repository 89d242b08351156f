"""UC03.42.01, UC03.42.02 Accept or Reject Duplicate Voter Match Case: a county, through EWS or the console (DUP-03, DLR-20)."""

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.duplicate_cases import is_with_sos, may_decide
from votecal_soap.domain.match_cases import CaseDecision, CaseState, Decision, MatchCase
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.use_cases.accept_duplicate import Word, accept_pair
from votecal_soap.use_cases.county_cases import no_such_case, require_state
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.duplicate_cases import STANDING, PairInHand, take_pair_in_hand
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.reject_duplicate import reject_pair


def decide_duplicate(case: MatchCase, decision: CaseDecision, caller: Caller, uow: UnitOfWork, clock: Clock, *, by: str | None = None) -> MatchCase:
    """The case as it is then; the caller of this commits. `by` decides for the county in the console (UC03.42.01).

    Raises:
        NotFound: CASE_NOT_FOUND when neither record is the county's.
        InvalidRequest: VALUE_WRONG for a decision that only a DMV record can get.
        Conflict: CASE_DECIDED, CASE_CHANGED, CASE_REPLACED, or MERGE_BLOCKED.
    """
    _check(decision)
    hand = take_pair_in_hand(uow, case, by or actor(caller), clock)
    require_concern(hand, caller.county_code)
    require_state(hand.case, decision.expected_version, STANDING)
    _require_turn(hand, caller.county_code)
    word = Word(caller.county_code, decision.basis, in_console=by is not None)
    is_accepted = decision.decision is Decision.ACCEPT
    decided = accept_pair(uow, hand, word) if is_accepted else reject_pair(uow, hand, word, caller.county_code)
    old = {"state": hand.case.state, "version": hand.case.version}
    new = {"state": decided.state, "version": decided.version, "decision": decision.decision, "basis": decision.basis}
    hand.effects.audit("DecideMatchCase", ("MatchCase", decided.case_id), caller.county_code, old=old, new=new)
    hand.effects.write(uow)
    return decided


def require_concern(hand: PairInHand, county_code: str) -> None:
    """Another county's case is not told apart from none (EWS-01)."""
    if county_code not in {voter.county_code for voter in hand.voters} | {hand.case.county_code, hand.case.other_county}:
        raise no_such_case()


def _check(decision: CaseDecision) -> None:
    if decision.decision not in (Decision.ACCEPT, Decision.REJECT):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Two records are one voter's or not: accept or reject.", ref="Decision")
    if decision.home_precinct is not None or decision.county_code is not None or decision.comment is not None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A duplicate takes neither county, comment nor precinct.", ref="Decision")


def _require_turn(hand: PairInHand, county_code: str) -> None:
    if is_with_sos(hand.case):
        raise Conflict(ErrorCode.CASE_DECIDED, "Rejected on one DL/ID by every county that it concerns: SOS decides now.", ref="MatchCaseId")
    if county_code not in may_decide(hand.case, hand.voters):
        waits = "the county of the older record" if hand.case.state is CaseState.PROVISIONAL else "the other county"
        raise Conflict(ErrorCode.CASE_DECIDED, f"The case waits for the word of {waits}.", ref="MatchCaseId")
