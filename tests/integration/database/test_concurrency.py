"""Several threads and processes on one database (JOB-02, EWS-04)."""

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from fixtures.claims import drain, drain_in_a_process

from votecal_soap.domain.counties import County, Election
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult
from votecal_soap.use_cases.ports import VoterChange

WORKERS, RUNS = 4, 20


@pytest.fixture
def due_runs(real_database, registry):
    """Twenty runs that are due."""
    with real_database() as uow:
        job_id = registry.job(uow)
        runs = [registry.run(uow, job_id, ago=100 + key) for key in range(RUNS)]
        uow.commit()
    return runs


@pytest.mark.requirement("JOB-02")
def test_threads_claim_each_run_once(real_database, due_runs):
    with ThreadPoolExecutor(WORKERS) as pool:
        claimed = [key for mine in pool.map(lambda worker: drain(real_database, f"w{worker}"), range(WORKERS)) for key, _ in mine]
    assert sorted(claimed) == sorted(due_runs)


@pytest.mark.requirement("JOB-02")
def test_processes_claim_each_run_once(real_database, due_runs, database_url):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        shares = pool.starmap(drain_in_a_process, [(database_url, f"p{key}") for key in range(2)])
    assert sorted(key for mine in shares for key, _ in mine) == sorted(due_runs)


@pytest.mark.requirement("JOB-02")
@pytest.mark.postgres
def test_a_worker_that_has_not_committed_its_claim_keeps_no_other_from_the_next_run(postgres_uow, registry):
    with postgres_uow() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037")])
        uow.reference.save_elections([Election(election_id="2026-11-03", name="General", election_date=date(2026, 11, 3))])
        job_id = registry.job(uow)
        due = [registry.run(uow, job_id, ago=100 - place) for place in range(3)]
        uow.commit()
    with postgres_uow() as one, postgres_uow() as two, postgres_uow() as three, postgres_uow() as four:
        claimed = [uow.jobs.claim("w", 60, 5) for uow in (one, two, three, four)]
    assert [run and run.instance_id for run in claimed] == [*due, None]


@pytest.mark.requirement("JOB-02")
def test_several_schedulers_make_one_run(real_database, registry):
    with real_database() as uow:
        job_id = registry.job(uow)
        uow.commit()
    together = threading.Barrier(WORKERS)

    def schedule(_):
        together.wait()
        with real_database() as uow:
            made = uow.jobs.add_instance(job_id, registry.now, upload_id=None, record_count=None)
            uow.commit()
        return made

    with ThreadPoolExecutor(WORKERS) as pool:
        made = [instance_id for instance_id in pool.map(schedule, range(WORKERS)) if instance_id is not None]
    assert len(made) == 1


@pytest.mark.requirement("EWS-04")
def test_two_consumers_clear_each_message_once_and_the_depth_is_right(real_database, registry):
    with real_database() as uow:
        uow.messages.add([registry.message() for _ in range(400)], registry.now)
        uow.commit()
        ids = [message.message_id for message in uow.messages.page("19", 400, with_payload=False)]

    def clear_all(order):
        results = []
        for begin in range(0, 400, 100):
            part = [Clearance(message_id=key, outcome=ClearOutcome.PROCESSED) for key in order[begin : begin + 100]]
            with real_database() as uow:
                results.extend(uow.messages.clear("19", part, registry.now).values())
                uow.commit()
        return results

    with ThreadPoolExecutor(2) as pool:
        results = [result for part in pool.map(clear_all, [ids, ids[::-1]]) for result in part]
    assert results.count(ClearResult.CLEARED) == results.count(ClearResult.ALREADY_CLEARED) == 400
    with real_database() as uow:
        assert uow.messages.depth("19") == 0


@pytest.mark.requirement("VRU-10")
def test_changes_of_one_voter_by_several_writers_are_all_kept(real_database, registry):
    voter = registry.voter()
    with real_database() as uow:
        uow.voters.add_voters([voter], registry.now)
        uow.commit()

    def change(_):
        with real_database() as uow:
            (before,) = uow.voters.lock_by_state_id([voter.state_voter_id])
            after = before._replace(version=before.version + 1, message_sequence=before.message_sequence + 1)
            uow.voters.save_changes([VoterChange(before, after, ())], registry.now)
            message = registry.message(voter, dedup_key=f"change:{after.version}", voter_sequence=after.message_sequence)
            uow.messages.add([message], registry.now)
            uow.commit()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(change, range(12)))
    with real_database() as uow:
        assert uow.voters.get(voter.state_voter_id).version == 13
        assert [message.voter_sequence for message in uow.messages.page("19", 20, with_payload=False)] == list(range(1, 13))
        assert uow.messages.depth("19") == 12


@pytest.mark.requirement("OPS-04")
def test_uids_reserved_at_the_same_time_do_not_overlap(real_database):
    def reserve(_):
        with real_database() as uow:
            first = uow.voters.reserve_state_voter_ids(10)
            uow.commit()
        return first

    with ThreadPoolExecutor(WORKERS) as pool:
        firsts = sorted(pool.map(reserve, range(8)))
    assert firsts == [100_000_001 + 10 * key for key in range(8)]


@pytest.mark.requirement("OPS-04", "COA-36")
@pytest.mark.postgres
@pytest.mark.parametrize("series", ["work_items", "match_cases"])
def test_who_holds_a_voter_and_wants_a_number_waits_for_nobody_who_holds_numbers(postgres_uow, registry, series):
    voter = registry.voter()
    with postgres_uow() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037")])
        uow.voters.add_voters([voter], registry.now)
        uow.commit()
    both_hold = threading.Barrier(2)

    def job():
        with postgres_uow() as uow:
            first = getattr(uow, series).reserve_ids(5)
            both_hold.wait(30)
            uow.voters.lock_by_state_id([voter.state_voter_id])
            uow.commit()
        return first

    def county():
        with postgres_uow() as uow:
            uow.voters.lock_by_state_id([voter.state_voter_id])
            both_hold.wait(30)
            first = getattr(uow, series).reserve_ids(1)
            uow.commit()
        return first

    with ThreadPoolExecutor(2) as pool:
        numbers = [future.result(60) for future in (pool.submit(job), pool.submit(county))]
    assert sorted(numbers) == [1, 6]


@pytest.mark.postgres
def test_more_threads_than_connections_all_get_their_numbers(postgres_uow):
    """Each holds a connection while it asks for a number: were numbers given out over the same pool, all would wait."""
    threads, pool_size = 25, 20
    all_hold = threading.Barrier(pool_size)

    def reserve(place):
        with postgres_uow() as uow:
            if place < pool_size:
                all_hold.wait(30)
            return uow.match_cases.reserve_ids(1)

    with ThreadPoolExecutor(threads) as pool:
        assert sorted(pool.map(reserve, range(threads))) == list(range(1, threads + 1))


@pytest.mark.slow
@pytest.mark.requirement("OPS-04")
def test_a_waiting_writer_of_sqlite_comes_between_two_transactions_of_a_run(sqlite_uow):
    """A run begins its next transaction milliseconds after its last; SQLite's own waiting let up to some twenty of them pass (measured)."""
    commits, stopping = [], threading.Event()

    def run():
        while not stopping.wait(0.002):
            with sqlite_uow() as uow:
                time.sleep(0.03)
                uow.commit()
            commits.append(None)

    running = threading.Thread(target=run)
    running.start()
    passed = 0
    for _ in range(8):
        time.sleep(0.02)
        before = len(commits)
        with sqlite_uow() as uow:
            passed += len(commits) - before
            uow.commit()
    stopping.set()
    running.join()
    assert passed <= 24, "three for each at most"
