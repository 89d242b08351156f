"""Queries past SQLAlchemy's execution: the same values, and the same errors, as by its own way."""

import sqlite3
from types import SimpleNamespace

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite

from db.engine import begin_reading, create_engine, reading_engine
from db.prepared import PreparedQuery
from db.tables import credential
from votecal_soap.domain.counties import Credential
from votecal_soap.errors import ErrorCode, Unavailable

BY_NAME = PreparedQuery(select(credential).where(credential.c.username == bindparam("username")))


@pytest.mark.requirement("EWS-01")
def test_a_credential_that_expires_is_found_with_its_instants_and_an_unknown_one_is_not(database, registry):
    kept = Credential(username="u", county_code="19", secret_hmac="h", expires_at=registry.now, revoked_at=None, certificate_subject=None)
    with database() as uow:
        uow.reference.save_credential(kept)
        uow.commit()
    with database(read_only=True) as uow:
        assert uow.reference.credential("u") == kept
        assert uow.reference.credential("nobody") is None


@pytest.mark.requirement("OPS-04")
def test_a_reading_transaction_writes_nothing_and_a_writer_may_have_its_connection_next(real_database, registry):
    with real_database(read_only=True) as uow, pytest.raises(Exception, match=r"(?i)read.?only"):
        uow.reference.save_codes("Kind", {"A": "a"})
    with real_database() as uow:
        uow.reference.save_codes("Kind", {"A": "a"})
        uow.commit()
    with real_database(read_only=True) as uow:
        assert uow.reference.codes("Kind") == {"A": "a"}


def test_a_reading_engine_maps_the_file_and_the_engine_beside_it_does_not(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/one.db")
    with reading_engine(engine).connect() as connection:
        begin_reading(connection)
        assert connection.exec_driver_sql("PRAGMA mmap_size").scalar_one() > 0
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA mmap_size").scalar_one() == 0
    engine.dispose()


class _LockedCursor:
    closed = False

    def execute(self, _text, _given):
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorname = "SQLITE_BUSY"
        raise error

    def close(self):
        self.closed = True


def test_a_database_that_is_locked_is_told_as_busy_and_the_cursor_is_given_back():
    cursor = _LockedCursor()
    connection = SimpleNamespace(dialect=sqlite.dialect(), connection=SimpleNamespace(cursor=lambda: cursor))
    with pytest.raises(Unavailable) as told:
        BY_NAME.rows(connection, {"username": "u"})
    assert told.value.code is ErrorCode.BUSY
    assert cursor.closed
