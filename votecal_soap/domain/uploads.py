"""Resumable uploads (VRU-06): which bytes the state has, and what may come next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest

CHUNK_BYTE_LIMIT: Final = 1 << 20
"""One AppendChunk carries at most 1 MiB: what every client stack sends without strain."""


class Compression(StrEnum):
    """How the bytes sent are packed."""

    NONE = "None"
    GZIP = "Gzip"
    ZIP = "Zip"


class UploadState(StrEnum):
    """Where an upload stands."""

    OPEN = "Open"
    COMPLETE = "Complete"
    ABANDONED = "Abandoned"  # another file was begun for the same job, or the job has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in. `sha256` and `byte_count` are of the bytes sent, as the county announced them."""

    upload_id: int
    job_id: int
    county_code: str
    state: UploadState
    byte_count: int
    received_bytes: int
    sha256: str
    record_count: int
    compression: Compression
    token_hash: str | None
    token_expires_at: datetime | None
    begun_at: datetime
    completed_at: datetime | None
    purged_at: datetime | None


def is_replay(upload: Upload, offset: int, size: int) -> bool:
    """Whether the chunk is wholly inside what is there; a gap, an overlap or an excess raises."""
    end = offset + size
    if end > upload.byte_count:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"The chunk ends past the announced {upload.byte_count} bytes.", ref="Offset")
    if offset > upload.received_bytes:
        raise Conflict(ErrorCode.UPLOAD_GAP, f"Bytes are missing before this chunk; go on at offset {upload.received_bytes}.", ref="Offset")
    if offset < upload.received_bytes < end:
        raise Conflict(ErrorCode.UPLOAD_OVERLAP, f"The chunk is partly there already; go on at offset {upload.received_bytes}.", ref="Offset")
    return end <= upload.received_bytes
