"""Files on their way in and out: uploads, the spool, loads, identity verification."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from votecal_soap.domain.uploads import Compression, Upload


class UploadRepository(Protocol):
    """Uploads' book-keeping; the bytes are in the spool."""

    def add(self, *, job_id: int, county_code: str, byte_count: int, sha256: str, record_count: int, compression: Compression, begun_at: datetime) -> Upload:
        """Insert an open upload."""
        ...

    def get(self, upload_id: int, *, lock: bool = False) -> Upload | None:
        """One upload."""
        ...

    def latest(self, job_id: int, *, lock: bool = False) -> Upload | None:
        """The job's newest upload that was not abandoned."""
        ...

    def set_token(self, upload_id: int, token_hash: str, expires_at: datetime) -> None:
        """Replace the fast lane's token."""
        ...

    def set_received(self, upload_id: int, received_bytes: int) -> None:
        """Move the next offset."""
        ...

    def complete(self, upload_id: int, at: datetime) -> None:
        """Close it; the token is gone."""
        ...

    def abandon(self, upload_id: int) -> None:
        """Put it aside for another file."""
        ...

    def finished_before(self, instant: datetime, limit: int) -> list[Upload]:
        """Uploads completed or begun before that, whose bytes are there and needed by no job and no run any more (OPS-05)."""
        ...

    def set_purged(self, upload_id: int, at: datetime) -> None:
        """Keep that the bytes are gone."""
        ...


class Spool(Protocol):
    """The bytes of uploads, on disk, readable by the service alone (OPS-05)."""

    def write(self, upload_id: int, offset: int, content: bytes) -> None:
        """Put bytes at an offset and fsync before returning."""
        ...

    def read(self, upload_id: int, offset: int, size: int) -> bytes:
        """Bytes that are there."""
        ...

    def path(self, upload_id: int) -> Path:
        """The file of the bytes sent."""
        ...

    def work_path(self, upload_id: int) -> Path:
        """Where the unpacked file stands, once there is one."""
        ...

    def discard(self, upload_id: int) -> None:
        """Remove all files of an upload; nothing there is fine."""
        ...


class LoadProgress(NamedTuple):
    """How far a load has come: the first byte not yet read, and what became of the records before it."""

    position: int = 0
    records: int = 0
    loaded: int = 0
    refused: int = 0

    @property
    def already_there(self) -> int:
        """Records that the state had before."""
        return self.records - self.loaded - self.refused


class LoadRepository(Protocol):
    """How far an initial load has come, per file digest, so that it resumes."""

    def progress(self, county_code: str, sha256: str) -> LoadProgress:
        """How far it has come; zeros when not begun."""
        ...

    def save_progress(self, county_code: str, sha256: str, progress: LoadProgress) -> None:
        """Keep how far it has come."""
        ...


class IdentityRequest(NamedTuple):
    """One identification that went out to DMV and waits for an answer (IDV-01)."""

    request_id: int
    state_voter_id: int
    kind: str
    export_name: str
    requested_at: datetime
    answered_at: datetime | None
    answer: str | None


class IdentityRepository(Protocol):
    """Requests to DMV and their answers (IDV-01)."""

    def add(self, rows: Sequence[tuple[int, str]], export_name: str, at: datetime) -> list[IdentityRequest]:
        """Open a request for each (UID, kind) that has none open."""
        ...

    def by_ids(self, request_ids: Sequence[int]) -> dict[int, IdentityRequest]:
        """Requests by id."""
        ...

    def answer(self, rows: Sequence[tuple[int, str]], at: datetime) -> None:
        """Keep (request id, answer)."""
        ...
