"""What every use case of a county's batch asks first: is this job this county's, authorised, and open for a file?"""

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.jobs import OFFERED_STATES, Job, JobState
from votecal_soap.errors import Conflict, ErrorCode, NotAllowed, NotFound
from votecal_soap.use_cases.ports import UnitOfWork


def actor(caller: Caller) -> str:
    """The caller in the audit."""
    return f"county:{caller.username}"


def county_job(uow: UnitOfWork, caller: Caller, job_id: int, *, lock: bool = False) -> Job:
    """The caller's job. Another county's is not told apart from none (EWS-01); one that waits for SOS is refused (VRU-03)."""
    job = uow.jobs.get(job_id, lock=lock)
    if job is None or job.county_code != caller.county_code:
        raise NotFound(ErrorCode.JOB_NOT_FOUND, "There is no such job for this county.", ref="JobId")
    if job.authorised_at is None:
        raise NotAllowed(ErrorCode.NOT_AUTHORISED, "SOS has not authorised this job.", ref="JobId")
    return job


def require_open(job: Job, clock: Clock) -> None:
    """Refuse a file for a job that is not due, or that takes none any more."""
    if job.state not in OFFERED_STATES:
        raise Conflict(ErrorCode.JOB_NOT_OPEN, f"The job takes no file: it is {job.state}.", ref="JobId")
    # One that was begun was due then: a clock that has been set back since refuses nobody.
    if job.state is JobState.PENDING and clock.now() < job.not_before:
        raise Conflict(ErrorCode.JOB_NOT_OPEN, "The job is not due yet.", ref="JobId")
