"""Each operation of Batch Data Exchange, in the order of one batch.

A new operation of the WSDL needs a function and a line in OPERATIONS here: a test compares, and the samples of `docs/contract.md` come from this run.
"""

import base64
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from votecal_soap.contract.batch_writer import BatchFile, WireRecord, WireRegistration, write_batch_file
from votecal_soap.contract.client_envelope import all_of, request_envelope, text_of
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.county.vendor_check.visit import DES, CheckFailed, NotTried, Visit
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.domain.jobs import DataKind

NO_JOB: Final = "No job is pending: ask SOS to authorise one (a sandbox: POST /sandbox/batch-job?county=NN)."
_PATIENCE_SECONDS: Final = 30.0
_LOOK_SECONDS: Final = 0.2
_ENDED: Final = frozenset({"Completed", "FileRefused", "Cancelled"})


def ping(visit: Visit) -> None:
    """Who we are."""
    visit.kept["county"] = text_of(visit.ask(DES, "Ping"), "PingResult/CountyCode")


def get_pending_jobs(visit: Visit) -> None:
    """None is an answer too."""
    visit.kept["jobs"] = all_of(visit.ask(DES, "GetPendingJobs"), "PendingJobs/PendingJob")


def acknowledge_job(visit: Visit) -> None:
    """We begin."""
    visit.ask(DES, "AcknowledgeJob", leaf("JobId", _job(visit)), leaf("JobDecision", "Started"))


def begin_upload(visit: Visit) -> None:
    """Announce a file of two records, one about a voter of ours and one about nobody."""
    with tempfile.TemporaryDirectory() as folder:
        file = _batch(visit, Path(folder) / "batch.xml")
        visit.kept["content"] = file.path.read_bytes()
    parts = (leaf("ByteCount", file.byte_count), leaf("Sha256", file.sha256), leaf("RecordCount", file.record_count), leaf("Compression", "None"))
    answer = visit.ask(DES, "BeginUpload", leaf("JobId", _job(visit)), *parts)
    visit.kept["upload"] = int(text_of(answer, "UploadProgress/UploadId"))


def append_chunk(visit: Visit) -> None:
    """All of it, in two pieces; the second is sent twice, as after a broken connection."""
    content: bytes = visit.kept.get("content", b"")
    middle = len(content) // 2
    for offset, piece in ((0, content[:middle]), (middle, content[middle:]), (middle, content[middle:])):
        parts = (leaf("Offset", offset), leaf("Content", base64.b64encode(piece).decode()))
        answer = visit.ask(DES, "AppendChunk", leaf("UploadId", _upload(visit)), *parts)
    if text_of(answer, "UploadProgress/NextOffset") != str(len(content)):
        raise CheckFailed("A chunk that was sent again moved the offset: tell SOS.")


def get_upload_status(visit: Visit) -> None:
    """How far it has come."""
    visit.ask(DES, "GetUploadStatus", leaf("UploadId", _upload(visit)))


def complete_upload(visit: Visit) -> None:
    """That was all."""
    visit.ask(DES, "CompleteUpload", leaf("UploadId", _upload(visit)))
    visit.kept["complete"] = True


def get_job_status(visit: Visit) -> None:
    """Where the job stands; after an upload, until it has ended."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while visit.kept.get("complete") and _state(visit) not in _ENDED and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    state = text_of(visit.ask(DES, "GetJobStatus", leaf("JobId", _job(visit))), "JobState")
    if visit.kept.get("complete") and state != "Completed":
        raise CheckFailed(f"The job is {state} half a minute after its file: ask SOS whether a worker runs.")


def get_job_results(visit: Visit) -> None:
    """What became of its records."""
    visit.ask(DES, "GetJobResults", leaf("JobId", _job(visit)), leaf("AfterSequence", 0), leaf("MaximumRecords", 100))


OPERATIONS: Final[tuple[tuple[str, Callable[[Visit], None], bool], ...]] = (
    ("Ping", ping, False),
    ("GetPendingJobs", get_pending_jobs, False),
    ("AcknowledgeJob", acknowledge_job, True),
    ("BeginUpload", begin_upload, True),
    ("AppendChunk", append_chunk, True),
    ("GetUploadStatus", get_upload_status, True),
    ("CompleteUpload", complete_upload, True),
    ("GetJobStatus", get_job_status, False),
    ("GetJobResults", get_job_results, False),
)
"""Name in the WSDL, how it is tried, and whether that changes records."""


def _batch(visit: Visit, path: Path) -> BatchFile:
    """Only what the job is authorised for."""
    job_id, job = _job(visit), visit.kept["jobs"][0]
    if DataKind.CONTACT.value not in [text_of(kind) for kind in all_of(job, "DataKinds/DataKind")]:
        raise NotTried("The pending job is not for Contact, of which the file of this check is.")
    made_at = visit.clock.now().isoformat(timespec="seconds")
    header = BatchHeader(visit.kept["county"], "VoterRecordUpdate", job_id, SCHEMA_VERSION, made_at, "votecal vendor-check")
    notices = visit.kept.get("notices") or []
    known = [text_of(notice, "Voter/EmsVoterId") for notice in notices]
    phone = WireRegistration(phone="916 555 0100")
    records = [WireRecord(ems_voter_id=number, registration=phone) for number in (*known, "CHECK-NOBODY") if number]
    return write_batch_file(path, header, records)


def _state(visit: Visit) -> str:
    reply = visit.post(DES, request_envelope(visit.header, branch("GetJobStatus", leaf("JobId", _job(visit)), namespace=DES.namespace)))
    return "" if reply.body is None else text_of(reply.body, "JobState")


def _job(visit: Visit) -> int:
    jobs = visit.kept.get("jobs")
    if not jobs:
        raise NotTried(NO_JOB)
    return int(text_of(jobs[0], "JobId"))


def _upload(visit: Visit) -> int:
    if "upload" not in visit.kept:
        raise NotTried("No upload was begun before it.")
    return int(visit.kept["upload"])
