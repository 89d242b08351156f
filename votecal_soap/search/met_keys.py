"""Whom a change on the roll concerns: a search that asked for a match key which a changed voter has."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.domain.matching import Person
from votecal_soap.search.arrays import Integers
from votecal_soap.search.candidates import CandidateIndex, Candidates
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.match_keys import keys_of
from votecal_soap.search.standardising import standardise


class NumberedKeys(NamedTuple):
    """Match keys, each with the number of the record that asked for it, or that gave it to a voter."""

    keys: Integers
    numbers: Integers

    def above(self, number: int) -> "NumberedKeys":
        """Those of higher numbers."""
        return NumberedKeys(self.keys[self.numbers > number], self.numbers[self.numbers > number])

    def only(self, numbers: Sequence[int]) -> "NumberedKeys":
        """Those of these numbers."""
        mine = np.isin(self.numbers, np.array(numbers, np.int64))
        return NumberedKeys(self.keys[mine], self.numbers[mine])

    def __or__(self, other: "NumberedKeys") -> "NumberedKeys":
        """Both."""
        return NumberedKeys(np.concatenate((self.keys, other.keys)), np.concatenate((self.numbers, other.numbers)))


NO_KEYS: Final = NumberedKeys(np.empty(0, np.int64), np.empty(0, np.int64))


class ListeningIndex:
    """An index that remembers what it was asked."""

    def __init__(self, index: CandidateIndex, numbers: Sequence[int]) -> None:
        """Listen to one search: `numbers` are those of its queries."""
        self._index: Final = index
        self._numbers: Final = np.array(numbers, np.int64)
        self.asked: NumberedKeys = NO_KEYS

    def candidates(self, keys: Sequence[tuple[int, int]], cap: int) -> Candidates:
        """Who shares a key with a query."""
        asked = np.array(keys, np.int64).reshape(-1, 2)
        self.asked = NumberedKeys(asked[:, 0], self._numbers[asked[:, 1]])
        return self._index.candidates(keys, cap)


def numbered_keys(people: Sequence[Person], numbers: Sequence[int]) -> NumberedKeys:
    """The match keys of people; each is numbered."""
    keys, rows, _ = keys_of(Columns.of([standardise(person) for person in people], Vocabulary()))
    return NumberedKeys(keys, np.array(numbers, np.int64)[rows])


def met_later(asked: NumberedKeys, given: NumberedKeys) -> frozenset[int]:
    """The numbers that ask for a key which a lower number has given to a voter."""
    if not len(given.keys):
        return frozenset()
    order = np.lexsort((given.numbers, given.keys))
    keys, numbers = given.keys[order], given.numbers[order]
    # The first of a key's places has its lowest number.
    place = np.minimum(np.searchsorted(keys, asked.keys), len(keys) - 1)
    return frozenset(asked.numbers[(keys[place] == asked.keys) & (numbers[place] < asked.numbers)].tolist())
