import threading

import pytest

from votecal_soap.county.ems_jobs import JobStage
from votecal_soap.county.progress import Step
from votecal_soap.county.synchronise import SyncSettings, Until, synchronise
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, Unavailable


@pytest.fixture
def settings(ems, tmp_path):
    def make(**values):
        fixed = {"county_code": "19", "url": "http://127.0.0.1:1", "username": "la", "password": "secret", "ems_database": ems.path}
        timing = {"poll_seconds": 0.001, "first_retry_seconds": 0.001, "attempts": 2}
        return SyncSettings(**fixed | timing | {"work_dir": tmp_path / "work"} | values)

    return make


@pytest.mark.requirement("VRU-01", "EWS-02")
def test_a_synchronisation_does_the_jobs_and_then_drains_the_queue(settings, state, make_message):
    state.offer(7)
    state.queue = [make_message(1), make_message(2, number=2, kind="BatchRecordUnchanged")]
    steps = []
    report = synchronise(settings(), connect=lambda _: state, tell=lambda progress: steps.append(progress.step))
    assert [(job.job_id, job.stage, job.job_state, job.records_sent) for job in report.jobs] == [(7, JobStage.DONE, "Completed", 2)]
    assert (dict(report.imported), report.records_sent, state.closed) == ({"BatchRecordApplied": 1, "BatchRecordUnchanged": 1}, 2, True)
    assert list(dict.fromkeys(steps)) == [Step.CREATE_FILE, Step.SEND_FILE, Step.AWAIT_RESULT]


def test_it_waits_while_the_state_works_and_imports_meanwhile(settings, state, make_message):
    state.offer(7)
    state.completes_as = "Processing"
    rounds = []

    def page(maximum, after=None):
        rounds.append(maximum)
        if len(rounds) == 3:
            state._set(7, "Completed")
        return type(state).get_message_queue(state, maximum, after)

    state.get_message_queue = page
    report = synchronise(settings(), connect=lambda _: state)
    assert (len(rounds), report.jobs[0].stage) == (4, JobStage.DONE)


def test_one_round_awaits_nothing(settings, state):
    state.offer(7)
    state.completes_as = "Processing"
    assert synchronise(settings(until=Until.ROUND), connect=lambda _: state).jobs[0].stage is JobStage.SENT


@pytest.mark.parametrize("job_state", ["Paused", "Pending"])
def test_it_does_not_wait_for_what_a_person_has_to_do(settings, state, job_state):
    state.offer(7)
    state.completes_as = job_state
    if job_state == "Pending":
        state.failures = [("acknowledge_started", NotAllowed(ErrorCode.NOT_AUTHORISED, "The job is not authorised."))]
    report = synchronise(settings(), connect=lambda _: state)
    assert report.jobs[0].stage in (JobStage.SENT, JobStage.TAKEN)
    assert (report.jobs[0].error is None) == (job_state == "Paused")


def test_a_state_that_is_down_ends_a_single_run(settings, state, down):
    state.failures = [("get_pending_jobs", down)] * 2
    with pytest.raises(Unavailable):
        synchronise(settings(), connect=lambda _: state)


def test_a_service_survives_a_state_that_is_down_and_goes_on(settings, state, down, make_message):
    state.failures = [("get_pending_jobs", down)] * 5
    state.queue = [make_message(1)]
    stop = threading.Event()
    original = state.clear_messages

    def clear(clearances):
        stop.set()
        return original(clearances)

    state.clear_messages = clear
    report = synchronise(settings(until=Until.STOPPED), connect=lambda _: state, stop=stop)
    assert dict(report.imported) == {"BatchRecordApplied": 1}


def test_another_county_s_ems_is_refused(settings, state):
    with pytest.raises(InvalidRequest):
        synchronise(settings(county_code="01"), connect=lambda _: state)
    assert state.calls == []


def test_the_password_is_not_shown(settings):
    assert "secret" not in repr(settings())


def test_a_password_is_not_sent_in_the_clear(settings):
    with pytest.raises(NotAllowed):
        synchronise(settings(url="http://state.example.gov"))
