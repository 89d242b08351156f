"""Decides *when*, and nothing else: at a job's due time its instance row is inserted; workers claim and run it (JOB-02).

The database says what is due, so a scheduler that was down catches up, and the row is unique per job and due time,
so any number of schedulers on any number of machines make one run. Runs that were missed are made up by one.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from jobs.outage import Outage
from jobs.recurrence import CronRecurrence
from votecal_soap.domain.jobs import Job, JobInstance, JobState
from votecal_soap.log import event
from votecal_soap.use_cases.ports import Application, UnitOfWork
from votecal_soap.use_cases.process_dmv_coa_record_file import has_arrived

logger = logging.getLogger(__name__)

REFRESH_SECONDS: Final = 15
"""How soon a job that was scheduled elsewhere is known here."""

JOB_LIMIT: Final = 10_000


class JobScheduler:
    """A timer for each due time that the database knows of."""

    def __init__(self, application: Application, refresh_seconds: float = REFRESH_SECONDS) -> None:
        """Prepare the timers; nothing runs before `start`."""
        self._application = application
        self._refresh_seconds = refresh_seconds
        self._recurrence = CronRecurrence()
        # Late is not never: a timer that fires late still inserts its row.
        self._timers = BackgroundScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
        self._stopping = threading.Event()
        self._refreshing = threading.Thread(target=self._refresh_again_and_again, name="scheduler-refresh", daemon=True)

    def start(self) -> None:
        """Run the timers in a thread of their own, and another that looks round for due times."""
        self._timers.start()
        self._refreshing.start()

    def stop(self) -> None:
        """Stop the timers, after the one that is firing."""
        self._stopping.set()
        self._refreshing.join()
        self._timers.shutdown()

    def _refresh_again_and_again(self) -> None:
        # Not by a timer: those go by the machine's clock, and would stand still for as long as it was set back.
        outage = Outage(logger)
        while not self._stopping.is_set():
            with outage.waited_for():
                self.refresh()
            self._stopping.wait(self._refresh_seconds)

    def refresh(self) -> None:
        """Set a timer for each job's next due time."""
        for job_id, due_at in self._due_times().items():
            self._timers.add_job(self.make_due, DateTrigger(due_at), args=(job_id, due_at), id=f"job-{job_id}", replace_existing=True)

    def make_all_due(self) -> None:
        """Insert every run that is due by now, without timers."""
        now = self._application.clock.now()
        for job_id, due_at in self._due_times().items():
            if due_at <= now:
                self.make_due(job_id, due_at)

    def make_due(self, job_id: int, due_at: datetime) -> int | None:
        """Insert the run, unless somebody has, or the job is no longer to run; its id if this call inserted it."""
        with self._application.unit_of_work() as uow:
            job = uow.jobs.get(job_id, lock=True)
            if job is None or job.state is not JobState.PENDING or self._next_due(uow, job) != due_at:
                return None
            instance_id = uow.jobs.add_instance(job_id, due_at, upload_id=None, record_count=None)
            uow.commit()
        if instance_id is not None:
            event(logger, "run due", job_id=job_id, instance_id=instance_id)
        return instance_id

    def _due_times(self) -> dict[int, datetime]:
        with self._application.unit_of_work(read_only=True) as uow:
            jobs = uow.jobs.listed(states=[JobState.PENDING], limit=JOB_LIMIT)
            found = {job.job_id: self._next_due(uow, job) for job in jobs if not job.job_type.is_county_batch}
        return {job_id: due_at for job_id, due_at in found.items() if due_at is not None}

    def _next_due(self, uow: UnitOfWork, job: Job) -> datetime | None:
        latest = uow.jobs.latest_instance(job.job_id)
        if latest is not None and not latest.state.is_finished:
            return None  # one run of a job at a time
        if job.job_type.is_file_job and not has_arrived(uow, job, self._application.dmv_exchange, self._application.clock):
            return None  # asked again at the next refresh
        if job.repeat is None:
            return None if latest is not None else job.not_before
        return self._next_repeat(job.repeat, job, latest)

    def _next_repeat(self, line: str, job: Job, latest: JobInstance | None) -> datetime | None:
        now = self._application.clock.now()
        after = latest.due_at if latest is not None else job.not_before - timedelta(microseconds=1)
        due = self._recurrence.next_after(line, after)
        while due is not None and due <= now:
            following = self._recurrence.next_after(line, due)
            if following is None or following > now:
                break
            due = following
        return due
