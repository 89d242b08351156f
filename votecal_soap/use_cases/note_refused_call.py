"""OPS-02 A county's call for what is not its own is refused, and the attempt is written down (EWS-01)."""

from collections.abc import Sequence
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.errors import ErrorCode, VoteCalError
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.ports import UnitOfWorkFactory

ACTION: Final = "AccessRefused"


def note_refused_call(operation: str, named: str | None, error: VoteCalError, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    """Write down a refusal; `named` is the id that the call named. What exists elsewhere is not told apart from what exists nowhere here either."""
    subject = ("Operation", operation) if named is None or error.ref is None else (error.ref.removesuffix("Id"), named)
    _note(subject, {"operation": operation, "code": error.code}, caller, unit_of_work, clock)


def note_strange_messages(operation: str, message_ids: Sequence[int], caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    """Write down ids of messages that the county's queue does not have; it is answered so, without a fault."""
    if message_ids:
        new: dict[str, object] = {"operation": operation, "code": ErrorCode.MESSAGE_NOT_FOUND, "messages": list(message_ids)}
        _note(("Queue", caller.county_code), new, caller, unit_of_work, clock)


def _note(subject: tuple[str, str], new: dict[str, object], caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    with unit_of_work() as uow:
        record_change(uow, at=clock.now(), actor=actor(caller), action=ACTION, subject=subject, county_code=caller.county_code, new=new)
        uow.commit()
