"""A batch file that has proved whole, and its records, read here or in a process beside the writer.

The queue between the two processes holds more than one transaction's records, or each would wait for the other in turn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from votecal_soap.contract.batch_elements import REFS
from votecal_soap.contract.batch_file import BatchExpectation, BatchFileHead, check_expectation, read_head
from votecal_soap.contract.batch_halves import check_halves
from votecal_soap.contract.batch_integrity import BatchFileShape, check_integrity
from votecal_soap.contract.batch_reader import BatchReader, RecordBlock
from votecal_soap.contract.file_envelope import surveyed
from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH
from votecal_soap.domain.batches import BatchRecord
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rules import Reference, RuleBook
from votecal_soap.domain.translation import Translator
from votecal_soap.second_process import made_ahead

QUEUED_BLOCKS: Final = 48
PlainBlock = tuple[list[tuple[Any, ...]], int]
"""A block as it crosses between processes: with the records' type on each, taking them out costs a third more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSource:
    """A whole file: where it is, its shape, its head."""

    path: Path
    shape: BatchFileShape
    head: BatchFileHead


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """What the records are read with; crosses to the parsing process."""

    book: RuleBook
    reference: Reference
    batch_type: str
    kinds: frozenset[DataKind]
    election_id: str | None


def open_batch(path: Path, expected: BatchExpectation, *, in_halves: bool = False) -> BatchSource:
    """Establish that the file is whole and answers the job; anything wrong raises InvalidRequest, nothing is applied.

    `in_halves` lets a second process check the second half of a large file.
    """
    shape = (check_halves(path, VOTER_RECORD_UPDATE_BATCH) if in_halves else None) or check_integrity(path, VOTER_RECORD_UPDATE_BATCH)
    head = read_head(path, shape)
    shape = surveyed(path, shape, head.tags, VOTER_RECORD_UPDATE_BATCH)
    check_expectation(head.header, shape.record_count, expected)
    return BatchSource(path=path, shape=shape, head=head)


def read_blocks(source: BatchSource, rules: ReadingRules, position: int, records_processed: int) -> Iterator[RecordBlock]:
    """Read in this process."""
    translator = Translator(rules.book, rules.reference, batch_type=rules.batch_type, kinds=rules.kinds, refs=REFS)
    return BatchReader(source.path, source.shape, source.head, translator, election_id=rules.election_id).blocks(position, records_processed)


@contextmanager
def reading_process(source: BatchSource, rules: ReadingRules, position: int, records_processed: int) -> Iterator[Iterator[RecordBlock]]:
    """Read in a process of its own, ahead of whoever takes the blocks; it ends with this one, however that ends."""
    with made_ahead(_plain_blocks, (source, rules, position, records_processed), waiting=QUEUED_BLOCKS) as blocks:
        yield (RecordBlock(list(map(BatchRecord._make, records)), after) for records, after in blocks)


def _plain_blocks(order: tuple[BatchSource, ReadingRules, int, int]) -> Iterator[PlainBlock]:
    for block in read_blocks(*order):
        yield list(map(tuple, block.records)), block.position
