"""Checks the two halves of a large batch file at the same time, the second in a process of its own (VRU-18).

The file is cut after a record's end tag. The first half with the root's end tag behind it and the second half with the
file's head before it are documents: if both are well-formed, the parser stood in the root's content at the cut, and so
the whole is well-formed. Anything that is not plainly in order is left to the one pass, which says what and where.
"""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final
from xml.parsers import expat

from votecal_soap.contract.batch_integrity import BLOCK, BatchFileShape, FileScan
from votecal_soap.contract.record_files import RecordFileKind
from votecal_soap.errors import InvalidRequest

WORTH_A_PROCESS: Final = 64 << 20
"""Bytes below which a process costs more to start than it saves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Halves:
    """Where a file is cut, and what makes documents of its halves."""

    path: Path
    kind: RecordFileKind
    head: bytes
    cut: int
    root_end: bytes

    def first(self) -> Iterator[bytes]:
        """The first half as a document, in blocks."""
        yield from _blocks(self.path, 0, self.cut)
        yield self.root_end

    def second(self) -> Iterator[bytes]:
        """The second half as a document, in blocks."""
        yield self.head
        yield from _blocks(self.path, self.cut, self.path.stat().st_size)


def check_halves(path: Path, kind: RecordFileKind) -> BatchFileShape | None:
    """The shape of a file that is whole and plain; None when the file is small, or the one pass has to judge."""
    if path.stat().st_size < WORTH_A_PROCESS or (halves := _halves(path, kind)) is None:
        return None
    # "spawn": a fork would copy the threads' locks of a worker in whatever state they are.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_check_second, args=(sending, halves), daemon=True)
    process.start()
    sending.close()
    try:
        first = _shape(halves.first(), kind)
        second: BatchFileShape | None = receiving.recv() if first is not None else None
    except EOFError:
        return None
    finally:
        receiving.close()
        process.kill()
        process.join()
    return None if first is None or second is None else _joined(halves, first, second)


def _halves(path: Path, kind: RecordFileKind) -> _Halves | None:
    """A cut near the middle; None when the head is not in order or no record ends there."""
    middle = path.stat().st_size // 2
    scan = FileScan(kind)
    with path.open("rb") as file:
        begin = file.read(BLOCK)
        try:
            scan.feed(begin)
        except (expat.ExpatError, InvalidRequest):
            return None
        file.seek(middle)
        end = file.read(2 * BLOCK).find(scan.record_end)
    if not scan.record_end or end < 0:
        return None
    root_end = b"</" + scan.record_end[2:-1].removesuffix(kind.record.encode()) + kind.root.encode() + b">"
    return _Halves(path=path, kind=kind, head=begin[: scan.first_record], cut=middle + end + len(scan.record_end), root_end=root_end)


def _blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        while block := file.read(min(BLOCK, end - file.tell())):
            yield block


def _shape(document: Iterator[bytes], kind: RecordFileKind) -> BatchFileShape | None:
    scan = FileScan(kind)
    try:
        for block in document:
            scan.feed(block)
        scan.close()
        return scan.shape()
    except (expat.ExpatError, InvalidRequest):
        return None


def _check_second(connection: Connection, halves: _Halves) -> None:
    connection.send(_shape(halves.second(), halves.kind))


def _joined(halves: _Halves, first: BatchFileShape, second: BatchFileShape) -> BatchFileShape | None:
    """One shape of two; None unless both may be cut and nothing but blanks stands where the file was cut."""
    start = halves.cut - len(halves.head)
    between = b"".join(_blocks(halves.path, halves.cut, start + second.first_record))
    if not (first.plain and second.plain) or first.record_end != second.record_end or between.strip():
        return None
    return replace(first, after_records=start + second.after_records, record_count=first.record_count + second.record_count)
