"""Drivers' errors in the project's own words."""

import sqlite3
from types import SimpleNamespace

import pytest

from db.engine import create_engine
from db.errors import replace_driver_error, translate
from votecal_soap.errors import Conflict, ErrorCode, Unavailable, Undone


class OperationalError(Exception):
    """Named as psycopg names its own."""


def postgresql(state, constraint=None):
    error = OperationalError("a text with a value")
    error.sqlstate, error.diag = state, SimpleNamespace(constraint_name=constraint)
    return error


def oracle(code, text=""):
    class Reported:
        def __str__(self):
            return text

    reported = Reported()
    reported.code = code
    return Exception(reported)


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03", "57P01", "08006", "53300", None])
def test_what_postgresql_may_be_asked_again_is_busy(state):
    translated = translate(postgresql(state))
    assert isinstance(translated, Unavailable)
    assert translated.code is ErrorCode.BUSY


@pytest.mark.parametrize("code", [60, 8177, 54, 1555, 3113, 12541])
def test_what_oracle_may_be_asked_again_is_busy(code):
    assert isinstance(translate(oracle(code)), Unavailable)


@pytest.mark.parametrize("code", ["DPY-4011", "DPY-6005"])
def test_a_listener_that_is_away_is_busy(code):
    assert isinstance(translate(Exception(SimpleNamespace(code=0, full_code=code))), Unavailable)


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("code", ["DPY-4024", "DPI-1067"])
def test_a_call_that_took_longer_than_it_may_is_busy_and_not_run_again_at_once(code):
    translated = translate(Exception(SimpleNamespace(code=0, full_code=code)))
    assert isinstance(translated, Unavailable)
    assert not isinstance(translated, Undone)


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("error", [TimeoutError(110, "Connection timed out"), BrokenPipeError(32, "Broken pipe")])
def test_what_the_socket_says_to_a_driver_ends_the_connection_as_what_was_undone(error):
    context = SimpleNamespace(is_pre_ping=False, original_exception=error, is_disconnect=False, connection=SimpleNamespace(get_execution_options=dict))
    with pytest.raises(Undone):
        replace_driver_error(context)
    assert context.is_disconnect
    assert isinstance(translate(error), Undone)


UNDONE = [*map(postgresql, ("40P01", "40001", "55P03", "57P01", "08006", None)), *map(oracle, (60, 8177, 54, 30006, 1555, 3113, 28))]
WAITED_OR_AWAY = [postgresql("53300"), *map(oracle, (18, 20, 1034, 12541))]


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize(("errors", "undone"), [(UNDONE, True), (WAITED_OR_AWAY, False)], ids=["undone", "waited or away"])
def test_only_what_was_undone_may_be_run_again_at_once(errors, undone):
    assert {isinstance(translate(error), Undone) for error in errors} == {undone}


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("connection", [None, object()])
def test_whoever_cannot_connect_has_begun_nothing_that_could_be_undone(connection):
    context = SimpleNamespace(is_pre_ping=False, original_exception=postgresql("57P03"), is_disconnect=True, connection=connection)
    with pytest.raises(Unavailable) as refused:
        replace_driver_error(context)
    assert isinstance(refused.value, Undone) is (connection is not None)


def test_a_broken_unique_key_is_told_by_its_name():
    for error in (postgresql("23505", "uq_voter_ems"), oracle(1, "ORA-00001: unique constraint (APP.UQ_VOTER_EMS) violated")):
        translated = translate(error)
        assert isinstance(translated, Conflict)
        assert (translated.code, translated.ref) == (ErrorCode.ALREADY_EXISTS, "uq_voter_ems")


def test_sqlite_names_columns_and_we_the_constraint():
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE ems_message (dedup_key PRIMARY KEY)")
        connection.execute("INSERT INTO ems_message VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError) as broken:
            connection.execute("INSERT INTO ems_message VALUES (1)")
    connection.close()
    translated = translate(broken.value)
    assert translated is not None and translated.ref == "uq_ems_message_dedup"


@pytest.mark.parametrize("error", [postgresql("23503"), oracle(942), oracle(2291), ValueError("x")])
def test_a_fault_of_the_program_stays_what_it_is(error):
    assert translate(error) is None


def sqlite(name):
    error = sqlite3.OperationalError("a text with a value")
    error.sqlite_errorname = name
    return error


@pytest.mark.requirement("EWS-13", "OPS-03")
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (sqlite("SQLITE_FULL"), ErrorCode.DISK_FULL),
        (sqlite("SQLITE_READONLY_DBMOVED"), ErrorCode.DISK_READ_ONLY),
        (sqlite("SQLITE_IOERR_WRITE"), ErrorCode.DISK_FAILS),
        (sqlite("SQLITE_CANTOPEN"), ErrorCode.DISK_FAILS),
        (postgresql("53100"), ErrorCode.DISK_FULL),
        (postgresql("25006"), ErrorCode.DISK_READ_ONLY),
        (postgresql("58030"), ErrorCode.DISK_FAILS),
        *((oracle(number), ErrorCode.DISK_FULL) for number in (257, 1536, 1652, 1653, 1654, 1691, 30036)),
        (oracle(16000), ErrorCode.DISK_READ_ONLY),
        (oracle(1578), ErrorCode.DISK_FAILS),
    ],
)
def test_a_disk_of_the_database_is_told_as_what_it_is(error, code):
    translated = translate(error)
    assert isinstance(translated, Unavailable)
    assert translated.code is code
    assert "value" not in translated.text


@pytest.mark.requirement("OPS-04")
def test_a_sqlite_file_that_may_not_grow_keeps_nothing_of_a_transaction_and_takes_it_when_there_is_room(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'small.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.commit()
        connection.exec_driver_sql("PRAGMA max_page_count = 20")
        connection.commit()
        with pytest.raises(Unavailable) as full:
            connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(100000))")
        assert full.value.code is ErrorCode.DISK_FULL
        connection.rollback()
        connection.exec_driver_sql("PRAGMA max_page_count = 1000")
        connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(100000))")
        connection.commit()
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 1
    engine.dispose()
