"""UC03.22.01 Process DMV COA Work Item through EMS: a county decides a match case (COA-33, EWS-11).

A case of two voters goes its own way from here (`decide_duplicate`).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_application import moved_out_of_state
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseDecision, CaseState, CaseType, Decision, Disposition, MailingKind, MatchCase, WorkItemStatus
from votecal_soap.domain.voters import ENDED
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.apply_dmv_match import AppliedMatch, MatchToApply, apply_match, cancel_and_invite
from votecal_soap.use_cases.county_cases import WAITING, CaseInHand, no_such_case, require_state, take_in_hand
from votecal_soap.use_cases.decide_duplicate import decide_duplicate
from votecal_soap.use_cases.leave_unresolved import leave_unresolved
from votecal_soap.use_cases.match_messages import CaseSight, tell_of_case
from votecal_soap.use_cases.pairs_of_movers import pass_on_pairs
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.take_back_match import take_back
from votecal_soap.use_cases.transfers_out import let_stand

REJECTED: Final = "DMV Match Rejected"
REDIRECTED: Final = "DMV Match Redirected"
OUT_OF_STATE: Final = "DMV Move Out Of State"
UNPRECINCTABLE: Final = "DMV Address Unprecinctable"

ANOTHER_ACCEPTED: Final = "Another candidate was accepted."


def decide_match_case(
    decision: CaseDecision, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta, *, by: str | None = None
) -> MatchCase:
    """The case as it is then; the caller of this commits. `by` decides for the county in the console (UC03.42.01).

    Raises:
        NotFound: CASE_NOT_FOUND for another county's case.
        Conflict: CASE_DECIDED, CASE_CHANGED, CASE_REPLACED, TRANSFER_PENDING, or RECORD_CHANGED when nothing is left to cancel.
    """
    case = uow.match_cases.get(decision.case_id)
    if case is not None and case.case_type is CaseType.DUPLICATE_VOTER:
        return decide_duplicate(case, decision, caller, uow, clock, by=by)
    if case is None or case.county_code != caller.county_code:
        raise no_such_case()
    _check(decision, caller)
    hand = take_in_hand(uow, caller, case, clock, transfer_pending, by=by, in_console=by is not None)
    if hand.case.county_code != caller.county_code:
        raise no_such_case()
    require_state(hand.case, decision.expected_version, WAITING)
    decided = _DECISIONS[decision.decision](uow, hand, decision)
    if hand.in_console:
        _tell_of_word(hand, decided, decision.basis)
    _audit(hand, decided, decision)
    pass_on_pairs(uow, hand.effects)
    hand.effects.write(uow)
    return decided


def _check(decision: CaseDecision, caller: Caller) -> None:
    if decision.decision is Decision.REDIRECT and decision.county_code in {None, caller.county_code}:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A redirection names the other county that the address lies in.", ref="CountyCode")
    if decision.decision is not Decision.REDIRECT and decision.county_code is not None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Only a redirection names a county.", ref="CountyCode")
    if decision.decision is not Decision.ACCEPT and decision.home_precinct is not None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Only an acceptance names a precinct.", ref="HomePrecinct")
    if decision.decision is Decision.UNPRECINCTABLE and not (decision.comment or "").strip():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "An unprecinctable address needs a comment for the follow-up letter.", ref="Comment")


def _accept(uow: UnitOfWork, hand: CaseInHand, decision: CaseDecision) -> MatchCase:
    """S6.5."""
    _check_precinct(uow, hand, decision)
    given = MatchToApply(
        case=hand.case,
        subject=hand.subject,
        version=hand.case.version + 1,
        transfer_id=uow.match_cases.reserve_ids(1),
        deciding_county=hand.caller.county_code,
        home_precinct=decision.home_precinct,
        home_precinct_part=decision.home_precinct_part,
        basis=decision.basis,
        in_console=hand.in_console,
    )
    if hand.case.state is CaseState.PROVISIONAL:
        transfer = uow.match_cases.open_transfer_of_case(hand.case.case_id)
        if transfer is not None:
            return let_stand(uow, hand, transfer, decision.basis)
        # All but the cancellation was announced already; it is what waited (COA-12).
        _require_registered_here(hand)
        return _moved(uow, hand, decision, cancel_and_invite(hand.effects, hand.circumstances, given))
    _require_no_pending_transfer(hand)
    losing = hand.effects.voters[hand.case.state_voter_id].county_code
    applied = apply_match(hand.effects, hand.circumstances, given)
    _settle_item(uow, hand, Disposition.ACCEPTED)
    # What waits now waits for the losing county alone, whoever accepted the match (COA-12).
    return _moved(uow, hand, decision, applied, county_code=losing if applied.state is CaseState.PROVISIONAL else None)


def _check_precinct(uow: UnitOfWork, hand: CaseInHand, decision: CaseDecision) -> None:
    """A precinct is the word of the county in which the voter will live, about a precinct of its own."""
    if decision.home_precinct is None:
        return
    county = hand.caller.county_code
    gaining = hand.subject.county_code or hand.effects.voters[hand.case.state_voter_id].county_code
    if hand.case.state is not CaseState.OPEN or gaining != county:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Only the county to which the voter comes names her precinct.", ref="HomePrecinct")
    if decision.home_precinct not in uow.reference.precinct_codes(county):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The state knows no such precinct of this county.", ref="HomePrecinct")


def _require_no_pending_transfer(hand: CaseInHand) -> None:
    """VRU-15: what is built on a move that its losing county may still reverse could not be taken back with it."""
    waits_until = hand.effects.voters[hand.case.state_voter_id].transfer_pending_until
    if waits_until is not None and waits_until > hand.effects.at:
        text = "The voter's move to another county is not decided yet; decide when it is. Rejecting or redirecting need not wait."
        raise Conflict(ErrorCode.TRANSFER_PENDING, text, ref="MatchCaseId")


def _require_registered_here(hand: CaseInHand) -> None:
    """The registration that waited for its cancellation may have ended, or gone elsewhere, by another way."""
    voter = hand.effects.voters[hand.case.state_voter_id]
    if voter.county_code != hand.caller.county_code or voter.status in ENDED:
        text = "The registration has ended or is another county's since: there is nothing left to cancel. Reject the case."
        raise Conflict(ErrorCode.RECORD_CHANGED, text, ref="MatchCaseId")


def _reject(uow: UnitOfWork, hand: CaseInHand, decision: CaseDecision) -> MatchCase:
    """S6.6; rejecting the last candidate leaves the record unresolved."""
    if hand.case.state is CaseState.PROVISIONAL:
        return take_back(uow, hand, decision.basis)
    hand.effects.note(hand.case.state_voter_id, REJECTED, _basis(hand, decision))
    rejected = _moved(uow, hand, decision, AppliedMatch(CaseState.REJECTED, None, None))
    if not any(other.state in WAITING | {CaseState.ACCEPTED} for other in hand.others):
        leave_unresolved(uow, hand)
    return rejected


def _redirect(uow: UnitOfWork, hand: CaseInHand, decision: CaseDecision) -> MatchCase:
    """The county that the address lies in decides from now on, in its own five days."""
    target = str(decision.county_code)
    if uow.reference.county(target) is None:
        raise NotFound(ErrorCode.COUNTY_NOT_FOUND, "There is no such county.", ref="CountyCode")
    if hand.case.state is not CaseState.OPEN:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A match that was applied already cannot be redirected: accept or reject it.", ref="Decision")
    item, effects = hand.item, hand.effects
    effects.note(hand.case.state_voter_id, REDIRECTED, _basis(hand, decision))
    uow.work_items.set_disposition(item.work_item_id, item.status, item.disposition or Disposition.POTENTIAL_MATCH, effects.at, county_code=target)
    moved = uow.match_cases.move(
        hand.case,
        CaseState.OPEN,
        at=effects.at,
        by=effects.actor,
        basis=decision.basis,
        county_code=target,
        due_on=hand.circumstances.due_on,
    )
    sight = CaseSight(moved, CaseState.OPEN, moved.version, decision.basis)
    tell_of_case(effects, MessageType.POTENTIAL_MATCH, sight, hand.subject._replace(county_code=target), county_code=target)
    return moved


def _out_of_state(uow: UnitOfWork, hand: CaseInHand, decision: CaseDecision) -> MatchCase:
    """2 CCR 19080: inactive, and a forwardable notice is due."""
    _require_no_pending_transfer(hand)
    uid, effects = hand.case.state_voter_id, hand.effects
    before = effects.voters[uid]
    change = moved_out_of_state(before, hand.subject.record, effects.day)
    if change.changed:
        effects.change(change, "DecideMatchCase")
    effects.note(uid, OUT_OF_STATE, _basis(hand, decision))
    effects.mail(MailingKind.OUT_OF_STATE, before.county_code, state_voter_id=uid, work_item_id=hand.item.work_item_id)
    _settle_item(uow, hand, Disposition.OUT_OF_STATE)
    return _moved(uow, hand, decision, AppliedMatch(CaseState.ACCEPTED, before.version, change.after.version))


def _unprecinctable(uow: UnitOfWork, hand: CaseInHand, decision: CaseDecision) -> MatchCase:
    """The right person at an address that cannot be placed: nothing is applied, and a letter asks."""
    uid, effects = hand.case.state_voter_id, hand.effects
    effects.note(uid, UNPRECINCTABLE, _basis(hand, decision))
    kind = MailingKind.UNPRECINCTABLE_FOLLOW_UP
    effects.mail(kind, hand.caller.county_code, state_voter_id=uid, work_item_id=hand.item.work_item_id, comment=decision.comment)
    _settle_item(uow, hand, Disposition.UNPRECINCTABLE)
    return _moved(uow, hand, decision, AppliedMatch(CaseState.ACCEPTED, None, None))


_DECISIONS: Final[Mapping[Decision, Callable[[UnitOfWork, CaseInHand, CaseDecision], MatchCase]]] = {
    Decision.ACCEPT: _accept,
    Decision.REJECT: _reject,
    Decision.REDIRECT: _redirect,
    Decision.OUT_OF_STATE: _out_of_state,
    Decision.UNPRECINCTABLE: _unprecinctable,
}


def _moved(uow: UnitOfWork, hand: CaseInHand, decision: CaseDecision, applied: AppliedMatch, *, county_code: str | None = None) -> MatchCase:
    return uow.match_cases.move(
        hand.case,
        applied.state,
        at=hand.effects.at,
        by=hand.effects.actor,
        basis=decision.basis,
        county_code=county_code,
        before_version=applied.before_version,
        applied_version=applied.applied_version,
    )


def _tell_of_word(hand: CaseInHand, decided: MatchCase, basis: str) -> None:
    """The county whose word was spoken in the console hears of it; what was taken back is told by itself (EWS-06)."""
    if hand.case.state is CaseState.PROVISIONAL and decided.state is CaseState.REJECTED:
        return
    sight = CaseSight(decided, decided.state, decided.version, basis)
    tell_of_case(hand.effects, MessageType.MATCH_CASE_DECIDED, sight, hand.subject, county_code=hand.caller.county_code)


def _settle_item(uow: UnitOfWork, hand: CaseInHand, disposition: Disposition) -> None:
    """Close the work item; its other candidates are somebody else (COA-33)."""
    item, effects = hand.item, hand.effects
    uow.work_items.set_disposition(item.work_item_id, WorkItemStatus.CLOSED, disposition, effects.at)
    if uow.work_items.is_potential_voter(item.work_item_id):
        uow.work_items.withdraw_potential_voter(item.work_item_id, effects.at)
    for other in hand.others:
        if other.state is CaseState.OPEN:
            rejected = uow.match_cases.move(other, CaseState.REJECTED, at=effects.at, by=effects.actor, basis=ANOTHER_ACCEPTED)
            effects.note(other.state_voter_id, REJECTED, f"DMV transaction {item.record.transaction_id}: {ANOTHER_ACCEPTED}")
            if other.county_code != hand.knowing_county:
                sight = CaseSight(rejected, CaseState.REJECTED, rejected.version, ANOTHER_ACCEPTED)
                tell_of_case(effects, MessageType.MATCH_CASE_DECIDED, sight, hand.subject, county_code=other.county_code)


def _basis(hand: CaseInHand, decision: CaseDecision) -> str:
    return f"DMV transaction {hand.item.record.transaction_id}: {decision.basis}"


def _audit(hand: CaseInHand, decided: MatchCase, decision: CaseDecision) -> None:
    old = {"state": hand.case.state, "version": hand.case.version}
    new = {"state": decided.state, "version": decided.version, "decision": decision.decision, "basis": decision.basis}
    hand.effects.audit("DecideMatchCase", ("MatchCase", decided.case_id), hand.caller.county_code, old=old, new=new)
