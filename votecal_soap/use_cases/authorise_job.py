"""S21.6 An SOS administrator authorises a county batch; before that the county is never offered it (VRU-03)."""

from dataclasses import dataclass

from votecal_soap.clock import Clock
from votecal_soap.domain.jobs import Job, JobState
from votecal_soap.errors import Conflict, ErrorCode, NotAllowed
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.list_jobs import existing_job
from votecal_soap.use_cases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoriseJob:
    """Which job, and who authorises it."""

    job_id: int
    acting_user: str
    second_person: bool = False


def authorise(command: AuthoriseJob, uow: UnitOfWork, clock: Clock) -> Job:
    """Set the job Pending; with `second_person`, whoever scheduled it may not authorise it."""
    now = clock.now()
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        job = existing_job(uow, command.job_id, lock=True)
        if job.state is not JobState.SCHEDULED:
            raise Conflict(ErrorCode.JOB_NOT_OPEN, f"The job is {job.state}: only a Scheduled one is authorised.", ref=str(job.job_id))
        if command.second_person and job.scheduled_by == command.acting_user:
            raise NotAllowed(ErrorCode.NOT_AUTHORISED, "Whoever scheduled the job may not authorise it: a second administrator does.", ref="user")
        uow.jobs.authorise(job.job_id, command.acting_user, now)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="AuthoriseJob",
            subject=("job", job.job_id),
            county_code=job.county_code,
            old={"state": job.state},
            new={"state": JobState.PENDING, "kinds": sorted(job.data_kinds)},
        )
        authorised = existing_job(uow, job.job_id)
        uow.commit()
    return authorised
