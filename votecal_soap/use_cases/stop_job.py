"""JOB-01 Pause, cancel, resume: a running job stops at its next safe point, another one at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.jobs import FINISHED_STATES, Job, JobState, StopRequest
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.list_jobs import existing_job
from votecal_soap.use_cases.ports import UnitOfWork

STOPPED_STATE: Final[Mapping[StopRequest, JobState]] = {StopRequest.PAUSE: JobState.PAUSED, StopRequest.CANCEL: JobState.CANCELLED}
"""Where a stop request leads once it is honoured."""


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
    """Take a pause back: the job stands where it stood, and its run goes on after the last committed record."""
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        job = existing_job(uow, command.job_id, lock=True)
        if job.state is not JobState.PAUSED:
            raise Conflict(ErrorCode.JOB_NOT_OPEN, f"The job is {job.state}, not Paused.", ref=str(job.job_id))
        resumed = _state_after_pause(job, uow)
        uow.jobs.request_stop(job.job_id, None)
        uow.jobs.set_state(job.job_id, resumed)
        _audit(uow, command, "ResumeJob", job, resumed, clock.now())
        after = existing_job(uow, job.job_id)
        uow.commit()
    return after


def _stop(command: StopJob, request: StopRequest, uow: UnitOfWork, now: datetime) -> Job:
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        job = existing_job(uow, command.job_id, lock=True)
        target = STOPPED_STATE[request]
        if job.state in FINISHED_STATES or job.state is target:
            raise Conflict(ErrorCode.JOB_NOT_OPEN, f"The job is {job.state}: there is nothing to {request.lower()}.", ref=str(job.job_id))
        uow.jobs.request_stop(job.job_id, request)
        # A worker that holds the job moves it when it has stopped; nobody else would, so otherwise it moves here.
        if job.state is not JobState.PROCESSING:
            uow.jobs.set_state(job.job_id, target)
        _audit(uow, command, f"{request}Job", job, target, now)
        after = existing_job(uow, job.job_id)
        uow.commit()
    return after


def _state_after_pause(job: Job, uow: UnitOfWork) -> JobState:
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
