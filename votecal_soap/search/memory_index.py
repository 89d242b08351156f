"""Candidates from memory: the index of evaluations, benchmarks and tests."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from votecal_soap.search.arrays import Integers
from votecal_soap.search.candidates import CandidateRow, Candidates, CappedKey
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.match_keys import keys_of

_IDENTITY: Final = 3


class MemoryIndex:
    """Rows and their keys in sorted arrays: about 110 bytes a voter beside the rows themselves."""

    def __init__(self, rows: Sequence[CandidateRow]) -> None:
        """Compute the keys of every row (see CANDIDATE_COLUMNS)."""
        self._rows: Final = rows
        keys, owners, _ = keys_of(Columns.of([row[_IDENTITY:] for row in rows], Vocabulary()))
        order = np.argsort(keys, kind="stable")
        self._keys: Final = keys[order]
        self._owners: Final = owners[order]

    def candidates(self, keys: Sequence[tuple[int, int]], cap: int) -> Candidates:
        """Who shares a key with a query."""
        asked = np.array(sorted(keys), np.int64).reshape(-1, 2)  # sorted questions are answered 14 times faster
        start = np.searchsorted(self._keys, asked[:, 0], "left")
        size = np.searchsorted(self._keys, asked[:, 0], "right") - start
        too_many = size > cap
        capped = {int(key): int(count) for key, count in zip(asked[too_many, 0], size[too_many], strict=True)}
        size[too_many] = 0
        pairs = np.unique(np.repeat(asked[:, 1], size) << 32 | self._owners[_ranges(start, size)])
        members, positions = np.unique(pairs & 0xFFFFFFFF, return_inverse=True)
        return Candidates(
            queries=(pairs >> 32).tolist(),
            members=positions.tolist(),
            rows=[self._rows[member] for member in members.tolist()],
            capped=[CappedKey(key, count) for key, count in capped.items()],
        )


def _ranges(start: Integers, size: Integers) -> Integers:
    """The positions start, start + 1, … of every range, one after the other."""
    first = np.cumsum(size) - size
    return np.repeat(start - first, size) + np.arange(int(size.sum()))
