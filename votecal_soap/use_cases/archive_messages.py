"""OPS-05 Messages that are over leave the queue's table for the archive, and the archive when their retention has passed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from votecal_soap.clock import Clock
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

CHUNK: Final = 1_800
"""Messages in one transaction: two full lists for IN; on SQLite other writers wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMessages:
    """How long cleared messages stay in the queue's table, how long in all (None: for good), and who moves them."""

    stay: timedelta
    retention: timedelta | None
    actor: str


class ArchivedMessages(NamedTuple):
    """How many were moved, and how many are gone for good."""

    archived: int = 0
    forgotten: int = 0


def archive_messages(command: ArchiveMessages, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool] = lambda: False) -> ArchivedMessages:
    """Move what is due, chunk by chunk, until nothing is or `stop` says so; a kill loses no more than the chunk in hand."""
    archived = 0
    for message_ids in _chunks(command, unit_of_work, clock, stop):
        with unit_of_work() as uow:
            moved = uow.messages.archive(message_ids, clock.now())
            _audit(uow, command, clock, "ArchiveMessages", moved)
            uow.commit()
        archived += moved
    return ArchivedMessages(archived, _forget(command, unit_of_work, clock, stop))


def _chunks(command: ArchiveMessages, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool]) -> Iterator[list[int]]:
    """Looked for apart from the moving: the search may read much, and should hold no writer up."""
    before, after = clock.now() - command.stay, 0
    while not stop():
        with unit_of_work(read_only=True) as uow:
            message_ids = uow.messages.over_before(before, CHUNK, after)
        if not message_ids:
            return
        yield message_ids
        after = message_ids[-1]


def _forget(command: ArchiveMessages, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool]) -> int:
    forgotten = 0
    while command.retention is not None and not stop():
        with unit_of_work() as uow:
            gone = uow.messages.forget_archived(clock.now() - command.retention, CHUNK)
            _audit(uow, command, clock, "PurgeMessages", gone)
            uow.commit()
        forgotten += gone
        if gone < CHUNK:
            break
    return forgotten


def _audit(uow: UnitOfWork, command: ArchiveMessages, clock: Clock, action: str, count: int) -> None:
    if count:
        record_change(uow, at=clock.now(), actor=command.actor, action=action, subject=("kept_data", "messages"), old={"count": count})
