"""Drivers' errors in the project's own words."""

import sqlite3
from types import SimpleNamespace

import pytest

from db.errors import translate
from votecal_soap.errors import Conflict, ErrorCode, Unavailable


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
