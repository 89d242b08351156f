"""COA-34, S10.10, DLR-19: a county takes back a match that was applied."""

from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import UndoMatchCase
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase
from votecal_soap.use_cases.county_cases import no_such_case, require_state, take_in_hand
from votecal_soap.use_cases.pairs_of_movers import pass_on_pairs
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.take_back_match import ACTION, take_back
from votecal_soap.use_cases.undo_duplicate import undo_duplicate

UNDOABLE: Final = frozenset({CaseState.ACCEPTED, CaseState.PROVISIONAL})


def undo_match_case(command: UndoMatchCase, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta, *, by: str | None = None) -> MatchCase:
    """The case, then Rejected; the county that decided it may, and either county of a move. The caller of this commits.

    `by` undoes it for the county in the console.

    Raises:
        NotFound: CASE_NOT_FOUND.
        Conflict: CASE_DECIDED when nothing was applied, CASE_CHANGED, CASE_REPLACED, NOT_UNDOABLE when a later change stands on top.
    """
    case = uow.match_cases.get(command.case_id)
    if case is not None and case.case_type is CaseType.DUPLICATE_VOTER:
        return undo_duplicate(case, command, caller, uow, clock, by=by)
    if case is None or caller.county_code not in _counties(uow, case):
        raise no_such_case()
    hand = take_in_hand(uow, caller, case, clock, transfer_pending, by=by, in_console=by is not None)
    require_state(hand.case, command.expected_version, UNDOABLE)
    rejected = take_back(uow, hand, command.basis)
    old, new = {"state": hand.case.state, "version": hand.case.version}, {"state": rejected.state, "version": rejected.version, "basis": command.basis}
    hand.effects.audit(ACTION, ("MatchCase", case.case_id), caller.county_code, old=old, new=new)
    pass_on_pairs(uow, hand.effects)
    hand.effects.write(uow)
    return rejected


def _counties(uow: UnitOfWork, case: MatchCase) -> set[str]:
    transfer = uow.match_cases.transfer_of_case(case.case_id)
    moved = set() if transfer is None else {transfer.losing_county, transfer.gaining_county}
    return {case.county_code} | moved
