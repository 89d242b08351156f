"""Whom a change on the roll concerns: a search that compared the changed voter, or asked for a match key that she may have gained."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.domain.matching import Person
from votecal_soap.search.arrays import Integers
from votecal_soap.search.candidates import AskedKeys, CandidateIndex, Candidates
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.match_keys import MATCH_PASSES, PARTS, MatchPass, keys_of
from votecal_soap.search.standardising import standardise


class NumberedKeys(NamedTuple):
    """Match keys and marks of voters, each with the number of the record whose search depends on it, or that gave it to a voter."""

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


class GivenPerson(NamedTuple):
    """A voter as a record would have her; `moved` says that only her residence is the record's: then her name, house number and ZIP code are enough."""

    number: int
    state_voter_id: int
    person: Person
    moved: bool


class ListeningIndex:
    """An index that remembers what a search depends on: the keys that it asked for, and the voters that it was given."""

    def __init__(self, index: CandidateIndex, numbers: Sequence[int]) -> None:
        """Listen to one search: `numbers` are those of its queries."""
        self._index: Final = index
        self._numbers: Final = np.array(numbers, np.int64)
        self.asked: NumberedKeys = NO_KEYS

    def candidates(self, asked: AskedKeys, cap: int) -> Candidates:
        """Who shares a key with a query."""
        found = self._index.candidates(asked, cap)
        voters = np.fromiter((row[0] for row in found.rows), np.int64, len(found.rows))
        queries = np.concatenate((asked.queries, found.queries))
        self.asked = NumberedKeys(np.concatenate((asked.keys, _marks(voters[found.members]))), self._numbers[queries])
        return found


def given_keys(people: Sequence[GivenPerson]) -> NumberedKeys:
    """What records give to voters: each voter herself, and the match keys that she may have gained."""
    marks = NumberedKeys(_marks(np.array([given.state_voter_id for given in people], np.int64)), np.array([given.number for given in people], np.int64))
    moved = _keys([given for given in people if given.moved], _ADDRESS_PASSES)
    return marks | moved | _keys([given for given in people if not given.moved], frozenset(MATCH_PASSES))


def met_later(asked: NumberedKeys, given: NumberedKeys) -> frozenset[int]:
    """The numbers whose search depends on a key or voter that a lower number has given."""
    if not len(given.keys):
        return frozenset()
    order = np.lexsort((given.numbers, given.keys))
    keys, numbers = given.keys[order], given.numbers[order]
    # The first of a key's places has its lowest number.
    place = np.minimum(np.searchsorted(keys, asked.keys), len(keys) - 1)
    return frozenset(asked.numbers[(keys[place] == asked.keys) & (numbers[place] < asked.numbers)].tolist())


_ADDRESS_PASSES: Final = frozenset(name for name in MATCH_PASSES if any({"zip_code", "house_number"}.intersection(parts) for parts in PARTS[name]))
"""The passes whose keys a move may change."""

_MARK_BITS: Final = 4
_MARK: Final = 15
"""Where a key names its pass a mark has this, which no pass has; the rest of it is the voter's number."""


def _marks(state_voter_ids: Integers) -> Integers:
    return state_voter_ids << _MARK_BITS | _MARK


def _keys(people: Sequence[GivenPerson], passes: frozenset[MatchPass]) -> NumberedKeys:
    keys, rows, _ = keys_of(Columns.of([standardise(given.person) for given in people], Vocabulary()), passes)
    return NumberedKeys(keys, np.array([given.number for given in people], np.int64)[rows])
