"""Applies a DMV record to the voter it matches (COA-08 to COA-12, COA-38): the same for the job and for a county that accepts (COA-33)."""

from datetime import datetime
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_application import Application, Change, applied, cancelled
from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MailingKind, MatchCase, TransferOut, TransferState
from votecal_soap.domain.match_notices import TransferNotice
from votecal_soap.domain.matching import CrossCountyMode
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import CaseSight, DmvSubject, match_basis, match_notice, tell_of_case, tell_of_transfer
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances, Withheld
from votecal_soap.use_cases.ports import NewMatchCase

ACTIVITY: Final = {DmvRecordKind.CHANGE_OF_ADDRESS: "DMV COA Match", DmvRecordKind.NEW_REGISTRATION: "DMV Registration Match"}
"""COA-09."""

AUDIT_ACTION: Final = "ApplyDmvMatch"


class MatchToApply(NamedTuple):
    """A case whose record is about to be applied.

    `version` is the case's version from then on. `deciding_county` accepted it: that county is told nothing that it
    just said itself, and what would wait for its word does not wait. `transfer_id` numbers a move, should it be one.
    """

    case: MatchCase | NewMatchCase
    subject: DmvSubject
    version: int
    transfer_id: int
    deciding_county: str | None = None
    home_precinct: str | None = None
    home_precinct_part: str | None = None
    basis: str | None = None
    in_console: bool = False

    @property
    def knowing_county(self) -> str | None:
        """The county whose EMS sent the word itself."""
        return None if self.in_console else self.deciding_county


class AppliedMatch(NamedTuple):
    """The case's state then, and the voter's versions around the change; None when the voter did not change."""

    state: CaseState
    before_version: int | None
    applied_version: int | None


def apply_match(effects: MatchEffects, circumstances: MatchingCircumstances, given: MatchToApply) -> AppliedMatch:
    """Gather everything that applying does: version, activity, transfer, messages, letters, signature."""
    voter = effects.voters[given.case.state_voter_id]
    gaining = given.subject.county_code or voter.county_code
    if not given.subject.received.has_residence:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The state's rules refuse DMV's address as a residence: report it as unprecinctable.", ref="Decision")
    if gaining == voter.county_code:
        return _apply_within_county(effects, circumstances, given)
    withheld = circumstances.withheld((voter.county_code, gaining), given.subject.record.kind.matching_function)
    if given.deciding_county == voter.county_code:
        withheld = Withheld(provisional=False, by_blackout=False)
    if circumstances.cross_county is CrossCountyMode.TRANSFER:
        return _transfer(effects, circumstances, given, withheld)
    return _announce_cancellation(effects, circumstances, given, withheld) if withheld.provisional else cancel_and_invite(effects, circumstances, given)


def _apply_within_county(effects: MatchEffects, circumstances: MatchingCircumstances, given: MatchToApply) -> AppliedMatch:
    before = effects.voters[given.case.state_voter_id]
    after = _change(effects, circumstances, given, before.county_code)
    if given.knowing_county != before.county_code:
        _tell(effects, given, MessageType.AUTOMATIC_MATCH_APPLIED, CaseState.ACCEPTED, county_code=before.county_code)
    return AppliedMatch(CaseState.ACCEPTED, before.version, after.version)


def _transfer(effects: MatchEffects, circumstances: MatchingCircumstances, given: MatchToApply, withheld: Withheld) -> AppliedMatch:
    """Everything applies at once; the losing county's cancellation may wait for its word (COA-11, COA-12)."""
    uid = given.case.state_voter_id
    before = effects.voters[uid]
    pending_until = circumstances.now + circumstances.transfer_pending
    gaining = given.subject.county_code or before.county_code
    after = _change(effects, circumstances, given, gaining, pending_until if withheld.provisional else None)
    state = CaseState.PROVISIONAL if withheld.provisional else CaseState.ACCEPTED
    transfer = TransferOut(
        transfer_id=given.transfer_id,
        state_voter_id=uid,
        losing_county=before.county_code,
        gaining_county=gaining,
        case_id=given.case.case_id,
        state=TransferState.ACCEPTED if given.deciding_county == before.county_code else TransferState.OPEN,
        provisional=withheld.provisional,
        opened_at=circumstances.now,
        pending_until=pending_until,
        decided_at=circumstances.now if given.deciding_county == before.county_code else None,
        decided_by=effects.actor if given.deciding_county == before.county_code else None,
    )
    effects.transfers.append(transfer)
    _tell_both(effects, given, transfer, CaseSight(given.case, state, given.version, given.basis, withheld.by_blackout), before)
    return AppliedMatch(state, before.version, after.version)


def cancel_and_invite(effects: MatchEffects, circumstances: MatchingCircumstances, given: MatchToApply) -> AppliedMatch:
    """End the registration and invite the voter to register where she lives now; nobody sends her a cancellation notice (COA-35)."""
    uid = given.case.state_voter_id
    before = effects.voters[uid]
    effects.change(cancelled(before, given.subject.record, circumstances.today), AUDIT_ACTION)
    _note(effects, given, "registration cancelled")
    effects.mail(MailingKind.RE_REGISTRATION_INVITATION, given.subject.county_code, state_voter_id=uid, work_item_id=given.subject.work_item_id)
    if given.knowing_county != before.county_code:
        _tell(effects, given, MessageType.AUTOMATIC_MATCH_APPLIED, CaseState.ACCEPTED, county_code=before.county_code)
    return AppliedMatch(CaseState.ACCEPTED, before.version, before.version + 1)


def _announce_cancellation(effects: MatchEffects, circumstances: MatchingCircumstances, given: MatchToApply, withheld: Withheld) -> AppliedMatch:
    """The cancellation is all that there is to apply, and it waits for the losing county (COA-12)."""
    voter = effects.voters[given.case.state_voter_id]
    _note(effects, given, "cancellation waits for the county")
    message_type, state = MessageType.PROVISIONAL_MATCH_APPLIED, CaseState.PROVISIONAL
    _tell(effects, given, message_type, state, county_code=voter.county_code, blocks_updates=False, withheld_by_blackout=withheld.by_blackout)
    return AppliedMatch(state, None, None)


def _change(effects: MatchEffects, circumstances: MatchingCircumstances, given: MatchToApply, county_code: str, pending_until: datetime | None = None) -> Voter:
    subject, uid = given.subject, given.case.state_voter_id
    application = Application(
        record=subject.record,
        received=subject.received,
        county_code=county_code,
        today=circumstances.today,
        home_precinct=given.home_precinct,
        home_precinct_part=given.home_precinct_part,
    )
    after, changed = applied(effects.voters[uid], application, circumstances.rules.after_steps)
    if pending_until is not None:
        after, changed = after._replace(transfer_pending_until=pending_until), (*changed, "transfer_pending_until")
    if changed:
        effects.change(Change(after, changed), AUDIT_ACTION)
    refused = ", ".join(sorted({error.code for error in subject.received.refused}))
    _note(effects, given, refused and f"not taken ({refused})")
    if subject.signature_id is not None:
        effects.keep_signature(uid, subject.signature_id)
    return after


def _note(effects: MatchEffects, given: MatchToApply, remark: str) -> None:
    record, case = given.subject.record, given.case
    basis = match_basis(record, case.confidence, case.criteria, "; ".join(filter(None, (given.basis, remark))))
    effects.note(case.state_voter_id, ACTIVITY[record.kind], basis)


def _tell(
    effects: MatchEffects,
    given: MatchToApply,
    message_type: MessageType,
    state: CaseState,
    *,
    county_code: str,
    blocks_updates: bool = True,
    withheld_by_blackout: bool = False,
) -> None:
    tell_of_case(
        effects,
        message_type,
        CaseSight(given.case, state, given.version, given.basis, withheld_by_blackout),
        given.subject,
        county_code=county_code,
        blocks_updates=blocks_updates,
    )


def _tell_both(effects: MatchEffects, given: MatchToApply, transfer: TransferOut, sight: CaseSight, before: Voter) -> None:
    told = (
        (MessageType.TRANSFER_OUT, transfer.losing_county, before.ems_voter_id),
        (MessageType.TRANSFER_IN, transfer.gaining_county, None),
    )
    for message_type, county, ems_voter_id in told:
        if county != given.knowing_county:
            notice = match_notice(sight, given.subject, effects.voters[transfer.state_voter_id], reader_county=county, today=effects.day)
            sequence = given.subject.record.sequence
            tell_of_transfer(effects, message_type, TransferNotice(transfer, notice), county_code=county, ems_voter_id=ems_voter_id, record_sequence=sequence)
