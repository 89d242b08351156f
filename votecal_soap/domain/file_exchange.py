"""What a county and the state tell each other about the file of one job (VRU-02, VRU-06, VRU-21)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from votecal_soap.domain.batches import FailureReason, Outcome, RecordOutcome
from votecal_soap.domain.jobs import Job
from votecal_soap.domain.uploads import Compression, Upload


class JobDecision(StrEnum):
    """What a county says of a job that it was offered."""

    STARTED = "Started"  # it makes the file
    DECLINED = "Declined"  # it will not


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A county's decision on a job."""

    job_id: int
    decision: JobDecision
    remark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnnouncement:
    """What a county says of a file before it sends it; size and digest are of the bytes sent."""

    job_id: int
    byte_count: int
    sha256: str
    record_count: int
    compression: Compression


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a file, and where it belongs."""

    upload_id: int
    offset: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTicket:
    """An upload that may go on; the token, for an open one, is told once and stored hashed."""

    upload: Upload
    token: str | None = field(repr=False)
    expires_at: datetime | None


class FileRefusal(NamedTuple):
    """Why a file was refused whole; nothing of it was applied (VRU-18)."""

    code: str
    ref: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """Where a job stands (VRU-21)."""

    job: Job
    record_count: int | None
    records_processed: int
    counts: Mapping[tuple[Outcome, FailureReason | None], int]
    voters_without_voting_precinct: int | None
    refusal: FileRefusal | None
    received_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultQuery:
    """Which results of a job a county wants; `limit` None leaves the number to the size of the answer."""

    job_id: int
    after_sequence: int
    limit: int | None


class ResultPage(NamedTuple):
    """Some results of a job in file order; `more` says that others follow them."""

    outcomes: list[RecordOutcome]
    more: bool
