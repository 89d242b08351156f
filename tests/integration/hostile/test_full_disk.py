"""A disk that is full or read-only: a clear message, nothing half done, and on it goes once there is room; on a disk that really is."""

import hashlib
import json
import shutil
import threading
import time
from dataclasses import replace

import pytest
from fakes.dmv import a_voter
from integration.console.console_site import SITE, csrf_token, open_site
from integration.matching.dmv_runs import begin as begin_runs
from integration.matching.dmv_runs import end as end_runs
from integration.matching.mailing_files import export, lines
from integration.soap.conftest import made_state
from integration.soap.test_contract_pages import admin
from integration.soap.test_upload import append, begin, complete

from benchmarks.batch_workload import batch_records
from jobs import run_endings
from jobs.worker import Worker
from votecal_soap.bootstrap import dmv_exchange
from votecal_soap.contract.batch_writer import write_batch_file
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.domain.jobs import InstanceState
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.errors import Unavailable

from .small_disk import mounted

pytestmark = pytest.mark.slow

CONTENT = bytes(range(256)) * 400
DISK_FULL, DISK_READ_ONLY = "VC-5020", "VC-5021"


@pytest.fixture
def disk(tmp_path):
    with mounted(tmp_path / "disk") as small:
        yield small


@pytest.fixture
def database(disk, sqlite_template):
    folder = disk.folder / "data"
    folder.mkdir()
    return shutil.copy(sqlite_template, folder / "votecal.db")


@pytest.fixture
def state(disk, database, schemas):
    """The services, with database and spool on that disk."""
    with made_state(f"sqlite:///{database}", disk.folder / "data", schemas) as made:
        yield made


def put(state, begun, content):
    path = begun.text("UploadUrl").removeprefix(state.application.config.public_url)
    given = {"HTTP_AUTHORIZATION": f"Bearer {begun.text('UploadToken')}", "HTTP_CONTENT_RANGE": f"bytes 0-{len(content) - 1}/{len(content)}"}
    return state.request("PUT", path, content, **given)


def refused(answer, code=DISK_FULL):
    fault = answer.fault
    assert (fault["Code"], fault["Name"], fault["Retryable"]) == (code, "SystemUnavailable", "true")
    assert answer.headers["Retry-After"] == fault["RetryAfterSeconds"]
    return fault["Text"]


@pytest.mark.requirement("VRU-06", "EWS-13", "OPS-03")
def test_an_upload_is_refused_while_the_disk_is_full_and_the_same_call_goes_on_when_there_is_room(state, disk, database, caplog):
    begun = begin(state, state.add_job(), CONTENT)
    upload_id = begun.text("UploadId")
    disk.fill(database)
    assert "disk" in refused(append(state, upload_id, 0, CONTENT))
    lane = put(state, begun, CONTENT)
    assert (lane.status, json.loads(lane.content)["code"], lane.headers["Retry-After"]) == (503, DISK_FULL, "60")
    refused(begin(state, state_job(state, disk, database), CONTENT))
    status, told = admin(state, "/ready")
    assert status == 503
    assert "is full: 0 MB are left" in told
    assert "a disk is full; make room, and work goes on by itself" in caplog.messages
    assert state.call("ems-integration", "GetMessageQueue").status == 200, "who only reads is served"
    disk.make_room()
    assert append(state, upload_id, 0, CONTENT).status == 200
    assert complete(state, upload_id).text("JobState") == "Received"
    assert hashlib.sha256(state.application.spool.read(int(upload_id), 0, 1 << 20)).digest() == hashlib.sha256(CONTENT).digest()
    assert admin(state, "/ready") == (200, "ready\n")


def state_job(state, disk, database):
    """Another job, scheduled while there was room for a moment."""
    disk.make_room()
    job_id = state.add_job()
    disk.fill(database)
    return job_id


@pytest.mark.requirement("VRU-20", "JOB-03")
def test_a_run_waits_for_room_and_goes_on_by_itself(state, disk, database, monkeypatch):
    monkeypatch.setattr(run_endings, "DISK_SECONDS", 0)
    job_id = state.add_job()
    header = BatchHeader("19", "VoterRecordUpdate", job_id, SCHEMA_VERSION, "2026-01-05T12:00:00Z", None)
    file = write_batch_file(disk.folder / "batch.xml", header, batch_records(2_000))
    content = file.path.read_bytes()
    upload_id = begin(state, job_id, content, RecordCount=2_000).text("UploadId")
    for offset in range(0, len(content), 1 << 19):
        append(state, upload_id, offset, content[offset : offset + (1 << 19)])
    complete(state, upload_id)
    config = replace(state.application.config, worker_poll_seconds=0.05, batch_chunk_records=500, batch_parsers=0, attempt_limit=2)
    worker = Worker(replace(state.application, config=config))
    disk.fill(database)
    working = threading.Thread(target=worker.run)
    working.start()
    time.sleep(1.0)
    disk.make_room()
    try:
        ended = _await_end(state, job_id)
    finally:
        worker.stop()
        working.join(30)
    assert (ended.state, ended.records_processed) == (InstanceState.COMPLETED, 2_000)
    with state.application.unit_of_work(read_only=True) as uow:
        assert [outcome.sequence for outcome in uow.jobs.outcomes(job_id, 0, 3_000)] == list(range(1, 2_001)), "each once"


def _await_end(state, job_id):
    deadline = time.monotonic() + 60
    while True:
        with state.application.unit_of_work(read_only=True) as uow:
            run = uow.jobs.latest_instance(job_id)
        if run.state.is_finished or time.monotonic() > deadline:
            return run
        time.sleep(0.05)


@pytest.fixture
def runs(database, disk):
    """Voters, and lists for the printer, on that disk."""
    made = begin_runs(f"sqlite:///{database}", disk.folder / "dmv")
    yield made
    end_runs(made)


@pytest.mark.requirement("COA-35")
@pytest.mark.parametrize("where", ["database", "export"])
def test_a_list_is_whole_or_not_at_all(runs, disk, database, tmp_path, where):
    runs.add_voters(*(a_voter(100_000_001 + number, vnc_due=1, ems_voter_id=f"E{number}") for number in range(300)))
    directory = {"directory": tmp_path / "elsewhere"} if where == "database" else {"directory": disk.folder / "export"}
    if where == "export":
        directory["directory"].mkdir()
    disk.fill(database)
    with pytest.raises(Unavailable) as full:
        export(runs, MailingKind.VNC_DUE, **directory)
    assert full.value.code == DISK_FULL
    assert not list(directory["directory"].glob("*")), "nor half a file, which would keep the room"
    disk.make_room()
    assert len(lines(export(runs, MailingKind.VNC_DUE, **directory))) == 300


@pytest.mark.requirement("COA-01", "COA-36")
def test_a_dmv_file_stays_where_it_was_dropped_until_there_is_room(state, disk, tmp_path):
    config = replace(state.application.config, dmv_drop_dir=tmp_path / "drop")
    exchange = dmv_exchange(config)
    dropped = tmp_path / "drop" / "dmv.xml"
    dropped.write_bytes(CONTENT)
    disk.fill()
    with pytest.raises(Unavailable) as full:
        exchange.take("dmv.xml", 1)
    assert full.value.code == DISK_FULL
    assert dropped.read_bytes() == CONTENT
    assert not list(config.dmv_dir.glob("*"))
    disk.make_room()
    assert exchange.take("dmv.xml", 1).read_bytes() == CONTENT
    assert not dropped.exists()


@pytest.mark.requirement("VRU-06", "OPS-03")
def test_a_disk_that_turns_read_only_is_told_of_and_the_same_call_goes_on_afterwards(disk, sqlite_url, schemas):
    """The spool alone: the database has its files open, and those keep a disk from being remounted."""
    with made_state(sqlite_url, disk.folder / "data", schemas) as state:
        upload_id = begin(state, state.add_job(), CONTENT).text("UploadId")
        disk.remount("ro")
        assert "can only be read" in refused(append(state, upload_id, 0, CONTENT), DISK_READ_ONLY)
        assert "can only be read" in admin(state, "/ready")[1]
        disk.remount("rw")
        assert append(state, upload_id, 0, CONTENT).status == 200


@pytest.mark.requirement("EWS-13")
def test_a_database_that_is_opened_on_a_read_only_disk_serves_nobody_half(state, disk, database):
    job_id = state.add_job()
    state.application.unit_of_work.close()
    disk.remount("ro")
    answer = begin(state, job_id, CONTENT)
    assert answer.fault["Code"] in {DISK_READ_ONLY, "VC-5022"}
    state.application.unit_of_work.close()
    disk.remount("rw")
    assert begin(state, job_id, CONTENT).status == 200


@pytest.mark.requirement("OPS-03")
def test_the_console_says_that_the_disk_is_full_and_takes_the_same_form_afterwards(disk, database, tmp_path):
    site = open_site(f"sqlite:///{database}", disk.folder / "data")
    sam, case_id = site.browser("sam"), site.case().case_id
    token = csrf_token(sam.get(f"/cases/{case_id}"))
    disk.fill(database)
    form = {"data": {"csrf_token": token, "note": "asked DMV"}, "base_url": SITE, "headers": {"Referer": SITE}}
    answer = sam.client.post(f"/cases/{case_id}/notes", **form)
    assert answer.status_code == 503
    assert "The disk of the database is full" in answer.get_data(as_text=True)
    assert "Work Item" in sam.get("/"), "whoever looks at what is no voter's is served"
    disk.make_room()
    assert sam.client.post(f"/cases/{case_id}/notes", **form).status_code == 303
    assert "asked DMV" in sam.get(f"/cases/{case_id}")
    end_runs(site.runs)
