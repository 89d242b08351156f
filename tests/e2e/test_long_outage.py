"""PostgreSQL is away for longer than a worker's lease, in the middle of a batch: whoever goes on, each record has one outcome (VRU-20, JOB-02)."""

import threading
import time

import pytest
from fixtures.postgres_server import create_database, system_server

from db import schema
from jobs import voter_record_update
from jobs.catalogue import CatalogueEntry
from jobs.worker import Worker
from votecal_soap.bootstrap import build
from votecal_soap.contract.batch_writer import describe_batch_file, write_batch_file
from votecal_soap.domain.jobs import InstanceState, JobState, JobType
from votecal_soap.synthetic.files import batch_header

from .history_checker import faults, read_history, read_voters
from .installation import COUNTY, install
from .planted_batch import planted_batch

RECORDS, CHUNK, LEASE_SECONDS = 400, 20, 1
FIRST, SECOND = "first-1-00000001", "second-2-00000002"

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture(scope="module")
def server():
    """One that may be stopped."""
    made = system_server(settings="")
    if made is None:
        pytest.skip("NO POSTGRESQL OF THE SYSTEM: that a database is away for longer than a lease was not tried")
    yield made
    made.stop()


@pytest.fixture
def installation(server, tmp_path):
    url = create_database(server)
    schema.upgrade(url)
    installed = install(url, tmp_path, lease_seconds=LEASE_SECONDS, worker_poll_seconds=0.05, batch_chunk_records=CHUNK, batch_parsers=0)
    yield installed
    installed.stop()


@pytest.fixture
def batch(installation, tmp_path):
    """A file that the county has sent; its job, what must come of each record, and where the voters stood."""
    job_id, application = installation.schedule(), installation.application
    records, truths, _ = planted_batch(installation, job_id, RECORDS)
    written = write_batch_file(tmp_path / "batch.xml", batch_header(COUNTY, "VoterRecordUpdate", job_id, application.clock.now()), records)
    # A comment has the file read record by record, so that chunks are small.
    written.path.write_bytes(written.path.read_bytes().replace(b"<Trailer>", b"<!-- by hand --><Trailer>"))
    file = describe_batch_file(written.path, written.record_count, written.compression)
    said = {"byte_count": file.byte_count, "sha256": file.sha256, "record_count": file.record_count, "compression": file.compression}
    with application.unit_of_work() as uow:
        upload = uow.uploads.add(job_id=job_id, county_code=COUNTY, begun_at=application.clock.now(), **said)
        application.spool.write(upload.upload_id, 0, file.path.read_bytes())
        uow.uploads.complete(upload.upload_id, application.clock.now())
        uow.jobs.set_state(job_id, JobState.RECEIVED)
        uow.jobs.add_instance(job_id, application.clock.now(), upload_id=upload.upload_id, record_count=RECORDS)
        uow.commit()
    return job_id, {truth.sequence: (truth.outcome, truth.reason) for truth in truths}, read_voters(installation.engine)


class Held:
    """The batch as it is run; whoever begins it first stands still after its first chunks until it `may_go_on`."""

    def __init__(self):
        self.is_half_way, self.may_go_on, self.begun = threading.Event(), threading.Event(), []

    def __call__(self, application, instance, should_stop):
        self.begun.append(threading.current_thread().name)
        is_first, asked = len(self.begun) == 1, 0

        def hold():
            nonlocal asked
            asked += 1
            if is_first and asked == 5:
                self.is_half_way.set()
                assert self.may_go_on.wait(60)
            return should_stop()

        voter_record_update.run(application, instance, hold)


class Workers:
    """Two, each with connections of its own as in a process of its own, and the batch that they run."""

    def __init__(self, config):
        self.held = Held()
        catalogue = {JobType.VOTER_RECORD_UPDATE: CatalogueEntry(run=self.held, about="a test")}
        self._applications = {name: build(config) for name in (FIRST, SECOND)}
        self._workers = {name: Worker(application, catalogue, name) for name, application in self._applications.items()}
        self._threads = {}

    def start(self, name):
        """Have one work until it is stopped."""
        self._threads[name] = threading.Thread(target=self._workers[name].run, name=name, daemon=True)
        self._threads[name].start()

    def are_alive(self):
        """Whether none has ended by itself."""
        return all(thread.is_alive() for thread in self._threads.values())

    def stop(self):
        """Have what they hold go on, and end them."""
        self.held.may_go_on.set()
        for name, thread in self._threads.items():
            self._workers[name].stop()
            thread.join(30)
            assert not thread.is_alive()
        for application in self._applications.values():
            application.unit_of_work.close()


@pytest.fixture
def workers(installation):
    made = Workers(installation.application.config)
    yield made
    made.stop()


def run_of(installation):
    with installation.application.unit_of_work(read_only=True) as uow:
        (run,) = uow.jobs.instances()
    return run


def finished(installation):
    """The run, once it is over."""
    deadline = time.monotonic() + 30
    while not (run := run_of(installation)).state.is_finished and time.monotonic() < deadline:
        time.sleep(0.02)
    return run


@pytest.mark.requirement("VRU-11", "VRU-12", "VRU-20", "JOB-02", "JOB-03", "OPS-04")
@pytest.mark.parametrize("goes_on", ["while the database is away", "after another has done its work"])
def test_a_batch_whose_database_is_away_for_longer_than_the_lease_is_ended_once(server, installation, batch, workers, goes_on):
    job_id, expected, before = batch
    workers.start(FIRST)
    assert workers.held.is_half_way.wait(30)
    assert 0 < run_of(installation).records_processed < RECORDS
    server.go_down("fast")
    try:
        workers.start(SECOND)
        if goes_on == "while the database is away":
            workers.held.may_go_on.set()
        time.sleep(2 * LEASE_SECONDS + 0.5)
        assert workers.are_alive()
    finally:
        server.come_up()
    run = finished(installation)
    assert (run.state, run.records_processed) == (InstanceState.COMPLETED, RECORDS)
    if goes_on == "after another has done its work":
        assert workers.held.begun == [FIRST, SECOND]
    workers.stop()  # the first, which stood still, goes on: what it would still write would be found below
    assert len(workers.held.begun) == 2, "taken over, by the other or by the same, and nobody begins what has ended"
    history = read_history(installation.engine, job_id)
    assert faults(history, RECORDS, before) == []
    assert {row.sequence: (row.outcome, row.reason) for row in history.outcomes} == expected
