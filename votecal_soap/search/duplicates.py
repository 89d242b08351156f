"""The roll compared with itself, by the comparisons, weights and rules of every other search (DUP-01)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.matching import MatchField, MatchSettings
from votecal_soap.search.address_text import Address
from votecal_soap.search.arrays import Flags, Floats, Integers
from votecal_soap.search.candidates import DEFAULT_CAP, AskedKeys, CandidateIndex, CandidateRow, CappedKey
from votecal_soap.search.columns import Columns
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.field_columns import unused_columns
from votecal_soap.search.frequencies import NameFrequencies, shipped_frequencies
from votecal_soap.search.judging import Judgement, judge_each
from votecal_soap.search.levels import Comparison
from votecal_soap.search.match_keys import PASSES, keys_of
from votecal_soap.search.pairs import Pairs
from votecal_soap.search.roll import Roll, taken
from votecal_soap.search.roll_keys import RollKeys
from votecal_soap.search.roll_pages import RollPage
from votecal_soap.search.scoring import compare
from votecal_soap.search.weights import MatchWeights

AT_ONCE: Final = 200_000
"""Pairs compared at once: what has been computed about a pair takes about 400 bytes."""


class ScoredPairs(NamedTuple):
    """Pairs that have been judged: places on the roll, and how sure each is."""

    left: Integers
    right: Integers
    same_licence: Flags
    judgement: Judgement

    def pairs(self, chosen: Integers, roll: Roll) -> Iterator[DuplicatePair]:
        """Some of them as they become cases, but that nobody has looked yet whether the DL/ID is verified."""
        own, others = roll.state_voter_ids[self.left[chosen]].tolist(), roll.state_voter_ids[self.right[chosen]].tolist()
        matches = self.judgement.matches(chosen, others)
        for number, match, same_licence in zip(own, matches, self.same_licence[chosen].tolist(), strict=True):
            yield DuplicatePair(number, match.state_voter_id, match.confidence, match.criteria, match.cap, same_licence, verified_license=False)


class DuplicateScoring:
    """Compares pairs of a roll; it holds weights and no data of voters."""

    def __init__(self, weights: MatchWeights, settings: MatchSettings, *, roll_size: int | None, frequencies: NameFrequencies | None = None) -> None:
        """Take the weights in force and how duplicates are matched; `roll_size` as in SearchService."""
        self._weights: Final = weights
        self._settings: Final = settings
        self._roll_size: Final = roll_size
        self._frequencies: Final = frequencies or shipped_frequencies()
        self._used: Final[Mapping[str, Comparison]] = {field: COMPARISONS[field] for field in MatchField if field in settings.fields}
        self._unused: Final = unused_columns(settings)

    def worthy(self, roll: Roll, left: Integers, right: Integers) -> list[DuplicatePair]:
        """Pairs at or above the manual threshold, and all that bear the same DL/ID, whatever their confidence."""
        found: list[DuplicatePair] = []
        for scored in self.scored(roll, left, right):
            worth = np.flatnonzero((scored.judgement.confidence >= self._settings.manual) | scored.same_licence)
            found.extend(scored.pairs(worth, roll))
        return found

    def scored(self, roll: Roll, left: Integers, right: Integers) -> Iterator[ScoredPairs]:
        """All pairs with what was found, in parts."""
        for start in range(0, len(left), AT_ONCE):
            part = left[start : start + AT_ONCE], right[start : start + AT_ONCE]
            hidden = roll.hidden(*part)
            for is_hidden in (False, True):
                chosen = np.flatnonzero(hidden == is_hidden)
                if len(chosen):
                    yield self._scored(roll, part[0][chosen], part[1][chosen], is_hidden=is_hidden)

    def _scored(self, roll: Roll, left: Integers, right: Integers, *, is_hidden: bool) -> ScoredPairs:
        places, sides = np.unique(np.concatenate([left, right]), return_inverse=True)
        people = taken(roll.columns, places)
        licences = people["drivers_license"]
        compared = people.without([*self._unused, *(Address._fields if is_hidden else ())])
        pairs = Pairs(compared, compared, sides[: len(left)], sides[len(left) :])
        evidence = compare(pairs, self._frequencies, comparisons=self._used)
        single = roll.bearers(left) == 2
        judgement = judge_each(evidence, self._weights, self._settings, self._roll_size, single=single)
        own, others = licences[pairs.left_rows], licences[pairs.right_rows]
        return ScoredPairs(left, right, np.asarray((own == others) & (own != 0)), judgement)


def scores_of(parts: Iterator[ScoredPairs]) -> tuple[Integers, Integers, Floats]:
    """Every pair and its score in bits, for an evaluation."""
    kept = [(part.left, part.right, part.judgement.scores) for part in parts]
    left, right, scores = (np.concatenate(columns) for columns in zip(*kept, strict=True))
    return left, right, scores


class WholeRoll:
    """Everybody compared with everybody; about 250 bytes a voter, texts included."""

    def __init__(self, pages: Iterable[RollPage], settings: MatchSettings, *, cap: int = DEFAULT_CAP) -> None:
        """Read the roll and find its keys; a field that the function does not use makes none, but an equal DL/ID always tells (DUP-01)."""
        self._roll: Final = Roll.of_pages(pages)
        self._keys: Final = RollKeys(searched_columns(self._roll.columns, settings), PASSES[settings.function], cap)

    @property
    def capped(self) -> list[CappedKey]:
        """Keys too common to follow."""
        return self._keys.capped

    def duplicates(self, first_state_voter_id: int, last_state_voter_id: int, scoring: DuplicateScoring) -> list[DuplicatePair]:
        """Pairs whose lower UID lies in a range, in order."""
        pairs = self._keys.pairs(self._roll.places(first_state_voter_id, last_state_voter_id))
        return scoring.worthy(self._roll, *pairs)


class ChangedVoters:
    """Some voters compared with everybody, whom the index of stored keys gives."""

    def __init__(self, changed: Sequence[int], settings: MatchSettings, *, cap: int = DEFAULT_CAP) -> None:
        """Take all UIDs that are looked at, in order: a pair of two of them is found once."""
        self._changed: Final = np.array(changed, np.int64)
        self._settings: Final = settings
        self._cap: Final = cap

    def duplicates(self, rows: Sequence[CandidateRow], index: CandidateIndex, scoring: DuplicateScoring) -> tuple[list[DuplicatePair], Sequence[CappedKey]]:
        """The pairs of some of them, given as they stand on the roll; and keys too common to follow."""
        people = searched_columns(Roll.of_rows(rows).columns, self._settings)
        keys, owners, _ = keys_of(people, PASSES[self._settings.function])
        order = np.argsort(keys)
        found = index.candidates(AskedKeys(keys[order], owners[order]), self._cap)
        roll = Roll.of_rows(found.rows)
        numbers = np.array([row[0] for row in rows], np.int64)[found.queries]
        return scoring.worthy(roll, *self._pairs(roll, numbers, found.members)), found.capped

    def _pairs(self, roll: Roll, numbers: Integers, others: Integers) -> tuple[Integers, Integers]:
        """Places of the lower and the higher UID; a pair of two changed voters is its lower one's."""
        other_numbers = roll.state_voter_ids[others]
        kept = (other_numbers > numbers) | ((other_numbers < numbers) & ~np.isin(other_numbers, self._changed))
        own = np.searchsorted(roll.state_voter_ids, numbers[kept])
        return np.minimum(own, others[kept]), np.maximum(own, others[kept])


def searched_columns(columns: Columns, settings: MatchSettings) -> Columns:
    """The columns that keys are made of: those of the function's fields, and the DL/ID."""
    return columns.without(name for name in unused_columns(settings) if name != MatchField.DRIVERS_LICENSE)
