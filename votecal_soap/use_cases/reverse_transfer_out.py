"""UC03.50.01, S4.21: the losing county finds that the person who moved away is somebody else (EWS-11)."""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import TransferDecision
from votecal_soap.domain.match_cases import TransferState
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.undo_transfer_out import ReversedTransfer, take_transfer_back


def reverse_transfer_out(decision: TransferDecision, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta) -> ReversedTransfer:
    """The transfer as it is then; the record is the losing county's again. The caller of this commits.

    DMV's record is then nobody's; the person of a county's affidavit has a record of her own.

    Raises:
        NotFound: TRANSFER_NOT_FOUND.
        Conflict: CASE_DECIDED when it waits no more, NOT_UNDOABLE when a later change stands on top.
    """
    return take_transfer_back(decision, caller, uow, clock, transfer_pending, expected=TransferState.OPEN, action="ReverseTransferOut")
