"""UC03.42.01 A person decides a match case, or takes one back, in the console: the very use cases that a county's EMS calls."""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller, StaffUser
from votecal_soap.domain.county_answers import UndoMatchCase
from votecal_soap.domain.match_cases import CaseDecision, MatchCase
from votecal_soap.use_cases.console_access import is_of_sos, known_person, refuse, sees_county
from votecal_soap.use_cases.county_cases import no_such_case
from votecal_soap.use_cases.decide_match_case import decide_match_case
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.undo_match_case import undo_match_case
from votecal_soap.use_cases.work_on_case import require_free


def decide(decision: CaseDecision, acting_user: str, unit_of_work: UnitOfWorkFactory, clock: Clock, transfer_pending: timedelta) -> MatchCase:
    """Decide for the county whose case it is: its own people may, and SOS."""
    with unit_of_work() as uow:
        caller = _caller(uow, decision.case_id, acting_user, clock)
        require_free(uow, decision.case_id, acting_user, clock.now())
        decided = decide_match_case(decision, caller, uow, clock, transfer_pending, by=acting_user)
        uow.commit()
    return decided


def undo(command: UndoMatchCase, acting_user: str, unit_of_work: UnitOfWorkFactory, clock: Clock, transfer_pending: timedelta) -> MatchCase:
    """Take it back: the county that decided it may, either county of a move, and SOS."""
    with unit_of_work() as uow:
        caller = _caller(uow, command.case_id, acting_user, clock)
        undone = undo_match_case(command, caller, uow, clock, transfer_pending, by=acting_user)
        uow.commit()
    return undone


def counties_of(uow: UnitOfWork, case: MatchCase) -> tuple[str, ...]:
    """Whose case it is: the county that decides, the other record's, then those of a move that it made."""
    transfer = uow.match_cases.transfer_of_case(case.case_id)
    moved = () if transfer is None else (transfer.losing_county, transfer.gaining_county)
    return (case.county_code, *(() if case.other_county is None else (case.other_county,)), *moved)


def _caller(uow: UnitOfWork, case_id: int, acting_user: str, clock: Clock) -> Caller:
    person = known_person(uow, acting_user)
    case = uow.match_cases.get(case_id)
    if case is None:
        raise no_such_case()
    if not any(sees_county(person, county) for county in counties_of(uow, case)):
        refuse(uow, person, clock, ("MatchCase", case_id), no_such_case())
    return _acting_for(person, case.county_code)


def _acting_for(person: StaffUser, county_code: str) -> Caller:
    own = county_code if is_of_sos(person) else str(person.county_code)
    return Caller(username=person.user_name, county_code=own, credential_expires_at=None)
