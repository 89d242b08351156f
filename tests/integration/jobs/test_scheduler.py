import threading
import time
from datetime import datetime, timedelta

import pytest

from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from votecal_soap.clock import SystemClock
from votecal_soap.domain.jobs import DataKind, InstanceState, JobState, JobType
from votecal_soap.use_cases import schedule_job
from votecal_soap.use_cases.schedule_job import ScheduleJob


def schedule(application, job_type=JobType.PURGE, **more):
    command = ScheduleJob(job_type=job_type, acting_user="sam", **more)
    return schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job


def runs(application):
    with application.unit_of_work(read_only=True) as uow:
        return list(uow.jobs.instances())


def finish_run(application):
    with application.unit_of_work() as uow:
        claimed = uow.jobs.claim("test", 60, 5)
        uow.jobs.finish(claimed.instance_id, claimed.lease_token, InstanceState.COMPLETED)
        uow.commit()


@pytest.mark.requirement("JOB-01")
def test_a_job_becomes_due_at_its_start_and_once(application):
    job = schedule(application, not_before=application.clock.now() + timedelta(hours=1))
    scheduler = JobScheduler(application)
    scheduler.make_all_due()
    assert not runs(application)
    application.clock.instant += timedelta(hours=2)
    scheduler.make_all_due()
    scheduler.make_all_due()
    assert [(run.job_id, run.due_at, run.state) for run in runs(application)] == [(job.job_id, job.not_before, InstanceState.READY)]
    finish_run(application)
    scheduler.make_all_due()
    assert len(runs(application)) == 1


@pytest.mark.requirement("VRU-03")
def test_a_county_batch_is_never_made_due_by_the_scheduler(application):
    job = schedule(application, JobType.VOTER_RECORD_UPDATE, county_code="19", data_kinds=frozenset({DataKind.PARTY}), notice="by phone")
    with application.unit_of_work() as uow:
        uow.jobs.authorise(job.job_id, "ada", application.clock.now())
        uow.commit()
    JobScheduler(application).make_all_due()
    assert not runs(application)


@pytest.mark.requirement("JOB-01")
def test_a_repeating_job_becomes_due_again_when_its_run_has_ended(application):
    schedule(application, repeat="0 * * * *")
    scheduler = JobScheduler(application)
    application.clock.instant += timedelta(hours=1)
    scheduler.make_all_due()
    application.clock.instant += timedelta(hours=1)
    scheduler.make_all_due()
    assert len(runs(application)) == 1, "one run of a job at a time"
    finish_run(application)
    scheduler.make_all_due()
    assert len(runs(application)) == 2


def test_runs_that_were_missed_are_made_up_by_one(application):
    schedule(application, repeat="0 * * * *")
    application.clock.instant += timedelta(days=2)
    JobScheduler(application).make_all_due()
    (run,) = runs(application)
    assert run.due_at > application.clock.now() - timedelta(hours=1)


def test_a_cancelled_job_is_not_made_due(application):
    job = schedule(application)
    with application.unit_of_work() as uow:
        uow.jobs.set_state(job.job_id, JobState.CANCELLED)
        uow.commit()
    scheduler = JobScheduler(application)
    assert scheduler.make_due(job.job_id, job.not_before) is None
    assert not runs(application)


@pytest.mark.requirement("JOB-02")
def test_schedulers_on_two_threads_make_one_run(application):
    job = schedule(application)
    together = threading.Barrier(4)
    made = []

    def fire():
        scheduler = JobScheduler(application)
        together.wait()
        made.append(scheduler.make_due(job.job_id, job.not_before))

    threads = [threading.Thread(target=fire) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([instance for instance in made if instance is not None]) == 1
    assert len(runs(application)) == 1


@pytest.mark.requirement("JOB-02")
def test_timers_fire_at_the_due_time(live_application):
    assert isinstance(live_application.clock, SystemClock)
    schedulers = [JobScheduler(live_application, refresh_seconds=0.1) for _ in range(2)]
    for scheduler in schedulers:
        scheduler.start()
    try:
        job = schedule(live_application, not_before=live_application.clock.now() + timedelta(seconds=0.3))
        deadline = live_application.clock.now() + timedelta(seconds=10)
        while not runs(live_application) and live_application.clock.now() < deadline:
            threading.Event().wait(0.05)
    finally:
        for scheduler in schedulers:
            scheduler.stop()
    assert [(run.job_id, run.due_at) for run in runs(live_application)] == [(job.job_id, job.not_before)]


@pytest.mark.requirement("JOB-02")
def test_timers_go_by_the_machines_clock_whatever_the_applications_says(application):
    """A clock that is far behind would have every interval since then made up, one by one."""
    application.clock.instant = SystemClock().now() - timedelta(days=20)
    schedule(application)
    scheduler = JobScheduler(application, refresh_seconds=0.05)
    scheduler.start()
    try:
        deadline = time.monotonic() + 10
        while not runs(application) and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        scheduler.stop()
    assert len(runs(application)) == 1


@pytest.mark.requirement("JOB-02")
def test_a_scheduler_goes_on_when_the_machines_clock_is_set_back(application, monkeypatch):
    """A timer would look round again when the old time has come again."""

    class SetBack(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(hours=2)

    scheduler = JobScheduler(application, refresh_seconds=0.05)
    scheduler.start()
    try:
        monkeypatch.setattr("apscheduler.schedulers.base.datetime", SetBack)
        monkeypatch.setattr("apscheduler.triggers.interval.datetime", SetBack)
        time.sleep(0.2)
        schedule(application)
        deadline = time.monotonic() + 10
        while not runs(application) and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        scheduler.stop()
    assert len(runs(application)) == 1
