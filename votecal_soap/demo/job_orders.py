"""SOS orders a job, and waits until a worker has done it (JOB-01)."""

import time
from typing import Final

from jobs.recurrence import CronRecurrence
from votecal_soap.bootstrap import Application
from votecal_soap.demo.state_side import SOS_USER
from votecal_soap.domain.jobs import FINISHED_STATES, JobState, JobType
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.use_cases import schedule_job

PATIENCE_SECONDS: Final = 120.0
LOOK_SECONDS: Final = 0.1


def order(application: Application, job_type: JobType, file_name: str | None = None) -> int:
    """SOS schedules a job; its id."""
    command = schedule_job.ScheduleJob(job_type=job_type, acting_user=SOS_USER, file_name=file_name, confirmed=True)
    return schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job.job_id


def await_end(application: Application, job_id: int) -> JobState:
    """The state in which the job ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with application.unit_of_work(read_only=True) as uow:
            job = uow.jobs.get(job_id)
        if job is not None and (job.state in FINISHED_STATES or job.state is JobState.FILE_REFUSED):
            return job.state
        time.sleep(LOOK_SECONDS)
    raise Unavailable(ErrorCode.BUSY, "A job of the demonstration was not done in time; the log in its directory may say why.")
