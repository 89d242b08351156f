import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from jobs import lease as lease_module
from jobs.lease import Lease, WorkerStopping
from votecal_soap.config import Config
from votecal_soap.domain.jobs import InstanceState, JobInstance, JobType, StopRequest
from votecal_soap.errors import Conflict, ErrorCode


@dataclass
class Heartbeats:
    """Stands for a database that hears heartbeats."""

    answers: list = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    @property
    def jobs(self):
        return self

    def commit(self):
        self.heard.set()

    def heartbeat(self, instance_id, lease_token, lease_seconds):
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            self.heard.set()
            raise answer
        return answer


def instance(**more) -> JobInstance:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    values = {
        "instance_id": 1,
        "job_id": 1,
        "job_type": JobType.PURGE,
        "due_at": now,
        "state": InstanceState.RUNNING,
        "attempt": 1,
        "lease_token": "token",
        "position": 0,
        "records_processed": 0,
        "record_count": None,
        "upload_id": None,
        "stop_requested": None,
        "error_code": None,
        "error_text": None,
        "error_ref": None,
        "started_at": now,
        "finished_at": None,
    }
    return JobInstance(**{**values, **more})


@pytest.fixture
def heartbeats(monkeypatch):
    monkeypatch.setattr(lease_module, "LONGEST_BEAT_SECONDS", 0.02)
    return Heartbeats()


def lease_over(heartbeats, *, seconds=60, stopping=None, **more) -> Lease:
    application = SimpleNamespace(config=Config(lease_seconds=seconds), unit_of_work=lambda: heartbeats)
    return Lease(application, instance(**more), stopping or threading.Event())


def test_a_run_that_nobody_stops_goes_on(heartbeats):
    with lease_over(heartbeats) as lease:
        assert heartbeats.heard.wait(5)
        assert lease.should_stop() is None


@pytest.mark.requirement("JOB-01")
def test_a_stop_request_is_heard_with_a_heartbeat_and_told_to_the_run(heartbeats):
    heartbeats.answers = [StopRequest.PAUSE] * 1000
    with lease_over(heartbeats) as lease:
        assert heartbeats.heard.wait(5)
        assert lease.should_stop() is StopRequest.PAUSE
        assert lease.told is StopRequest.PAUSE


def test_a_request_that_came_too_late_to_be_told_leaves_the_run_complete(heartbeats):
    with lease_over(heartbeats, stop_requested=StopRequest.CANCEL) as lease:
        assert lease.told is None


@pytest.mark.requirement("JOB-02")
def test_a_lost_lease_stops_the_run(heartbeats):
    heartbeats.answers = [Conflict(ErrorCode.LEASE_LOST, "gone")]
    with lease_over(heartbeats) as lease:
        assert heartbeats.heard.wait(5)
        with pytest.raises(Conflict) as lost:
            for _ in range(100):
                lease.should_stop()
                time.sleep(0.01)
    assert lost.value.code is ErrorCode.LEASE_LOST


@pytest.mark.requirement("JOB-02")
def test_a_database_that_is_away_longer_than_the_lease_stops_the_run(heartbeats):
    heartbeats.answers = [OSError()] * 1000
    with lease_over(heartbeats, seconds=0.05) as lease:
        time.sleep(0.1)
        with pytest.raises(Conflict):
            lease.should_stop()


def test_one_heartbeat_that_fails_is_forgiven(heartbeats):
    heartbeats.answers = [OSError()]
    with lease_over(heartbeats) as lease:
        assert heartbeats.heard.wait(5)
        assert lease.should_stop() is None


@dataclass
class OneWriter(Heartbeats):
    """SQLite, where a heartbeat begins to write when it finds nobody writing: one in a thread never does."""

    def __enter__(self):
        if threading.current_thread() is not threading.main_thread():
            raise OSError
        return self


@pytest.mark.requirement("JOB-02")
def test_a_run_whose_heartbeats_starve_beside_its_writing_keeps_its_lease_itself(heartbeats):
    starved = OneWriter()
    with lease_over(starved, seconds=0.2) as lease:
        for _ in range(8):
            time.sleep(0.05)
            assert lease.should_stop() is None
    assert starved.heard.is_set()


def test_a_worker_that_goes_down_stops_the_run_between_chunks(heartbeats):
    stopping = threading.Event()
    with lease_over(heartbeats, stopping=stopping) as lease:
        assert lease.should_stop() is None
        stopping.set()
        with pytest.raises(WorkerStopping):
            lease.should_stop()
