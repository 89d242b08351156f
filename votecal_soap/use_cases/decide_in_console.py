"""UC03.42.01 A person decides a match case, or takes one back, in the console: the very use cases that a county's EMS calls."""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller, StaffUser
from votecal_soap.domain.county_answers import UndoMatchCase
from votecal_soap.domain.match_cases import CaseDecision, MatchCase
from votecal_soap.errors import ErrorCode, NotAllowed
from votecal_soap.use_cases.console_access import is_of_sos, known_person, refuse, sees_case
from votecal_soap.use_cases.county_cases import no_such_case
from votecal_soap.use_cases.decide_match_case import decide_match_case
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.review_in_console import REVIEWED
from votecal_soap.use_cases.undo_duplicate import undo_duplicate_by_sos
from votecal_soap.use_cases.undo_match_case import undo_match_case
from votecal_soap.use_cases.work_on_case import require_free


def decide(decision: CaseDecision, acting_user: str, unit_of_work: UnitOfWorkFactory, clock: Clock, transfer_pending: timedelta) -> MatchCase:
    """Decide for the county whose case it is: its own people may, and SOS, which reviews two voters in its own name (`review_in_console`)."""
    with unit_of_work() as uow:
        person, case = _case(uow, decision.case_id, acting_user, clock)
        if is_of_sos(person) and case.other_state_voter_id is not None and case.state in REVIEWED:
            raise NotAllowed(ErrorCode.NOT_AUTHORISED, "Whether two voters are one is reviewed by SOS in its own name, not in a county's.", ref="Decision")
        require_free(uow, decision.case_id, acting_user, clock.now())
        decided = decide_match_case(decision, _acting_for(person, case), uow, clock, transfer_pending, by=acting_user)
        uow.commit()
    return decided


def undo(command: UndoMatchCase, acting_user: str, unit_of_work: UnitOfWorkFactory, clock: Clock, transfer_pending: timedelta) -> MatchCase:
    """Take it back: the county that decided it may, either county of a move, and SOS."""
    with unit_of_work() as uow:
        person, case = _case(uow, command.case_id, acting_user, clock)
        if is_of_sos(person) and case.other_state_voter_id is not None:
            undone = undo_duplicate_by_sos(command, acting_user, uow, clock)
        else:
            undone = undo_match_case(command, _acting_for(person, case), uow, clock, transfer_pending, by=acting_user)
        uow.commit()
    return undone


def _case(uow: UnitOfWork, case_id: int, acting_user: str, clock: Clock) -> tuple[StaffUser, MatchCase]:
    person = known_person(uow, acting_user)
    case = uow.match_cases.get(case_id)
    if case is None:
        raise no_such_case()
    if not sees_case(uow, person, case):
        refuse(uow, person, clock, ("MatchCase", case_id), no_such_case())
    return person, case


def _acting_for(person: StaffUser, case: MatchCase) -> Caller:
    """SOS speaks in the place of the county that is asked."""
    own = case.asked_county or case.county_code if is_of_sos(person) else str(person.county_code)
    return Caller(username=person.user_name, county_code=own, credential_expires_at=None)
