"""Runs of duplicate detection: every pair comes out once, whoever works on it and whoever dies (DUP-01, JOB-02)."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.found_pairs import FOUND, NotedPairs
from fakes.whole_rolls import duplicates_of
from sqlalchemy import func, select, update

from benchmarks.coa_workload import voter_record
from db.tables import audit_entry, ems_message, job_instance, match_case, voter
from jobs import lease
from jobs.catalogue import CatalogueEntry
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from jobs.worker import Worker
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import InstanceState, JobState, JobType
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.domain.voters import VerificationStatus
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.synthetic.registration_noise import as_registered
from votecal_soap.synthetic.voters import generate_voters
from votecal_soap.use_cases import detect_duplicate_voters, list_jobs, schedule_job, stop_job
from votecal_soap.use_cases.detect_duplicate_voters import DetectionWork, detect
from votecal_soap.use_cases.ports import Blackout, VoterChange
from votecal_soap.use_cases.schedule_job import ScheduleJob

FIRST = 100_000_001
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone: nothing of the worker's runs any more."""


def made_up_voters():
    noise = replace(ORDINARY_NOISE, registered_twice=0.12)
    voters = as_registered(generate_voters(300, 3, "19"), 3, "19", noise)
    return [voter_record(item, FIRST + number) for number, item in enumerate(voters)]


VOTERS = made_up_voters()
ROWS = [(item.state_voter_id, 0, "19", *standardise(voter_person(item))) for item in VOTERS]


@pytest.fixture
def roll(application):
    """Three hundred voters, thirty-odd of them registered twice, written long before any run."""
    with application.unit_of_work() as uow:
        uow.voters.add_voters(VOTERS, LONG_AGO)
        uow.commit()
    return application


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch):
    monkeypatch.setattr(detect_duplicate_voters, "SLICE_PAIRS", 3)


def schedule(application, scope=DetectionScope.WHOLE, **more):
    command = ScheduleJob(job_type=JobType.DUPLICATE_VOTER_DETECTION, acting_user="sam", scope=scope, **more)
    job = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job
    JobScheduler(application).make_all_due()
    return job.job_id


def worker(application, noted, name="w1", partition_voters=60, workers=2, before=lambda: None):
    def run(application, instance, should_stop):
        def asked():
            before()
            return should_stop()

        work = DetectionWork(
            unit_of_work=application.unit_of_work,
            clock=application.clock,
            open_cases=noted,
            partition_voters=partition_voters,
            workers=workers,
            should_stop=asked,
            wait=lambda: threading.Event().wait(0.05),
        )
        detect(instance, work)

    return Worker(application, {JobType.DUPLICATE_VOTER_DETECTION: CatalogueEntry(run=run, about="a test")}, name)


def pairs_found(engine):
    """Pairs that were committed, each as often as it was."""
    with engine.connect() as connection:
        rows = connection.execute(select(audit_entry.c.subject_id).where(audit_entry.c.action == FOUND)).scalars()
        return sorted(tuple(map(int, row.split("-"))) for row in rows)


def expected_pairs():
    return sorted(pair[:2] for pair in duplicates_of(ROWS) if pair.confidence >= 50)


def report(application, job_id):
    return list_jobs.report(job_id, application.unit_of_work(read_only=True))


def let_leases_run_out(engine):
    with engine.begin() as connection:
        connection.execute(update(job_instance).where(job_instance.c.state == "Running").values(lease_until=LONG_AGO))


@pytest.mark.requirement("DUP-01")
def test_a_whole_run_hands_over_every_pair_once_and_says_so(roll, engine):
    job_id = schedule(roll)
    worker(roll, NotedPairs()).drain()
    assert pairs_found(engine) == expected_pairs()
    assert len(expected_pairs()) > 20
    found = report(roll, job_id)
    assert (found.job.state, found.run.state) == (JobState.COMPLETED, InstanceState.COMPLETED)
    progress = found.detection.progress
    assert progress.outcomes == {"Opened": len(expected_pairs())}
    assert (progress.partitions_done, progress.voters_done) == (progress.partitions, len(VOTERS))
    assert found.detection.run.finished_at is not None


@pytest.mark.requirement("JOB-02")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 5, 9])
def test_a_run_that_is_killed_at_any_point_is_resumed_and_nothing_is_lost_or_done_twice(roll, engine, at, moment):
    schedule(roll)

    def kill(number, when):
        if (number, when) == (at, moment):
            raise Killed

    with suppress(Killed):
        worker(roll, NotedPairs(kill), "victim").drain()
    let_leases_run_out(engine)
    before = len(pairs_found(engine))
    assert before < len(expected_pairs())
    worker(roll, NotedPairs(), "heir").drain()
    assert pairs_found(engine) == expected_pairs()


@pytest.mark.requirement("JOB-02")
def test_two_workers_share_a_run(roll, engine):
    job_id = schedule(roll)
    noted = {"w1": NotedPairs(), "w2": NotedPairs()}
    # The first waits between two partitions until the second has done something: else it might be done before.
    patience = threading.Event()
    workmen = [
        worker(roll, noted["w1"], "w1", partition_voters=20, before=lambda: noted["w1"].slices and patience.wait(30)),
        worker(roll, noted["w2"], "w2", partition_voters=20, before=lambda: noted["w2"].slices and patience.set()),
    ]
    threads = [threading.Thread(target=workman.drain) for workman in workmen]
    threads[0].start()
    wait_until(lambda: noted["w1"].slices)
    threads[1].start()
    for thread in threads:
        thread.join(60)
    assert min(pairs.slices for pairs in noted.values()) > 0
    assert pairs_found(engine) == expected_pairs()
    assert report(roll, job_id).job.state is JobState.COMPLETED
    assert {run.state for run in report_runs(roll)} == {InstanceState.COMPLETED}


@pytest.mark.requirement("JOB-02")
def test_a_worker_that_sees_the_end_after_another_leaves_the_ending_to_it(roll, engine):
    job_id = schedule(roll)

    def run(application, instance, should_stop):
        work = DetectionWork(
            unit_of_work=application.unit_of_work,
            clock=application.clock,
            open_cases=NotedPairs(),
            partition_voters=60,
            workers=2,
            should_stop=should_stop,
            wait=lambda: None,
        )
        detect(instance, work)
        # The other was between its last partition and its look at what is left when the first ended the run.
        (other,) = (run for run in report_runs(application) if run.instance_id != instance.instance_id)
        detect(replace(other, lease_token="late"), replace(work, should_stop=lambda: None))

    Worker(roll, {JobType.DUPLICATE_VOTER_DETECTION: CatalogueEntry(run=run, about="a test")}, "w1").drain()
    assert report(roll, job_id).job.state is JobState.COMPLETED
    with engine.connect() as connection:
        told = select(func.count()).select_from(audit_entry).where(audit_entry.c.action == "DetectDuplicates")
        assert connection.execute(told).scalar_one() == 1


def report_runs(application):
    with application.unit_of_work(read_only=True) as uow:
        return uow.jobs.instances()


def wait_until(happens):
    for _ in range(600):
        if happens():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it did not happen")


@pytest.mark.requirement("JOB-02")
def test_the_partition_of_a_worker_that_died_is_taken_over_and_its_late_word_is_refused(roll, engine):
    job_id = schedule(roll)
    with suppress(Killed):
        worker(roll, NotedPairs(_kill_at_once), "victim").drain()
    with roll.unit_of_work() as uow:
        run = uow.detection_runs.newest(job_id)
        victim = run.instance_id
        stolen = uow.detection_runs.claim_partition(run.run_id, victim)  # one's own from before
        helper = uow.jobs.claim("helper", 60, 5)
        assert helper.instance_id != victim
        own = uow.detection_runs.claim_partition(run.run_id, helper.instance_id)
        assert own.number != stolen.number, "the victim's lease still lasts"
        uow.commit()
    let_leases_run_out(engine)
    with roll.unit_of_work() as uow:
        assert uow.detection_runs.claim_partition(run.run_id, helper.instance_id).number == stolen.number
        uow.detection_runs.save_partition(run.run_id, own, helper.instance_id, {})
        with pytest.raises(Conflict) as refused:
            uow.detection_runs.save_partition(run.run_id, stolen, victim, {})
    assert refused.value.code is ErrorCode.LEASE_LOST


def _kill_at_once(number, moment):
    raise Killed


@pytest.mark.requirement("JOB-02")
def test_a_helper_that_dies_does_not_keep_the_run_from_its_end(roll, engine):
    job_id = schedule(roll)
    for name in ("planner", "helper"):
        with suppress(Killed):
            worker(roll, NotedPairs(_kill_at_once), name).drain()
    assert [run.state for run in report_runs(roll)] == [InstanceState.RUNNING] * 2, "both died with a partition in hand"
    let_leases_run_out(engine)
    worker(roll, NotedPairs(), "last").drain()
    assert pairs_found(engine) == expected_pairs()
    assert report(roll, job_id).job.state is JobState.COMPLETED
    assert {run.state for run in report_runs(roll)} == {InstanceState.COMPLETED}


@pytest.mark.requirement("JOB-01")
def test_a_paused_run_goes_on_where_it_stopped(roll, engine, monkeypatch):
    job_id = schedule(roll)
    monkeypatch.setattr(lease, "LONGEST_BEAT_SECONDS", 0.02)
    noted = NotedPairs()
    command = stop_job.StopJob(job_id=job_id, acting_user="sam")
    heard = []

    def pause_after_three():
        if noted.slices == 3 and not heard:
            heard.append(stop_job.pause(command, roll.unit_of_work(), roll.clock))
            threading.Event().wait(1)  # for a heartbeat to hear of it

    worker(roll, noted, before=pause_after_three).drain()
    assert noted.slices == 3
    assert 0 < len(pairs_found(engine)) < len(expected_pairs())
    assert report(roll, job_id).job.state is JobState.PAUSED
    stop_job.resume(command, roll.unit_of_work(), roll.clock)
    worker(roll, NotedPairs()).drain()
    assert pairs_found(engine) == expected_pairs()


@pytest.mark.requirement("DUP-01", "DUP-02")
def test_the_job_of_the_catalogue_makes_a_case_of_every_pair_and_knows_it_the_next_time(roll, engine):
    job_id = schedule(roll)
    Worker(roll, name="real").drain()
    found = report(roll, job_id)
    assert found.job.state is JobState.COMPLETED
    assert sum(found.detection.progress.outcomes.values()) == len(expected_pairs())
    with engine.connect() as connection:
        cases = connection.execute(select(match_case.c.state_voter_id, match_case.c.other_voter_id).where(match_case.c.other_voter_id.is_not(None))).all()
        assert connection.execute(select(func.count()).select_from(ems_message)).scalar_one() > 0
    assert sorted(tuple(sorted(case)) for case in cases) == expected_pairs()
    again = schedule(roll)
    Worker(roll, name="real").drain()
    assert set(report(roll, again).detection.progress.outcomes) <= {"Known"}


def test_no_voters_is_a_run_that_ends(application):
    job_id = schedule(application)
    worker(application, NotedPairs()).drain()
    assert report(application, job_id).job.state is JobState.COMPLETED


@pytest.mark.requirement("DUP-01")
def test_the_first_run_over_changed_voters_compares_the_whole_roll(roll, engine):
    job_id = schedule(roll, DetectionScope.CHANGED)
    worker(roll, NotedPairs()).drain()
    assert pairs_found(engine) == expected_pairs()
    assert report(roll, job_id).detection.run.scope is DetectionScope.WHOLE


@pytest.mark.requirement("DUP-01")
def test_later_only_voters_changed_since_the_last_run_are_compared_with_everybody(roll, engine):
    schedule(roll)
    worker(roll, NotedPairs()).drain()
    before = pairs_found(engine)
    alone = [item for item in VOTERS if item.state_voter_id not in {uid for pair in before for uid in pair}]
    kept, moved = alone[3], alone[40]
    after = kept._replace(
        state_voter_id=moved.state_voter_id, ems_voter_id=moved.ems_voter_id, version=2, house_number="1", residence_zip_code="90001", drivers_license=None
    )
    with roll.unit_of_work() as uow:
        changed = tuple(name for name in moved._fields if getattr(moved, name) != getattr(after, name) and name != "version")
        uow.voters.save_changes([VoterChange(moved, after, changed)], roll.clock.now() + timedelta(minutes=1))
        uow.commit()
    job_id = schedule(roll, DetectionScope.CHANGED)
    worker(roll, NotedPairs()).drain()
    pair = tuple(sorted((kept.state_voter_id, moved.state_voter_id)))
    assert sorted(set(pairs_found(engine)) - set(before)) == [pair]
    run = report(roll, job_id).detection.run
    assert (run.scope, run.voter_count) == (DetectionScope.CHANGED, 1)
    with roll.unit_of_work(read_only=True) as uow:
        assert uow.roll.changed_since(LONG_AGO, 10_000) == [item.state_voter_id for item in VOTERS]


@pytest.mark.requirement("DUP-01")
@pytest.mark.parametrize("verified", [True, False])
def test_an_equal_verified_licence_comes_out_even_with_different_names(roll, engine, verified):
    one, two = VOTERS[5], VOTERS[200]
    assert (one.state_voter_id, two.state_voter_id) not in expected_pairs()
    with engine.begin() as connection:
        status = VerificationStatus.VERIFIED if verified else VerificationStatus.PENDING
        for item in (one, two):
            connection.execute(update(voter).where(voter.c.state_voter_id == item.state_voter_id).values(drivers_license_status=status))
    with roll.unit_of_work() as uow:
        changes = [VoterChange(item, item._replace(version=2, drivers_license="Z9999991"), ("drivers_license",)) for item in (one, two)]
        uow.voters.save_changes(changes, LONG_AGO)
        uow.commit()
    schedule(roll)
    worker(roll, NotedPairs()).drain()
    assert ((one.state_voter_id, two.state_voter_id) in pairs_found(engine)) is verified


@pytest.mark.requirement("JOB-01")
def test_a_scope_is_this_jobs_alone_and_changed_voters_unless_said_otherwise(application):
    with pytest.raises(InvalidRequest) as refused:
        command = ScheduleJob(job_type=JobType.PURGE, acting_user="sam", scope=DetectionScope.WHOLE)
        schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence())
    assert refused.value.ref == "scope"
    assert report(application, schedule(application, None)).job.scope is DetectionScope.CHANGED


@pytest.mark.requirement("JOB-04")
def test_scheduling_into_a_blackout_of_duplicates_asks(application):
    today = application.clock.now().date()
    with application.unit_of_work() as uow:
        uow.matching.add_blackout(Blackout(0, None, MatchingFunction.DUPLICATE_VOTER, today, today, "an election"), application.clock.now(), "ada")
        uow.commit()
    with pytest.raises(InvalidRequest) as refused:
        schedule(application)
    assert refused.value.ref == "confirmed"
    assert schedule(application, confirmed=True)
