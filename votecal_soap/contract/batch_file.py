"""Opens a batch file that is whole: its header, judged against the job that it answers (VRU-18)."""

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from votecal_soap.contract.batch_elements import Q
from votecal_soap.contract.batch_integrity import BatchFileShape
from votecal_soap.contract.file_envelope import BlockTags, open_header
from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.errors import ErrorCode, InvalidRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFileHead:
    """The head: what the file says of itself, and the tags between which a cut block of records is well-formed."""

    header: BatchHeader
    tags: BlockTags


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchExpectation:
    """What the file must say of itself; `job_id` None for an initial load."""

    county_code: str
    batch_type: str
    job_id: int | None
    record_count: int | None


def read_head(path: Path, shape: BatchFileShape) -> BatchFileHead:
    """Read what stands before the first record; a header that breaks the schema raises InvalidRequest."""
    header, tags = open_header(path, shape, VOTER_RECORD_UPDATE_BATCH)
    return BatchFileHead(header=_header(header), tags=tags)


def check_expectation(header: BatchHeader, record_count: int, expected: BatchExpectation) -> None:
    """Compare the header with the job; the first difference raises InvalidRequest and says which."""
    place = "/VoterRecordUpdateBatch/Header"
    if header.schema_version != SCHEMA_VERSION:
        raise InvalidRequest(ErrorCode.FILE_SCHEMA_VERSION_WRONG, f"This state reads schema version {SCHEMA_VERSION}.", ref=f"{place}/SchemaVersion")
    if header.county_code != expected.county_code:
        raise InvalidRequest(ErrorCode.FILE_COUNTY_WRONG, "The file is another county's than the job.", ref=f"{place}/CountyCode")
    if header.batch_type != expected.batch_type:
        raise InvalidRequest(ErrorCode.FILE_JOB_WRONG, f"The file must be of type {expected.batch_type}.", ref=f"{place}/BatchType")
    if header.job_id != expected.job_id:
        raise InvalidRequest(ErrorCode.FILE_JOB_WRONG, "The file names another job than the one it was sent for.", ref=f"{place}/JobId")
    if expected.record_count is not None and record_count != expected.record_count:
        text = f"BeginUpload announced {expected.record_count} records and the file holds {record_count}."
        raise InvalidRequest(ErrorCode.FILE_COUNT_WRONG, text, ref="/VoterRecordUpdateBatch/Trailer/RecordCount")


def _header(element: etree._Element) -> BatchHeader:
    def text(name: str) -> str | None:
        found = element.findtext(Q + name)
        return found.strip() if found else None

    job_id = text("JobId")
    return BatchHeader(
        county_code=text("CountyCode") or "",
        batch_type=text("BatchType") or "",
        job_id=int(job_id) if job_id else None,
        schema_version=text("SchemaVersion") or "",
        created_at=text("CreatedAt") or "",
        vendor_application_id=text("VendorApplicationId"),
    )
