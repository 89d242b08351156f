"""A process beside the writer of a DMV file: it reads the next chunk and searches for its drivers while the last is written (docs/adr/0008)."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice

from votecal_soap.contract.dmv_coa_file import DmvCoaFile
from votecal_soap.contract.dmv_coa_reader import read_dmv_records
from votecal_soap.search.service import SearchService
from votecal_soap.search.weights import MatchWeights
from votecal_soap.second_process import made_ahead
from votecal_soap.use_cases.early_search import ReadChunk, Record, read_chunk, search_early
from votecal_soap.use_cases.matching_circumstances import DmvRules, match_settings
from votecal_soap.use_cases.ports import UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOrder:
    """What the process needs; it crosses to it. The records after a sequence are read, `chunk_records` at a time."""

    unit_of_work: UnitOfWorkFactory
    instance_id: int
    source: DmvCoaFile
    after_sequence: int
    chunk_records: int
    rules: DmvRules
    weights: MatchWeights
    roll_size: int


def chunks_ahead(order: SearchOrder) -> AbstractContextManager[Iterator[ReadChunk]]:
    """The chunks with their searches, from a process of their own.

    None is begun before the last has been taken, so that no more than one chunk is written while it is searched for.
    """
    return made_ahead(_search_all, order, waiting=0)


def read_chunks(records: Iterable[Record], size: int, rules: DmvRules) -> Iterator[ReadChunk]:
    """Records, `size` at a time."""
    remaining = iter(records)
    while chunk := list(islice(remaining, size)):
        yield read_chunk(chunk, rules.translator)


def _search_all(order: SearchOrder) -> Iterator[ReadChunk]:
    service = SearchService(order.weights, roll_size=order.roll_size)
    for chunk in read_chunks(read_dmv_records(order.source, order.after_sequence), order.chunk_records, order.rules):
        with order.unit_of_work(read_only=True) as uow:
            yield search_early(uow, chunk, order.instance_id, service, match_settings(uow))
