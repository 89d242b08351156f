"""Leases go by the database's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import oracle

from db.clock import utcnow
from db.engine import create_engine
from votecal_soap.clock import FixedClock


@pytest.fixture
def connection(database_url):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.requirement("JOB-02")
def test_the_databases_instant_is_aware_and_in_utc(connection):
    before = datetime.now(UTC) - timedelta(milliseconds=2)  # SQLite tells milliseconds
    told = connection.execute(select(utcnow())).scalar_one()
    assert before <= told <= datetime.now(UTC)
    assert told.tzinfo is UTC


def test_seconds_are_added_and_taken(connection):
    now, later, earlier = connection.execute(select(utcnow(), utcnow(90), utcnow(-90))).one()
    assert later - now == now - earlier == timedelta(seconds=90)


def test_a_session_of_another_time_zone_changes_nothing(connection):
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TIME ZONE 'America/Los_Angeles'")
    assert abs(connection.execute(select(utcnow())).scalar_one() - datetime.now(UTC)) < timedelta(seconds=5)


def test_oracle_is_asked_for_utc():
    assert "SYS_EXTRACT_UTC(SYSTIMESTAMP)" in str(select(utcnow()).compile(dialect=oracle.dialect()))


def test_sqlite_goes_by_a_clock_that_is_given(sqlite_url):
    told = FixedClock(datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC))
    engine = create_engine(sqlite_url, clock=told)
    with engine.connect() as connection:
        assert connection.execute(select(utcnow(), utcnow(-9))).one() == (
            told.now().replace(microsecond=123000),
            told.now().replace(second=0, microsecond=123000),
        )
        told.instant += timedelta(days=7)
        assert connection.execute(select(utcnow())).scalar_one().day == 13
    engine.dispose()
