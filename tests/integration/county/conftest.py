"""A county's EMS on one side, on the other the state on a real socket, with a worker that runs when told."""

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.engine import create_engine
from db.tables import metadata
from db.unit_of_work import SqlUnitOfWorkFactory
from jobs.worker import Worker
from votecal_soap.bootstrap import Application, dmv_exchange
from votecal_soap.clock import SystemClock
from votecal_soap.config import Config
from votecal_soap.contract.batch_writer import WireRecord
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.office import Office
from votecal_soap.county.retry import Retry
from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.county.synchronise import SyncSettings
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.counties import Credential, Election, Precinct
from votecal_soap.domain.jobs import DataKind, JobType
from votecal_soap.spool import FileSpool
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.files import write_initial_load
from votecal_soap.synthetic.voters import generate_voters
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.load_voters import LoadCommand, load_voters
from votecal_soap.wsgi import WebServer

KEY, SECRET, ELECTION = "a key of the tests", "los-angeles-SECRET", "2026-P"
NEW_PRECINCT = "9000-A"


@dataclass
class State:
    """The state's services, up or down, on one address."""

    application: Application
    url: str
    server: WebServer | None = None
    thread: threading.Thread | None = None

    def up(self):
        self.server = WebServer(self.application)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def down(self):
        if self.server is not None:
            self.server.stop()
            self.thread.join(10)
            assert not self.thread.is_alive()
        self.server = None

    def work(self):
        return Worker(self.application).drain()

    @contextmanager
    def working(self):
        """A worker beside the services for a while."""
        worker = Worker(self.application)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield
        finally:
            worker.stop()
            thread.join(10)

    def schedule(self, *kinds, authorise=True):
        with self.application.unit_of_work() as uow:
            job_id = uow.jobs.add(
                job_type=JobType.VOTER_RECORD_UPDATE,
                state="Scheduled",
                county_code="19",
                election_id=ELECTION,
                data_kinds=kinds or (DataKind.HOME_PRECINCT, DataKind.VOTING_PRECINCT),
                not_before=datetime.now(UTC) - timedelta(minutes=1),
                repeat=None,
                notice="by telephone",
                scheduled_by="sam",
                scheduled_at=datetime.now(UTC),
            )
            if authorise:
                uow.jobs.authorise(job_id, "ada", datetime.now(UTC))
            uow.commit()
        return job_id

    def queued(self):
        with self.application.unit_of_work(read_only=True) as uow:
            return uow.messages.depth("19")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def state(tmp_path):
    address = f"127.0.0.1:{free_port()}"
    config = Config(data_dir=tmp_path / "state", credential_key=KEY, public_url=f"http://{address}", listen=address, worker_poll_seconds=0.05)
    config.data_dir.mkdir()
    engine = create_engine(config.effective_database_url)
    metadata.create_all(engine)
    clock = SystemClock()
    application = Application(
        config=config,
        clock=clock,
        callers_clock=clock,
        unit_of_work=SqlUnitOfWorkFactory(engine),
        spool=FileSpool(config.spool_dir),
        dmv_exchange=dmv_exchange(config),
    )
    load_reference("test", application.unit_of_work(), application.clock)
    with application.unit_of_work() as uow:
        uow.reference.save_elections([Election(election_id=ELECTION, name="Primary", election_date=date(2026, 6, 2))])
        uow.reference.save_precincts([Precinct(county_code="19", precinct_code=NEW_PRECINCT, name=None)])
        uow.reference.save_rules_text("19", load_county_codes().rules_toml())
        hashed = keyed_hash(SECRET, KEY.encode())
        uow.reference.save_credential(
            Credential(username="la", county_code="19", secret_hmac=hashed, expires_at=None, revoked_at=None, certificate_subject=None)
        )
        uow.commit()
    state = State(application, config.public_url)
    state.up()
    yield state
    state.down()
    engine.dispose()


@pytest.fixture
def ems(tmp_path, state):
    """An EMS with 300 voters whom the state knows too, each in the codes of its own."""
    codes = load_county_codes()
    voters = list(generate_voters(300, 1, "19", precinct_count=5))
    precincts = {voter.registration.home_precinct.precinct_code for voter in voters}
    with state.application.unit_of_work() as uow:
        uow.reference.save_precincts([Precinct(county_code="19", precinct_code=code, name=None) for code in sorted(precincts)])
        uow.commit()
    load = write_initial_load(tmp_path / "load.xml", "19", voters, datetime.now(UTC), codes=codes)
    refusals = []
    command = LoadCommand(county_code="19", file=load.path, actor="test", on_refusal=refusals.append, on_progress=lambda done, of: None)
    load_voters(command, state.application.unit_of_work, state.application.clock)
    assert refusals == []
    with EmsDatabase.create(tmp_path / "ems.db", "19") as database:
        database.load_voters(WireRecord(ems_voter_id=voter.ems_voter_id, registration=codes.registration(voter.registration)) for voter in voters)
        yield database


@pytest.fixture
def voters(state, ems):
    """Voters with a middle name; the EMS knows the state's ids of all."""
    ids = [row[0] for row in ems.connection.execute("SELECT voter_num FROM voters ORDER BY voter_key").fetchall()]
    with state.application.unit_of_work() as uow:
        known = uow.voters.lock_by_ems_id("19", ids)
    with ems.transaction() as connection:
        connection.executemany(
            "UPDATE voters SET state_uid = ?, base_version = 1 WHERE voter_num = ?", [(int(each.state_voter_id), each.ems_voter_id) for each in known]
        )
    return [each for each in known if len(each.middle_name or "") > 1 and each.status == "Active" and each.suffix is None]


@pytest.fixture
def precinct_moves(ems):
    """All of the county's precincts become one."""
    rows = ems.connection.execute("SELECT DISTINCT home_pct, home_pct_part FROM voters").fetchall()
    return dict.fromkeys(rows, (NEW_PRECINCT, None))


@pytest.fixture
def client(state):
    client = StateClient(StateAddress(url=state.url, username="la", password=SECRET, timeout_seconds=10))
    yield client
    client.close()


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def office(ems, tmp_path, pauses):
    retry = Retry(sleep=pauses.append, attempts=4)
    return Office(ems=ems, work_dir=tmp_path / "work", clock=SystemClock(), retry=retry, tell=lambda _: None, piece_bytes=20_000)


@pytest.fixture
def settings(state, ems, tmp_path):
    fixed = SyncSettings(county_code="19", url=state.url, username="la", password=SECRET, ems_database=ems.path, work_dir=tmp_path / "work")
    return replace(fixed, poll_seconds=0.05, first_retry_seconds=0.05, attempts=3, piece_bytes=20_000)
