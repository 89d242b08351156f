"""Jobs, runs under lease, and outcomes, on memory, SQLite and PostgreSQL alike (JOB-02, JOB-03)."""

from datetime import timedelta

import pytest

from votecal_soap.domain.batches import FailureReason, FieldError, Outcome, RecordOutcome, Severity
from votecal_soap.domain.jobs import DataKind, InstanceState, JobState, JobType, StopRequest
from votecal_soap.errors import Conflict, ErrorCode

LEASE, LIMIT = 60, 5
EXPIRED = -1  # a lease that has run out as it is given: no test waits


@pytest.fixture
def due(database, registry):
    """(job, run): a batch job whose run is due."""
    with database() as uow:
        job_id = registry.job(uow)
        instance_id = registry.run(uow, job_id)
        uow.commit()
    return job_id, instance_id


def claim(database, worker="w", lease_seconds=LEASE, attempt_limit=LIMIT):
    with database() as uow:
        run = uow.jobs.claim(worker, lease_seconds, attempt_limit)
        uow.commit()
    return run


def test_a_job_comes_back_as_it_was_scheduled(database, registry):
    with database() as uow:
        kinds = [DataKind.VOTING_PRECINCT, DataKind.NAME]
        job_id = registry.job(uow, data_kinds=kinds, state=JobState.SCHEDULED)
        uow.jobs.authorise(job_id, "ada", registry.now)
        uow.commit()
    with database() as uow:
        job = uow.jobs.get(job_id, lock=True)
        assert (job.job_type, job.state, job.data_kinds) == (JobType.VOTER_RECORD_UPDATE, JobState.PENDING, frozenset(kinds))
        assert (job.authorised_by, job.authorised_at, job.not_before, job.repeat) == ("ada", registry.now, registry.now, None)
        uow.jobs.set_state(job_id, JobState.FILE_REFUSED, remark="wrong digest")
        uow.jobs.set_state(job_id, JobState.STARTED)
        assert (uow.jobs.get(job_id).state, uow.jobs.get(job_id).remark) == (JobState.STARTED, "wrong digest")
        assert uow.jobs.get(999) is None


def test_jobs_are_listed_newest_first(database, registry):
    with database() as uow:
        old = registry.job(uow, scheduled_at=registry.now - timedelta(days=1))
        new = registry.job(uow)
        other = registry.job(uow, county_code="34", state=JobState.COMPLETED, scheduled_at=registry.now - timedelta(days=2))
        assert [job.job_id for job in uow.jobs.listed()] == [new, old, other]
        assert [job.job_id for job in uow.jobs.listed(county_code="34")] == [other]
        assert [job.job_id for job in uow.jobs.listed(states=[JobState.PENDING], limit=1)] == [new]
        assert uow.jobs.listed(states=[]) == []


@pytest.mark.requirement("VRU-02", "VRU-03")
def test_only_authorised_jobs_of_the_county_that_are_due_are_offered(database, registry):
    with database() as uow:
        offered, unauthorised, later, theirs, done = (registry.job(uow, **values) for values in _KINDS_OF_JOB(registry))
        for job_id in (offered, later, theirs, done):
            uow.jobs.authorise(job_id, "ada", registry.now)
        uow.jobs.set_state(done, JobState.RECEIVED)
        assert [job.job_id for job in uow.jobs.offered("19", registry.now)] == [offered]
        assert uow.jobs.get(unauthorised).state is JobState.SCHEDULED
        uow.jobs.set_state(offered, JobState.STARTED)
        assert [job.job_id for job in uow.jobs.offered("19", registry.now)] == [offered]


def _KINDS_OF_JOB(registry):
    return {"state": JobState.SCHEDULED}, {"state": JobState.SCHEDULED}, {"not_before": registry.now + timedelta(1)}, {"county_code": "34"}, {}


@pytest.mark.requirement("JOB-02")
def test_a_run_is_unique_per_job_and_due_time(database, registry):
    with database() as uow:
        job_id = registry.job(uow)
        first = uow.jobs.add_instance(job_id, registry.now, upload_id=None, record_count=3)
        assert uow.jobs.add_instance(job_id, registry.now, upload_id=None, record_count=3) is None
        later = uow.jobs.add_instance(job_id, registry.now + timedelta(days=1), upload_id=None, record_count=None)
        uow.commit()
    with database() as uow:
        assert uow.jobs.instance(first).record_count == 3
        assert uow.jobs.latest_instance(job_id).instance_id == later
        assert [run.instance_id for run in uow.jobs.instances()] == [later, first]
        assert [run.instance_id for run in uow.jobs.instances_of(job_id, before=registry.now + timedelta(days=2), limit=9)] == [later, first]
        assert [run.instance_id for run in uow.jobs.instances_of(job_id, before=registry.now + timedelta(days=1), limit=9)] == [first]
        assert [run.instance_id for run in uow.jobs.instances_of(job_id, before=registry.now + timedelta(days=2), limit=1)] == [later]
        assert uow.jobs.instances_of(999, before=registry.now + timedelta(days=2), limit=9) == []
        assert uow.jobs.instances(states=[InstanceState.RUNNING]) == []
        assert uow.jobs.instance(999) is None
        assert uow.jobs.latest_instance(999) is None


@pytest.mark.requirement("JOB-02")
def test_a_claimed_run_is_nobody_elses(database, due):
    run = claim(database, "first")
    assert (run.instance_id, run.state, run.attempt) == (due[1], InstanceState.RUNNING, 1)
    assert run.lease_token and run.started_at
    assert claim(database, "second") is None


@pytest.mark.requirement("JOB-02")
def test_the_oldest_due_run_is_claimed_first_and_a_future_one_not_at_all(database, registry):
    with database() as uow:
        job_id = registry.job(uow)
        runs = {ago: registry.run(uow, job_id, ago) for ago in (10, 30, 20, -3_600)}
        uow.commit()
    assert [claim(database).instance_id for _ in range(3)] == [runs[30], runs[20], runs[10]]
    assert claim(database) is None


@pytest.mark.requirement("JOB-02")
def test_a_run_whose_lease_has_run_out_is_taken_over_and_the_first_holder_hears_of_it(database, due):
    lost = claim(database, "dead", EXPIRED)
    run = claim(database, "alive")
    assert (run.instance_id, run.attempt, run.started_at) == (lost.instance_id, 2, lost.started_at)
    for call in (
        lambda jobs: jobs.heartbeat(lost.instance_id, lost.lease_token, LEASE),
        lambda jobs: jobs.save_progress(lost.instance_id, lost.lease_token, position=1, records_processed=1, counts={}),
        lambda jobs: jobs.set_record_count(lost.instance_id, lost.lease_token, 1),
        lambda jobs: jobs.finish(lost.instance_id, lost.lease_token, InstanceState.COMPLETED),
        lambda jobs: jobs.release(lost.instance_id, lost.lease_token, error_code="VC-5002", error_text="x"),
        lambda jobs: jobs.hand_back(lost.instance_id, lost.lease_token),
    ):
        with pytest.raises(Conflict) as refused, database() as uow:
            call(uow.jobs)
        assert refused.value.code is ErrorCode.LEASE_LOST


@pytest.mark.requirement("JOB-02")
def test_a_heartbeat_keeps_the_lease_and_brings_the_stop_request(database, due):
    job_id, instance_id = due
    run = claim(database, lease_seconds=EXPIRED)
    with database() as uow:
        assert uow.jobs.heartbeat(instance_id, run.lease_token, LEASE) is None
        uow.jobs.request_stop(job_id, StopRequest.PAUSE)
        uow.commit()
    assert claim(database, "other") is None
    with database() as uow:
        assert uow.jobs.heartbeat(instance_id, run.lease_token, LEASE) is StopRequest.PAUSE


@pytest.mark.requirement("JOB-02", "VRU-20")
def test_a_run_goes_on_from_its_last_committed_position(database, due):
    job_id, instance_id = due
    run = claim(database, lease_seconds=EXPIRED)
    counts = {(Outcome.APPLIED, None): 2, (Outcome.FAILED, FailureReason.VOTER_NOT_FOUND): 1}
    with database() as uow:
        uow.jobs.set_record_count(instance_id, run.lease_token, 10)
        uow.jobs.save_progress(instance_id, run.lease_token, position=100, records_processed=3, counts=counts)
        uow.commit()
    with database() as uow:
        uow.jobs.save_progress(instance_id, run.lease_token, position=200, records_processed=6, counts=counts)
    again = claim(database)
    assert (again.position, again.records_processed, again.record_count) == (100, 3, 10)
    with database() as uow:
        uow.jobs.save_progress(instance_id, again.lease_token, position=200, records_processed=6, counts=counts)
        assert uow.jobs.counts(job_id) == {key: 2 * count for key, count in counts.items()}


def test_progress_counts_the_attempts_anew(database, due):
    for _ in range(LIMIT + 2):
        run = claim(database, lease_seconds=EXPIRED)
        with database() as uow:
            uow.jobs.save_progress(run.instance_id, run.lease_token, position=run.position + 1, records_processed=0, counts={})
            uow.commit()
    assert claim(database).attempt == 1


@pytest.mark.requirement("JOB-02", "JOB-03")
def test_a_run_that_loses_its_worker_too_often_is_ended_as_failed(database, due):
    job_id, instance_id = due
    for _ in range(LIMIT):
        assert claim(database, lease_seconds=EXPIRED).instance_id == instance_id
    assert claim(database) is None
    with database() as uow:
        run = uow.jobs.instance(instance_id)
        assert (run.state, run.error_code, run.lease_token) == (InstanceState.FAILED, "VC-5002", None)
        assert run.finished_at is not None
        assert uow.jobs.get(job_id).state is JobState.FAILED


@pytest.mark.requirement("JOB-01", "JOB-02")
def test_a_run_that_is_to_be_cancelled_is_claimed_to_be_ended_however_often_it_lost_its_worker(database, due):
    job_id, instance_id = due
    for _ in range(LIMIT):
        claim(database, lease_seconds=EXPIRED)
    with database() as uow:
        uow.jobs.request_stop(job_id, StopRequest.CANCEL)
        uow.commit()
    run = claim(database)
    assert (run.instance_id, run.stop_requested) == (instance_id, StopRequest.CANCEL)


def test_a_released_run_rests_before_it_is_claimed_again(database, due):
    run = claim(database)
    with database() as uow:
        uow.jobs.release(run.instance_id, run.lease_token, error_code="VC-5001", error_text="busy", delay_seconds=600)
        uow.commit()
    assert claim(database) is None
    with database() as uow:
        resting = uow.jobs.instance(run.instance_id)
        assert (resting.state, resting.error_code, resting.error_text, resting.attempt) == (InstanceState.READY, "VC-5001", "busy", 1)


def test_a_run_released_without_a_rest_is_claimed_at_once_as_a_second_attempt(database, due):
    run = claim(database)
    with database() as uow:
        uow.jobs.release(run.instance_id, run.lease_token, error_code="VC-5001", error_text="busy", delay_seconds=EXPIRED)
        uow.commit()
    assert claim(database).attempt == 2


def test_a_run_handed_back_has_not_been_tried(database, due):
    run = claim(database)
    with database() as uow:
        uow.jobs.hand_back(run.instance_id, run.lease_token)
        uow.commit()
    assert claim(database).attempt == 1


@pytest.mark.requirement("JOB-03")
def test_how_a_run_ended_is_kept(database, due):
    run = claim(database)
    with database() as uow:
        uow.jobs.finish(run.instance_id, run.lease_token, InstanceState.REFUSED, error_code="VC-1104", error_text="digest", error_ref="Sha256")
        uow.commit()
    with database() as uow:
        ended = uow.jobs.instance(run.instance_id)
        assert (ended.state, ended.error_code, ended.error_text, ended.error_ref) == (InstanceState.REFUSED, "VC-1104", "digest", "Sha256")
        assert ended.finished_at is not None and ended.lease_token is None
    assert claim(database) is None


def test_an_error_that_says_more_than_fits_is_kept_in_part(real_database, registry):
    with real_database() as uow:
        job_id = registry.job(uow)
        registry.run(uow, job_id)
        run = uow.jobs.claim("w", LEASE, LIMIT)
        uow.jobs.finish(run.instance_id, run.lease_token, InstanceState.FAILED, error_code="VC-5002", error_text="x" * 5_000, error_ref="y" * 500)
        uow.jobs.set_state(job_id, JobState.FAILED, remark="z" * 5_000)
        ended = uow.jobs.instance(run.instance_id)
        assert (len(ended.error_text), len(ended.error_ref), len(uow.jobs.get(job_id).remark)) == (1_000, 200, 1_000)


@pytest.mark.requirement("JOB-01")
def test_a_paused_run_waits_until_it_is_resumed(database, due):
    job_id, instance_id = due
    run = claim(database)
    with database() as uow:
        uow.jobs.request_stop(job_id, StopRequest.PAUSE)
        uow.jobs.finish(instance_id, run.lease_token, InstanceState.PAUSED)
        uow.commit()
    assert claim(database) is None
    with database() as uow:
        uow.jobs.request_stop(job_id, None)
        uow.commit()
    resumed = claim(database)
    assert (resumed.instance_id, resumed.stop_requested, resumed.finished_at) == (instance_id, None, None)


@pytest.mark.requirement("JOB-01")
def test_a_paused_run_that_is_cancelled_is_claimed_to_be_ended(database, due):
    job_id, instance_id = due
    run = claim(database)
    with database() as uow:
        uow.jobs.finish(instance_id, run.lease_token, InstanceState.PAUSED)
        uow.jobs.request_stop(job_id, StopRequest.CANCEL)
        uow.commit()
    assert claim(database).stop_requested is StopRequest.CANCEL


OUTCOMES = [
    RecordOutcome(1, Outcome.APPLIED, None, (), 100_000_001, "E1", 2, ()),
    RecordOutcome(2, Outcome.UNCHANGED, None, (), 100_000_002, "E2", 1, ()),
    RecordOutcome(
        3,
        Outcome.FAILED,
        FailureReason.FAILED_VALIDATION,
        (FailureReason.PRECINCT_NOT_FOUND,),
        None,
        None,
        None,
        (
            FieldError("R-1", "HomePrecinct", Severity.FATAL, "No such precinct.", FailureReason.PRECINCT_NOT_FOUND),
            FieldError("R-2", None, Severity.NON_FATAL, "Too long."),
        ),
    ),
]


@pytest.mark.requirement("VRU-21")
def test_outcomes_come_back_in_sequence_with_every_broken_rule(database, due):
    job_id, _ = due
    with database() as uow:
        uow.jobs.add_outcomes(job_id, OUTCOMES)
        uow.commit()
    with database() as uow:
        assert uow.jobs.outcomes(job_id, 0, 10) == OUTCOMES
        assert uow.jobs.outcomes(job_id, 1, 1) == OUTCOMES[1:2]
        assert uow.jobs.outcomes(999, 0, 10) == []


@pytest.mark.requirement("VRU-20")
def test_a_second_outcome_for_a_record_is_refused(database, due):
    job_id, _ = due
    with pytest.raises(Conflict) as refused, database() as uow:
        uow.jobs.add_outcomes(job_id, OUTCOMES)
        uow.jobs.add_outcomes(job_id, OUTCOMES[:1])
    assert refused.value.code is ErrorCode.ALREADY_EXISTS


@pytest.mark.requirement("JOB-03")
def test_a_failed_run_that_is_revived_goes_on_where_it_was_and_no_other_is_touched(database, due):
    run = claim(database)
    with database() as uow:
        uow.jobs.revive(run.instance_id)
        assert uow.jobs.instance(run.instance_id).state is InstanceState.RUNNING
        uow.jobs.save_progress(run.instance_id, run.lease_token, position=900, records_processed=3, counts={(Outcome.APPLIED, None): 3})
        uow.jobs.finish(run.instance_id, run.lease_token, InstanceState.FAILED, error_code="VC-5001", error_text="away", error_ref="x")
        uow.commit()
    assert claim(database) is None
    with database() as uow:
        uow.jobs.revive(run.instance_id)
        uow.commit()
    again = claim(database)
    assert (again.instance_id, again.position, again.records_processed, again.attempt) == (run.instance_id, 900, 3, 1)
    assert (again.error_code, again.error_text, again.error_ref, again.finished_at, again.stop_requested) == (None,) * 5
