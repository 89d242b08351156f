"""The workload of the queue benchmark: one county's queue of any depth, the state's web process over it, and the county's EMS.

Two messages are open for each voter, and each voter had some before, so that the rule that none overtakes an older one
has work to do. Messages are those of a batch, with their detail.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.own_process import await_answer, settings_of_its_own
from db.engine import create_engine
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import SystemClock
from votecal_soap.contract.batch_writer import WireName, WireRecord, WireRegistration
from votecal_soap.contract.message_payloads import render_batch_record_result
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.office import Office
from votecal_soap.county.progress import Progress
from votecal_soap.county.queue_consumer import QueueConsumer
from votecal_soap.county.retry import Retry
from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.batches import Outcome, RecordOutcome
from votecal_soap.domain.counties import County, Credential
from votecal_soap.domain.ems_messages import MessageType, NewMessage

COUNTY, USERNAME, SECRET, KEY = "19", "benchmark", "a secret of the benchmark", "a key of the benchmark"
FIRST_UID = 100_000_001
FIRST_OPEN_SEQUENCE = 3
JOB_ID = 1
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
CHUNK = 20_000


class _Enough(Exception):
    """As many messages are drained as were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A state's database with a queue of `depth` open messages."""

    folder: Path
    depth: int

    @property
    def database(self) -> Path:
        """The state's database."""
        return self.folder / "votecal.db"

    @property
    def ems(self) -> Path:
        """The county's database."""
        return self.folder / "ems.db"


def make_queue(folder: Path, depth: int, taken: int) -> Queue:
    """Fill a queue, and an EMS with the voters of the first `taken` messages."""
    folder.mkdir()
    queue = Queue(folder=folder, depth=depth)
    upgrade(f"sqlite:///{queue.database}")
    factory = SqlUnitOfWorkFactory(create_engine(f"sqlite:///{queue.database}"))
    admit_counties(factory, {COUNTY: USERNAME})
    for start in range(0, depth, CHUNK):
        with factory() as uow:
            uow.messages.add([_message(number, depth // 2) for number in range(start, min(start + CHUNK, depth))], NOW)
            uow.commit()
    factory.close()
    _make_ems(queue.ems, min(taken, depth // 2))
    return queue


def admit_counties(factory: SqlUnitOfWorkFactory, usernames: Mapping[str, str]) -> None:
    """Counties by their code, each with an empty queue and one credential, all of one secret."""
    hashed = keyed_hash(SECRET, KEY.encode())
    with factory() as uow:
        uow.reference.save_counties([County(county_code=code, name=f"County {code}", fips=f"060{code}") for code in usernames])
        for code, username in usernames.items():
            uow.reference.save_credential(
                Credential(username=username, county_code=code, secret_hmac=hashed, expires_at=None, revoked_at=None, certificate_subject=None)
            )
        uow.commit()


def _message(number: int, voters: int) -> NewMessage:
    uid, ems_voter_id = FIRST_UID + number % voters, f"LA{number % voters:09d}"
    sequence = FIRST_OPEN_SEQUENCE + number // voters
    outcome = RecordOutcome(number + 1, Outcome.APPLIED, None, (), uid, ems_voter_id, sequence, ())
    payload = render_batch_record_result(JOB_ID, outcome)
    key = f"VRU:{JOB_ID}:{number + 1:09d}"
    return NewMessage(COUNTY, MessageType.BATCH_RECORD_APPLIED, key, payload, 0, uid, sequence, ems_voter_id, sequence, JOB_ID, number + 1)


def _make_ems(path: Path, voters: int) -> None:
    with EmsDatabase.create(path, COUNTY) as ems:
        ems.load_voters(WireRecord(ems_voter_id=f"LA{number:09d}", registration=WireRegistration(name=WireName("Maria", "Garcia"))) for number in range(voters))


@contextmanager
def web_process(queue: Queue) -> Iterator[str]:
    """`votecal serve` over the queue's database; its URL."""
    address, environ = settings_of_its_own({"DATA_DIR": queue.folder, "DATABASE_URL": f"sqlite:///{queue.database}", "CREDENTIAL_KEY": KEY})
    process = subprocess.Popen([sys.executable, "-m", "votecal_soap.cli", "serve"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_answer(address, process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait()


class CountyConsumer:
    """The county's own consumer over its EMS."""

    def __init__(self, queue: Queue, url: str) -> None:
        """Connect."""
        self._ems = EmsDatabase(queue.ems)
        self._client = StateClient(StateAddress(url=url, username=USERNAME, password=SECRET))
        self._folder = queue.folder

    def drain(self, least: int) -> float:
        """Drain until `least` messages are taken; messages a second."""
        taken = 0

        def tell(told: Progress) -> None:
            nonlocal taken
            taken = told.done
            if taken >= least:
                raise _Enough

        retry = Retry(sleep=time.sleep)
        office = Office(ems=self._ems, work_dir=self._folder, clock=SystemClock(), retry=retry, tell=tell)
        begun = time.perf_counter()
        try:
            QueueConsumer(office, self._client).drain()
        except _Enough:
            return taken / (time.perf_counter() - begun)
        raise RuntimeError("the queue was shorter than it must be")

    def close(self) -> None:
        """Disconnect."""
        self._client.close()
        self._ems.close()
