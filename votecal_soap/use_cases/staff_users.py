"""People who act: an administrator adds them; the very first one adds themselves, when there is nobody yet."""

from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

NAME_LENGTH: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStaffUser:
    """Who is added, in which role, by whom."""

    user_name: str
    role: Role
    county_code: str | None
    acting_user: str


def add(command: AddStaffUser, uow: UnitOfWork, clock: Clock) -> StaffUser:
    """Insert a person; the role of a county user belongs to one county, that of SOS to none."""
    _check(command)
    person = StaffUser(user_name=command.user_name, role=command.role, county_code=command.county_code)
    with uow:
        _require_right(command, uow)
        _check_free(command, uow)
        uow.reference.save_staff_user(person)
        record_change(
            uow,
            at=clock.now(),
            actor=command.acting_user,
            action="AddStaffUser",
            subject=("staff_user", command.user_name),
            county_code=command.county_code,
            new={"role": command.role},
        )
        uow.commit()
    return person


def listed(uow: UnitOfWork) -> list[StaffUser]:
    """All people."""
    with uow:
        return uow.reference.staff_users()


def _check(command: AddStaffUser) -> None:
    if not command.user_name or len(command.user_name) > NAME_LENGTH or not command.user_name.isprintable():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"A user name has 1 to {NAME_LENGTH} printable characters.", ref="user")
    if (command.role in SOS_ROLES) != (command.county_code is None):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A county user belongs to a county; SOS people belong to none.", ref="county")


def _require_right(command: AddStaffUser, uow: UnitOfWork) -> None:
    if uow.reference.staff_users():
        require_role(uow, command.acting_user, ADMINISTRATORS)
    elif command.role is not Role.SOS_ADMINISTRATOR:
        raise NotAllowed(ErrorCode.NOT_AUTHORISED, "There is nobody yet: the first user is an SosAdministrator.", ref="role")


def _check_free(command: AddStaffUser, uow: UnitOfWork) -> None:
    if uow.reference.staff_user(command.user_name) is not None:
        raise Conflict(ErrorCode.ALREADY_EXISTS, f"{command.user_name} is a user already.", ref="user")
    if command.county_code is not None and uow.reference.county(command.county_code) is None:
        raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}.", ref="county")
