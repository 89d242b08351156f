"""UC04.14.01 step 3 ends: all bytes are here, and the job waits for a worker (VRU-06).

What the file holds is judged later, by the worker, and appears in the job's status.
"""

from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.jobs import Job, JobState
from votecal_soap.domain.uploads import Upload, UploadState
from votecal_soap.errors import Conflict, ErrorCode, Unavailable
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor, county_job, require_open
from votecal_soap.use_cases.county_uploads import county_upload, put_aside
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory


def complete_upload(upload_id: int, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> tuple[int, JobState]:
    """Close the upload and queue the job's run; (job id, its state). Completing again answers with the state reached since."""
    with unit_of_work() as uow:
        # The job first, as BeginUpload does: two orders of locking could wait for each other.
        job = county_job(uow, caller, county_upload(uow, caller, upload_id).job_id, lock=True)
        upload = county_upload(uow, caller, upload_id, lock=True)
        if upload.state is UploadState.COMPLETE:
            return job.job_id, job.state
        _require_whole(upload)
        require_open(job, clock)
        _queue(uow, job, upload, caller, clock)
        uow.commit()
    return job.job_id, JobState.RECEIVED


def _require_whole(upload: Upload) -> None:
    if upload.state is UploadState.ABANDONED:
        raise put_aside()
    if upload.received_bytes < upload.byte_count:
        raise Conflict(ErrorCode.UPLOAD_INCOMPLETE, f"Bytes are missing; go on at offset {upload.received_bytes}.", ref="UploadId")


def _queue(uow: UnitOfWork, job: Job, upload: Upload, caller: Caller, clock: Clock) -> None:
    now = clock.now()
    uow.uploads.complete(upload.upload_id, now)
    uow.jobs.set_state(job.job_id, JobState.RECEIVED)
    before = uow.jobs.latest_instance(job.job_id)
    # The newest run is the one due last, also when the clock was set back after the job's earlier file.
    due_at = now if before is None else max(now, before.due_at + timedelta(microseconds=1))
    if uow.jobs.add_instance(job.job_id, due_at, upload_id=upload.upload_id, record_count=None) is None:
        # Without a run of its own this file would wait for ever.
        raise Unavailable(ErrorCode.BUSY, "The job was queued at this instant before.", retry_after_seconds=1)
    record_change(
        uow,
        at=now,
        actor=actor(caller),
        action="CompleteUpload",
        subject=("upload", upload.upload_id),
        county_code=caller.county_code,
        old={"job_state": job.state},
        new={"job": job.job_id, "job_state": JobState.RECEIVED},
    )
