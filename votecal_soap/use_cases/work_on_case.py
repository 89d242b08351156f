"""DLR-03 Clerks share a list: whoever takes a case holds it, so that two do not do it twice; notes stay with the case (DLR-18)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import StaffUser
from votecal_soap.domain.duplicate_cases import WITH_COUNTIES, awaited, is_with_sos
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.work_lists import CaseClaim, CaseNote
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.console_access import is_of_sos, known_person, refuse, sees_case
from votecal_soap.use_cases.county_cases import no_such_case
from votecal_soap.use_cases.ports import UnitOfWork

HELD_FOR: Final = timedelta(hours=8)
"""A claim lapses after a working day: whoever went home does not keep a case from everybody else."""
NOTE_LENGTH: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOnCase:
    """Which case, and who works on it."""

    case_id: int
    acting_user: str


def claim(command: WorkOnCase, uow: UnitOfWork, clock: Clock) -> None:
    """Take a case; taking one's own again holds it longer.

    Raises:
        Conflict: CASE_CLAIMED when somebody else holds it, CASE_DECIDED when it waits no more.
    """
    now = clock.now()
    with uow:
        person, case = _case(uow, command, clock)
        if not waits_for(person, case):
            raise Conflict(ErrorCode.CASE_DECIDED, f"The case waits for nothing of yours: it is {case.state}.", ref="MatchCaseId")
        if not uow.match_cases.claim(case.case_id, person.user_name, now, lapsed_before=now - HELD_FOR):
            held = uow.match_cases.claim_of(case.case_id)
            raise Conflict(ErrorCode.CASE_CLAIMED, f"{held.claimed_by if held else 'Somebody else'} works on this case.", ref="MatchCaseId")
        _audit(uow, person, case, "ClaimCase", now)
        uow.commit()


def release(command: WorkOnCase, uow: UnitOfWork, clock: Clock) -> None:
    """Give a case back to everybody; nothing happens when it is somebody else's."""
    with uow:
        person, case = _case(uow, command, clock)
        if uow.match_cases.release(case.case_id, person.user_name):
            _audit(uow, person, case, "ReleaseCase", clock.now())
            uow.commit()


def add_note(command: WorkOnCase, text: str, uow: UnitOfWork, clock: Clock) -> None:
    """Keep what a clerk found out; the text stands with the case alone, neither in the audit nor in a message."""
    now = clock.now()
    with uow:
        person, case = _case(uow, command, clock)
        if not 0 < len(text.strip()) <= NOTE_LENGTH:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, f"A note has 1 to {NOTE_LENGTH} characters.", ref="note")
        uow.match_cases.add_note(case.case_id, CaseNote(now, person.user_name, text.strip()))
        _audit(uow, person, case, "NoteOnCase", now)
        uow.commit()


def waits_for(person: StaffUser, case: MatchCase) -> bool:
    """Whether a county of this person's is asked; what is with SOS has a work item of its own."""
    if case.state not in WITH_COUNTIES or is_with_sos(case):
        return False
    return is_of_sos(person) or person.county_code in awaited(case.county_code, case.other_county, case.asked_county)


def require_free(uow: UnitOfWork, case_id: int, acting_user: str, now: datetime) -> None:
    """Refuse whoever would decide what somebody else works on."""
    by = holder(uow.match_cases.claim_of(case_id), now)
    if by not in (None, acting_user):
        raise Conflict(ErrorCode.CASE_CLAIMED, f"{by} works on this case.", ref="MatchCaseId")


def holder(held: CaseClaim | None, now: datetime) -> str | None:
    """Who holds a case now; a lapsed claim is none."""
    return held.claimed_by if held is not None and now - held.claimed_at < HELD_FOR else None


def _case(uow: UnitOfWork, command: WorkOnCase, clock: Clock) -> tuple[StaffUser, MatchCase]:
    person = known_person(uow, command.acting_user)
    case = uow.match_cases.get(command.case_id)
    if case is None:
        raise no_such_case()
    if not sees_case(uow, person, case):
        refuse(uow, person, clock, ("MatchCase", command.case_id), no_such_case())
    return person, case


def _audit(uow: UnitOfWork, person: StaffUser, case: MatchCase, action: str, at: datetime) -> None:
    record_change(uow, at=at, actor=person.user_name, action=action, subject=("MatchCase", case.case_id), county_code=case.county_code)
