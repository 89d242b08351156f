"""Queries past SQLAlchemy's execution: the same values, and the same errors, as by its own way."""

import sqlite3
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.engine import begin_reading, create_engine, reading_engine
from db.prepared import PreparedQuery
from db.tables import credential
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.domain.counties import Credential
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome
from votecal_soap.errors import ErrorCode, Unavailable, Undone

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


def _locked():
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    return error


class _LockedCursor:
    closed = False

    def execute(self, _text, _given):
        raise _locked()

    def close(self):
        self.closed = True


def test_a_database_that_is_locked_is_told_as_busy_and_the_cursor_is_given_back():
    cursor = _LockedCursor()
    connection = SimpleNamespace(dialect=sqlite.dialect(), connection=SimpleNamespace(cursor=lambda: cursor))
    with pytest.raises(Unavailable) as told:
        BY_NAME.rows(connection, {"username": "u"})
    assert told.value.code is ErrorCode.BUSY
    assert cursor.closed


@pytest.mark.requirement("EWS-01")
def test_a_single_read_finds_a_credential_as_it_was_last_committed(database, registry):
    kept = Credential(username="u", county_code="19", secret_hmac="h", expires_at=registry.now, revoked_at=None, certificate_subject=None)
    with database() as uow:
        uow.reference.save_credential(kept)
        uow.commit()
    revoked = replace(kept, revoked_at=registry.now)
    with database() as uow:
        uow.reference.save_credential(revoked)
    assert database.single_reads.credential("u") == kept
    assert database.single_reads.credential("nobody") is None
    with database() as uow:
        uow.reference.save_credential(revoked)
        uow.commit()
    assert database.single_reads.credential("u") == revoked


@pytest.mark.requirement("EWS-02")
def test_a_queue_is_empty_until_a_message_is_committed_and_again_when_it_is_cleared(database, registry):
    voter = registry.voter()
    with database() as uow:
        uow.voters.add_voters([voter], registry.now)
        uow.commit()
    assert not database.single_reads.has_open_messages("19")
    with database() as uow:
        uow.messages.add([registry.message(voter)], registry.now)
        uow.commit()
    assert database.single_reads.has_open_messages("19")
    assert not database.single_reads.has_open_messages("34")
    with database() as uow:
        [only] = uow.messages.page("19", 10, with_payload=False)
        uow.messages.clear("19", [Clearance(message_id=only.message_id, outcome=ClearOutcome.PROCESSED)], registry.now)
        uow.commit()
    assert not database.single_reads.has_open_messages("19")


@pytest.mark.requirement("OPS-04")
def test_a_single_read_gives_its_connection_back_with_no_transaction_on_it(real_database, registry):
    for _ in range(20):  # more than the pool holds
        real_database.single_reads.has_open_messages("19")
    with real_database() as uow:
        uow.reference.save_codes("Kind", {"A": "a"})
        uow.commit()
    with real_database(read_only=True) as uow:
        assert uow.reference.codes("Kind") == {"A": "a"}


class OperationalError(Exception):
    """Named as psycopg names its own: no server answers."""

    sqlstate = None


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("error", [PoolTimeout("none left"), _locked(), OperationalError()])
def test_a_single_read_without_a_connection_is_told_as_busy(sqlite_url, monkeypatch, error):
    factory = SqlUnitOfWorkFactory.from_url(sqlite_url)

    def away(_engine):
        raise error

    monkeypatch.setattr(Engine, "raw_connection", away)
    with pytest.raises(Unavailable) as told:
        factory.single_reads.credential("u")
    assert told.value.code is ErrorCode.BUSY
    assert not isinstance(told.value, Undone)
    factory.close()
