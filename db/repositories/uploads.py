"""Uploads' book-keeping; the bytes are in the spool."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, literal, or_, select, update

from db.repositories.inserting import insert_row
from db.tables import job, job_instance, upload
from votecal_soap.domain.jobs import FINISHED_STATES, InstanceState, JobState
from votecal_soap.domain.uploads import Compression, Upload, UploadState

_UPLOAD: Final = select(upload)
_WITHOUT_NEED: Final = (*FINISHED_STATES, JobState.FILE_REFUSED)
"""States of a job that has no use for the bytes that it got."""


class SqlUploadRepository:
    """The table upload."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def add(self, *, job_id: int, county_code: str, byte_count: int, sha256: str, record_count: int, compression: Compression, begun_at: datetime) -> Upload:
        """Insert an open upload."""
        announced = {"byte_count": byte_count, "sha256": sha256, "record_count": record_count, "compression": compression}
        row = {"job_id": job_id, "county_code": county_code, "state": UploadState.OPEN, "received_bytes": 0, "begun_at": begun_at, **announced}
        upload_id = insert_row(self._connection, upload, row)
        return _upload(self._connection.execute(_UPLOAD.where(upload.c.upload_id == upload_id)).one())

    def get(self, upload_id: int, *, lock: bool = False) -> Upload | None:
        """One upload."""
        statement = _UPLOAD.where(upload.c.upload_id == upload_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else _upload(row)

    def latest(self, job_id: int, *, lock: bool = False) -> Upload | None:
        """The job's newest upload that was not abandoned."""
        newest = (
            select(upload.c.upload_id)
            .where(upload.c.job_id == job_id, upload.c.state != UploadState.ABANDONED)
            .order_by(upload.c.begun_at.desc(), upload.c.upload_id.desc())
            .limit(1)
        )
        upload_id = self._connection.execute(newest).scalar()
        # Found first and locked then: Oracle locks no row of a limited query.
        return None if upload_id is None else self.get(upload_id, lock=lock)

    def set_token(self, upload_id: int, token_hash: str, expires_at: datetime) -> None:
        """Replace the fast lane's token."""
        self._change(upload_id, token_hash=token_hash, token_expires_at=expires_at)

    def set_received(self, upload_id: int, received_bytes: int) -> None:
        """Move the next offset."""
        self._change(upload_id, received_bytes=received_bytes)

    def complete(self, upload_id: int, at: datetime) -> None:
        """Close it; the token is gone."""
        self._change(upload_id, state=UploadState.COMPLETE, completed_at=at, token_hash=None, token_expires_at=None)

    def abandon(self, upload_id: int) -> None:
        """Put it aside for another file."""
        self._change(upload_id, state=UploadState.ABANDONED, token_hash=None, token_expires_at=None)

    def finished_before(self, instant: datetime, limit: int) -> list[Upload]:
        """Uploads completed or begun before that, whose bytes are there and needed by no job and no run any more (OPS-05)."""
        wants_none = select(literal(1)).where(job.c.job_id == upload.c.job_id, job.c.state.in_([str(state) for state in _WITHOUT_NEED]))
        unfinished = [str(state) for state in InstanceState if not state.is_finished]
        needing_run = select(literal(1)).where(job_instance.c.upload_id == upload.c.upload_id, job_instance.c.state.in_(unfinished))
        due = (
            _UPLOAD.where(upload.c.purged_at.is_(None), or_(upload.c.state == UploadState.ABANDONED, wants_none.exists()), ~needing_run.exists())
            .where(func.coalesce(upload.c.completed_at, upload.c.begun_at) < instant)
            .order_by(upload.c.upload_id)
            .limit(limit)
        )
        return [_upload(row) for row in self._connection.execute(due)]

    def set_purged(self, upload_id: int, at: datetime) -> None:
        """Keep that the bytes are gone."""
        self._change(upload_id, purged_at=at)

    def _change(self, upload_id: int, **values: object) -> None:
        self._connection.execute(update(upload).where(upload.c.upload_id == upload_id).values(values))


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        upload_id=row.upload_id,
        job_id=row.job_id,
        county_code=row.county_code,
        state=UploadState(row.state),
        byte_count=row.byte_count,
        received_bytes=row.received_bytes,
        sha256=row.sha256,
        record_count=row.record_count,
        compression=Compression(row.compression),
        token_hash=row.token_hash,
        token_expires_at=row.token_expires_at,
        begun_at=row.begun_at,
        completed_at=row.completed_at,
        purged_at=row.purged_at,
    )
