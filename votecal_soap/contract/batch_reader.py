"""Reads the records of a batch file in blocks, validates, translates and judges each (VRU-07, VRU-08, VRU-18).

The byte stream is cut at record ends into blocks of about 256 KB. A record whose text fits the schema's pattern is valid and
read from it; a block with any other record is parsed and validated, and those are read from the tree. A file with
comments or CDATA is read the safe way, by parse events.
"""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from lxml import etree

from votecal_soap.contract.batch_file import BatchFileHead
from votecal_soap.contract.batch_integrity import BatchFileShape
from votecal_soap.contract.batch_record import RecordReader, unparsable
from votecal_soap.contract.batch_schema import block_schema
from votecal_soap.contract.batch_writer import NAMESPACE
from votecal_soap.contract.record_cuts import cut_blocks, parse_cut, records_by_events, split_cut
from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH
from votecal_soap.contract.record_text import RecordText
from votecal_soap.domain.batches import BatchRecord
from votecal_soap.domain.translation import Translator

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
        self._text = RecordText() if head.tags.opening == _PLAIN_OPENING else None

    def blocks(self, position: int, records_processed: int) -> Iterator[RecordBlock]:
        """Blocks after what is done: `position` is its last byte's successor, zero at the beginning."""
        if not self._shape.plain:
            yield from self._one_by_one(records_processed)
            return
        start, sequence = max(position, self._shape.first_record), records_processed
        for cut, end in cut_blocks(self._path, self._shape, start):
            records = self._read(cut, sequence)
            yield RecordBlock(records, end)
            sequence += len(records)

    def _read(self, cut: bytes, sequence: int) -> list[BatchRecord]:
        texts = self._texts(cut)
        found = [None] * len(texts) if self._text is None else list(map(self._text.read, texts))
        whole = [values for values in found if values is not None]
        if len(whole) == len(texts):
            return list(map(self._reader.read_values, whole, count(sequence + 1)))
        from_tree = self._tree_reading(cut)
        return [
            from_tree(place, sequence + place + 1) if values is None else self._reader.read_values(values, sequence + place + 1)
            for place, values in enumerate(found)
        ]

    def _texts(self, cut: bytes) -> list[str]:
        end = self._shape.record_end.decode()
        return [record + end for record in cut.decode().split(end)[:-1]]

    def _tree_reading(self, cut: bytes) -> Callable[[int, int], BatchRecord]:
        """What reads the records whose text was not enough, by their place in the block and in the file."""
        try:
            block = parse_cut(cut, self._head.tags)
        except etree.XMLSyntaxError:
            alone = split_cut(cut, self._shape)
            return lambda place, number: self._read_alone(alone[place], number)
        read = self._reader.read if block_schema(VOTER_RECORD_UPDATE_BATCH).validate(block) else self._reader.read_doubtful
        elements = _records(block)
        return lambda place, number: read(elements[place], number)

    def _read_alone(self, record: bytes, sequence: int) -> BatchRecord:
        try:
            return self._reader.read_doubtful(_records(parse_cut(record, self._head.tags))[0], sequence)
        except etree.XMLSyntaxError:
            return unparsable(sequence)

    def _one_by_one(self, records_processed: int) -> Iterator[RecordBlock]:
        for sequence, element in enumerate(records_by_events(self._path, VOTER_RECORD_UPDATE_BATCH), 1):
            if sequence > records_processed:
                yield RecordBlock([self._reader.read_doubtful(element, sequence)], self._shape.first_record)


def _records(block: etree._Element) -> list[etree._Element]:
    return [element for element in block if element.tag == VOTER_RECORD_UPDATE_BATCH.record_tag]
