"""Opens a batch file that is whole: its header and trailer, judged against the job that it answers (VRU-18)."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from votecal_soap.contract.batch_elements import HEADER, RECORD, RECORD_COUNT, ROOT, TRAILER, Q
from votecal_soap.contract.batch_integrity import BatchFileShape
from votecal_soap.contract.batch_schema import block_schema
from votecal_soap.contract.parser import HARDENED
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.errors import ErrorCode, InvalidRequest

_COUNT: Final = re.compile("[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFileHead:
    """The head: what the file says of itself, and the tags between which a cut block of records is well-formed."""

    header: BatchHeader
    opening: bytes
    closing: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchExpectation:
    """What the file must say of itself; `job_id` None for an initial load."""

    county_code: str
    batch_type: str
    job_id: int | None
    record_count: int | None


def read_head(path: Path, shape: BatchFileShape) -> BatchFileHead:
    """Read what stands before the first record; a header that breaks the schema raises InvalidRequest."""
    with path.open("rb") as file:
        head = file.read(shape.first_record)
    name = shape.record_end[2:-1].replace(b"Record", b"VoterRecordUpdateBatch")
    try:
        root = etree.fromstring(head + b"</" + name + b">", etree.XMLParser(**HARDENED))
    except etree.XMLSyntaxError as error:
        raise _header_wrong() from error
    if root.tag != ROOT or [child.tag for child in root] != [HEADER] or _has_text(root) or not block_schema().validate(_alone(root[0])):
        raise _header_wrong()
    header = root[0]
    block = shape.record_end[2:-1].replace(b"Record", b"RecordBlock")
    declarations = b"".join(_declaration(prefix, uri) for prefix, uri in root.nsmap.items())
    return BatchFileHead(header=_header(header), opening=b"<" + block + declarations + b">", closing=b"</" + block + b">")


def check_trailer(path: Path, shape: BatchFileShape, head: BatchFileHead) -> None:
    """Compare the Trailer's count with the records found."""
    with path.open("rb") as file:
        file.seek(shape.after_records)
        rest = file.read(1 << 16)
    opening = head.opening.replace(b"RecordBlock", b"VoterRecordUpdateBatch", 1)
    try:
        root = etree.fromstring(opening + rest, etree.XMLParser(**HARDENED))
    except etree.XMLSyntaxError as error:
        raise _trailer_wrong() from error
    if [child.tag for child in root] != [TRAILER] or _has_text(root):
        raise _trailer_wrong()
    _compare_count(_said(root[0]), shape.record_count)


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


def _alone(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _declaration(prefix: str | None, uri: str) -> bytes:
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    return f' {name}="{uri}"'.encode()


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


def survey(path: Path) -> int:
    """Count the records of a file that may not be cut (comments, CDATA, odd end tags), and check its Trailer: slow and exact."""
    count = 0
    root = trailer = None
    try:
        with path.open("rb") as file:
            for _, element in etree.iterparse(file, tag=(RECORD, TRAILER), **HARDENED):
                parent = element.getparent()
                if parent is None or parent.tag != ROOT:
                    continue
                root, trailer = parent, _alone(element) if element.tag == TRAILER else None
                _forget_before(element, root, first=count == 0)
                count += element.tag == RECORD
    except etree.XMLSyntaxError as error:
        text = "Elements are nested too deep, or a text is too long."
        raise InvalidRequest(ErrorCode.FILE_NOT_WELL_FORMED, text, ref=f"after record {count}") from error
    if root is None or trailer is None or [child.tag for child in root] != [TRAILER] or _has_text(root):
        raise _trailer_wrong()
    _compare_count(_said(trailer), count)
    return count


def _forget_before(element: etree._Element, parent: etree._Element, *, first: bool) -> None:
    """Free what was read; before the first record stands the Header, before the others a record, and no text anywhere."""
    if _has_text(parent):
        raise _trailer_wrong()
    while element.getprevious() is not None:
        if parent[0].tag != (HEADER if first else RECORD):
            raise _trailer_wrong()
        del parent[0]
    element.clear()


def _has_text(parent: etree._Element) -> bool:
    return any((text or "").strip() for text in (parent.text, *(child.tail for child in parent)))


def _said(trailer: etree._Element) -> int:
    count = (trailer.findtext(RECORD_COUNT) or "").strip()
    if [child.tag for child in trailer] != [RECORD_COUNT] or _COUNT.fullmatch(count) is None:
        raise _trailer_wrong()
    return int(count)


def _header_wrong() -> InvalidRequest:
    text = "The Header is missing, incomplete or wrong; see Header in the file's schema."
    return InvalidRequest(ErrorCode.FILE_HEADER_WRONG, text, ref="/VoterRecordUpdateBatch/Header")


def _trailer_wrong() -> InvalidRequest:
    text = "The file must hold a Header, then Records, then a Trailer, and nothing else."
    return InvalidRequest(ErrorCode.FILE_HEADER_WRONG, text, ref="/VoterRecordUpdateBatch/Trailer")


def _compare_count(said: int, found: int) -> None:
    if said != found:
        text = f"The Trailer says {said} records and the file holds {found}."
        raise InvalidRequest(ErrorCode.FILE_COUNT_WRONG, text, ref="/VoterRecordUpdateBatch/Trailer/RecordCount")
