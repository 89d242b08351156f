"""The county's side of the kill test: its DES and its queue consumer in a thread, with a file whose outcomes are known."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from votecal_soap.clock import SystemClock
from votecal_soap.contract.batch_writer import WireRecord
from votecal_soap.county.data_exchange_service import DataExchangeService
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_jobs import CountyJobs, JobStage
from votecal_soap.county.office import Office
from votecal_soap.county.progress import Progress, Step
from votecal_soap.county.queue_consumer import QueueConsumer
from votecal_soap.county.retry import Retry
from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.errors import Unavailable
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.voters import generate_voters

from .installation import COUNTY, SECRET, SEED, USERNAME, Installation

PIECE_BYTES = 10_000
PAGE_MESSAGES = 150


@dataclass
class CountyOffice:
    """Works until told to stop. `records` is its file; the queue is left alone until `drain` is set."""

    installation: Installation
    records: list[WireRecord]
    voters: int
    sent: float = 0.0
    imported: int = 0
    drain: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None

    @property
    def ems_path(self) -> Path:
        """The county's own database."""
        return self.installation.folder / "ems.db"

    def create_ems(self) -> None:
        """The same voters as the state has, in the county's codes."""
        codes = load_county_codes()
        made = generate_voters(self.voters, SEED, COUNTY)
        with EmsDatabase.create(self.ems_path, COUNTY) as ems:
            ems.load_voters(WireRecord(ems_voter_id=voter.ems_voter_id, registration=codes.registration(voter.registration)) for voter in made)

    def open(self) -> threading.Thread:
        """Begin."""
        thread = threading.Thread(target=self._run, name="county")
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self.error = error

    def _work(self) -> None:
        client = StateClient(StateAddress(url=self.installation.url, username=USERNAME, password=SECRET, timeout_seconds=20))
        with EmsDatabase(self.ems_path) as ems:
            office = self._office(ems)
            service, consumer = DataExchangeService(office, client), QueueConsumer(office, client, PAGE_MESSAGES)
            while not self.stop.wait(0.05):
                try:
                    service.run()
                    if self.drain.is_set():
                        consumer.drain()
                except Unavailable:
                    continue
        client.close()

    def _office(self, ems: EmsDatabase) -> Office:
        return Office(
            ems=ems,
            work_dir=self.installation.folder / "work",
            clock=SystemClock(),
            retry=Retry(sleep=self.stop.wait, attempts=200, first_seconds=0.02, longest_seconds=0.2),
            tell=self._hear,
            piece_bytes=PIECE_BYTES,
            extract=lambda *_: iter(self.records),
        )

    def _hear(self, told: Progress) -> None:
        if told.step is Step.SEND_FILE:
            self.sent = told.done / (told.total or 1)
        elif told.step is Step.IMPORT_MESSAGES:
            self.imported = told.done

    def stage(self, job_id: int) -> JobStage | None:
        """How far the county has come with the job."""
        with EmsDatabase(self.ems_path) as ems:
            job = CountyJobs(ems, self.installation.folder / "work").get(job_id)
        return None if job is None else job.stage

    def message_counts(self) -> tuple[int, int]:
        """Messages that the EMS has, and those of them that it processed and knows to be off the queue."""
        with EmsDatabase(self.ems_path) as ems:
            query = "SELECT count(*), sum(cleared AND import_outcome = 'Processed') FROM state_messages"
            return ems.connection.execute(query).fetchone()
