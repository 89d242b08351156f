"""Why a match was made, in a clerk's words."""

from collections.abc import Mapping, Sequence
from typing import Final

from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.search.arrays import Floats
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.evidence import Evidence
from votecal_soap.search.scoring import bits_of_levels, interaction_values
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
    "given_names_conflict": (MatchField.MIDDLE_NAME, "Neither first nor middle names quite agree"),
    "namesakes_at_home": (MatchField.MIDDLE_NAME, "One name and one home, different middle names"),
    "married": (MatchField.LAST_NAME, "Same first name and birth date, another surname"),
    "married_at_home": (MatchField.LAST_NAME, "Same first name, birth date and home, another surname"),
}
SMALLEST: Final = 0.05
"""Bits below which an interaction is not worth a line."""


class CriteriaWriter:
    """Writes the criteria of chosen pairs of one search."""

    def __init__(self, evidence: Evidence, weights: MatchWeights) -> None:
        """Look up every weight once."""
        self._levels: Final = {field: (evidence.levels[field], _criteria_of_levels(field, weights)) for field in MatchField if field in evidence.levels}
        self._interactions: Final[Sequence[tuple[str, Floats]]] = tuple(interaction_values(evidence, weights).items())

    def criteria(self, pair: int) -> tuple[Criterion, ...]:
        """The level of every field, then what several fields say together."""
        plain = [criteria[levels[pair]] for levels, criteria in self._levels.values()]
        together = [
            Criterion(INTERACTION_WORDS[name][0], name, round(float(value[pair]), 2), INTERACTION_WORDS[name][1])
            for name, value in self._interactions
            if abs(value[pair]) >= SMALLEST
        ]
        return (*plain, *together)


def _criteria_of_levels(field: MatchField, weights: MatchWeights) -> list[Criterion]:
    bits = bits_of_levels(COMPARISONS[field], weights)
    return [Criterion(field, level.name, round(float(worth), 2), level.text) for level, worth in zip(COMPARISONS[field].levels, bits, strict=True)]
