"""An empty SQLite database with the reference data that the product ships."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from db.engine import create_engine
from db.tables import audit_entry, metadata
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import FixedClock
from votecal_soap.use_cases.load_reference_data import load_reference


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 2, 2, 17, 0, tzinfo=UTC))


@pytest.fixture
def engine(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'votecal.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def empty(engine):
    """A database without reference data."""
    return SqlUnitOfWorkFactory(engine)


@pytest.fixture
def unit_of_work(empty, clock):
    load_reference("ada", empty(), clock)
    return empty


@pytest.fixture
def audit_rows(engine):
    """Reads the audit trail in order."""

    def rows():
        with engine.connect() as connection:
            return list(connection.execute(select(audit_entry).order_by(audit_entry.c.audit_id)))

    return rows
