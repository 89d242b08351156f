"""What the losing county's word on a move does (S4.21, COA-12): the move stands, or it is taken back."""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase, TransferOut, TransferState
from votecal_soap.errors import Conflict, ErrorCode, NotFound
from votecal_soap.use_cases.county_cases import CaseInHand, take_in_hand
from votecal_soap.use_cases.match_messages import CaseSight, tell_of_case
from votecal_soap.use_cases.ports import UnitOfWork


def transfer_of_losing_county(uow: UnitOfWork, caller: Caller, transfer_id: int) -> TransferOut:
    """A move out of the caller's county; another county's is not told apart from none (EWS-01)."""
    transfer = uow.match_cases.transfer(transfer_id)
    if transfer is None or transfer.losing_county != caller.county_code:
        raise NotFound(ErrorCode.TRANSFER_NOT_FOUND, "There is no such transfer out of this county.", ref="TransferId")
    return transfer


def take_transfer_in_hand(
    uow: UnitOfWork, caller: Caller, transfer: TransferOut, clock: Clock, transfer_pending: timedelta, *, expected: TransferState = TransferState.OPEN
) -> tuple[TransferOut, CaseInHand]:
    """A move that a match case made, in this state, and its case, locked."""
    case = None if transfer.case_id is None else uow.match_cases.get(transfer.case_id)
    if case is None:
        raise NotFound(ErrorCode.TRANSFER_NOT_FOUND, "There is no such transfer out of this county.", ref="TransferId")
    hand = take_in_hand(uow, caller, case, clock, transfer_pending)
    # Read again under the locks: a colleague, or the gaining county, may have been quicker.
    locked = uow.match_cases.transfer(transfer.transfer_id, lock=True) or transfer
    if locked.state is not expected:
        raise Conflict(ErrorCode.CASE_DECIDED, f"The transfer cannot be decided so: it is {locked.state}.", ref="TransferId")
    return locked, hand


def let_stand(uow: UnitOfWork, hand: CaseInHand, transfer: TransferOut, basis: str | None) -> MatchCase:
    """Accept: nothing is pending any more, and where a cancellation waited the gaining county is told."""
    effects, uid = hand.effects, transfer.state_voter_id
    uow.match_cases.decide_transfer(transfer.transfer_id, TransferState.ACCEPTED, effects.at, effects.actor)
    # Another move of the voter may have begun to wait since: only the one that this transfer made ends.
    if transfer.provisional and effects.voters[uid].transfer_pending_until == transfer.pending_until:
        released = effects.voters[uid]._replace(transfer_pending_until=None)
        effects.change(Change(released, ("transfer_pending_until",)), "AcceptTransferOut")
    if hand.case.state is not CaseState.PROVISIONAL:
        return hand.case
    accepted = uow.match_cases.move(hand.case, CaseState.ACCEPTED, at=effects.at, by=effects.actor, basis=basis)
    sight = CaseSight(accepted, CaseState.ACCEPTED, accepted.version, basis)
    tell_of_case(effects, MessageType.MATCH_CASE_DECIDED, sight, hand.subject, county_code=transfer.gaining_county)
    return accepted
