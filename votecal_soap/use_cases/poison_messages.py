"""EWS-04 Messages that a county could not take: SOS has them offered again, or puts them aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.ems_messages import MessageState, PoisonMessage
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlePoison:
    """Which message of which county, and who settles it."""

    county_code: str
    message_id: int
    acting_user: str


def listed(uow: UnitOfWork, county_code: str, limit: int = SHOWN) -> Sequence[PoisonMessage]:
    """Those of a county, oldest first."""
    with uow:
        return uow.messages.poison(county_code, limit)


def requeue(command: SettlePoison, uow: UnitOfWork, clock: Clock) -> None:
    """Offer it again; per voter it keeps its place.

    Raises:
        NotFound: MESSAGE_NOT_FOUND, also when it was settled already.
    """
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        _require(uow.messages.requeue(command.county_code, command.message_id, clock.now()))
        _audit(uow, command, "RequeueMessage", MessageState.OPEN, clock)
        uow.commit()


def skip(command: SettlePoison, uow: UnitOfWork, clock: Clock) -> None:
    """Put it aside: the county is never offered it again, and sets its record right by other means.

    Raises:
        NotFound: MESSAGE_NOT_FOUND, also when it was settled already.
    """
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        _require(uow.messages.skip(command.county_code, command.message_id))
        _audit(uow, command, "SkipMessage", MessageState.SKIPPED, clock)
        uow.commit()


def _require(is_there: bool) -> None:
    if not is_there:
        raise NotFound(ErrorCode.MESSAGE_NOT_FOUND, "There is no such message that the county could not take; perhaps it was settled already.", ref="message")


def _audit(uow: UnitOfWork, command: SettlePoison, action: str, state: MessageState, clock: Clock) -> None:
    record_change(
        uow,
        at=clock.now(),
        actor=command.acting_user,
        action=action,
        subject=("ems_message", command.message_id),
        county_code=command.county_code,
        old={"state": MessageState.FAILED},
        new={"state": state},
    )
