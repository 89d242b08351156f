"""SIGKILL of workers, web process and database server at random points: nothing lost, nothing twice. `make campaign` kills oftener."""

import os
import secrets
from contextlib import ExitStack
from dataclasses import replace

import pytest
from fixtures.oracle_server import skip_without_double
from fixtures.postgres_server import MISSING, start_server

from .kills.backends import DurableOracleDouble, postgres_backend, sqlite_backend
from .kills.batch_under_fire import BATCH
from .kills.campaign import Campaign
from .kills.detection_under_fire import DETECTION
from .kills.dmv_file_under_fire import DMV_FILE
from .kills.nursery import Nursery

SMALL = (replace(BATCH, size=500), replace(DMV_FILE, size=200), replace(DETECTION, size=60))
PROVED = ("VRU-06", "VRU-11", "VRU-12", "VRU-20", "COA-36", "DUP-01", "DUP-07", "JOB-02", "EWS-04", "EWS-05", "EWS-06", "OPS-04")


@pytest.fixture
def stack():
    with ExitStack() as kept:
        yield kept


@pytest.fixture
def wage(stack, tmp_path):
    """Fights on a back end and tells what was hit; a fault fails the test."""

    def campaign(backend, *jobs, **more):
        seed = int(os.environ.get("VOTECAL_KILL_SEED", secrets.randbits(32)))
        print(f"VOTECAL_KILL_SEED={seed}")
        nursery = Nursery()
        stack.callback(nursery.stop)
        waged = Campaign(backend=backend, folder=tmp_path, nursery=nursery, seed=seed, undisturbed_batch=False, tell=print, **more)
        reports = waged.wage(*jobs)
        assert [fault for report in reports for fault in report.faults] == []
        return reports

    return campaign


def killed(reports, what):
    return sum(report.hits[what] for report in reports)


@pytest.mark.slow
@pytest.mark.requirement(*PROVED)
def test_three_jobs_live_through_kills_of_worker_and_web_process(wage, sqlite_template):
    reports = wage(sqlite_backend(sqlite_template), *SMALL, kills=20, kills_a_round=8)
    assert killed(reports, "worker") + killed(reports, "web") >= 20


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.requirement(*PROVED)
def test_three_jobs_live_through_kills_and_a_server_that_stops_at_once(wage, stack):
    server = start_server(settings="")
    if server is None:
        pytest.skip(MISSING)
    stack.callback(server.stop)
    reports = wage(postgres_backend(server), *SMALL, kills=20, kills_a_round=8, server_fails=1)
    assert killed(reports, "server") >= 2


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.requirement("VRU-20", "JOB-02", "OPS-04")
def test_a_batch_lives_through_the_death_of_the_oracle_doubles_listener(wage, stack, tmp_path):
    skip_without_double()
    files = tmp_path / "double"
    files.mkdir()
    double = DurableOracleDouble(files)
    stack.callback(double.stop)
    reports = wage(double.backend(), replace(BATCH, size=400), kills=2, kills_a_round=3, server_fails=2)
    assert killed(reports, "server") >= 1
