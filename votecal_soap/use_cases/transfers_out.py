"""What the losing county's word on a move does (S4.21, COA-12): the move stands, or it is taken back."""

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase, TransferOut, TransferState
from votecal_soap.errors import Conflict, ErrorCode, NotFound
from votecal_soap.use_cases.county_cases import CaseInHand
from votecal_soap.use_cases.match_messages import CaseSight, tell_of_case
from votecal_soap.use_cases.ports import UnitOfWork


def losing_countys_transfer(uow: UnitOfWork, caller: Caller, transfer_id: int) -> tuple[TransferOut, MatchCase]:
    """An open move out of the caller's county, and the case that made it; another county's is not told apart from none."""
    transfer = uow.match_cases.transfer(transfer_id)
    case = uow.match_cases.get(transfer.case_id) if transfer is not None and transfer.case_id is not None else None
    if transfer is None or case is None or transfer.losing_county != caller.county_code:
        raise NotFound(ErrorCode.TRANSFER_NOT_FOUND, "There is no such transfer out of this county.", ref="TransferId")
    if transfer.state is not TransferState.OPEN:
        raise Conflict(ErrorCode.CASE_DECIDED, f"The transfer waits no more: it is {transfer.state}.", ref="TransferId")
    return transfer, case


def let_stand(uow: UnitOfWork, hand: CaseInHand, transfer: TransferOut, basis: str | None) -> MatchCase:
    """Accept: nothing is pending any more, and where a cancellation waited the gaining county is told."""
    effects, uid = hand.effects, transfer.state_voter_id
    uow.match_cases.decide_transfer(transfer.transfer_id, TransferState.ACCEPTED, effects.at, effects.actor)
    if effects.voters[uid].transfer_pending_until is not None:
        released = effects.voters[uid]._replace(transfer_pending_until=None)
        effects.change(Change(released, ("transfer_pending_until",)), "AcceptTransferOut")
    if hand.case.state is not CaseState.PROVISIONAL:
        return hand.case
    accepted = uow.match_cases.move(hand.case, CaseState.ACCEPTED, at=effects.at, by=effects.actor, basis=basis)
    sight = CaseSight(accepted, CaseState.ACCEPTED, accepted.version, basis)
    tell_of_case(effects, MessageType.MATCH_CASE_DECIDED, sight, hand.subject, county_code=transfer.gaining_county)
    return accepted
