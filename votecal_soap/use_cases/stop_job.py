"""JOB-01 Pause, cancel, resume: a running job stops at its next safe point, another one at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.jobs import FINISHED_STATES, InstanceState, Job, JobState, StopRequest
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_uploads import abandon_open_upload
from votecal_soap.use_cases.list_jobs import existing_job
from votecal_soap.use_cases.ports import UnitOfWork

STOPPED_STATE: Final[Mapping[StopRequest, JobState]] = {StopRequest.PAUSE: JobState.PAUSED, StopRequest.CANCEL: JobState.CANCELLED}
"""Where a stop request leads once it is honoured."""

_ENDED_BY: Final[Mapping[StopRequest, frozenset[JobState]]] = {
    StopRequest.PAUSE: frozenset(FINISHED_STATES),
    StopRequest.CANCEL: frozenset(FINISHED_STATES) - {JobState.FAILED},
}
"""States in which there is nothing left to stop; a failed job may be put aside for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopJob:
    """Which job, and who stops or resumes it."""

    job_id: int
    acting_user: str


def pause(command: StopJob, uow: UnitOfWork, clock: Clock) -> Job:
    """Ask for a pause; what is committed stays, and resume goes on from there."""
    return _stop(command, StopRequest.PAUSE, uow, clock.now())


def cancel(command: StopJob, uow: UnitOfWork, clock: Clock) -> Job:
    """Ask for the end; what is committed stays."""
    return _stop(command, StopRequest.CANCEL, uow, clock.now())


def resume(command: StopJob, uow: UnitOfWork, clock: Clock) -> Job:
    """Take a pause or a failure back: the job stands where it stood, and its run goes on after the last committed record."""
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        job = existing_job(uow, command.job_id, lock=True)
        if job.state not in (JobState.PAUSED, JobState.FAILED):
            raise Conflict(ErrorCode.JOB_NOT_OPEN, f"The job is {job.state}, neither Paused nor Failed.", ref=str(job.job_id))
        if job.state is JobState.FAILED:
            _revive(job, uow)
        resumed = _state_after_stop(job, uow)
        uow.jobs.request_stop(job.job_id, None)
        uow.jobs.set_state(job.job_id, resumed, remark=f"Resumed by {command.acting_user}." if job.state is JobState.FAILED else None)
        _audit(uow, command, "ResumeJob", job, resumed, clock.now())
        after = existing_job(uow, job.job_id)
        uow.commit()
    return after


def _stop(command: StopJob, request: StopRequest, uow: UnitOfWork, now: datetime) -> Job:
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        job = existing_job(uow, command.job_id, lock=True)
        target = STOPPED_STATE[request]
        if job.state in _ENDED_BY[request] or job.state is target:
            raise Conflict(ErrorCode.JOB_NOT_OPEN, f"The job is {job.state}: there is nothing to {request.lower()}.", ref=str(job.job_id))
        uow.jobs.request_stop(job.job_id, request)
        # A worker that holds the job moves it when it has stopped; nobody else would, so otherwise it moves here.
        if job.state is not JobState.PROCESSING:
            uow.jobs.set_state(job.job_id, target)
        if request is StopRequest.CANCEL:
            abandon_open_upload(uow, job.job_id)
        _audit(uow, command, f"{request}Job", job, target, now)
        after = existing_job(uow, job.job_id)
        uow.commit()
    return after


def _revive(job: Job, uow: UnitOfWork) -> None:
    run = uow.jobs.latest_instance(job.job_id)
    if run is None or run.state is not InstanceState.FAILED:
        raise Conflict(ErrorCode.JOB_NOT_OPEN, "The job has no failed run to go on with.", ref=str(job.job_id))
    upload = uow.uploads.get(run.upload_id, lock=True) if run.upload_id is not None else None
    if upload is not None and upload.purged_at is not None:
        raise Conflict(ErrorCode.JOB_NOT_OPEN, "The bytes of its file were purged: cancel the job, and schedule another.", ref=str(job.job_id))
    uow.jobs.revive(run.instance_id)


def _state_after_stop(job: Job, uow: UnitOfWork) -> JobState:
    if not job.job_type.is_county_batch:
        return JobState.PENDING
    if job.authorised_by is None:
        return JobState.SCHEDULED
    run = uow.jobs.latest_instance(job.job_id)
    return JobState.RECEIVED if run is not None and not run.state.is_finished else JobState.PENDING


def _audit(uow: UnitOfWork, command: StopJob, action: str, job: Job, target: JobState, now: datetime) -> None:
    record_change(
        uow,
        at=now,
        actor=command.acting_user,
        action=action,
        subject=("job", job.job_id),
        county_code=job.county_code,
        old={"state": job.state},
        new={"state": target},
    )
