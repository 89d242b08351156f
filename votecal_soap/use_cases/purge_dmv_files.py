"""OPS-05 DMV's files are removed when their retention has passed, those that nobody asked for too; the book-keeping stays."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.dmv_files import DmvFile
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import DmvExchange, UnitOfWorkFactory

CHUNK: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeDmvFiles:
    """How long files are kept after they were processed or refused, and who purges."""

    retention: timedelta
    actor: str


def purge_dmv_files(
    command: PurgeDmvFiles, unit_of_work: UnitOfWorkFactory, exchange: DmvExchange, clock: Clock, stop: Callable[[], bool] = lambda: False
) -> int:
    """Remove what is due, chunk by chunk, until nothing is or `stop` says so; the number of files."""
    purged = 0 if stop() else _purge_left(command, unit_of_work, exchange, clock)
    while not stop():
        files = _purge_chunk(command, unit_of_work, exchange, clock)
        purged += files
        if files < CHUNK:
            break
    return purged


def _purge_chunk(command: PurgeDmvFiles, unit_of_work: UnitOfWorkFactory, exchange: DmvExchange, clock: Clock) -> int:
    now = clock.now()
    with unit_of_work() as uow:
        due = uow.dmv_files.finished_before(now - command.retention, CHUNK)
        for file in due:
            # The file first: a crash between the two purges again, and nothing there is fine.
            exchange.discard(file.file_id)
            uow.dmv_files.set_purged(file.file_id, now)
            record_change(uow, at=now, actor=command.actor, action="PurgeDmvFile", subject=("dmv_file", file.file_id), old=_told(file))
        uow.commit()
    return len(due)


def _purge_left(command: PurgeDmvFiles, unit_of_work: UnitOfWorkFactory, exchange: DmvExchange, clock: Clock) -> int:
    """Files that were dropped and that no job was ever scheduled for: the audit trail keeps what they were."""
    now = clock.now()
    with unit_of_work() as uow:
        expected = uow.dmv_files.expected_names()
        left = [path for path in exchange.left(now - command.retention) if path.name not in expected]
        for path in left:
            told: dict[str, object] = {"byte_count": path.stat().st_size, "sha256": _sha256(path)}
            record_change(uow, at=now, actor=command.actor, action="PurgeDroppedFile", subject=("dropped_file", path.name[:60]), old=told)
        uow.commit()
    # After the commit: what a crash leaves is found again, and told twice rather than never.
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _told(file: DmvFile) -> dict[str, object]:
    return {"job": file.job_id, "byte_count": file.byte_count, "sha256": file.sha256}
