"""Reads the records of a batch file in blocks, validates, translates and judges each (VRU-07, VRU-08, VRU-18).

The byte stream is cut at record ends into blocks of about 256 KB; a block is parsed, validated and read by position
(measured: 90k records a second, against 63k with a parse event and a validation a record). A file with comments or
CDATA is read the safe way, by parse events.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from lxml import etree

from votecal_soap.contract.batch_elements import RECORD, ROOT
from votecal_soap.contract.batch_file import BatchFileHead
from votecal_soap.contract.batch_integrity import BatchFileShape
from votecal_soap.contract.batch_record import RecordReader, unparsable
from votecal_soap.contract.batch_schema import block_schema
from votecal_soap.contract.batch_writer import NAMESPACE
from votecal_soap.contract.parser import HARDENED
from votecal_soap.contract.record_text import RecordText
from votecal_soap.domain.batches import BatchRecord
from votecal_soap.domain.translation import Translator

BLOCK: Final = 256 << 10
_PLAIN_OPENING: Final = f'<RecordBlock xmlns="{NAMESPACE}">'.encode()


class RecordBlock(NamedTuple):
    """Records in file order, and the byte after the last of them: where to go on."""

    records: list[BatchRecord]
    position: int


class BatchReader:
    """Reads one file from a position on. A file that is not plain is read from its beginning, skipping what is done."""

    def __init__(self, path: Path, shape: BatchFileShape, head: BatchFileHead, translator: Translator, *, election_id: str | None) -> None:
        """`election_id` is the job's."""
        self._path = path
        self._shape = shape
        self._head = head
        self._reader = RecordReader(translator, election_id)
        # With another namespace in scope, a name in the text would not say what it means.
        self._text = RecordText() if head.opening == _PLAIN_OPENING else None

    def blocks(self, position: int, records_processed: int) -> Iterator[RecordBlock]:
        """Blocks after what is done: `position` is its last byte's successor, zero at the beginning."""
        if not self._shape.plain:
            yield from self._one_by_one(records_processed)
            return
        start, sequence = max(position, self._shape.first_record), records_processed
        for cut, end in self._cuts(start):
            records = self._read(cut, sequence)
            yield RecordBlock(records, end)
            sequence += len(records)

    def _read(self, cut: bytes, sequence: int) -> list[BatchRecord]:
        try:
            block = self._parse(cut)
        except etree.XMLSyntaxError:
            return [self._read_alone(record, number) for number, record in enumerate(self._records(cut.decode()), sequence + 1)]
        if block_schema().validate(block):
            return self._read_valid(cut, block, sequence)
        return [self._reader.read_doubtful(element, number) for number, element in enumerate(_records(block), sequence + 1)]

    def _read_valid(self, cut: bytes, block: etree._Element, sequence: int) -> list[BatchRecord]:
        if self._text is None:
            return [self._reader.read(element, number) for number, element in enumerate(block, sequence + 1)]
        records = []
        for number, text in enumerate(self._records(cut.decode()), sequence + 1):
            values = self._text.read(text)
            # Indexing a tree's children is slow, and rare here.
            records.append(self._reader.read(block[number - sequence - 1], number) if values is None else self._reader.read_values(values, number))
        return records

    def _parse(self, cut: bytes) -> etree._Element:
        return etree.fromstring(self._head.opening + cut + self._head.closing, etree.XMLParser(**HARDENED))

    def _records(self, cut: str) -> list[str]:
        end = self._shape.record_end.decode()
        return [record + end for record in cut.split(end)[:-1]]

    def _read_alone(self, record: str, sequence: int) -> BatchRecord:
        try:
            return self._reader.read_doubtful(_records(self._parse(record.encode()))[0], sequence)
        except etree.XMLSyntaxError:
            return unparsable(sequence)

    def _cuts(self, start: int) -> Iterator[tuple[bytes, int]]:
        end_tag, rest, offset = self._shape.record_end, b"", start
        with self._path.open("rb", buffering=0) as file:
            file.seek(start)
            while read := file.read(min(BLOCK, self._shape.after_records - file.tell())):
                rest += read
                cut = rest.rfind(end_tag)
                if cut >= 0:
                    cut += len(end_tag)
                    offset += cut
                    yield rest[:cut], offset
                    rest = rest[cut:]

    def _one_by_one(self, records_processed: int) -> Iterator[RecordBlock]:
        sequence = 0
        with self._path.open("rb") as file:
            for _, element in etree.iterparse(file, tag=RECORD, **HARDENED):
                parent = element.getparent()
                if parent is None or parent.tag != ROOT:
                    continue
                sequence += 1
                if sequence > records_processed:
                    yield RecordBlock([self._reader.read_doubtful(element, sequence)], self._shape.first_record)
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]


def _records(block: etree._Element) -> list[etree._Element]:
    return [element for element in block if element.tag == RECORD]
