"""COA-34, S10.10: all that a match did is taken back, and the pair does not come back from the same record."""

from typing import Final

from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MailingKind, MatchCase, TransferOut, TransferState
from votecal_soap.domain.match_notices import TransferNotice
from votecal_soap.domain.match_reversal import reversal
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.county_cases import CaseInHand
from votecal_soap.use_cases.leave_unresolved import leave_unresolved
from votecal_soap.use_cases.match_messages import CaseSight, match_notice, tell_of_case, tell_of_transfer
from votecal_soap.use_cases.ports import UnitOfWork

ACTIVITY: Final = "DMV Match Undone"
ACTION: Final = "UndoMatchCase"

_LETTERS: Final = (MailingKind.RE_REGISTRATION_INVITATION, MailingKind.OUT_OF_STATE, MailingKind.UNPRECINCTABLE_FOLLOW_UP)


def take_back(uow: UnitOfWork, hand: CaseInHand, basis: str) -> MatchCase:
    """Reverse the voter's change, the move, the signature and the letters; the case is Rejected and its record unresolved."""
    effects, uid = hand.effects, hand.case.state_voter_id
    transfer = uow.match_cases.transfer_of_case(hand.case.case_id)
    own_ids = {effects.voters[uid].county_code: effects.voters[uid].ems_voter_id}
    _reverse_voter(uow, hand)
    own_ids[effects.voters[uid].county_code] = effects.voters[uid].ems_voter_id
    effects.note(uid, ACTIVITY, f"DMV transaction {hand.item.record.transaction_id}: {basis}")
    for kind in _LETTERS:
        # A letter that another record of the voter made due stays so.
        uow.mailings.withdraw(kind, state_voter_id=uid, work_item_id=hand.item.work_item_id, at=effects.at)
    if hand.item.signature_id is not None:
        uow.work_items.withdraw_signature_of(uid, hand.item.signature_id, effects.at)
    rejected = uow.match_cases.move(hand.case, CaseState.REJECTED, at=effects.at, by=effects.actor, basis=basis)
    if transfer is not None and transfer.state is not TransferState.REVERSED:
        uow.match_cases.decide_transfer(transfer.transfer_id, TransferState.REVERSED, effects.at, effects.actor, expected=transfer.state)
        _tell_both(hand, rejected, transfer, basis, own_ids)
    else:
        _tell_other_county(hand, rejected, basis)
    leave_unresolved(uow, hand)
    return rejected


def _reverse_voter(uow: UnitOfWork, hand: CaseInHand) -> None:
    case, effects = hand.case, hand.effects
    if case.before_version is None or case.applied_version is None or case.before_version == case.applied_version:
        return
    voter = effects.voters[case.state_voter_id]
    if voter.merged_into is not None:
        text = f"The record was merged into {voter.merged_into} since: undo that merge first, or correct the newer record."
        raise Conflict(ErrorCode.NOT_UNDOABLE, text, ref="MatchCaseId")
    before = uow.voters.version(case.state_voter_id, case.before_version)
    applied = uow.voters.version(case.state_voter_id, case.applied_version)
    if before is None or applied is None:
        raise Conflict(ErrorCode.NOT_UNDOABLE, "The versions of the record that this match made are no longer kept.", ref="MatchCaseId")
    change, in_the_way = reversal(voter, before, applied, effects.day)
    if change is None:
        fields = ", ".join(in_the_way)
        text = f"Version {voter.version} of the record stands on top of this match: it changed {fields}. Correct the record instead."
        raise Conflict(ErrorCode.NOT_UNDOABLE, text, ref="MatchCaseId")
    effects.change(Change(*change), ACTION)


def _tell_both(hand: CaseInHand, rejected: MatchCase, transfer: TransferOut, basis: str, own_ids: dict[str, str | None]) -> None:
    """S4.21: both counties set their records right."""
    voter = hand.effects.voters[transfer.state_voter_id]
    sight = CaseSight(rejected, CaseState.REJECTED, rejected.version, basis)
    for county in (transfer.losing_county, transfer.gaining_county):
        notice = match_notice(sight, hand.subject, voter, reader_county=county, today=hand.effects.day)
        reversed_transfer = transfer._replace(state=TransferState.REVERSED, decided_at=hand.effects.at, decided_by=hand.effects.actor)
        told = TransferNotice(reversed_transfer, notice)
        tell_of_transfer(hand.effects, MessageType.TRANSFER_REVERSED, told, county_code=county, ems_voter_id=own_ids.get(county))


def _tell_other_county(hand: CaseInHand, rejected: MatchCase, basis: str) -> None:
    home = hand.effects.voters[rejected.state_voter_id].county_code
    if home != hand.knowing_county:
        sight = CaseSight(rejected, CaseState.REJECTED, rejected.version, basis)
        tell_of_case(hand.effects, MessageType.MATCH_CASE_DECIDED, sight, hand.subject, county_code=home, blocks_updates=True)
