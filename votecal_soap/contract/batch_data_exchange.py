"""The messages of the Batch Data Exchange Interface: elements of `xsd/batch-data-exchange.xsd` to domain values and back.

Requests were validated against the schema before; what a schema cannot say is for the use cases.
"""

import binascii
from collections.abc import Sequence
from typing import Final

from lxml import etree

from votecal_soap.contract.elements import number, optional_number, optional_text, required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.message_payloads import render_batch_record_result
from votecal_soap.contract.namespaces import BATCH_DATA_EXCHANGE
from votecal_soap.contract.pages import fill_page
from votecal_soap.domain.batches import SCHEMA_VERSION
from votecal_soap.domain.file_exchange import (
    Acknowledgement,
    Chunk,
    FileAnnouncement,
    FileRefusal,
    JobDecision,
    JobReport,
    ResultPage,
    ResultQuery,
    UploadTicket,
)
from votecal_soap.domain.jobs import Job, JobState
from votecal_soap.domain.uploads import CHUNK_BYTE_LIMIT, Compression, Upload
from votecal_soap.errors import ErrorCode, InvalidRequest

_JOB_STATES: Final = {state: state.value for state in JobState if state not in (JobState.SCHEDULED, JobState.FAILED)} | {JobState.FAILED: JobState.PAUSED.value}
"""What a county is told. A run that SOS must look at is, for the county, paused; a job that waits for SOS is not told of."""


def read_job_id(request: etree._Element) -> int:
    """GetJobStatus."""
    return number(request, "JobId")


def read_upload_id(request: etree._Element) -> int:
    """GetUploadStatus and CompleteUpload."""
    return number(request, "UploadId")


def read_acknowledgement(request: etree._Element) -> Acknowledgement:
    """AcknowledgeJob."""
    return Acknowledgement(
        job_id=number(request, "JobId"), decision=JobDecision(required_text(request, "JobDecision")), remark=optional_text(request, "Remark")
    )


def read_announcement(request: etree._Element) -> FileAnnouncement:
    """BeginUpload."""
    return FileAnnouncement(
        job_id=number(request, "JobId"),
        byte_count=number(request, "ByteCount"),
        sha256=required_text(request, "Sha256").lower(),
        record_count=number(request, "RecordCount"),
        compression=Compression(required_text(request, "Compression")),
    )


def read_chunk(request: etree._Element) -> Chunk:
    """AppendChunk. Decoded straight from the element's text: a chunk is copied twice, not taken apart."""
    try:
        content = binascii.a2b_base64(required_text(request, "Content"))
    except ValueError as error:
        # libxml2 takes a text without a single character of base64 for an empty one.
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This is not base64.", ref="Content") from error
    if len(content) > CHUNK_BYTE_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A chunk has at most {CHUNK_BYTE_LIMIT} bytes.", ref="Content")
    return Chunk(upload_id=number(request, "UploadId"), offset=number(request, "Offset"), content=content)


def read_result_query(request: etree._Element) -> ResultQuery:
    """GetJobResults."""
    return ResultQuery(
        job_id=number(request, "JobId"),
        after_sequence=optional_number(request, "AfterSequence") or 0,
        limit=optional_number(request, "MaximumRecords"),
    )


def render_pending_jobs(jobs: Sequence[Job]) -> str:
    """GetPendingJobsResponse."""
    return _answer("GetPendingJobs", branch("PendingJobs", *[_pending_job(job) for job in jobs]))


def _pending_job(job: Job) -> str:
    return branch(
        "PendingJob",
        leaf("JobId", job.job_id),
        leaf("JobType", job.job_type.value),
        leaf("JobState", _JOB_STATES[job.state]),
        leaf("SchemaVersion", SCHEMA_VERSION),
        leaf("NotBefore", job.not_before),
        leaf("ElectionId", job.election_id),
        branch("DataKinds", *[leaf("DataKind", kind.value) for kind in sorted(job.data_kinds)]),
    )


def render_acknowledgement(state: JobState) -> str:
    """AcknowledgeJobResponse."""
    return _answer("AcknowledgeJob", leaf("JobState", _JOB_STATES[state]))


def render_ticket(ticket: UploadTicket, upload_url: str) -> str:
    """BeginUploadResponse; address and token of the fast lane only while the upload is open."""
    return _answer(
        "BeginUpload",
        _progress(ticket.upload),
        leaf("ChunkByteLimit", CHUNK_BYTE_LIMIT),
        leaf("UploadUrl", upload_url if ticket.token else None),
        leaf("UploadToken", ticket.token),
        leaf("UploadTokenExpiresAt", ticket.expires_at),
    )


def render_progress(operation: str, upload: Upload) -> str:
    """AppendChunkResponse and GetUploadStatusResponse."""
    return _answer(operation, _progress(upload))


def _progress(upload: Upload) -> str:
    return branch(
        "UploadProgress",
        leaf("UploadId", upload.upload_id),
        leaf("UploadState", upload.state.value),
        leaf("NextOffset", upload.received_bytes),
        leaf("ByteCount", upload.byte_count),
    )


def render_completion(job_id: int, state: JobState) -> str:
    """CompleteUploadResponse."""
    return _answer("CompleteUpload", leaf("JobId", job_id), leaf("JobState", _JOB_STATES[state]))


def render_report(report: JobReport) -> str:
    """GetJobStatusResponse."""
    counts = [
        branch("OutcomeCount", leaf("Outcome", outcome.value), leaf("FailureReason", reason.value if reason else None), leaf("Count", count))
        for (outcome, reason), count in sorted(report.counts.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    ]
    return _answer(
        "GetJobStatus",
        leaf("JobId", report.job.job_id),
        leaf("JobState", _JOB_STATES[report.job.state]),
        leaf("RecordCount", report.record_count),
        leaf("RecordsProcessed", report.records_processed),
        branch("OutcomeCounts", *counts),
        leaf("VotersWithoutVotingPrecinct", report.voters_without_voting_precinct),
        _refusal(report.refusal),
        leaf("ReceivedAt", report.received_at),
        leaf("CompletedAt", report.completed_at),
    )


def _refusal(refusal: FileRefusal | None) -> str:
    if refusal is None:
        return ""
    return branch("FileRefusal", leaf("Code", refusal.code), leaf("Ref", refusal.ref), leaf("Text", refusal.text))


def render_results(job_id: int, page: ResultPage, byte_limit: int | None) -> str:
    """GetJobResultsResponse, below a size; what does not fit counts as more."""
    results = fill_page([render_batch_record_result(job_id, outcome) for outcome in page.outcomes], byte_limit)
    more = page.more or len(results) < len(page.outcomes)
    return _answer("GetJobResults", branch("BatchRecordResults", *results), leaf("MoreResults", more))


def _answer(operation: str, *children: str) -> str:
    return branch(f"{operation}Response", *children, namespace=BATCH_DATA_EXCHANGE)
