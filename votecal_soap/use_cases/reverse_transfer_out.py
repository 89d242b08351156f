"""UC03.50.01, S4.21: the losing county finds that the person who moved away is somebody else (EWS-11)."""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import TransferDecision
from votecal_soap.domain.match_cases import TransferOut
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.pairs_of_movers import pass_on_pairs
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.take_back_match import take_back
from votecal_soap.use_cases.transfers_out import take_transfer_in_hand


def reverse_transfer_out(decision: TransferDecision, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta) -> TransferOut:
    """The transfer as it is then; the record is the losing county's again, and DMV's record is nobody's. The caller of this commits.

    Raises:
        NotFound: TRANSFER_NOT_FOUND.
        Conflict: CASE_DECIDED when it waits no more, NOT_UNDOABLE when a later change stands on top.
    """
    if not (decision.basis or "").strip():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A reversal says why.", ref="Basis")
    transfer, hand = take_transfer_in_hand(uow, caller, decision.transfer_id, clock, transfer_pending)
    take_back(uow, hand, str(decision.basis))
    subject = ("TransferOut", transfer.transfer_id)
    hand.effects.audit("ReverseTransferOut", subject, caller.county_code, old={"state": transfer.state}, new={"basis": decision.basis})
    pass_on_pairs(uow, hand.effects)
    hand.effects.write(uow)
    return uow.match_cases.transfer(transfer.transfer_id) or transfer
