"""Candidates from memory: the index of evaluations, benchmarks and tests."""

from collections.abc import Sequence
from itertools import starmap
from typing import Final

import numpy as np

from votecal_soap.search.candidates import AskedKeys, CandidateRow, Candidates, CappedKey
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.key_joins import Holders, share
from votecal_soap.search.match_keys import keys_of

_IDENTITY: Final = 3


class MemoryIndex:
    """Rows and their keys in sorted arrays: about 110 bytes a voter beside the rows themselves."""

    def __init__(self, rows: Sequence[CandidateRow]) -> None:
        """Compute the keys of every row (see CANDIDATE_COLUMNS)."""
        self._rows: Final = rows
        keys, owners, _ = keys_of(Columns.of([row[_IDENTITY:] for row in rows], Vocabulary()))
        order = np.argsort(keys, kind="stable")
        self._held: Final = Holders(keys[order], owners[order])

    def candidates(self, asked: AskedKeys, cap: int) -> Candidates:
        """Who shares a key with a query; a key of more voters than `cap` finds nobody and is reported."""
        sharing = share(asked, self._held, cap)
        pairs = np.unique(sharing.queries << 32 | sharing.voters)
        members, positions = np.unique(pairs & 0xFFFFFFFF, return_inverse=True)
        return Candidates(
            queries=pairs >> 32,
            members=positions,
            rows=[self._rows[member] for member in members.tolist()],
            capped=list(starmap(CappedKey, sharing.capped.items())),
        )
