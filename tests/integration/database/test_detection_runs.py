"""The roll in pages, and runs of duplicate detection: alike in memory, on SQLite and on PostgreSQL (DUP-01, JOB-02)."""

from datetime import UTC, datetime, timedelta

import pytest

from votecal_soap.domain.duplicate_runs import DetectionScope, RollPartition
from votecal_soap.domain.jobs import InstanceState, JobState, JobType
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.search.roll_pages import FIELD_SEPARATOR, ROW_SEPARATOR
from votecal_soap.search.standardising import standardise, voter_person

PARTS = [RollPartition(1, 10, 19, 10), RollPartition(2, 20, 29, 10)]


@pytest.fixture
def workers(database, registry):
    """A detection job with two claimed runs, the planner's first."""
    with database() as uow:
        job_id = registry.job(
            uow, job_type=JobType.DUPLICATE_VOTER_DETECTION, state=JobState.PENDING, county_code=None, election_id=None, scope=DetectionScope.WHOLE
        )
        for ago in (60, 61):
            registry.run(uow, job_id, ago)
        uow.commit()
    claimed = []
    for name in ("one", "two"):
        with database() as uow:
            claimed.append(uow.jobs.claim(name, 60, 5))
            uow.commit()
    return sorted(claimed, key=lambda run: run.due_at, reverse=True)


def begun(database, registry, planner, partitions=PARTS, since=None):
    with database() as uow:
        run = uow.detection_runs.begin(planner, DetectionScope.WHOLE, partitions, registry.now, changed_since=since)
        uow.commit()
    return run


def claim(database, run, worker):
    with database() as uow:
        found = uow.detection_runs.claim_partition(run.run_id, worker.instance_id)
        uow.commit()
    return found


@pytest.mark.requirement("JOB-02")
def test_a_partition_has_one_worker_and_a_worker_takes_up_its_own_again(database, registry, workers):
    planner, helper = workers
    run = begun(database, registry, planner)
    assert claim(database, run, planner) == PARTS[0]
    assert claim(database, run, helper) == PARTS[1]
    assert claim(database, run, planner) == PARTS[0], "as after a kill"
    with database() as uow:
        uow.detection_runs.save_partition(run.run_id, PARTS[0]._replace(next_state_voter_id=15), planner.instance_id, {"Opened": 2})
        uow.commit()
    assert claim(database, run, planner) == PARTS[0]._replace(next_state_voter_id=15)


@pytest.mark.requirement("JOB-02")
def test_a_worker_whose_run_has_ended_leaves_its_partition_to_others(database, registry, workers):
    planner, helper = workers
    run = begun(database, registry, planner)
    claim(database, run, planner)
    with database() as uow:
        uow.jobs.finish(planner.instance_id, planner.lease_token, InstanceState.PAUSED)
        uow.commit()
    assert claim(database, run, helper) == PARTS[0]
    with database() as uow, pytest.raises(Conflict) as refused:
        uow.detection_runs.save_partition(run.run_id, PARTS[0]._replace(next_state_voter_id=20), planner.instance_id, {})
    assert refused.value.code is ErrorCode.LEASE_LOST


@pytest.mark.requirement("DUP-01", "JOB-03")
def test_progress_counts_what_is_done_and_what_came_of_pairs(database, registry, workers):
    planner, helper = workers
    run = begun(database, registry, planner)
    for worker, part, outcomes in ((planner, PARTS[0], {"Opened": 3, "Known": 1}), (helper, PARTS[1], {"Opened": 2})):
        claim(database, run, worker)
        with database() as uow:
            uow.detection_runs.save_partition(run.run_id, part._replace(next_state_voter_id=part.last_state_voter_id), worker.instance_id, outcomes)
            assert uow.detection_runs.progress(run.run_id).partitions_done == PARTS.index(part)
            uow.detection_runs.save_partition(run.run_id, part._replace(next_state_voter_id=part.last_state_voter_id + 1), worker.instance_id, {"Opened": 1})
            uow.commit()
    with database() as uow:
        assert uow.detection_runs.progress(run.run_id) == (20, 2, 2, {"Known": 1, "Opened": 7})
        assert uow.detection_runs.claim_partition(run.run_id, planner.instance_id) is None


@pytest.mark.requirement("DUP-01")
def test_the_newest_run_and_the_begin_of_the_last_finished_one(database, registry, workers):
    planner, helper = workers
    with database() as uow:
        assert uow.detection_runs.newest(planner.job_id) is None
        assert uow.detection_runs.last_finished_begun_at() is None
    begun(database, registry, helper)
    run = begun(database, registry, planner, since=registry.now - timedelta(days=1))
    with database() as uow:
        assert uow.detection_runs.newest(planner.job_id) == run
        assert uow.detection_runs.last_finished_begun_at() is None
        uow.detection_runs.finish(run.run_id, registry.now + timedelta(hours=1))
        assert uow.detection_runs.newest(planner.job_id).finished_at == registry.now + timedelta(hours=1)
        assert uow.detection_runs.last_finished_begun_at() == registry.now


@pytest.mark.requirement("JOB-02")
def test_the_last_worker_ends_the_runs_of_the_others(database, workers):
    planner, helper = workers
    with database() as uow:
        uow.jobs.end_others(helper.instance_id)
        assert uow.jobs.instance(planner.instance_id).state is InstanceState.COMPLETED
        assert uow.jobs.instance(helper.instance_id).state is InstanceState.RUNNING


@pytest.mark.requirement("DUP-01")
def test_the_roll_comes_in_pages_as_it_is_compared(database, registry):
    voters = [registry.voter(first_name=name, confidentiality=secret) for name, secret in (("Ada", None), ("José", "Court"), (None, None))]
    with database() as uow:
        uow.voters.add_voters(voters[:2], registry.now)
        uow.voters.add_voters(voters[2:], registry.now + timedelta(days=1))
        uow.commit()
    rows = [(item.state_voter_id, int(item.confidentiality is not None), "19", *standardise(voter_person(item))) for item in voters]
    with database(read_only=True) as uow:
        first = uow.roll.page(0, 2)
        assert (first.voters, first.last_state_voter_id) == (2, voters[1].state_voter_id)
        second = uow.roll.page(first.last_state_voter_id, 2)
        assert uow.roll.page(second.last_state_voter_id, 2).voters == 0
        lines = [line.split(FIELD_SEPARATOR) for page in (first, second) for line in page.text.split(ROW_SEPARATOR)]
        assert sorted(lines) == sorted(["" if cell is None else str(cell) for cell in row] for row in rows)
        assert [tuple(row) for row in uow.roll.rows([voters[2].state_voter_id, voters[0].state_voter_id, 5])] == [rows[0], rows[2]]
        assert uow.roll.changed_since(registry.now + timedelta(hours=1), 10) == [voters[2].state_voter_id]
        assert uow.roll.changed_since(datetime(2000, 1, 1, tzinfo=UTC), 2) == [item.state_voter_id for item in voters[:2]]
