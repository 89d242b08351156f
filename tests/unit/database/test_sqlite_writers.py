"""SQLite has one writer's place and no queue for it: whoever waits asks so often that the moment between two transactions of another is enough."""

import errno
import os
import sqlite3
import time
from contextlib import closing

import pytest
from sqlalchemy.exc import OperationalError

from db import writers_place
from db.engine import create_engine
from votecal_soap.errors import ErrorCode, Unavailable

SHORTEST_GAP_SECONDS = 0.005
"""Between two transactions of a run."""


@pytest.fixture
def file(tmp_path):
    """A database with a table."""
    path = tmp_path / "one.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    engine.dispose()
    return path


@pytest.fixture
def waiting(file):
    """The engine of whoever waits."""
    engine = create_engine(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def rival(file):
    """Another process's connection."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


class Pauses:
    """Stands for time.sleep and time.monotonic; while somebody pauses, others act."""

    def __init__(self, monkeypatch, *acts):
        self.taken, self._acts, self._now = [], list(acts), 0.0
        monkeypatch.setattr(writers_place.time, "sleep", self._pause)
        monkeypatch.setattr(writers_place.time, "monotonic", lambda: self._now)

    def _pause(self, seconds):
        self.taken.append(seconds)
        self.pass_by(seconds)
        if self._acts:
            self._acts.pop(0)()

    def pass_by(self, seconds):
        self._now += seconds


def begin_again(rival):
    """End a transaction and begin the next at once, as a run does chunk after chunk."""

    def act():
        rival.execute("COMMIT")
        rival.execute("BEGIN IMMEDIATE")

    return act


@pytest.mark.requirement("JOB-02")
def test_a_waiting_writer_gets_in_between_two_transactions_of_one_that_begins_again_and_again(waiting, rival, monkeypatch):
    pauses = Pauses(monkeypatch, *[begin_again(rival)] * 50, lambda: rival.execute("COMMIT"))
    with waiting.begin() as connection:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            rival.execute("BEGIN IMMEDIATE")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    assert len(pauses.taken) == 51
    assert max(pauses.taken) < SHORTEST_GAP_SECONDS, "SQLite itself would come to ask ten times a second, and meet the gap by luck"
    assert rival.execute("SELECT x FROM t").fetchall() == [(1,)]


def test_within_a_transaction_sqlite_waits_by_itself_again(waiting, rival):
    rival.execute("COMMIT")
    with waiting.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 30_000


@pytest.mark.requirement("EWS-13")
def test_whoever_waits_for_half_a_minute_is_told_busy_and_has_the_connection_as_it_was(waiting, rival, monkeypatch):
    with monkeypatch.context() as patched:
        pauses = Pauses(patched)
        with pytest.raises(Unavailable) as refused, waiting.begin():
            pass
    assert refused.value.code is ErrorCode.BUSY
    assert sum(pauses.taken) == pytest.approx(30, abs=0.01)
    rival.execute("COMMIT")
    begun = time.monotonic()
    with waiting.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 30_000
    assert time.monotonic() - begun < 10


def test_what_is_no_waiting_is_told_at_once_as_what_it_is(waiting, monkeypatch):
    pauses = Pauses(monkeypatch)
    with waiting.connect() as connection:
        connection.connection.driver_connection.execute("BEGIN")
        with pytest.raises(OperationalError, match="within a transaction"):
            connection.begin()
    assert pauses.taken == []


def write_long_and_again(engine, pauses):
    """What a run does: before its next transaction it looks whether somebody waits."""
    with engine.begin():
        pauses.pass_by(1)
    with engine.begin():
        pass
    engine.dispose()


def test_whoever_names_the_database_by_a_link_is_seen_beside_the_file_itself(file, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(file)
    write_long_and_again(create_engine(f"sqlite:///{link}"), Pauses(monkeypatch))
    assert file.with_name("one.db-waiting").exists()
    assert [each.name for each in link.parent.iterdir()] == ["link.db"]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"])
def test_a_database_in_memory_leaves_no_file_behind(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_long_and_again(create_engine(url), Pauses(monkeypatch))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT ROOT: who owns a file could not be changed")
def test_root_who_looks_in_leaves_the_file_to_whoever_has_the_database(file, monkeypatch):
    os.chown(file, 12_345, 12_346)
    file.chmod(0o640)
    write_long_and_again(create_engine(f"sqlite:///{file}"), Pauses(monkeypatch))
    left = file.with_name("one.db-waiting").stat()
    assert (left.st_uid, left.st_gid, left.st_mode & 0o777) == (12_345, 12_346, 0o640)


@pytest.mark.requirement("EWS-13")
def test_a_file_system_without_such_locks_costs_manners_and_no_call(waiting, rival, monkeypatch):
    pauses = Pauses(monkeypatch, lambda: rival.execute("COMMIT"))
    monkeypatch.setattr(writers_place.fcntl, "flock", refuse_lock)
    with waiting.begin():
        pauses.pass_by(1)
    with waiting.begin():
        assert len(pauses.taken) == 1


def refuse_lock(number, lock):
    raise OSError(errno.ENOLCK, "No locks available")
