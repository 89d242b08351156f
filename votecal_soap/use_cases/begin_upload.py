"""UC04.14.01 step 3: the county announces its batch file and learns where to begin, or where to go on (VRU-06)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret, keyed_hash
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.file_exchange import FileAnnouncement, UploadTicket
from votecal_soap.domain.jobs import Job, JobState
from votecal_soap.domain.uploads import Upload, UploadState
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor, county_job, require_open
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTerms:
    """On which terms files are taken: how large, how long a token is good, and the key that tokens are stored with."""

    byte_limit: int
    token_seconds: int
    key: bytes


def begin_upload(command: FileAnnouncement, caller: Caller, terms: UploadTerms, unit_of_work: UnitOfWorkFactory, clock: Clock) -> UploadTicket:
    """Give a ticket. The same file again gets the same upload with its next offset and a new token.

    After a refusal every file is a new one: the same bytes may have been announced wrongly, or damaged on the way.
    """
    _check(command, terms)
    now = clock.now()
    with unit_of_work() as uow:
        job = county_job(uow, caller, command.job_id, lock=True)
        latest = uow.uploads.latest(job.job_id, lock=True)
        if latest is not None and latest.state is UploadState.COMPLETE and job.state is not JobState.FILE_REFUSED and _is_same_file(latest, command):
            return UploadTicket(upload=latest, token=None, expires_at=None)
        require_open(job, clock)
        # The newest upload is the one begun last, also when the clock was set back in between.
        upload = _open_upload(uow, job, latest, command, now if latest is None else max(now, latest.begun_at + _TICK))
        ticket = _ticket(uow, upload, terms, now)
        record_change(
            uow,
            at=now,
            actor=actor(caller),
            action="BeginUpload",
            subject=("upload", upload.upload_id),
            county_code=caller.county_code,
            new={"job": job.job_id, "byte_count": upload.byte_count, "sha256": upload.sha256, "next_offset": upload.received_bytes},
        )
        uow.commit()
    return ticket


def _check(command: FileAnnouncement, terms: UploadTerms) -> None:
    if not 1 <= command.byte_count <= terms.byte_limit:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A file has 1 to {terms.byte_limit} bytes.", ref="ByteCount")
    if command.record_count < 0:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The number of records cannot be negative.", ref="RecordCount")


def _is_same_file(upload: Upload, command: FileAnnouncement) -> bool:
    return upload.sha256 == command.sha256


def _open_upload(uow: UnitOfWork, job: Job, latest: Upload | None, command: FileAnnouncement, now: datetime) -> Upload:
    if latest is not None:
        if latest.state is UploadState.OPEN and _is_same_announcement(latest, command):
            return latest
        uow.uploads.abandon(latest.upload_id)
    if job.state is not JobState.STARTED:
        uow.jobs.set_state(job.job_id, JobState.STARTED)
    return uow.uploads.add(
        job_id=job.job_id,
        county_code=str(job.county_code),
        byte_count=command.byte_count,
        sha256=command.sha256,
        record_count=command.record_count,
        compression=command.compression,
        begun_at=now,
    )


def _is_same_announcement(upload: Upload, command: FileAnnouncement) -> bool:
    """Whether all that was said of the file is the same: a slip in the size or count must be mendable."""
    return (upload.sha256, upload.byte_count, upload.record_count, upload.compression) == (
        command.sha256,
        command.byte_count,
        command.record_count,
        command.compression,
    )


def _ticket(uow: UnitOfWork, upload: Upload, terms: UploadTerms, now: datetime) -> UploadTicket:
    token = generate_secret()
    expires_at = now + timedelta(seconds=terms.token_seconds)
    uow.uploads.set_token(upload.upload_id, keyed_hash(token, terms.key), expires_at)
    return UploadTicket(upload=upload, token=token, expires_at=expires_at)
