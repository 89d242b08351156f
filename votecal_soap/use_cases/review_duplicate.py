"""UC01.13.01 Check for Duplicate Driver's License/State ID Rejections: an SOS user decides a pair (DLR-07, DLR-18)."""

from votecal_soap.clock import Clock
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.duplicate_cases import LicenseAction, LicenseCorrection, ReviewDecision, deciding_digest
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.domain.sos_work_items import SosItemOutcome
from votecal_soap.domain.voters import VerificationStatus, Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.accept_duplicate import Word, accept_pair
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.county_cases import require_state
from votecal_soap.use_cases.duplicate_cases import STANDING, PairInHand
from votecal_soap.use_cases.duplicate_messages import PairSight, pair_basis, tell_of_pair, voters_of
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.reject_duplicate import REJECTED
from votecal_soap.use_cases.sos_items_of_case import close_items_of_case
from votecal_soap.use_cases.undo_duplicate import pair_for_sos

CORRECTED = "DL/ID Corrected By SOS"
ACTION = "ReviewDuplicate"
LICENSE_FIELDS = ("drivers_license", "drivers_license_status", "drivers_license_verified_on")


def review_duplicate(decision: ReviewDecision, user_name: str, uow: UnitOfWork, clock: Clock) -> MatchCase:
    """The case, then Accepted and its records merged, or Rejected with a cause; numbers are corrected either way. The caller commits.

    Raises:
        NotAllowed: NOT_AUTHORISED for whoever is no SOS user.
        NotFound: CASE_NOT_FOUND.
        InvalidRequest: VALUE_WRONG when a rejection has no cause, or a correction names another voter or no number.
        Conflict: CASE_DECIDED, CASE_CHANGED, CASE_REPLACED, or MERGE_BLOCKED.
    """
    require_role(uow, user_name, SOS_ROLES)
    hand = pair_for_sos(uow, decision.case_id, user_name, clock)
    require_state(hand.case, decision.expected_version, STANDING - {CaseState.PROVISIONAL})
    _check(hand, decision)
    for correction in decision.corrections:
        _correct(hand, correction, decision.basis)
    decided = accept_pair(uow, hand, Word(None, decision.basis, decision.cause)) if decision.same_person else _reject(uow, hand, decision)
    old = {"state": hand.case.state, "version": hand.case.version}
    new = {"state": decided.state, "version": decided.version, "cause": decision.cause, "basis": decision.basis}
    hand.effects.audit(ACTION, ("MatchCase", decided.case_id), None, old=old, new=new)
    hand.effects.write(uow)
    return decided


def _check(hand: PairInHand, decision: ReviewDecision) -> None:
    if not decision.same_person and decision.cause is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A rejection records its cause.", ref="cause")
    named = [correction.state_voter_id for correction in decision.corrections]
    if len(set(named)) != len(named) or not set(named) <= set(voters_of(hand.case)):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A correction names one of the two voters, and each once.", ref="corrections")
    for correction in decision.corrections:
        if (problem := correction.problem) is not None:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, problem, ref="drivers_license")


def _correct(hand: PairInHand, correction: LicenseCorrection, basis: str) -> None:
    before = hand.effects.voters[correction.state_voter_id]
    after = corrected(before, correction)
    changed = tuple(name for name in LICENSE_FIELDS if getattr(before, name) != getattr(after, name))
    if changed:
        day = max(before.effective_date, hand.effects.day)
        hand.effects.change(Change(after._replace(version=before.version + 1, effective_date=day), changed), "CorrectDriversLicense")
        hand.effects.note(correction.state_voter_id, CORRECTED, pair_basis(hand.case, basis))


def corrected(voter: Voter, correction: LicenseCorrection) -> Voter:
    """The record with its DL/ID corrected; a new number goes to DMV for verification (IDV-01)."""
    not_verified = voter._replace(drivers_license_status=VerificationStatus.NOT_VERIFIED.value, drivers_license_verified_on=None)
    if correction.action is LicenseAction.NOT_VERIFIED:
        return not_verified
    if correction.action is LicenseAction.CHANGE:
        return not_verified._replace(drivers_license=correction.drivers_license, drivers_license_status=VerificationStatus.PENDING.value)
    return not_verified._replace(drivers_license=None, drivers_license_status=None)


def _reject(uow: UnitOfWork, hand: PairInHand, decision: ReviewDecision) -> MatchCase:
    rejected = hand.case._replace(
        state=CaseState.REJECTED,
        asked_county=None,
        due_on=None,
        decided_at=hand.effects.at,
        decided_by=hand.effects.actor,
        basis=decision.basis,
        deciding_digest=deciding_digest(*hand.voters),
    )
    case = uow.match_cases.save(hand.case, rejected)
    touched = {correction.state_voter_id for correction in decision.corrections}
    for uid in voters_of(case):
        hand.effects.note(uid, REJECTED, pair_basis(case, f"{decision.cause}: {decision.basis}"))
        tell_of_pair(hand.effects, MessageType.DUPLICATE_CASE_DECIDED, PairSight(case), uid, blocks_updates=uid in touched)
    close_items_of_case(uow, case.case_id, SosItemOutcome.REJECTED, hand.effects, decision.cause)
    return case
