import errno
import threading

import pytest
from fixtures.driver_faults import DriverFaults
from sqlalchemy import update

from db.tables import job_instance
from jobs import lease as lease_module
from jobs import run_endings
from jobs.catalogue import CatalogueEntry
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from jobs.worker import Worker
from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.jobs import InstanceState, JobState, JobType, StopRequest
from votecal_soap.errors import ErrorCode, InvalidRequest, Unavailable
from votecal_soap.use_cases import list_jobs, schedule_job, stop_job
from votecal_soap.use_cases.schedule_job import ScheduleJob


@pytest.fixture
def due(application):
    """A job that is due, and its id."""
    command = ScheduleJob(job_type=JobType.PURGE, acting_user="sam")
    job = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job
    JobScheduler(application).make_all_due()
    return job.job_id


@pytest.fixture
def quick_heartbeats(monkeypatch):
    monkeypatch.setattr(lease_module, "LONGEST_BEAT_SECONDS", 0.05)


@pytest.fixture
def no_backoff(monkeypatch):
    monkeypatch.setattr(run_endings, "BACKOFF_SECONDS", 0)


def worker(application, run, name="worker-1"):
    return Worker(application, {JobType.PURGE: CatalogueEntry(run=run, about="a test")}, name)


def report(application, job_id):
    return list_jobs.report(job_id, application.unit_of_work(read_only=True))


def states(application, job_id):
    found = report(application, job_id)
    return found.job.state, found.run.state


def commit_chunk(application, instance, position):
    with application.unit_of_work() as uow:
        counts = {(Outcome.APPLIED, None): 1}
        uow.jobs.save_progress(instance.instance_id, instance.lease_token, position=position, records_processed=position, counts=counts)
        uow.commit()


class Chunks:
    """A job of five chunks that goes on from its position, and tells after each."""

    def __init__(self, after_chunk=lambda position: None):
        self.done = []
        self.after_chunk = after_chunk

    def __call__(self, application, instance, should_stop):
        for position in range(instance.position + 1, 6):
            if should_stop() is not None:
                return
            commit_chunk(application, instance, position)
            self.done.append(position)
            self.after_chunk(position)


def test_nothing_due_is_no_work(application):
    assert worker(application, Chunks()).run_one() is False


@pytest.mark.requirement("JOB-02", "OPS-04")
@pytest.mark.parametrize("number", [1, 2], ids=["as it is claimed", "as it ends"])
def test_a_claim_or_an_ending_that_the_database_undid_is_made_again(application, due, monkeypatch, number):
    faults, chunks = DriverFaults(application.unit_of_work, monkeypatch), Chunks()
    faults.at_statement(number, containing="UPDATE job SET state")
    assert worker(application, chunks).run_one()
    assert (faults.met, chunks.done, states(application, due)) == (1, [1, 2, 3, 4, 5], (JobState.COMPLETED, InstanceState.COMPLETED))


@pytest.mark.requirement("JOB-03")
def test_a_run_is_claimed_run_and_kept_with_its_counts(application, due):
    chunks = Chunks()
    assert worker(application, chunks).drain() == 1
    found = report(application, due)
    assert chunks.done == [1, 2, 3, 4, 5]
    assert (found.job.state, found.run.state, found.run.records_processed) == (JobState.COMPLETED, InstanceState.COMPLETED, 5)
    assert found.counts == {(Outcome.APPLIED, None): 5}


@pytest.mark.requirement("JOB-02")
def test_several_workers_run_an_instance_once(application, due):
    begun, together = [], threading.Barrier(3)

    def run(application, instance, should_stop):
        begun.append(instance.instance_id)

    def work(name):
        together.wait()
        worker(application, run, name).drain()

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 1


@pytest.mark.requirement("JOB-01")
@pytest.mark.parametrize(
    ("what", "ends"),
    [(stop_job.pause, (JobState.PAUSED, InstanceState.PAUSED)), (stop_job.cancel, (JobState.CANCELLED, InstanceState.CANCELLED))],
)
def test_a_running_job_stops_at_a_safe_point(application, due, quick_heartbeats, what, ends):
    def ask(position):
        if position == 2:
            what(stop_job.StopJob(job_id=due, acting_user="sam"), application.unit_of_work(), application.clock)
            assert states(application, due) == (JobState.PROCESSING, InstanceState.RUNNING)
            threading.Event().wait(0.5)

    chunks = Chunks(ask)
    worker(application, chunks).drain()
    assert chunks.done == [1, 2]
    assert states(application, due) == ends


@pytest.mark.requirement("JOB-01")
def test_a_paused_run_goes_on_after_its_last_chunk(application, due, quick_heartbeats):
    command = stop_job.StopJob(job_id=due, acting_user="sam")

    def pause(position):
        if position == 3:
            stop_job.pause(command, application.unit_of_work(), application.clock)
            threading.Event().wait(0.5)

    first, second = Chunks(pause), Chunks()
    worker(application, first).drain()
    worker(application, second).drain()
    assert second.done == []
    stop_job.resume(command, application.unit_of_work(), application.clock)
    worker(application, second).drain()
    assert (first.done, second.done) == ([1, 2, 3], [4, 5])
    assert states(application, due) == (JobState.COMPLETED, InstanceState.COMPLETED)


@pytest.mark.requirement("JOB-01")
@pytest.mark.parametrize("what", [stop_job.pause, stop_job.cancel])
def test_a_run_that_was_stopped_before_it_began_never_begins(application, due, what):
    what(stop_job.StopJob(job_id=due, acting_user="sam"), application.unit_of_work(), application.clock)
    chunks = Chunks()
    worker(application, chunks).drain()
    assert chunks.done == []
    assert report(application, due).job.state in (JobState.PAUSED, JobState.CANCELLED)


@pytest.mark.requirement("JOB-02")
def test_a_dead_workers_run_is_taken_over_after_its_lease(application, due, short_lease):
    class Death(BaseException):
        """The process is gone: nothing after it runs."""

    def die(position):
        if position == 3:
            raise Death

    first, second = Chunks(die), Chunks()
    with pytest.raises(Death):
        worker(short_lease, first, "dead").drain()
    assert worker(short_lease, second, "heir").drain() == 0, "the lease still holds"
    threading.Event().wait(short_lease.config.lease_seconds + 0.2)
    assert worker(short_lease, second, "heir").drain() == 1
    assert (first.done, second.done) == ([1, 2, 3], [4, 5])
    assert states(application, due) == (JobState.COMPLETED, InstanceState.COMPLETED)


@pytest.mark.requirement("JOB-02")
def test_a_worker_that_lost_its_lease_can_write_nothing(application, engine, due):
    def lose(position):
        if position == 2:
            with engine.begin() as connection:
                connection.execute(update(job_instance).values(lease_until=None))
            with application.unit_of_work() as uow:
                assert uow.jobs.claim("rival", 60, 5) is not None
                uow.commit()

    late = Chunks(lose)
    worker(application, late).drain()
    assert late.done == [1, 2]
    found = report(application, due)
    assert (found.job.state, found.run.state, found.run.records_processed) == (JobState.PROCESSING, InstanceState.RUNNING, 2)


@pytest.mark.requirement("JOB-02")
def test_a_worker_that_goes_down_hands_its_run_back_at_a_safe_point(application, due):
    chunks = Chunks(lambda position: position == 2 and first.stop())
    first = worker(application, chunks)
    first.run()
    assert chunks.done == [1, 2]
    handed = report(application, due).run
    assert (handed.state, handed.attempt, handed.error_code) == (InstanceState.READY, 0, None)
    worker(application, chunks, "heir").drain()
    assert chunks.done == [1, 2, 3, 4, 5]


@pytest.mark.requirement("JOB-03")
def test_a_run_that_keeps_failing_is_given_up_with_its_error_shown(application, due, no_backoff):
    tried = []

    def fail(application, instance, should_stop):
        tried.append(instance.attempt)
        raise Unavailable(ErrorCode.BUSY, "The partner is away.", ref="partner")

    worker(application, fail).drain()
    assert tried == list(range(1, application.config.attempt_limit + 1))
    found = report(application, due)
    assert (found.job.state, found.run.state) == (JobState.FAILED, InstanceState.FAILED)
    assert (found.run.error_code, found.run.error_text, found.run.error_ref) == ("VC-5001", "The partner is away.", "partner")
    assert found.job.remark == "VC-5001: The partner is away. (at partner)"


def test_a_failed_run_rests_before_it_is_tried_again(application, due):
    def fail(application, instance, should_stop):
        raise Unavailable(ErrorCode.BUSY, "The partner is away.")

    assert worker(application, fail).drain() == 1
    assert states(application, due) == (JobState.PROCESSING, InstanceState.READY)
    assert report(application, due).run.error_code == "VC-5001"


def test_the_rest_doubles_up_to_ten_minutes():
    assert [run_endings.backoff_seconds(attempt) for attempt in (1, 2, 3, 9, 90)] == [5, 10, 20, 600, 600]


def test_a_run_that_makes_progress_is_not_given_up(application, due, no_backoff):
    def fail_now_and_then(position):
        raise Unavailable(ErrorCode.BUSY, "The database blinked.")

    for _ in range(4):
        worker(application, Chunks(fail_now_and_then)).run_one()
    assert report(application, due).run.records_processed == 4
    assert report(application, due).run.attempt <= 1


def test_what_another_attempt_would_only_repeat_is_not_tried_again(application, due):
    tried = []

    def refuse(application, instance, should_stop):
        tried.append(1)
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This is wrong.")

    worker(application, refuse).drain()
    assert tried == [1]
    assert states(application, due) == (JobState.FAILED, InstanceState.FAILED)


@pytest.mark.requirement("OPS-03", "JOB-03")
def test_an_unknown_fault_is_kept_by_its_kind_never_by_its_text(application, due, no_backoff, caplog):
    def quote_a_voter(application, instance, should_stop):
        raise ValueError("Jane Doe, 1970-01-01")

    worker(application, quote_a_voter).drain()
    found = report(application, due).run
    assert (found.error_code, "ValueError" in found.error_text) == ("VC-5002", True)
    assert "Doe" not in found.error_text + caplog.messages.__repr__()


@pytest.mark.requirement("JOB-01")
def test_a_repeating_job_waits_again_after_a_run_and_after_a_failure(application):
    command = ScheduleJob(job_type=JobType.PURGE, acting_user="sam", repeat="0 * * * *")
    job_id = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job.job_id

    def refuse(application, instance, should_stop):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This is wrong.")

    for run, ends in ((Chunks(), InstanceState.COMPLETED), (refuse, InstanceState.FAILED)):
        application.clock.instant = application.clock.instant.replace(hour=application.clock.instant.hour + 1)
        JobScheduler(application).make_all_due()
        worker(application, run).drain()
        assert states(application, job_id) == (JobState.PENDING, ends)


@pytest.mark.requirement("OPS-02")
def test_what_a_run_does_to_its_job_is_in_the_audit(application, due, audit_rows):
    worker(application, Chunks()).drain()
    moves = [(row.actor, row.action, row.subject_id) for row in audit_rows()]
    assert moves[-2:] == [(f"job:{due}", "MoveJob", str(due))] * 2


def test_a_stop_request_names_where_it_leads():
    assert set(stop_job.STOPPED_STATE) == set(StopRequest)


@pytest.mark.requirement("JOB-03")
def test_a_full_disk_is_no_attempt_however_long_it_lasts(application, due, monkeypatch):
    monkeypatch.setattr(run_endings, "DISK_SECONDS", 0)
    room = []

    def run(application, instance, should_stop):
        if len(room) < 3 * application.config.attempt_limit:
            room.append(None)
            raise OSError(errno.ENOSPC, "No space left on device")

    worker(application, run).drain()
    found = report(application, due)
    assert (found.run.state, found.run.attempt, found.run.error_code) == (InstanceState.COMPLETED, 1, None)


@pytest.mark.requirement("JOB-03", "OPS-04")
def test_what_became_of_a_run_is_written_when_the_database_is_back(application, due, monkeypatch):
    """Not only when its lease runs out."""
    away = [Unavailable(ErrorCode.BUSY, "away")] * 3
    is_held = run_endings.is_held

    def blinking(uow, instance):
        if away:
            raise away.pop()
        return is_held(uow, instance)

    monkeypatch.setattr(run_endings, "is_held", blinking)
    worker(application, Chunks()).run_one()
    assert states(application, due) == (JobState.COMPLETED, InstanceState.COMPLETED)
    assert not away
