"""A batch file that has proved whole, and its records, read here or in a process beside the writer.

The queue between the two processes holds more than one transaction's records, or each would wait for the other in turn.
"""

import gc
import multiprocessing
import os
import pickle
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
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
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.log import place_of

QUEUED_BLOCKS: Final = 48
SEND_AT_ONCE: Final = 0.0002
"""Seconds after which the reading thread lets the sending one go on: Python's 5 ms would halve the pipe's speed."""


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
    # "spawn": a fork would copy the threads' locks of a worker in whatever state they are.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_read_ahead, args=(sending, source, rules, position, records_processed), daemon=True)
    process.start()
    sending.close()
    try:
        yield _received(receiving)
    finally:
        receiving.close()
        process.kill()
        process.join()


def _received(connection: Connection) -> Iterator[RecordBlock]:
    # Taken in the writer's own thread: a second one would take the interpreter's lock from every row it writes.
    while True:
        try:
            block: tuple[list[tuple[Any, ...]], int] | str | None = pickle.loads(connection.recv_bytes())  # noqa: S301 - from our own child
        except EOFError as error:
            raise _ended_early("it was killed") from error
        if block is None:
            return
        if isinstance(block, str):
            raise _ended_early(block)
        records, position = block
        yield RecordBlock(list(map(BatchRecord._make, records)), position)


def _ended_early(why: str) -> Unavailable:
    return Unavailable(ErrorCode.BUSY, f"The reading process ended before the file did ({why}); the batch will go on where it was.")


def _read_ahead(connection: Connection, source: BatchSource, rules: ReadingRules, position: int, records_processed: int) -> None:
    gc.disable()  # nothing read here forms a cycle, and a collection walks every waiting record
    sys.setswitchinterval(SEND_AT_ONCE)
    waiting: queue.Queue[bytes] = queue.Queue(QUEUED_BLOCKS)
    threading.Thread(target=_send, args=(connection, waiting), daemon=True).start()
    last: str | None = None
    try:
        for block in read_blocks(source, rules, position, records_processed):
            # Plain tuples: with the records' type on each, taking them out costs a third more.
            waiting.put(pickle.dumps((list(map(tuple, block.records)), block.position), protocol=5))
    except Exception as error:  # an exception's text may quote a value: only its type and place leave this process
        last = place_of(error)
    waiting.put(pickle.dumps(last))
    waiting.join()


def _send(connection: Connection, waiting: "queue.Queue[bytes]") -> None:
    while True:
        block = waiting.get()
        try:
            connection.send_bytes(block)
        except OSError:
            os._exit(1)  # the writer is gone, and this process with it
        waiting.task_done()
