"""Joins queries with the voters found by their keys; the database has only been asked for each key once."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.search.arrays import Integers
from votecal_soap.search.candidates import CandidateRow, Candidates, CappedKey

_PAIR_BITS: Final = 32


class AskedKeys:
    """The keys of the queries: (key, query number)."""

    def __init__(self, keys: Sequence[tuple[int, int]]) -> None:
        """Take them; a query may ask for a key twice."""
        asked = np.array(keys, np.int64).reshape(-1, 2)
        self._keys: Final = asked[:, 0]
        self._queries: Final = asked[:, 1]

    def distinct(self) -> list[int]:
        """Each key once, in order."""
        keys: list[int] = np.unique(self._keys).tolist()
        return keys

    def join(self, found: Iterable[Iterable[int]], cap: int) -> "Sharing":
        """Pairs of query and voter, from pairs of key and voter; keys with more than `cap` voters are set aside."""
        pairs = np.fromiter(chain.from_iterable(found), np.int64).reshape(-1, 2)
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        start = np.searchsorted(pairs[:, 0], self._keys, "left")
        size = np.searchsorted(pairs[:, 0], self._keys, "right") - start
        too_many = size > cap
        size[too_many] = 0
        return Sharing(np.repeat(self._queries, size), pairs[_ranges(start, size), 1], np.unique(self._keys[too_many]).tolist())


class Sharing(NamedTuple):
    """Who shares a key with whom; a pair that shares several keys stands here several times."""

    queries: Integers
    voters: Integers
    capped: list[int]

    def distinct_voters(self) -> list[int]:
        """Each voter once, in order."""
        voters: list[int] = np.unique(self.voters).tolist()
        return voters

    def candidates(self, rows: Sequence[CandidateRow], capped: Sequence[CappedKey]) -> Candidates:
        """Each pair once; `rows` are the voters in order, and one that has no row is nobody's candidate."""
        there = np.array([row[0] for row in rows], np.int64)
        place = np.searchsorted(there, self.voters)
        known = np.flatnonzero(np.append(there, -1)[place] == self.voters)
        pairs = np.unique(self.queries[known] << _PAIR_BITS | place[known])
        return Candidates(
            queries=(pairs >> _PAIR_BITS).tolist(),
            members=(pairs & ((1 << _PAIR_BITS) - 1)).tolist(),
            rows=rows,
            capped=capped,
        )


def _ranges(start: Integers, size: Integers) -> Integers:
    """The positions start, start + 1, … of every range, one after the other."""
    first = np.cumsum(size) - size
    return np.repeat(start - first, size) + np.arange(int(size.sum()))
