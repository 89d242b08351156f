"""UC01.11.02, S4.21: the losing county accepts that a voter moved away (EWS-11)."""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import TransferDecision
from votecal_soap.domain.match_cases import TransferOut
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.transfers_out import let_stand, take_transfer_in_hand


def accept_transfer_out(decision: TransferDecision, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta) -> TransferOut:
    """The transfer as it is then; the caller of this commits.

    Raises:
        NotFound: TRANSFER_NOT_FOUND.
        Conflict: CASE_DECIDED when it was accepted or reversed before, or its time passed.
    """
    transfer, hand = take_transfer_in_hand(uow, caller, decision.transfer_id, clock, transfer_pending)
    let_stand(uow, hand, transfer, decision.basis)
    subject = ("TransferOut", transfer.transfer_id)
    hand.effects.audit("AcceptTransferOut", subject, caller.county_code, old={"state": transfer.state}, new={"basis": decision.basis})
    hand.effects.write(uow)
    return uow.match_cases.transfer(transfer.transfer_id) or transfer
