"""A batch file arrives in chunks, again, out of order, or broken (VRU-06)."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.engine import create_engine
from db.tables import audit_entry, job_instance
from votecal_soap.domain.jobs import JobState

from .soap_requests import NOW, OTHER_SECRET, security

BATCH = "batch-data-exchange"
CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)


def begin(state, job_id, content=CONTENT, header=None, **changes):
    values = {"ByteCount": len(content), "Sha256": hashlib.sha256(content).hexdigest(), "RecordCount": 1, "Compression": "None"} | changes
    said = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return state.call(BATCH, "BeginUpload", f"<JobId>{job_id}</JobId>{said}", header=header)


def append(state, upload_id, offset, content, header=None):
    chunk = base64.b64encode(content).decode()
    return state.call(BATCH, "AppendChunk", f"<UploadId>{upload_id}</UploadId><Offset>{offset}</Offset><Content>{chunk}</Content>", header=header)


def complete(state, upload_id, header=None):
    return state.call(BATCH, "CompleteUpload", f"<UploadId>{upload_id}</UploadId>", header=header)


def status(state, job_id):
    return state.call(BATCH, "GetJobStatus", f"<JobId>{job_id}</JobId>")


def rows(state, statement):
    engine = create_engine(state.application.config.effective_database_url)
    with engine.connect() as connection:
        found = connection.execute(statement).all()
    engine.dispose()
    return found


@pytest.fixture
def state_url(database_url):
    """Every database in turn."""
    return database_url


@pytest.fixture
def job_id(state):
    return state.add_job()


@pytest.fixture
def upload_id(state, job_id):
    return int(begin(state, job_id).text("UploadId"))


@pytest.mark.requirement("VRU-06")
def test_a_chunk_sent_twice_changes_nothing(state, upload_id):
    for _ in range(2):
        assert append(state, upload_id, 0, CONTENT[:100]).text("NextOffset") == "100"
    assert append(state, upload_id, 100, CONTENT[100:]).text("NextOffset") == str(SIZE)
    assert append(state, upload_id, 50, CONTENT[50:200]).text("NextOffset") == str(SIZE)
    assert state.application.spool.read(upload_id, 0, SIZE) == CONTENT


@pytest.mark.requirement("VRU-06")
def test_the_same_chunk_sent_at_once_by_many_is_taken_once(state, upload_id):
    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(lambda _: append(state, upload_id, 0, CONTENT[:5000]), range(6)))
    assert [answer.text("NextOffset") for answer in answers] == ["5000"] * 6
    assert len(rows(state, select(audit_entry).where(audit_entry.c.action == "AppendChunk"))) == 1


@pytest.mark.requirement("VRU-06")
def test_of_two_different_chunks_sent_at_once_one_is_taken_whole(state, upload_id):
    chunks = [b"a" * 5000, b"b" * 5000]
    with ThreadPoolExecutor(2) as senders:
        answers = list(senders.map(lambda chunk: append(state, upload_id, 0, chunk), chunks))
    assert sorted(answer.status for answer in answers) == [200, 500]
    (taken,) = [chunk for chunk, answer in zip(chunks, answers, strict=True) if answer.status == 200]
    assert state.application.spool.read(upload_id, 0, SIZE) == taken


@pytest.mark.requirement("VRU-06")
def test_a_chunk_with_other_bytes_is_a_conflict(state, upload_id):
    append(state, upload_id, 0, CONTENT[:100])
    assert append(state, upload_id, 0, b"x" * 100).fault["Code"] == "VC-4003"
    assert state.application.spool.read(upload_id, 0, 100) == CONTENT[:100]


@pytest.mark.requirement("VRU-06")
def test_a_gap_and_an_overlap_are_conflicts_that_name_the_next_offset(state, upload_id):
    append(state, upload_id, 0, CONTENT[:100])
    for offset, code in ((101, "VC-4002"), (50, "VC-4003")):
        fault = append(state, upload_id, offset, CONTENT[offset : offset + 100]).fault
        assert (fault["Code"], fault["Name"]) == (code, "Conflict")
        assert "100" in fault["Text"]


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize(
    ("offset", "content", "code"),
    [(0, CONTENT + b"x", "VC-1009"), (SIZE, b"x", "VC-1009"), (-1, b"xx", "VC-1010"), (0, b"", "VC-1010")],
    ids=["past the end", "after the end", "negative", "empty"],
)
def test_a_chunk_that_cannot_be_is_refused(state, upload_id, offset, content, code):
    assert append(state, upload_id, offset, content).fault["Code"] == code


@pytest.mark.requirement("VRU-06")
def test_a_chunk_has_at_most_1_mib(state, job_id):
    content = b"x" * ((1 << 20) + 1)
    upload_id = begin(state, job_id, content).text("UploadId")
    assert append(state, upload_id, 0, content).fault["Code"] == "VC-1009"
    assert append(state, upload_id, 0, content[:-1]).text("NextOffset") == str(1 << 20)


@pytest.mark.requirement("VRU-06")
def test_the_same_file_begun_again_goes_on_where_it_stopped_with_a_new_token(state, job_id, upload_id):
    append(state, upload_id, 0, CONTENT[:100])
    first, second = begin(state, job_id), begin(state, job_id)
    assert first.text("UploadId") == second.text("UploadId") == str(upload_id)
    assert second.text("NextOffset") == "100"
    assert first.text("UploadToken") != second.text("UploadToken")
    assert second.text("UploadUrl") == f"{state.application.config.public_url}/upload/{upload_id}"
    assert second.text("UploadTokenExpiresAt") == "2026-03-02T18:00:00Z"


@pytest.mark.requirement("VRU-06")
def test_another_file_begun_puts_the_first_aside(state, job_id, upload_id):
    other = begin(state, job_id, b"another file")
    assert other.text("UploadId") != str(upload_id)
    assert append(state, upload_id, 0, CONTENT[:100]).fault["Code"] == "VC-4004"
    assert complete(state, upload_id).fault["Code"] == "VC-4004"
    assert state.call(BATCH, "GetUploadStatus", f"<UploadId>{upload_id}</UploadId>").fault["Code"] == "VC-4004"


@pytest.mark.requirement("VRU-06")
def test_a_complete_upload_waits_for_a_worker_once(state, job_id, upload_id):
    append(state, upload_id, 0, CONTENT[:-1])
    assert complete(state, upload_id).fault["Code"] == "VC-4005"
    append(state, upload_id, SIZE - 1, CONTENT[-1:])
    for _ in range(2):
        answer = complete(state, upload_id)
        assert (answer.text("JobId"), answer.text("JobState")) == (str(job_id), "Received")
    (instance,) = rows(state, select(job_instance.c.job_id, job_instance.c.upload_id, job_instance.c.state))
    assert instance == (job_id, upload_id, "Ready")


@pytest.mark.requirement("VRU-06")
def test_after_completion_the_same_file_is_complete_and_another_is_refused(state, job_id, upload_id):
    append(state, upload_id, 0, CONTENT)
    complete(state, upload_id)
    again = begin(state, job_id)
    assert (again.text("UploadId"), again.text("UploadState"), again.text("UploadToken")) == (str(upload_id), "Complete", None)
    assert append(state, upload_id, 0, CONTENT[:10]).text("NextOffset") == str(SIZE)
    assert begin(state, job_id, b"another file").fault["Code"] == "VC-4001"


@pytest.mark.requirement("VRU-18")
def test_a_refused_file_is_told_of_and_a_mended_one_may_be_sent(state, job_id, upload_id):
    append(state, upload_id, 0, CONTENT)
    complete(state, upload_id)
    with state.application.unit_of_work() as uow:
        uow.jobs.set_state(job_id, JobState.FILE_REFUSED)
        uow.commit()
    assert status(state, job_id).text("JobState") == "FileRefused"
    assert state.call(BATCH, "GetPendingJobs").text("JobState") == "FileRefused"
    state.clock.instant += timedelta(minutes=1)
    mended = begin(state, job_id, b"a mended file").text("UploadId")
    append(state, mended, 0, b"a mended file")
    assert complete(state, mended).text("JobState") == "Received"


@pytest.mark.requirement("VRU-06", "VRU-18")
@pytest.mark.parametrize("mended", [{}, {"RecordCount": 2}, {"Compression": "Gzip"}], ids=["bytes damaged on the way", "count", "compression"])
def test_the_same_bytes_may_be_sent_again_after_a_refusal(state, job_id, upload_id, mended):
    append(state, upload_id, 0, CONTENT)
    complete(state, upload_id)
    with state.application.unit_of_work() as uow:
        uow.jobs.set_state(job_id, JobState.FILE_REFUSED)
        uow.commit()
    state.clock.instant += timedelta(minutes=1)
    again = begin(state, job_id, **mended)
    assert (again.text("UploadState"), again.text("NextOffset")) == ("Open", "0")
    new_id = int(again.text("UploadId"))
    assert new_id != upload_id
    assert begin(state, job_id, **mended).text("UploadId") == str(new_id)
    append(state, new_id, 0, CONTENT)
    assert complete(state, new_id).text("JobState") == "Received"
    assert begin(state, job_id, **mended).text("UploadState") == "Complete"
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow.jobs.latest_instance(job_id).upload_id == new_id
        assert uow.uploads.get(new_id).record_count == int(mended.get("RecordCount", 1))


@pytest.mark.requirement("VRU-03")
def test_an_unauthorised_job_is_not_offered_and_takes_no_file(state):
    job_id = state.add_job(state=JobState.SCHEDULED)
    assert state.call(BATCH, "GetPendingJobs").text("JobId") is None
    assert begin(state, job_id).fault["Code"] == "VC-3002"
    assert state.call(BATCH, "AcknowledgeJob", f"<JobId>{job_id}</JobId><JobDecision>Started</JobDecision>").fault["Code"] == "VC-3002"
    assert status(state, job_id).fault["Code"] == "VC-3002"


@pytest.mark.requirement("VRU-02", "VRU-03")
def test_a_job_that_is_not_due_takes_no_file(state):
    job_id = state.add_job(not_before=NOW + timedelta(minutes=5))
    assert begin(state, job_id).fault["Code"] == "VC-4001"
    state.clock.instant = NOW + timedelta(minutes=5)
    assert begin(state, job_id).status == 200


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize("job_state", [JobState.DECLINED, JobState.CANCELLED, JobState.PROCESSING, JobState.COMPLETED, JobState.FAILED])
def test_a_job_that_is_not_open_takes_no_file(state, job_state):
    assert begin(state, state.add_job(state=job_state)).fault["Code"] == "VC-4001"


@pytest.mark.requirement("EWS-01", "VRU-03")
def test_another_countys_upload_is_not_told_apart_from_none(state, upload_id):
    other = security("sac-ems", OTHER_SECRET)
    faults = [
        append(state, upload_id, 0, b"x", header=other).fault,
        complete(state, upload_id, header=other).fault,
        state.call(BATCH, "GetUploadStatus", f"<UploadId>{upload_id}</UploadId>", header=other).fault,
        append(state, 999, 0, b"x").fault,
    ]
    assert {(fault["Code"], fault["Text"]) for fault in faults} == {("VC-2002", "There is no such upload for this county.")}


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize("changes", [{"ByteCount": 0}, {"ByteCount": (8 << 30) + 1}, {"RecordCount": -1}, {"Sha256": "0" * 63}, {"Compression": "Rar"}])
def test_a_file_that_cannot_be_is_refused_before_it_is_sent(state, job_id, changes):
    assert begin(state, job_id, **changes).fault["Name"] == "InvalidRequest"


@pytest.mark.requirement("VRU-02", "EWS-07")
def test_acknowledging_twice_changes_nothing(state, job_id):
    def acknowledge(decision):
        return state.call(BATCH, "AcknowledgeJob", f"<JobId>{job_id}</JobId><JobDecision>{decision}</JobDecision><Remark>why</Remark>")

    for _ in range(2):
        assert acknowledge("Started").text("JobState") == "Started"
    upload_id = begin(state, job_id).text("UploadId")
    for _ in range(2):
        assert acknowledge("Declined").text("JobState") == "Declined"
    assert acknowledge("Started").fault["Code"] == "VC-4001"
    assert append(state, upload_id, 0, CONTENT).fault["Code"] == "VC-4004"
    assert len(rows(state, select(audit_entry).where(audit_entry.c.action == "AcknowledgeJob"))) == 2


@pytest.mark.requirement("OPS-02")
def test_every_change_is_in_the_audit_with_the_calls_correlation_id(state, job_id, upload_id):
    append(state, upload_id, 0, CONTENT)
    answer = complete(state, upload_id)
    entries = rows(state, select(audit_entry.c.action, audit_entry.c.actor, audit_entry.c.county_code, audit_entry.c.correlation_id))
    assert [entry[:3] for entry in entries] == [(action, "county:la-ems", "19") for action in ("BeginUpload", "AppendChunk", "CompleteUpload")]
    assert entries[-1].correlation_id == answer.headers["X-Correlation-Id"]


@pytest.mark.requirement("VRU-21")
def test_a_failed_run_looks_paused_to_the_county(state):
    assert status(state, state.add_job(state=JobState.FAILED)).text("JobState") == "Paused"


@pytest.mark.requirement("VRU-06", "VRU-20")
def test_a_clock_that_is_set_back_neither_stops_an_upload_nor_mixes_up_two(state, job_id, upload_id):
    append(state, upload_id, 0, CONTENT)
    complete(state, upload_id)
    with state.application.unit_of_work() as uow:
        uow.jobs.set_state(job_id, JobState.FILE_REFUSED)
        uow.commit()
    state.clock.instant = NOW - timedelta(hours=2)
    mended = bytes(reversed(CONTENT))
    second = begin(state, job_id, mended).text("UploadId")
    append(state, second, 0, mended)
    complete(state, second)
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow.uploads.latest(job_id).upload_id == int(second)
        assert uow.jobs.latest_instance(job_id).upload_id == int(second)
