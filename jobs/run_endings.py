"""How a run begins and ends in the database: instance, job and audit move together (JOB-01, JOB-03)."""

from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.jobs import FINISHED_STATES, InstanceState, Job, JobInstance, JobState, StopRequest
from votecal_soap.errors import VoteCalError
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.list_jobs import existing_job
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.stop_job import STOPPED_STATE

BACKOFF_SECONDS: Final = 5
LONGEST_BACKOFF_SECONDS: Final = 600
DISK_SECONDS: Final = 30
"""How long a run rests that met a full disk."""

_STOPPED_RUN: Final = {StopRequest.PAUSE: InstanceState.PAUSED, StopRequest.CANCEL: InstanceState.CANCELLED}
_STOP_OF_STATE: Final = {state: request for request, state in STOPPED_STATE.items()}


def backoff_seconds(attempt: int) -> int:
    """How long a run rests after its n-th failed attempt: doubling, up to ten minutes."""
    return min(BACKOFF_SECONDS << max(attempt - 1, 0), LONGEST_BACKOFF_SECONDS)


def is_held(uow: UnitOfWork, instance: JobInstance) -> bool:
    """Whether the run is still this claim's; the job stays locked, so that nobody ends the run between the answer and what follows from it."""
    existing_job(uow, instance.job_id, lock=True)
    current = uow.jobs.instance(instance.instance_id)
    return current is not None and current.state is InstanceState.RUNNING and current.lease_token == instance.lease_token


def begin(uow: UnitOfWork, clock: Clock, instance: JobInstance) -> bool:
    """Set the job Processing; False when it was stopped before it began, which is then done."""
    job = existing_job(uow, instance.job_id, lock=True)
    request = _STOP_OF_STATE.get(job.state) or instance.stop_requested
    if request is not None:
        stop(uow, clock, instance, request)
        return False
    _move(uow, clock, job, JobState.PROCESSING)
    return True


def stop(uow: UnitOfWork, clock: Clock, instance: JobInstance, request: StopRequest) -> None:
    """Honour a stop request."""
    job = existing_job(uow, instance.job_id, lock=True)
    uow.jobs.finish(instance.instance_id, instance.lease_token or "", _STOPPED_RUN[request])
    _move(uow, clock, job, STOPPED_STATE[request])


def complete(uow: UnitOfWork, clock: Clock, instance: JobInstance) -> None:
    """End the run; a repeating job waits for its next due time."""
    job = existing_job(uow, instance.job_id, lock=True)
    uow.jobs.finish(instance.instance_id, instance.lease_token or "", InstanceState.COMPLETED)
    _move(uow, clock, job, JobState.COMPLETED if job.repeat is None else JobState.PENDING)


def fail(uow: UnitOfWork, clock: Clock, instance: JobInstance, error: VoteCalError) -> None:
    """End the run as failed; a repeating job tries again at its next due time."""
    job = existing_job(uow, instance.job_id, lock=True)
    token = instance.lease_token or ""
    uow.jobs.finish(instance.instance_id, token, InstanceState.FAILED, error_code=error.code, error_text=error.text, error_ref=error.ref)
    _move(uow, clock, job, JobState.FAILED if job.repeat is None else JobState.PENDING, remark=str(error))


def try_again(uow: UnitOfWork, instance: JobInstance, error: VoteCalError) -> None:
    """Give a failed run back, to be claimed again after a rest."""
    _release(uow, instance, error, backoff_seconds(instance.attempt), is_counted=True)


def wait_for_disk(uow: UnitOfWork, instance: JobInstance, error: VoteCalError) -> None:
    """Give a run back that met a full disk: the attempt does not count, for a disk may be full all night."""
    _release(uow, instance, error, DISK_SECONDS, is_counted=False)


def _release(uow: UnitOfWork, instance: JobInstance, error: VoteCalError, seconds: int, *, is_counted: bool) -> None:
    told = {"error_code": error.code, "error_text": error.text}
    uow.jobs.release(instance.instance_id, instance.lease_token or "", **told, delay_seconds=seconds, is_counted=is_counted)


def _move(uow: UnitOfWork, clock: Clock, job: Job, state: JobState, *, remark: str | None = None) -> None:
    if job.state is state or job.state in FINISHED_STATES:
        return
    uow.jobs.set_state(job.job_id, state, remark=remark)
    record_change(
        uow,
        at=clock.now(),
        actor=f"job:{job.job_id}",
        action="MoveJob",
        subject=("job", job.job_id),
        county_code=job.county_code,
        old={"state": job.state},
        new={"state": state},
    )
