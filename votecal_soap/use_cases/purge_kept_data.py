"""OPS-05 What the database keeps for a time only: answers, signatures of nobody, tries, sessions, hours of queues."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from votecal_soap.clock import Clock
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

CHUNK: Final = 1_000
PROBE_RETENTION: Final = timedelta(days=7)
"""Longer than the window in which tries are counted (`search_voters.SSN4_WINDOW`, a day), lest a purge forget one that counts."""

SESSION_RETENTION: Final = timedelta(days=7)
"""Sessions of the console end by themselves long before."""
COUNTER_RETENTION: Final = timedelta(days=90)
"""For so long an address from which a person signed in counts as hers (`sign_in`)."""
HOUR_RETENTION: Final = timedelta(days=400)
"""What each hour added to and cleared from the queues: a year can be compared with the one before."""
NONCE_RETENTION: Final = timedelta(days=1)
"""After a digest is too old: a clock that is set back by less makes none of those fresh again that were used."""
BUDGET_RETENTION: Final = timedelta(hours=1)
"""Minutes in which somebody called much; a minute that is over refuses nobody."""

PART_RETENTION: Final = timedelta(days=7)
"""A county that has sent nothing for so long begins its image anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeKeptData:
    """How long each is kept, and who purges."""

    replies: timedelta
    signatures: timedelta
    actor: str


class PurgedData(NamedTuple):
    """How many of each are gone."""

    replies: int = 0
    signatures: int = 0


def purge_kept_data(command: PurgeKeptData, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool] = lambda: False) -> PurgedData:
    """Forget what is due, chunk by chunk, until nothing is or `stop` says so."""
    purged = PurgedData()
    while not stop():
        chunk = _purge_chunk(command, unit_of_work, clock)
        purged = PurgedData(purged.replies + chunk.replies, purged.signatures + chunk.signatures)
        if max(chunk) < CHUNK:
            break
    return purged


def _purge_chunk(command: PurgeKeptData, unit_of_work: UnitOfWorkFactory, clock: Clock) -> PurgedData:
    now = clock.now()
    with unit_of_work() as uow:
        uow.search_probes.purge(now - PROBE_RETENTION)
        uow.logins.purge(sessions_before=now - SESSION_RETENTION, counters_before=now - COUNTER_RETENTION)
        uow.messages.purge_hours(now - HOUR_RETENTION)
        uow.call_guard.purge(nonces_before=now - NONCE_RETENTION, budgets_before=now - BUDGET_RETENTION)
        uow.document_parts.purge(now - PART_RETENTION, CHUNK)
        purged = PurgedData(uow.replies.purge(now - command.replies, CHUNK), uow.work_items.purge_signatures(now - command.signatures, CHUNK))
        _audit(uow, command, clock, purged)
        uow.commit()
    return purged


def _audit(uow: UnitOfWork, command: PurgeKeptData, clock: Clock, purged: PurgedData) -> None:
    for kind, count in zip(PurgedData._fields, purged, strict=True):
        if count:
            record_change(uow, at=clock.now(), actor=command.actor, action="PurgeKeptData", subject=("kept_data", kind), old={"count": count})
