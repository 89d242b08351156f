"""Who acts, and whether that person may: the role comes from the database, never from the caller (JOB-01, OPS-02)."""

from typing import Final

from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.errors import ErrorCode, NotAllowed
from votecal_soap.use_cases.ports import UnitOfWork

SOS_ROLES: Final = (Role.SOS_USER, Role.SOS_ADMINISTRATOR)
"""Everyone at SOS: schedules, pauses, cancels."""

ADMINISTRATORS: Final = (Role.SOS_ADMINISTRATOR,)
"""Those who authorise, and who change credentials, people and rules."""


def require_role(uow: UnitOfWork, user_name: str, roles: tuple[Role, ...]) -> StaffUser:
    """The person, if known and in one of the roles; else NotAllowed."""
    person = uow.reference.staff_user(user_name)
    if person is None:
        raise NotAllowed(ErrorCode.NOT_AUTHORISED, f"{user_name} is not a user of this system; an SOS administrator adds users.", ref="user")
    if person.role not in roles:
        allowed = " or ".join(sorted(roles))
        raise NotAllowed(ErrorCode.NOT_AUTHORISED, f"{user_name} has the role {person.role}; this needs {allowed}.", ref="user")
    return person
