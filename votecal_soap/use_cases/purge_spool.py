"""OPS-05 The bytes of uploads that nothing needs any more are removed when their retention has passed; the book-keeping stays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.uploads import Upload, UploadState
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import Spool, UnitOfWorkFactory

CHUNK: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeSpool:
    """How long bytes are kept, and who purges."""

    retention: timedelta
    actor: str


def purge(command: PurgeSpool, unit_of_work: UnitOfWorkFactory, spool: Spool, clock: Clock, stop: Callable[[], bool] = lambda: False) -> int:
    """Remove what is due, chunk by chunk, until nothing is or `stop` says so; the number of uploads purged."""
    purged = 0
    while not stop():
        uploads = _purge_chunk(command, unit_of_work, spool, clock)
        purged += uploads
        if uploads < CHUNK:
            break
    return purged


def _purge_chunk(command: PurgeSpool, unit_of_work: UnitOfWorkFactory, spool: Spool, clock: Clock) -> int:
    now = clock.now()
    with unit_of_work() as uow:
        due = uow.uploads.finished_before(now - command.retention, CHUNK)
        for upload in due:
            # Bytes first: a crash between the two purges again, and nothing there is fine.
            spool.discard(upload.upload_id)
            if upload.state is UploadState.OPEN:
                uow.uploads.abandon(upload.upload_id)
            uow.uploads.set_purged(upload.upload_id, now)
            subject = ("upload", upload.upload_id)
            record_change(uow, at=now, actor=command.actor, action="PurgeUpload", subject=subject, county_code=upload.county_code, old=_told(upload))
        uow.commit()
    return len(due)


def _told(upload: Upload) -> dict[str, object]:
    return {"job": upload.job_id, "byte_count": upload.byte_count, "sha256": upload.sha256}
