"""The schema's door: bring a database up to date, and say whether it is. Works from an installed wheel, in any folder."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DatabaseError

from db.engine import create_engine
from db.errors import READ_ONLY
from db.tables import schema_compatibility
from votecal_soap.errors import ErrorCode, Unavailable

_UPGRADE_LOCK: Final = 4_106_417
"""Any number that no other program of the site uses."""

_LOCK_TABLE: Final = "schema_upgrade_lock"
"""On Oracle alone; always empty."""

ALEMBIC: Final = threading.Lock()
"""Alembic keeps what it works on in one place for the whole process."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision; two that try at once do it one after the other. One of a newer release is left as it is."""
    if _is_newer(current(url)):
        check(url)
        return
    with ALEMBIC, _connection(url) as connection:
        command.upgrade(config(connection), revision)
        connection.commit()


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision."""
    with ALEMBIC, _connection(url) as connection:
        command.downgrade(config(connection), revision)
        connection.commit()


def current(url: str) -> str | None:
    """The database's revision; None when it has none."""
    engine = create_engine(url)
    try:
        # Reading waits for nobody: SQLite would otherwise wait for an upgrade that is under way.
        with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def head() -> str | None:
    """The newest revision of this release."""
    return ScriptDirectory.from_config(config()).get_current_head()


def check(url: str) -> None:
    """Raise Unavailable unless the database is at this release's revision, or at a newer one that says this release may go on."""
    found, wanted = current(url), head()
    if found == wanted or (_is_newer(found) and _lets_in(url, str(wanted))):
        return
    told = f"The database is at revision {found or 'none'}, this release needs {wanted}"
    what_to_do = "it is of a newer release, install that one." if _is_newer(found) else "run `votecal db upgrade`."
    raise Unavailable(ErrorCode.SCHEMA_OUTDATED, f"{told}: {what_to_do}")


def _is_newer(revision: str | None) -> bool:
    """Of a release after this one: revisions are numbered in their order."""
    return revision is not None and revision > str(head())


def _lets_in(url: str, revision: str) -> bool:
    """Whether the newer schema has all that a release of this revision needs; it says so itself, for nobody else can know."""
    engine = create_engine(url)
    try:
        with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            oldest = connection.execute(select(schema_compatibility.c.oldest_revision)).scalar()
    finally:
        engine.dispose()
    return oldest is not None and oldest <= revision


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, to work on a connection or on none."""
    made = Config()
    made.set_main_option("script_location", "db:migrations")
    made.attributes["connection"] = connection
    return made


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with _alone_on_oracle(engine), engine.connect() as connection:
            _prepare(engine, connection)
            yield connection
    finally:
        engine.dispose()


def _prepare(engine: Engine, connection: Connection) -> None:
    """Let one at a time in, before anything is read."""
    if engine.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
    elif engine.dialect.name == "sqlite":
        # Copying a table drops the old one, which would look like deleting what others refer to.
        # The switch works only outside a transaction, so it goes past SQLAlchemy, which would begin one.
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.close()
        # Alembic would commit after each revision, and another upgrade would come between two: not in a transaction that is begun already.
        connection.begin()


@contextmanager
def _alone_on_oracle(engine: Engine) -> Iterator[None]:
    """Oracle commits with each definition, which would end any lock of the same transaction: another one holds it."""
    if engine.dialect.name != "oracle":
        yield
        return
    with engine.connect() as holding:
        if not inspect(holding).has_table(_LOCK_TABLE):
            with suppress(DatabaseError):  # another upgrade made it at the same moment
                holding.exec_driver_sql(f"CREATE TABLE {_LOCK_TABLE} (lock_id NUMBER(1) NOT NULL, CONSTRAINT pk_{_LOCK_TABLE} PRIMARY KEY (lock_id))")
        # Whoever inserts the row waits for an earlier one to end, and finds none: it is never committed.
        holding.exec_driver_sql(f"INSERT INTO {_LOCK_TABLE} (lock_id) VALUES (1)")  # noqa: S608 - a name of our own
        yield
        holding.rollback()
