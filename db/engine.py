"""One engine for each database: SQLite, PostgreSQL (psycopg), Oracle (python-oracledb, or cx_Oracle where a site has it).

A URL without a driver gets ours. `thick_mode=true` in an Oracle URL's query loads the site's Oracle Client
(needed for Native Network Encryption and Application Continuity); db.connection_options has the others.
"""

import importlib.util
import logging
from pathlib import Path
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from db.clock import go_by
from db.connection_options import OracleSession, oracle_options, postgresql_options, without_own_options
from db.errors import READ_ONLY, replace_driver_error
from db.writers_place import BUSY_SECONDS, WritersPlace
from votecal_soap.clock import Clock
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.log import event as log_event

logger = logging.getLogger(__name__)

_DRIVERS: Final = {"postgresql": "postgresql+psycopg", "oracle": "oracle+oracledb"}

_SQLITE_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}",  # first: the next one may have to wait for another process
    "PRAGMA journal_mode = WAL",  # readers go on while one writes
    "PRAGMA synchronous = FULL",  # a county that was told Received must find its bytes after a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",  # 64 MiB
    "PRAGMA wal_autocheckpoint = 8000",  # a chunk of a batch fits in the log: fewer copies into the file
)


_SQLITE_MAPPED: Final = 2**31
"""Bytes of the file that a read-only transaction sees where the system holds them, without copying pages; SQLite maps no more."""


def create_engine(url: str, *, connections: int | None = None, clock: Clock | None = None) -> Engine:
    """An engine that speaks the project's errors and keeps its time in UTC; a wrong URL names the setting.

    `connections`: at most so many at a time; whoever wants one more waits. `clock`: what SQLite goes by instead of the machine's.
    """
    try:
        parsed = _with_driver(make_url(url))
        seen = without_own_options(parsed) if parsed.get_backend_name() == "oracle" else parsed
        engine = sqlalchemy.create_engine(seen, hide_parameters=True, **_options(parsed, connections))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise InvalidRequest(ErrorCode.SETTING_WRONG, f"The database URL cannot be used ({type(error).__name__}).", ref="VOTECAL_DATABASE_URL") from error
    engine.url = parsed  # whole again: connections apart are made by it
    event.listen(engine, "handle_error", replace_driver_error)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        _write_one_at_a_time(engine)
        if clock is not None:
            event.listen(engine, "connect", lambda connection, _record: go_by(clock, connection))
    elif engine.dialect.name == "oracle":
        session = OracleSession.from_url(parsed)
        # Before SQLAlchemy's own, which asks the first connection whose tables are meant.
        event.listen(engine, "connect", session.begin, insert=True)
        event.listen(engine, "checkout", session.work)
        event.listen(engine, "checkin", session.rest)
        event.listen(engine, "begin", _begin_oracle)
    return engine


def reading_engine(engine: Engine) -> Engine:
    """Another engine over the same connections, for transactions that `begin_reading` begins.

    SQLAlchemy tells a listener of one event of every other event too, which makes an empty transaction three times as dear (measured), and
    a poll is two short ones. So this engine has none: errors are replaced by the dialect and connections prepared by the pool, which it shares.
    """
    options = {READ_ONLY: True, "postgresql_readonly": True}
    return Engine(engine.pool, engine.dialect, engine.url, hide_parameters=True, execution_options=options)


def begin_reading(connection: Connection) -> None:
    """Begin a read-only transaction on a connection of a `reading_engine`."""
    connection.begin()
    if connection.dialect.name == "sqlite":
        _prepare_sqlite_for(connection, read_only=True)
        # By the driver: no lock is taken yet, so nothing can fail that would have to be told in our words.
        connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr] # the driver's own
    elif connection.dialect.name == "oracle":
        _begin_oracle(connection)


def _with_driver(url: URL) -> URL:
    if url.drivername == "oracle+cx_oracle" and importlib.util.find_spec("cx_Oracle") is None:
        log_event(logger, "oracledb serves cx_oracle url", setting="database_url")
        return url.set(drivername="oracle+oracledb")
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _options(url: URL, connections: int | None) -> dict[str, Any]:
    backend = url.get_backend_name()
    if backend == "sqlite":
        _make_folder(url.database)
        # No bound: who waits for the one writer's place has a connection, and readers shall not wait with them.
        return {"pool_size": 10, "max_overflow": -1} if url.database and url.database != ":memory:" else {}
    options: dict[str, Any] = {"pool_size": 10, "pool_pre_ping": True, "pool_recycle": 1800}
    if connections is not None:
        options |= {"pool_size": connections, "max_overflow": 0}
    if backend == "postgresql":
        options["connect_args"] = postgresql_options(url)
    if backend == "oracle":
        options |= {"arraysize": 1000, "connect_args": oracle_options(url)}
        if str(url.query.get("thick_mode", "")).lower() in {"1", "true", "yes"}:
            options["thick_mode"] = True
    return options


def _make_folder(database: str | None) -> None:
    if database and database != ":memory:" and not database.startswith("file:"):
        Path(database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
    # The driver's own transactions begin late and would let two writers meet in the middle; ours begin below.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma).close()


def _write_one_at_a_time(engine: Engine) -> None:
    place = WritersPlace()

    def begin(connection: Connection) -> None:
        read_only = bool(connection.get_execution_options().get(READ_ONLY))
        _prepare_sqlite_for(connection, read_only=read_only)
        if read_only:
            connection.exec_driver_sql("BEGIN")
        else:
            # A writer that asked for the place only at its first write could not get it after another has written.
            place.take(connection)

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", place.leave)
    event.listen(engine, "rollback", place.leave)


def _prepare_sqlite_for(connection: Connection, *, read_only: bool) -> None:
    if connection.info.get(READ_ONLY) is not read_only:
        # Only when it changes: after it SQLite compiles all statements of the connection again.
        connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
        # Not for a writer: a batch would count as its own memory whatever it has read of the file.
        connection.exec_driver_sql(f"PRAGMA mmap_size = {_SQLITE_MAPPED if read_only else 0}")
        connection.info[READ_ONLY] = read_only


def _begin_oracle(connection: Connection) -> None:
    # PostgreSQL is told by an option of the connection; a transaction of Oracle is, as its first statement.
    if connection.get_execution_options().get(READ_ONLY):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
