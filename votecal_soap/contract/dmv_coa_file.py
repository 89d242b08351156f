"""Opens a DMV COA File that is whole, or refuses it before anything of it is applied (COA-01).

The records after that stand each for itself: `dmv_coa_reader`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lxml import etree

from votecal_soap.contract.batch_integrity import BatchFileShape, check_integrity
from votecal_soap.contract.dmv_coa_writer import SCHEMA_VERSION, DmvCoaHeader
from votecal_soap.contract.file_envelope import BlockTags, open_header, surveyed
from votecal_soap.contract.record_cuts import cut_blocks, parse_cut, records_by_events, split_cut
from votecal_soap.contract.record_files import DMV_COA_FILE
from votecal_soap.errors import ErrorCode, InvalidRequest

_N: Final = f"{{{DMV_COA_FILE.namespace}}}"
_SEQUENCE: Final = f"{_N}RecordSequence"


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvCoaFile:
    """A whole file: what it says of itself, and how its records are found."""

    path: Path
    header: DmvCoaHeader
    shape: BatchFileShape
    tags: BlockTags

    @property
    def record_count(self) -> int:
        """How many records it holds, the unreadable ones included."""
        return self.shape.record_count


def open_dmv_coa_file(path: Path) -> DmvCoaFile:
    """Establish that the file is whole; anything wrong raises InvalidRequest with the place."""
    if not path.stat().st_size:
        raise InvalidRequest(ErrorCode.FILE_EMPTY, "The file is empty.")
    shape = check_integrity(path, DMV_COA_FILE)
    header, tags = open_header(path, shape, DMV_COA_FILE)
    told = _header(header)
    file = DmvCoaFile(path=path, header=told, shape=surveyed(path, shape, tags, DMV_COA_FILE), tags=tags)
    if not file.record_count:
        raise InvalidRequest(ErrorCode.FILE_EMPTY, "The file holds no record.", ref="/DmvCoaFile")
    _check_sequences(file)
    return file


def _header(element: etree._Element) -> DmvCoaHeader:
    place = "/DmvCoaFile/Header"
    if (element.findtext(f"{_N}SchemaVersion") or "").strip() != SCHEMA_VERSION:
        raise InvalidRequest(ErrorCode.FILE_SCHEMA_VERSION_WRONG, f"This state reads schema version {SCHEMA_VERSION}.", ref=f"{place}/SchemaVersion")
    try:
        # The schema knows instants that no clock here can show: the year 12000, or 24:00.
        created_at = datetime.fromisoformat((element.findtext(f"{_N}CreatedAt") or "").strip())
    except ValueError as error:
        raise InvalidRequest(ErrorCode.FILE_HEADER_WRONG, "CreatedAt is no instant.", ref=f"{place}/CreatedAt") from error
    # Without an offset, the contract's times are UTC.
    return DmvCoaHeader(file_id=element.findtext(f"{_N}FileId") or "", created_at=created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC))


def _check_sequences(file: DmvCoaFile) -> None:
    """Hold each record's RecordSequence against its place: a number twice or left out means that records were lost or mixed up."""
    if not file.shape.plain:
        for place, element in enumerate(records_by_events(file.path, DMV_COA_FILE), 1):
            _compare(element, place)
        return
    done, numbers = 0, _numbers(file)
    for cut, _ in cut_blocks(file.path, file.shape, file.shape.first_record):
        count = cut.count(file.shape.record_end)
        if numbers.findall(cut) != [b"%d" % place for place in range(done + 1, done + count + 1)]:
            for place, record in enumerate(split_cut(cut, file.shape), done + 1):
                _compare_text(record, place, file)
        done += count


def _numbers(file: DmvCoaFile) -> re.Pattern[bytes]:
    """Finds RecordSequence as this file writes it; a tag that is written otherwise is found by the parser."""
    prefix = file.shape.record_end[2:-1].removesuffix(DMV_COA_FILE.record.encode())
    return re.compile(rb"<%sRecordSequence>([1-9][0-9]*+)</" % re.escape(prefix))


def _compare_text(record: bytes, place: int, file: DmvCoaFile) -> None:
    try:
        element = parse_cut(record, file.tags)[0]
    except etree.XMLSyntaxError:
        return  # it will be counted as unreadable
    _compare(element, place)


def _compare(element: etree._Element, place: int) -> None:
    """Refuse another number; one that is missing or no number makes this record alone unreadable."""
    told = (element.findtext(_SEQUENCE) or "").strip()
    if told.isascii() and told.isdecimal() and told.lstrip("0") != str(place):
        text = f"Record {place} of the file has another RecordSequence: they count from 1, without gaps, and none occurs twice."
        raise InvalidRequest(ErrorCode.FILE_SEQUENCE_WRONG, text, ref=f"/DmvCoaFile/DmvRecord[{place}]/RecordSequence")
