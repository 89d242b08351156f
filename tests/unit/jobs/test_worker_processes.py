"""JOB-02: processes under one parent, which replaces one that dies and ends with all of them."""

import logging
import os
import signal
import threading
import time
from multiprocessing.context import SpawnProcess

import pytest

from jobs import worker_processes
from jobs.worker_processes import WorkerProcesses, listen_to_parent, restart_seconds
from votecal_soap import log


def breaking_or_counting(breaker):
    """Whoever comes first breaks; known by name to other processes."""
    log.configure("INFO")
    try:
        breaker.touch(exist_ok=False)
    except FileExistsError:
        return 7
    raise ValueError("Smith")


def waiting(folder):
    stopped = threading.Event()
    listen_to_parent(stopped.set)
    (folder / str(os.getpid())).touch()
    stopped.wait(60)
    return 1


def begun(folder, count):
    """The processes that have begun, once there are so many."""
    deadline = time.monotonic() + 60
    while len(found := {int(path.name) for path in folder.iterdir()}) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(found) == count
    return found


def deaths(caplog):
    return [(record.worker, record.status) for record in caplog.records if record.msg == "worker process died"]


@pytest.mark.requirement("JOB-02", "OPS-03")
def test_of_processes_that_end_by_themselves_runs_and_failures_are_counted_and_nothing_is_told_of_what_broke(tmp_path, caplog, capfd):
    several = WorkerProcesses(breaking_or_counting, (tmp_path / "broken",), 2, replacing=False)
    several.run()
    assert (several.runs, several.failed) == (7, 1)
    assert [status for _, status in deaths(caplog)] == [1]
    assert "Smith" not in "".join(capfd.readouterr()) + caplog.text


@pytest.mark.slow
@pytest.mark.requirement("JOB-02")
def test_a_killed_process_has_a_successor_until_all_are_told_to_stop(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(worker_processes, "RESTART_SECONDS", 0.01)
    several = WorkerProcesses(waiting, (tmp_path,), 2, replacing=True)
    parent = threading.Thread(target=several.run)
    parent.start()
    victim, survivor = begun(tmp_path, 2)
    os.kill(victim, signal.SIGKILL)
    (successor,) = begun(tmp_path, 3) - {victim, survivor}
    several.stop()
    parent.join(60)
    assert (several.runs, several.failed) == (2, 0)
    assert deaths(caplog) == [(victim, -signal.SIGKILL)]
    for process in (survivor, successor):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


@pytest.mark.requirement("JOB-02")
def test_who_is_told_to_stop_before_anything_began_starts_nothing(caplog):
    caplog.set_level(logging.INFO)
    several = WorkerProcesses(waiting, (None,), 2, replacing=True)
    several.stop()
    several.run()
    assert (several.runs, several.failed, caplog.records) == (0, 0, [])


@pytest.fixture
def no_process_is_left(monkeypatch):
    """Nothing can be started; how often it was tried, and what is done at the third try."""
    tries, third = [], []

    def refuse(process):
        tries.append(process)
        if len(tries) == 3:
            third[0]()
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(SpawnProcess, "start", refuse)
    return tries, third


@pytest.mark.requirement("JOB-02")
def test_a_process_that_cannot_be_started_is_tried_again_until_the_stop_comes(no_process_is_left, caplog, monkeypatch):
    monkeypatch.setattr(worker_processes, "RESTART_SECONDS", 0.001)
    several, (tries, third) = WorkerProcesses(waiting, (None,), 1, replacing=True), no_process_is_left
    third.append(several.stop)
    several.run()
    assert (len(tries), several.runs) == (3, 0)
    assert [(record.msg, record.attempt) for record in caplog.records] == [("worker process not started", attempt) for attempt in (1, 2, 3)]


@pytest.mark.requirement("JOB-02")
def test_one_that_cannot_be_started_and_has_no_successor_is_counted_as_failed(no_process_is_left):
    several = WorkerProcesses(waiting, (None,), 2, replacing=False)
    several.run()
    assert several.failed == 2


def test_a_place_stays_empty_for_twice_as_long_after_each_death_up_to_a_minute():
    assert [restart_seconds(deaths) for deaths in (1, 2, 3, 6, 7, 1000)] == [1, 2, 4, 32, 60, 60]
