"""UC03.50.01 Undo Transfer Out: the losing county finds after its acceptance that the person who moved is somebody else (EWS-11)."""

from datetime import timedelta
from typing import NamedTuple

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import TransferDecision
from votecal_soap.domain.match_cases import TransferOut, TransferState
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.pairs_of_movers import pass_on_pairs
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.registered_transfers import take_registered_back, take_registered_transfer
from votecal_soap.use_cases.take_back_match import take_back
from votecal_soap.use_cases.transfers_out import take_transfer_in_hand, transfer_of_losing_county


class ReversedTransfer(NamedTuple):
    """The move as it is then, and the UID of the other person's new record, if there is one."""

    transfer: TransferOut
    new_state_voter_id: int | None = None


def undo_transfer_out(decision: TransferDecision, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta) -> ReversedTransfer:
    """Take back a move that was accepted, or whose time had passed. The caller of this commits.

    Raises:
        NotFound: TRANSFER_NOT_FOUND.
        Conflict: CASE_DECIDED when it still waits or was reversed, NOT_UNDOABLE when a later change stands on top.
    """
    return take_transfer_back(decision, caller, uow, clock, transfer_pending, expected=TransferState.ACCEPTED, action="UndoTransferOut")


def take_transfer_back(
    decision: TransferDecision, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta, *, expected: TransferState, action: str
) -> ReversedTransfer:
    """What reversing and undoing have in common: of DMV's moves the match is taken back, of a registered one two persons get two records."""
    if not (decision.basis or "").strip():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Say why.", ref="Basis")
    transfer, new_id = transfer_of_losing_county(uow, caller, decision.transfer_id), None
    told = {"basis": decision.basis}
    if transfer.case_id is None:
        registered = take_registered_transfer(uow, transfer, expected, actor(caller), clock)
        registered.effects.audit(action, ("TransferOut", transfer.transfer_id), caller.county_code, old={"state": expected}, new=told)
        new_id = take_registered_back(uow, registered, str(decision.basis))
    else:
        locked, hand = take_transfer_in_hand(uow, caller, transfer, clock, transfer_pending, expected=expected)
        take_back(uow, hand, str(decision.basis))
        hand.effects.audit(action, ("TransferOut", transfer.transfer_id), caller.county_code, old={"state": locked.state}, new=told)
        pass_on_pairs(uow, hand.effects)
        hand.effects.write(uow)
    return ReversedTransfer(uow.match_cases.transfer(transfer.transfer_id) or transfer, new_id)
