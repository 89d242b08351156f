"""UC01.11.02, S4.21: the losing county accepts that a voter moved away (EWS-11)."""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import TransferDecision
from votecal_soap.domain.match_cases import TransferOut, TransferState
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.registered_transfers import let_registered_stand, take_registered_transfer
from votecal_soap.use_cases.transfers_out import let_stand, take_transfer_in_hand, transfer_of_losing_county


def accept_transfer_out(decision: TransferDecision, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta) -> TransferOut:
    """The transfer as it is then; the caller of this commits.

    Raises:
        NotFound: TRANSFER_NOT_FOUND.
        Conflict: CASE_DECIDED when it was accepted or reversed before, or its time passed.
    """
    transfer = transfer_of_losing_county(uow, caller, decision.transfer_id)
    subject, told = ("TransferOut", transfer.transfer_id), {"basis": decision.basis}
    if transfer.case_id is None:
        registered = take_registered_transfer(uow, transfer, TransferState.OPEN, actor(caller), clock)
        let_registered_stand(uow, registered, decision.basis, [transfer.gaining_county])
        effects = registered.effects
    else:
        locked, hand = take_transfer_in_hand(uow, caller, transfer, clock, transfer_pending)
        let_stand(uow, hand, locked, decision.basis)
        effects = hand.effects
    effects.audit("AcceptTransferOut", subject, caller.county_code, old={"state": TransferState.OPEN}, new=told)
    effects.write(uow)
    return uow.match_cases.transfer(transfer.transfer_id) or transfer
