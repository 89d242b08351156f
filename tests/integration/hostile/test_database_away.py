"""PostgreSQL is stopped, in order or as by a crash, while everybody works, and comes back: nobody is restarted, nothing is lost."""

import re
import threading
import time
from dataclasses import replace

import pytest
import requests
from fixtures.postgres_server import create_database, system_server
from integration.soap.conftest import made_state, served
from integration.soap.soap_requests import SECRET, TYPES, envelope, security
from integration.soap.test_contract_pages import admin

from db import schema
from jobs import run_endings
from jobs.catalogue import CatalogueEntry
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from jobs.worker import Worker
from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.jobs import InstanceState, JobType
from votecal_soap.one_time_codes import code_at
from votecal_soap.use_cases import schedule_job, staff_logins
from votecal_soap.use_cases.schedule_job import ScheduleJob

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

CHUNKS = 6


@pytest.fixture(scope="module")
def server():
    """One of this module's own, that may be stopped."""
    made = system_server(settings="")
    if made is None:
        pytest.skip("NO POSTGRESQL OF THE SYSTEM: that a database goes away and comes back was not tried")
    yield made
    made.stop()


@pytest.fixture
def state(server, tmp_path, schemas):
    url = create_database(server)
    schema.upgrade(url)
    with made_state(url, tmp_path, schemas) as made:
        yield made


class Chunks:
    """A run that commits chunk after chunk, and waits before the fourth until it is told to go on."""

    def __init__(self):
        self.is_half_way, self.may_go_on, self.done = threading.Event(), threading.Event(), []

    def __call__(self, application, instance, should_stop):
        for position in range(instance.position + 1, CHUNKS + 1):
            if position == 4:
                self.is_half_way.set()
                self.may_go_on.wait(30)
            with application.unit_of_work() as uow:
                counts = {(Outcome.APPLIED, None): 1}
                uow.jobs.save_progress(instance.instance_id, instance.lease_token, position=position, records_processed=position, counts=counts)
                uow.commit()
            self.done.append(position)


class Clerk:
    """Somebody at the console, by real HTTP."""

    def __init__(self, application, url):
        self._url, self._session = f"{url}/console", requests.Session()
        command = staff_logins.ChangeLogin(user_name="ada", acting_user="ada")
        password = staff_logins.give_password(command, application.unit_of_work(), application.clock)
        secret = staff_logins.give_authenticator(command, application.unit_of_work(), application.clock, application.config.credential_key.encode()).secret
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/sign-in").text)[1]
        form = {"csrf_token": token, "user_name": "ada", "password": password, "code": code_at(secret, application.clock.now())}
        assert self._session.post(f"{self._url}/sign-in", form, headers={"Referer": self._url}).status_code == 200

    def get(self, path):
        return self._session.get(f"{self._url}{path}", timeout=30)


def poll(url):
    body = envelope('<GetMessageQueue xmlns="urn:votecal:ems-integration:v1"/>', security("la-ems", SECRET))
    return requests.post(f"{url}/soap/ems-integration", body, headers={"Content-Type": TYPES["1.1"]}, timeout=30)


@pytest.mark.requirement("EWS-13", "JOB-02", "JOB-03", "OPS-03", "OPS-04")
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_everybody_waits_for_the_database_and_goes_on(server, state, mode, monkeypatch, caplog):
    monkeypatch.setattr(run_endings, "BACKOFF_SECONDS", 0)
    caplog.set_level("INFO")
    application = replace(state.application, config=replace(state.application.config, worker_poll_seconds=0.05))
    state.application = application
    with application.unit_of_work() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.commit()
    schedule_job.schedule(ScheduleJob(job_type=JobType.PURGE, acting_user="ada"), application.unit_of_work(), application.clock, CronRecurrence())
    chunks = Chunks()
    worker, scheduler = Worker(application, {JobType.PURGE: CatalogueEntry(run=chunks, about="a test")}), JobScheduler(application, refresh_seconds=0.1)
    working = threading.Thread(target=worker.run, daemon=True)
    with served(state) as url:
        clerk = Clerk(application, url)
        scheduler.start()
        working.start()
        assert chunks.is_half_way.wait(30)
        assert (poll(url).status_code, clerk.get("/").status_code) == (200, 200)
        server.go_down(mode)
        try:
            _is_told_of(poll(url), clerk, state, url)
            chunks.may_go_on.set()
            time.sleep(0.5)
            assert working.is_alive()
        finally:
            server.come_up()
            ended = _await_end(application)
            worker.stop()
            working.join(30)
            scheduler.stop()
        assert (poll(url).status_code, clerk.get("/").status_code) == (200, 200), "without anybody signing in again"
        assert admin(state, "/ready") == (200, "ready\n")
    assert (ended.state, ended.records_processed) == (InstanceState.COMPLETED, CHUNKS)
    assert chunks.done == list(range(1, CHUNKS + 1)), "each chunk once"
    assert "the database answers again" in caplog.messages


def _is_told_of(answer, clerk, state, url):
    """What a county, a clerk and an operator see meanwhile."""
    assert answer.status_code == 500
    assert "VC-5001" in answer.text
    assert answer.headers["Retry-After"] == "5"
    page = clerk.get("/")
    assert page.status_code == 503
    assert "The database is busy or away" in page.text
    assert "Try again" in page.text
    status, told = admin(state, "/ready")
    assert (status, told.startswith("not ready: database: The database is busy or away")) == (503, True)
    assert requests.get(f"{url}/health", timeout=5).status_code == 200


def _await_end(application):
    deadline = time.monotonic() + 60
    while True:
        with application.unit_of_work(read_only=True) as uow:
            (run,) = uow.jobs.instances()
        if run.state.is_finished or time.monotonic() > deadline:
            return run
        time.sleep(0.05)
