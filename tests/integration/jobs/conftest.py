"""An application over an empty database, SQLite and PostgreSQL in turn, with people, counties and an election."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import create_engine
from db.tables import audit_entry
from votecal_soap.bootstrap import dmv_exchange
from votecal_soap.clock import Clock, FixedClock, SystemClock
from votecal_soap.config import Config
from votecal_soap.domain.counties import County, Election, Role, StaffUser
from votecal_soap.spool import FileSpool
from votecal_soap.use_cases.ports import DmvExchange, Spool, UnitOfWorkFactory

PEOPLE = (
    StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None),
    StaffUser(user_name="abe", role=Role.SOS_ADMINISTRATOR, county_code=None),
    StaffUser(user_name="sam", role=Role.SOS_USER, county_code=None),
    StaffUser(user_name="cora", role=Role.AUTHORISED_COUNTY_USER, county_code="19"),
)


@dataclass(frozen=True)
class JoinedParts:
    """What a job is given."""

    config: Config
    clock: Clock
    unit_of_work: UnitOfWorkFactory
    spool: Spool
    dmv_exchange: DmvExchange


@pytest.fixture
def engine(database_url):
    """The same database, for what no repository does."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def application(sql_uow, tmp_path: Path) -> JoinedParts:
    """With a clock that stands, long behind the database's: what is due by it can be claimed."""
    parts = JoinedParts(
        config=Config(data_dir=tmp_path, worker_poll_seconds=0.05),
        clock=FixedClock(datetime(2024, 3, 4, 17, 0, tzinfo=UTC)),
        unit_of_work=sql_uow,
        spool=FileSpool(tmp_path / "spool"),
        dmv_exchange=dmv_exchange(Config(data_dir=tmp_path)),
    )
    with parts.unit_of_work() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037"), County(county_code="37", name="San Diego", fips="06073")])
        uow.reference.save_elections([Election(election_id="2026-11-03", name="General", election_date=date(2026, 11, 3))])
        for person in PEOPLE:
            uow.reference.save_staff_user(person)
        uow.commit()
    return parts


@pytest.fixture
def live_application(application):
    """With the machine's clock."""
    return replace(application, clock=SystemClock())


@pytest.fixture
def short_lease(application):
    """With a lease of one second."""
    return replace(application, config=replace(application.config, lease_seconds=1))


@pytest.fixture
def audit_rows(engine):
    """Reads the audit trail in order."""

    def rows():
        with engine.connect() as connection:
            return list(connection.execute(select(audit_entry).order_by(audit_entry.c.audit_id)))

    return rows
