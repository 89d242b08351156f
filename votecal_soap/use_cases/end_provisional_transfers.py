"""VRU-15 A provisional move stands when the losing county has said nothing in time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseType, MatchCase, TransferOut, TransferState
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.county_cases import take_in_hand
from votecal_soap.use_cases.match_messages import CaseSight, tell_of_case
from votecal_soap.use_cases.matching_circumstances import blackout_holds
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.registered_transfers import let_registered_stand, take_registered_transfer
from votecal_soap.use_cases.transfers_out import let_stand

BASIS: Final = "The losing county's time has passed."
_PAGE: Final = 100
_FUNCTION: Final = {
    CaseType.DMV_COA: MatchingFunction.DMV_COA,
    CaseType.DMV_REGISTRATION: MatchingFunction.DMV_REGISTRATION,
    CaseType.DUPLICATE_VOTER: MatchingFunction.DUPLICATE_VOTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EndProvisionalTransfers:
    """For which job, and how long a new move would wait."""

    job_id: int
    transfer_pending: timedelta


def end_provisional_transfers(command: EndProvisionalTransfers, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool] = lambda: False) -> int:
    """Let stand what has waited long enough, one move a transaction, until none is left or `stop` says so; how many."""
    ended = 0
    for transfer in _past(unit_of_work, clock):
        if stop():
            break
        ended += _end(command, transfer, unit_of_work, clock)
    return ended


def _past(unit_of_work: UnitOfWorkFactory, clock: Clock) -> Iterator[TransferOut]:
    last = 0
    while True:
        with unit_of_work(read_only=True) as uow:
            page = uow.match_cases.transfers_past(clock.now(), _PAGE, after_transfer_id=last)
        if not page:
            return
        yield from page
        last = page[-1].transfer_id


def _end(command: EndProvisionalTransfers, transfer: TransferOut, unit_of_work: UnitOfWorkFactory, clock: Clock) -> bool:
    """Whether it stands now: inside a blackout it waits on (JOB-04), and the county may just have decided."""
    with unit_of_work() as uow:
        case = None if transfer.case_id is None else uow.match_cases.get(transfer.case_id)
        if _is_blacked_out(uow, transfer, case, clock):
            return False
        try:
            if case is None:
                _let_registered_stand(command, transfer, uow, clock)
            else:
                _let_stand(command, transfer, case, uow, clock)
        except Conflict as conflict:
            if conflict.code is ErrorCode.CASE_DECIDED:
                return False
            raise
        uow.commit()
    return True


def _is_blacked_out(uow: UnitOfWork, transfer: TransferOut, case: MatchCase | None, clock: Clock) -> bool:
    function = MatchingFunction.REGISTRATION_SEARCH if case is None else _FUNCTION[case.case_type]
    counties, functions = (transfer.losing_county, transfer.gaining_county), (function,)
    return any(blackout_holds(blackout, legal_date(clock.now()), counties, functions) for blackout in uow.matching.blackouts())


def _let_stand(command: EndProvisionalTransfers, transfer: TransferOut, case: MatchCase, uow: UnitOfWork, clock: Clock) -> None:
    by = f"job:{command.job_id}"
    losing = Caller(username=by, county_code=transfer.losing_county, credential_expires_at=None)
    hand = take_in_hand(uow, losing, case, clock, command.transfer_pending, by=by)
    accepted = let_stand(uow, hand, transfer, BASIS)
    sight = CaseSight(accepted, accepted.state, accepted.version, BASIS)
    tell_of_case(hand.effects, MessageType.MATCH_CASE_DECIDED, sight, hand.subject, county_code=transfer.losing_county)
    subject = ("TransferOut", transfer.transfer_id)
    hand.effects.audit("EndProvisionalTransfer", subject, transfer.losing_county, old={"state": transfer.state}, new={"basis": BASIS})
    hand.effects.write(uow)


def _let_registered_stand(command: EndProvisionalTransfers, transfer: TransferOut, uow: UnitOfWork, clock: Clock) -> None:
    hand = take_registered_transfer(uow, transfer, TransferState.OPEN, f"job:{command.job_id}", clock)
    let_registered_stand(uow, hand, BASIS, [transfer.losing_county, transfer.gaining_county])
    subject = ("TransferOut", transfer.transfer_id)
    hand.effects.audit("EndProvisionalTransfer", subject, transfer.losing_county, old={"state": transfer.state}, new={"basis": BASIS})
    hand.effects.write(uow)
