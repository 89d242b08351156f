"""A SQLite database with a few made-up voters of Los Angeles county whose numbers wait for DMV."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import create_engine
from db.tables import audit_entry, metadata, voter_activity
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import FixedClock
from votecal_soap.domain.counties import County
from votecal_soap.domain.voters import StateVoterId, Voter
from votecal_soap.synthetic.dmv_simulator import answer_requests
from votecal_soap.use_cases.export_identity_requests import ExportIdentityRequests, export_identity_requests
from votecal_soap.use_cases.import_identity_answers import ImportIdentityAnswers, import_identity_answers
from votecal_soap.use_cases.ports import UnitOfWorkFactory, VoterChange

KEY = b"a key of the tests"
NOBODY = Voter(*(None,) * len(Voter._fields))
FIRST_UID = 100_000_001


def voter(number, **changes):
    """A voter whose licence waits for DMV."""
    return NOBODY._replace(
        state_voter_id=StateVoterId(FIRST_UID + number - 1),
        county_code="19",
        ems_voter_id=f"19{number:08d}",
        version=1,
        effective_date=date(2026, 1, 5),
        first_name="ANA",
        last_name="GARCIA",
        date_of_birth=date(1970, 1, 1),
        drivers_license=f"A000{number:03d}1",
        drivers_license_status="Pending",
        status="Active",
        vnc_due=0,
        message_sequence=0,
    )._replace(**changes)


@dataclass(frozen=True)
class Exchange:
    """The state's side of the exchange with DMV, and DMV's."""

    unit_of_work: UnitOfWorkFactory
    clock: FixedClock
    directory: Path

    def add(self, *voters):
        with self.unit_of_work() as uow:
            uow.voters.add_voters(voters, self.clock.now())
            uow.commit()

    def voter(self, number):
        with self.unit_of_work(read_only=True) as uow:
            return uow.voters.get(FIRST_UID + number - 1)

    def change(self, number, **changes):
        before = self.voter(number)
        after = before._replace(version=before.version + 1, **changes)
        with self.unit_of_work() as uow:
            uow.voters.save_changes([VoterChange(before, after, tuple(changes))], self.clock.now())
            uow.commit()

    def export(self, **changes):
        command = ExportIdentityRequests(directory=self.directory / "export", digest_key=KEY, actor="ada", **changes)
        return export_identity_requests(command, self.unit_of_work, self.clock)

    def answered(self, export, edit=lambda text: text):
        """DMV's answers to a file, changed by `edit`."""
        file = self.directory / f"{export.path.stem}-answers.xml"
        answer_requests(export.path, file, self.clock.now(), date(2026, 2, 1))
        file.write_text(edit(file.read_text()))
        return file

    def import_(self, file):
        return import_identity_answers(ImportIdentityAnswers(file=file, digest_key=KEY, actor="ada"), self.unit_of_work, self.clock)

    def messages(self):
        with self.unit_of_work(read_only=True) as uow:
            return uow.messages.page("19", 100, with_payload=True)


@pytest.fixture
def engine(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'votecal.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def exchange(engine, tmp_path):
    unit_of_work = SqlUnitOfWorkFactory(engine)
    with unit_of_work() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037")])
        uow.commit()
    return Exchange(unit_of_work, FixedClock(datetime(2026, 2, 2, 17, 0, tzinfo=UTC)), tmp_path)


@pytest.fixture
def make_voter():
    return voter


@pytest.fixture
def rows(engine):
    """Reads a table: audit or activity."""
    tables = {"audit": audit_entry, "activity": voter_activity}

    def read(name):
        with engine.connect() as connection:
            return list(connection.execute(select(tables[name]).order_by(tables[name].primary_key.columns[0])))

    return read
