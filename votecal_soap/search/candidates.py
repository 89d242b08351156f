"""The port to the roll: who shares a match key. The database implements it, and `memory_index` for tests and evaluations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import numpy as np

from votecal_soap.search.arrays import Integers
from votecal_soap.search.standardising import StandardPerson

CandidateRow: TypeAlias = Sequence[Any]
"""state_voter_id, confidential (0 or 1), county_code, then the fields of StandardPerson."""

IDENTITY_COLUMNS: Final = ("state_voter_id", "confidential", "county_code")
CANDIDATE_COLUMNS: Final = (*IDENTITY_COLUMNS, *StandardPerson._fields)
DEFAULT_CAP: Final = 1000
"""Voters of one key above which the key is too common to tell anybody apart."""


class CappedKey(NamedTuple):
    """A key with more voters than the cap: it gave no candidates, and the caller is told (COA-05)."""

    key: int
    size: int


class AskedKeys(NamedTuple):
    """The keys of the queries, in order; a query may ask for a key twice."""

    keys: Integers
    queries: Integers
    """The number of the query that asks for each key."""

    def distinct(self) -> list[int]:
        """Each key once, in order."""
        keys: list[int] = self.keys[np.append(True, self.keys[1:] != self.keys[:-1])[: len(self.keys)]].tolist()
        return keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The pairs that share a key, each once."""

    queries: Integers
    """The query of each pair."""
    members: Integers
    """The candidate of each pair: a position in `rows`."""
    rows: Sequence[CandidateRow]
    """The distinct candidates, in the order of CANDIDATE_COLUMNS."""
    capped: Sequence[CappedKey] = ()


class CandidateIndex(Protocol):
    """Voters by match key."""

    def candidates(self, asked: AskedKeys, cap: int) -> Candidates:
        """Who shares a key with a query; a key of more voters than `cap` finds nobody and is reported."""
        ...
