"""JOB-01, JOB-04 What a person reads before scheduling: what else is scheduled or running then, and which blackouts hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from votecal_soap.clock import Clock
from votecal_soap.domain.jobs import FINISHED_STATES, Job, JobInstance, JobState
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.ports import Blackout, UnitOfWork
from votecal_soap.use_cases.schedule_job import NEAR, ScheduleJob, blackouts_hit


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutlook:
    """Other unfinished jobs due by a day after that start, and blackouts that the job would run into."""

    others: Sequence[Job]
    blackouts: Sequence[Blackout]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """A job in the list, with its newest run."""

    job: Job
    run: JobInstance | None


def outlook(command: ScheduleJob, uow: UnitOfWork, clock: Clock) -> JobOutlook:
    """For a job as it would be scheduled; nothing is."""
    now = clock.now()
    until = max(command.not_before or now, now) + NEAR
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        unfinished = uow.jobs.listed(states=[state for state in JobState if state not in FINISHED_STATES])
        return JobOutlook(others=[job for job in unfinished if job.not_before < until], blackouts=blackouts_hit(command, uow, now))


def job_lines(acting_user: str, uow: UnitOfWork, limit: int = 50) -> list[JobLine]:
    """The newest jobs."""
    with uow:
        require_role(uow, acting_user, SOS_ROLES)
        jobs = uow.jobs.listed(limit=limit)
        runs = uow.jobs.latest_instances([job.job_id for job in jobs])
    return [JobLine(job=job, run=runs.get(job.job_id)) for job in jobs]
