"""JOB-04 SOS keeps the times before elections in which nothing is cancelled: whatever would be, waits."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import Blackout, UnitOfWork

REASON_LENGTH: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class AddBlackout:
    """From which day to which, both included; a county or a function that is None means all."""

    first_day: date
    last_day: date
    reason: str
    acting_user: str
    county_code: str | None = None
    function: MatchingFunction | None = None


def blackouts(uow: UnitOfWork) -> list[Blackout]:
    """All, by their first day."""
    with uow:
        return list(uow.matching.blackouts())


def add_blackout(command: AddBlackout, uow: UnitOfWork, clock: Clock) -> Blackout:
    """Insert a blackout; it holds for whatever is applied from now on."""
    _check(command)
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        if command.county_code is not None and uow.reference.county(command.county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}.", ref="county")
        new = Blackout(0, command.county_code, command.function, command.first_day, command.last_day, command.reason)
        now = clock.now()
        new = new._replace(blackout_id=uow.matching.add_blackout(new, now, command.acting_user))
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="AddBlackout",
            subject=("blackout", new.blackout_id),
            county_code=command.county_code,
            new=new._asdict(),
        )
        uow.commit()
    return new


def remove_blackout(blackout_id: int, acting_user: str, uow: UnitOfWork, clock: Clock) -> None:
    """Remove a blackout; what waits because of it goes on waiting for its county."""
    with uow:
        require_role(uow, acting_user, ADMINISTRATORS)
        old = next((item for item in uow.matching.blackouts() if item.blackout_id == blackout_id), None)
        uow.matching.remove_blackout(blackout_id)
        record_change(
            uow,
            at=clock.now(),
            actor=acting_user,
            action="RemoveBlackout",
            subject=("blackout", blackout_id),
            county_code=old and old.county_code,
            old=old and old._asdict(),
        )
        uow.commit()


def _check(command: AddBlackout) -> None:
    if command.last_day < command.first_day:
        raise InvalidRequest(ErrorCode.MATCHING_SETTING_WRONG, "The last day is before the first.", ref="last_day")
    if not 0 < len(command.reason) <= REASON_LENGTH or not command.reason.isprintable():
        raise InvalidRequest(ErrorCode.MATCHING_SETTING_WRONG, f"A reason has 1 to {REASON_LENGTH} printable characters.", ref="reason")
