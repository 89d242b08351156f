"""Writes the DMV COA File as a stream (`xsd/dmv-coa-file.xsd`): for made-up data, the demonstration and tests (COA-01)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Final, NamedTuple

from votecal_soap.contract.dmv_record_markup import render_dmv_data
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.record_files import DMV_COA_FILE
from votecal_soap.contract.whole_files import whole_file
from votecal_soap.domain.dmv_records import DmvRecord

SCHEMA_VERSION: Final = "1.0"
RECORDS_AT_ONCE: Final = 1_000


class DmvCoaHeader(NamedTuple):
    """What a file says of itself."""

    file_id: str
    created_at: datetime


def write_dmv_coa_file(path: Path, header: DmvCoaHeader, records: Iterable[DmvRecord]) -> int:
    """Write header, records and trailer, and count the records; they are numbered in the order given, from 1.

    The file has its name only when it is whole and on the disk.
    """
    with whole_file(path) as stream:
        stream.write(_head(header).encode())
        count = _write_records(stream, records)
        stream.write(f"<Trailer><RecordCount>{count}</RecordCount></Trailer>\n</DmvCoaFile>\n".encode())
    return count


def _head(header: DmvCoaHeader) -> str:
    told = branch("Header", leaf("FileId", header.file_id), leaf("SchemaVersion", SCHEMA_VERSION), leaf("CreatedAt", header.created_at))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<DmvCoaFile xmlns="{DMV_COA_FILE.namespace}">\n{told}\n'


def _write_records(stream: IO[bytes], records: Iterable[DmvRecord]) -> int:
    count, rest = 0, iter(records)
    while block := list(islice(rest, RECORDS_AT_ONCE)):
        stream.write("".join([_record(number, record) for number, record in enumerate(block, count + 1)]).encode())
        count += len(block)
    return count


def _record(sequence: int, record: DmvRecord) -> str:
    return f"<DmvRecord><RecordSequence>{sequence}</RecordSequence>{render_dmv_data(record)}</DmvRecord>\n"
