"""What the tests of the repositories start from."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from votecal_soap.domain.counties import County, Election
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.jobs import JobState, JobType
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.ports import UnitOfWorkFactory

NOW = datetime(2026, 3, 2, 17, 0, 0, 123456, tzinfo=UTC)
FIRST_ID = 100_000_001


@dataclass(frozen=True)
class Registry:
    """Makes rows with as little said as possible."""

    now: datetime = NOW
    ids: Any = field(default_factory=lambda: count(FIRST_ID))
    keys: Any = field(default_factory=lambda: count(1))

    def voter(self, **values: Any) -> Voter:
        """An active voter of Los Angeles."""
        key = values.get("state_voter_id") or next(self.ids)
        empty = dict.fromkeys(Voter._fields)
        usual = {"county_code": "19", "ems_voter_id": f"E{key}", "version": 1, "effective_date": date(2026, 1, 1), "first_name": "ADA", "last_name": "LOVELACE"}
        state = {"date_of_birth": date(1960, 12, 10), "status": "Active", "vnc_due": 0, "message_sequence": 0}
        return Voter(**{**empty, **usual, **state, "state_voter_id": key, **values})

    def message(self, voter: Voter | None = None, **values: Any) -> NewMessage:
        """A message about a voter, next in line."""
        about = {"state_voter_id": voter and voter.state_voter_id, "ems_voter_id": voter and voter.ems_voter_id, "record_version": voter and voter.version}
        usual = {"county_code": "19", "message_type": MessageType.BATCH_RECORD_APPLIED, "dedup_key": f"key:{next(self.keys)}", "payload": "<Result/>"}
        rest = {"blocks_updates": 0, "voter_sequence": None, "job_id": None, "record_sequence": None}
        return NewMessage(**{**usual, **rest, **about, **values})

    def job(self, uow: Any, **values: Any) -> int:
        """A batch job of Los Angeles that the county may fetch."""
        usual = {"job_type": JobType.VOTER_RECORD_UPDATE, "state": JobState.PENDING, "county_code": "19", "election_id": "2026-11-03", "data_kinds": []}
        rest = {"not_before": self.now, "repeat": None, "notice": "by phone", "scheduled_by": "sam", "scheduled_at": self.now}
        return int(uow.jobs.add(**{**usual, **rest, **values}))

    def run(self, uow: Any, job_id: int, ago: int = 60) -> int:
        """A run that has been due for some seconds by any clock."""
        due = datetime.now(UTC) - timedelta(seconds=ago)
        instance_id = uow.jobs.add_instance(job_id, due, upload_id=None, record_count=None)
        assert instance_id is not None
        return int(instance_id)


@pytest.fixture
def registry() -> Registry:
    """Makes rows."""
    return Registry()


def _with_reference_data(factory: UnitOfWorkFactory) -> UnitOfWorkFactory:
    with factory() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037"), County(county_code="34", name="Sacramento", fips="06067")])
        uow.reference.save_elections([Election(election_id="2026-11-03", name="General", election_date=date(2026, 11, 3))])
        uow.commit()
    return factory


@pytest.fixture
def database(uow_factory: UnitOfWorkFactory) -> UnitOfWorkFactory:
    """Memory, SQLite and PostgreSQL in turn, with two counties and an election."""
    return _with_reference_data(uow_factory)


@pytest.fixture
def real_database(sql_uow: UnitOfWorkFactory) -> UnitOfWorkFactory:
    """SQLite and PostgreSQL in turn, with the same."""
    return _with_reference_data(sql_uow)
