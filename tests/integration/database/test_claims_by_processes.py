"""JOB-02, EWS-04, EWS-05: four processes on one database take every run once, and every voter's messages come in order.

10,000 claims on SQLite and PostgreSQL. The double of Oracle gives some fifty claims a second, so it is asked for 1,000, and by `make claims` for all of them
in about four minutes; a site's own Oracle, which ORACLE_TEST_URL names, always is.
"""

import multiprocessing
import os
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from fixtures.claims import VOTERS_AT_ONCE, drain_in_a_process, poll, tell_in_a_process
from fixtures.oracle_server import SITE_URL
from sqlalchemy import func, insert, select

from db.tables import job_instance
from votecal_soap.domain.jobs import InstanceState, JobType

PROCESSES, RUNS = 4, 10_000
RUNS_ON_THE_DOUBLE = int(os.environ.get("CLAIMS_ON_THE_DOUBLE", "1000"))
VOTERS, CHANGES, PAGE = 10, 60, 50

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def processes():
    """Four that are there already when the first claim is made."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        yield pool


@pytest.fixture
def due_runs(real_database, registry, database_url):
    """The runs that are due."""
    count = RUNS_ON_THE_DOUBLE if database_url.startswith("oracle") and SITE_URL not in os.environ else RUNS
    begun = datetime.now(UTC) - timedelta(seconds=2 * count)
    with real_database() as uow:
        row = {"job_id": registry.job(uow), "job_type": JobType.PURGE, "state": InstanceState.READY, "attempt": 0, "position": 0, "records_processed": 0}
        uow._connection.execute(insert(job_instance), [{**row, "due_at": begun + timedelta(seconds=place)} for place in range(count)])
        runs = list(uow._connection.execute(select(job_instance.c.instance_id)).scalars())
        uow.commit()
    return runs


@pytest.mark.requirement("JOB-02")
def test_10000_runs_or_1000_on_the_double_are_claimed_once_by_four_processes(real_database, due_runs, database_url, processes):
    shares = processes.starmap(drain_in_a_process, [(database_url, f"p{place}") for place in range(PROCESSES)])
    claims = [claim for share in shares for claim in share]
    assert sorted(run for run, _ in claims) == sorted(due_runs)
    assert len({token for _, token in claims}) == len(due_runs)
    with real_database() as uow:
        ended = select(job_instance.c.state, job_instance.c.attempt, func.count()).group_by(job_instance.c.state, job_instance.c.attempt)
        assert uow._connection.execute(ended).all() == [(InstanceState.COMPLETED, 1, len(due_runs))]


@pytest.mark.requirement("EWS-04", "EWS-05", "VRU-10")
def test_messages_that_four_processes_write_about_the_same_voters_come_in_order_while_their_county_clears(real_database, registry, database_url, processes):
    voters = [registry.voter() for _ in range(VOTERS)]
    uids = [int(voter.state_voter_id) for voter in voters]
    with real_database() as uow:
        uow.voters.add_voters(voters, registry.now)
        uow.commit()
    writing = processes.starmap_async(tell_in_a_process, [(database_url, place, uids, CHANGES) for place in range(PROCESSES)])
    came, rounds, over = defaultdict(list), 0, False
    while not over:
        written = writing.ready()  # asked first: what comes between an empty page and the end would be missed
        page = poll(real_database, "19", PAGE)
        over, rounds = written and not page, rounds + bool(page)
        for voter, place in page:
            came[voter].append(place)
    assert sum(writing.get()) == sum(map(len, came.values())) == PROCESSES * CHANGES * VOTERS_AT_ONCE
    assert all(places == list(range(1, len(places) + 1)) for places in came.values()), "none is missing, and none came before an older one"
    assert rounds > 1, "the county cleared while they wrote"
    with real_database(read_only=True) as uow:
        assert uow.messages.depth("19") == 0
