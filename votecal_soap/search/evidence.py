"""What the levels of several fields say together, where each alone would mislead (docs/matching.md, interactions)."""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Final

import numpy as np

from votecal_soap.domain.matching import MatchField
from votecal_soap.search.address_comparison import AT_HOME
from votecal_soap.search.arrays import Flags, Floats, Levels
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.frequencies import NameFrequencies
from votecal_soap.search.levels import Comparison
from votecal_soap.search.pairs import Pairs

GENERATION: Final = 15
"""Years between two people of one name from which they are rather parent and child."""

LAST_NAME_TYPICAL: Final = 12.0
FIRST_NAME_TYPICAL: Final = 9.0
"""Bits of rarity at which the plain weight of an agreeing name is right."""


COMMON_FIRST_NAME: Final = 14.0
"""Bits of rarity below which a first name is a name of its own, not a slip: one bearer in 16,000."""

RARITY: Final[Mapping[str, str]] = {MatchField.LAST_NAME: "rare_surname", MatchField.FIRST_NAME: "rare_first_name"}
"""The interaction that says how rare a field's agreeing value is."""


class Evidence:
    """Pairs, their levels by field, and how rare their names are."""

    def __init__(self, pairs: Pairs, levels: Mapping[str, Levels], frequencies: NameFrequencies, comparisons: Mapping[str, Comparison] = COMPARISONS) -> None:
        """Take what has been compared; a field that is not used has no levels."""
        self.comparisons: Final = comparisons
        self.pairs: Final = pairs
        self.levels: Final = levels
        self.frequencies: Final = frequencies
        self._rarity: Final[dict[str, Floats]] = {}
        self._flags: Final[dict[Hashable, Flags]] = {}
        self._first_name_bits: tuple[Floats, Floats] | None = None
        self._surname_bits: Floats | None = None

    def holds(self, field: MatchField, *names: str) -> Flags:
        """Where the field's level is one of these; nowhere if the field is not used."""
        return self._once((field, names), lambda: self._holds(field, names))

    def _once(self, what: Hashable, compute: Callable[[], Flags]) -> Flags:
        """Interactions and rules ask for the same things again and again."""
        found = self._flags.get(what)
        if found is None:
            found = self._flags[what] = compute()
            found.setflags(write=False)
        return found

    def _holds(self, field: MatchField, names: tuple[str, ...]) -> Flags:
        levels = self.levels.get(field)
        if levels is None:
            return np.zeros(len(self.pairs), np.bool_)
        comparison = self.comparisons[field]
        wanted = np.zeros(len(comparison.levels), np.bool_)
        wanted[list(comparison.number(*names))] = True
        return np.asarray(wanted[levels], np.bool_)

    def at_home(self) -> Flags:
        """Where both live, or lived, in one house."""
        levels = self.levels.get(MatchField.ADDRESS)
        return np.zeros(len(self.pairs), np.bool_) if levels is None else levels <= max(AT_HOME)

    def first_name_bits(self) -> tuple[Floats, Floats]:
        """How rare the first names are, on the left and on the right, in bits."""
        if self._first_name_bits is None:
            left, right = (self.frequencies.first_name_bits(cells, self.pairs.left.vocabulary) for cells in self.pairs.cells("first_name"))
            self._first_name_bits = (left, right)
        return self._first_name_bits

    def surname_bits(self) -> Floats:
        """How rare the surnames on the left are, in bits."""
        if self._surname_bits is None:
            left, _ = self.pairs.cells("last_name")
            self._surname_bits = self.frequencies.surname_bits(left, self.pairs.left.vocabulary)
        return self._surname_bits

    def same_id(self) -> Flags:
        """Where the DL/ID or the SSN4 is the same."""
        return self.holds(MatchField.DRIVERS_LICENSE, "same") | self.holds(MatchField.SSN4, "same")

    def same_name(self) -> Flags:
        """Where first name and surname agree, a nickname or a shared surname word being agreement."""
        return self.same_first_name() & self.same_surname()

    def same_first_name(self) -> Flags:
        """Where the first names agree."""
        return self.holds(MatchField.FIRST_NAME, "exact", "nickname")

    def same_surname(self) -> Flags:
        """Where the surnames agree."""
        return self.holds(MatchField.LAST_NAME, "exact", "word", "similar")

    def another_first_name(self) -> Flags:
        """Where the first names are those of two people; a mere slip or initial is, if the middle names differ too."""
        return self.holds(MatchField.FIRST_NAME, "different", "alike") | self.given_names_conflict()

    def given_names_conflict(self) -> Flags:
        """Where the first names agree only so far, and the middle names not at all."""
        loose = self.holds(MatchField.FIRST_NAME, "similar", "initial", "beginning", "alike", "different")
        return loose & self.holds(MatchField.MIDDLE_NAME, "different")

    def two_names(self) -> Flags:
        """Where the first names are near each other, and yet two names that many people bear: ANGELA and ANGELICA, ANA and ANNIE."""
        return self._once("two names", self._two_names)

    def _two_names(self) -> Flags:
        near = self.holds(MatchField.FIRST_NAME, "nickname", "similar", "beginning", "alike")
        left, right = self.first_name_bits()
        return near & (left < COMMON_FIRST_NAME) & (right < COMMON_FIRST_NAME)

    def another_gender(self) -> Flags:
        """Where the first names do not quite agree, and the gender not at all."""
        return self.holds(MatchField.GENDER, "different") & ~self.holds(MatchField.FIRST_NAME, "exact")

    def one_gender(self) -> Flags:
        """Where the first names do not quite agree, but the gender does: of one first name two people mostly are of one gender anyway."""
        return self.holds(MatchField.GENDER, "same") & ~self.holds(MatchField.FIRST_NAME, "exact", "missing")

    def same_birth(self) -> Flags:
        """Where the dates of birth are the same."""
        return self.holds(MatchField.DATE_OF_BIRTH, "exact")

    def a_generation_apart(self) -> Flags:
        """Where the births lie a generation apart, and not by a slip of the key."""
        return self._once("a generation apart", self._a_generation_apart)

    def _a_generation_apart(self) -> Flags:
        left, right = (cells // 10_000 for cells in self.pairs.cells("date_of_birth"))
        return np.asarray(self.holds(MatchField.DATE_OF_BIRTH, "different", "same_day", "two_digits") & (np.abs(left - right) >= GENERATION))

    def rarity(self, interaction: str) -> Floats:
        """Bits by which an agreeing name is rarer than a typical one; 0 where none agrees."""
        if interaction not in self._rarity:
            self._rarity[interaction] = self._surname_rarity() if interaction == RARITY[MatchField.LAST_NAME] else self._first_name_rarity()
        return self._rarity[interaction]

    def typical(self, interaction: str) -> float:
        """Bits of rarity at which an agreeing name adds nothing to its level."""
        return LAST_NAME_TYPICAL if interaction == RARITY[MatchField.LAST_NAME] else FIRST_NAME_TYPICAL

    def _surname_rarity(self) -> Floats:
        bits = self.surname_bits() - LAST_NAME_TYPICAL
        return np.where(self.holds(MatchField.LAST_NAME, "exact"), bits, 0.0)

    def _first_name_rarity(self) -> Floats:
        left, _ = self.first_name_bits()
        bits = left - FIRST_NAME_TYPICAL
        return np.where(self.holds(MatchField.FIRST_NAME, "exact"), bits, 0.0)


def _married(evidence: Evidence) -> Flags:
    return evidence.same_birth() & evidence.same_first_name() & evidence.holds(MatchField.LAST_NAME, "different")


def _generations(evidence: Evidence) -> Flags:
    return evidence.same_name() & evidence.a_generation_apart()


def _two_names_at_home(evidence: Evidence) -> Flags:
    return evidence.two_names() & evidence.same_birth() & evidence.same_surname() & evidence.at_home()


def _namesakes(evidence: Evidence) -> Flags:
    return evidence.same_name() & evidence.holds(MatchField.MIDDLE_NAME, "different") & evidence.at_home()


def _twins(evidence: Evidence) -> Flags:
    return evidence.same_birth() & evidence.same_surname() & evidence.another_first_name()


INTERACTIONS: Final[Mapping[str, Callable[[Evidence], Floats | Flags]]] = {
    **{name: partial(Evidence.rarity, interaction=name) for name in RARITY.values()},
    "generations": _generations,
    "generations_at_home": lambda evidence: _generations(evidence) & evidence.at_home(),
    "generations_suffix": lambda evidence: evidence.a_generation_apart() & evidence.holds(MatchField.SUFFIX, "same", "one_missing", "conflict"),
    "twins": _twins,
    "twins_at_home": lambda evidence: _twins(evidence) & evidence.at_home(),
    "married": _married,
    "two_names": Evidence.two_names,
    "two_names_at_home": _two_names_at_home,
    "another_gender": Evidence.another_gender,
    "one_gender": Evidence.one_gender,
    "given_names_conflict": Evidence.given_names_conflict,
    "namesakes_at_home": _namesakes,
    "married_at_home": lambda evidence: _married(evidence) & evidence.at_home(),
}
"""Each a number for every pair, mostly 0 or 1; a weight says what one of it is worth, in bits."""
