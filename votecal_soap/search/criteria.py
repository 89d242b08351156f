"""Why a match was made, in a clerk's words."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np

from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.search.arrays import Floats, Integers
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.evidence import Evidence
from votecal_soap.search.scoring import bits_of_levels
from votecal_soap.search.weights import MatchWeights

INTERACTION_WORDS: Final[Mapping[str, tuple[MatchField, str]]] = {
    "rare_surname": (MatchField.LAST_NAME, "How rare or common the surname is"),
    "rare_first_name": (MatchField.FIRST_NAME, "How rare or common the first name is"),
    "generations": (MatchField.DATE_OF_BIRTH, "One name, born a generation apart"),
    "generations_at_home": (MatchField.ADDRESS, "One name and one home, born a generation apart"),
    "generations_suffix": (MatchField.SUFFIX, "Born a generation apart, and a suffix is given"),
    "twins": (MatchField.FIRST_NAME, "Same surname and birth date, another first name"),
    "twins_at_home": (MatchField.FIRST_NAME, "Same surname, birth date and home, another first name"),
    "two_names": (MatchField.FIRST_NAME, "The first names are near each other, but each a name of its own"),
    "two_names_at_home": (MatchField.FIRST_NAME, "Same surname, birth date and home, first names near each other, but each a name of its own"),
    "another_gender": (MatchField.GENDER, "Neither first names nor gender agree"),
    "one_gender": (MatchField.GENDER, "The first names do not quite agree, but the gender does"),
    "given_names_conflict": (MatchField.MIDDLE_NAME, "Neither first nor middle names quite agree"),
    "namesakes_at_home": (MatchField.MIDDLE_NAME, "One name and one home, different middle names"),
    "married": (MatchField.LAST_NAME, "Same first name and birth date, another surname"),
    "married_at_home": (MatchField.LAST_NAME, "Same first name, birth date and home, another surname"),
}
SMALLEST: Final = 0.05
"""Bits below which an interaction is not worth a line."""


class CriteriaWriter:
    """Writes the criteria of chosen pairs of one search; pairs that have one in common share it."""

    def __init__(self, evidence: Evidence, weights: MatchWeights, interactions: Mapping[str, Floats]) -> None:
        """Take what every level is worth, and what the interactions add to each pair."""
        self._levels: Final = [(evidence.levels[field], _criteria_of_levels(field, weights)) for field in MatchField if field in evidence.levels]
        self._interactions: Final = interactions
        self._written: Final[dict[tuple[str, float], Criterion]] = {}

    def criteria(self, pairs: Integers) -> list[tuple[Criterion, ...]]:
        """Of each pair the level of every field, then what several fields say together."""
        plain = ([criteria[level] for level in levels[pairs].tolist()] for levels, criteria in self._levels)
        rows: list[tuple[Criterion, ...]] = list(zip(*plain, strict=True)) if self._levels else [()] * len(pairs)
        for place, together in self._together(pairs).items():
            rows[place] += tuple(together)
        return rows

    def _together(self, pairs: Integers) -> Mapping[int, list[Criterion]]:
        """Interactions that are worth a line, by the place of the pair."""
        found: defaultdict[int, list[Criterion]] = defaultdict(list)
        for name, values in self._interactions.items():
            bits = values[pairs]
            places = np.flatnonzero(np.abs(bits) >= SMALLEST)
            for place, worth in zip(places.tolist(), bits[places].tolist(), strict=True):
                found[place].append(self._interaction(name, round(worth, 2)))
        return found

    def _interaction(self, name: str, worth: float) -> Criterion:
        written = self._written.get((name, worth))
        if written is None:
            field, text = INTERACTION_WORDS[name]
            written = self._written[name, worth] = Criterion(field, name, worth, text)
        return written


def _criteria_of_levels(field: MatchField, weights: MatchWeights) -> list[Criterion]:
    bits = bits_of_levels(COMPARISONS[field], weights)
    return [Criterion(field, level.name, round(float(worth), 2), level.text) for level, worth in zip(COMPARISONS[field].levels, bits, strict=True)]
