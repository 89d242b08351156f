"""OPS-02 A page that is not for a person's role is refused, and the attempt is written down."""

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import StaffUser
from votecal_soap.errors import ErrorCode, NotAllowed
from votecal_soap.use_cases.console_access import refuse
from votecal_soap.use_cases.ports import UnitOfWork


def refuse_page(person: StaffUser, page: str, uow: UnitOfWork, clock: Clock) -> None:
    """Always raises NotAllowed."""
    with uow:
        refuse(uow, person, clock, ("Page", page), NotAllowed(ErrorCode.NOT_AUTHORISED, f"This page is not for the role {person.role}."))
