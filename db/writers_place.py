"""SQLite's one writer's place: who waits asks often, and who has held it long lets those who wait go first.

SQLite itself asks ten times a second, and a run begins its next transaction milliseconds after its last: beside one, a county's
call asked in vain for many seconds (measured), and with it waited the thread that would have answered others.
"""

import fcntl
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from sqlalchemy import Connection

BUSY_SECONDS: Final = 30.0
"""Who has waited so long is told that the database is busy."""

_BEGIN: Final = "BEGIN IMMEDIATE"
_ASK_AGAIN_SECONDS: Final = 0.003
_LONG_SECONDS: Final = 0.05
"""A transaction that was longer makes its thread let others go first: a run's chunk is, a call is not."""


class WritersPlace:
    """The place in one database's file. Of a process's threads one asks at a time, the others wait for it in turn.

    Who asks in vain holds a shared lock on a file beside the database meanwhile, by which other processes see that somebody waits.
    """

    def __init__(self) -> None:
        """For the database of the first connection that asks; all others have the same."""
        self._database: str | None = None
        self._turn = threading.Lock()
        self._mine = threading.local()

    def take(self, connection: Connection) -> None:
        """Begin a transaction that may write; raises Unavailable when the place was not to be had."""
        driver: Any = connection.connection.driver_connection
        if self._database is None:
            # As SQLite knows it: whole and past links, so that all who use one file meet; nothing for one in memory, which nobody shares.
            self._database = driver.execute("PRAGMA database_list").fetchone()[2]
        self._let_others_go_first()
        driver.execute("PRAGMA busy_timeout = 0").close()
        try:
            self._wait_and_begin(connection)
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}").close()
        self._mine.since = time.monotonic()

    def leave(self, _connection: Connection) -> None:
        """The transaction that this thread began ends."""
        if (since := self._mine.__dict__.pop("since", None)) is not None:
            self._mine.held = time.monotonic() - since

    def _let_others_go_first(self) -> None:
        """For as long as this thread held the place last, and no longer: a run is slowed down by half at most, however many wait."""
        held = getattr(self._mine, "held", 0.0)
        if held < _LONG_SECONDS:
            return
        until = time.monotonic() + held
        while time.monotonic() < until and self._somebody_waits():
            time.sleep(_ASK_AGAIN_SECONDS)

    def _wait_and_begin(self, connection: Connection) -> None:
        until = time.monotonic() + BUSY_SECONDS
        mine = self._turn.acquire(timeout=BUSY_SECONDS)
        try:
            if not mine or not (_begun(connection) or self._begun_after_waiting(connection, until)):
                _begin_at_once(connection)
        finally:
            if mine:
                self._turn.release()

    def _begun_after_waiting(self, connection: Connection, until: float) -> bool:
        with self._marked(fcntl.LOCK_SH):
            while time.monotonic() < until:
                if _begun(connection):
                    return True
                time.sleep(_ASK_AGAIN_SECONDS)
        return False

    def _somebody_waits(self) -> bool:
        with self._marked(fcntl.LOCK_EX | fcntl.LOCK_NB) as is_marked_by_another:
            return is_marked_by_another

    @contextmanager
    def _marked(self, lock: int) -> Iterator[bool]:
        """Hold a lock on the file; whether another's is in its way.

        Where there can be none (a full disk, a file system without such locks) manners can wait: what is wrong is told of the database.
        """
        number = _opened(self._database) if self._database else None
        try:
            yield number is not None and _is_in_the_way(number, lock)
        finally:
            if number is not None:
                os.close(number)


def _opened(database: str) -> int | None:
    """The file beside it, with its owner and mode, as SQLite does with its own: root who looked in shall not shut the service out."""
    try:
        like = os.stat(database)
        number = os.open(f"{database}-waiting", os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, stat.S_IMODE(like.st_mode))
    except OSError:
        return None
    if os.geteuid() == 0:
        with suppress(OSError):  # a container's root may not
            os.fchown(number, like.st_uid, like.st_gid)
    return number


def _is_in_the_way(number: int, lock: int) -> bool:
    try:
        fcntl.flock(number, lock)
    except BlockingIOError:
        return True
    except OSError:  # the file system has no such locks
        return False
    return False


def _begun(connection: Connection) -> bool:
    """Whether the place was free."""
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(_BEGIN).close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            return False
        _begin_at_once(connection)
    return True


def _begin_at_once(connection: Connection) -> None:
    """By the engine, which tells in our words what is wrong: that the database is busy, or what else it is."""
    connection.exec_driver_sql(_BEGIN)
