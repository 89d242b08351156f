"""What a comparison is: a list of levels for one field, of which the first that holds wins."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.search.arrays import Flags, Levels
from votecal_soap.search.pairs import Pairs


class Level(NamedTuple):
    """One degree of agreement."""

    name: str
    text: str
    """In a clerk's words, without any value."""
    holds: Callable[[Pairs], Flags]
    neutral: bool = False
    """Says nothing by itself: a field left empty is a habit of the form, not of the person; or another field has said it."""


class Comparison(NamedTuple):
    """How one field is compared; the last level holds always."""

    field: str
    """A MatchField; evaluations compare other columns too."""
    levels: tuple[Level, ...]

    def numbers(self, pairs: Pairs) -> Levels:
        """The number of the level of each pair."""
        found = np.full(len(pairs), len(self.levels) - 1, np.int8)
        for number in range(len(self.levels) - 2, -1, -1):
            found[self.levels[number].holds(pairs)] = number
        return found

    def neutral(self) -> Flags:
        """Which levels say nothing."""
        return np.array([level.neutral for level in self.levels])

    def number(self, *names: str) -> tuple[int, ...]:
        """The numbers of levels by name."""
        known = [level.name for level in self.levels]
        return tuple(known.index(name) for name in names)


def always(pairs: Pairs) -> Flags:
    """The last level."""
    return np.ones(len(pairs), np.bool_)


def same(name: str) -> Callable[[Pairs], Flags]:
    """Both sides hold the same."""
    return lambda pairs: pairs.equal(name)


def alike(name: str, at_least: float) -> Callable[[Pairs], Flags]:
    """Jaro-Winkler at or above a threshold."""
    return lambda pairs: pairs.similarity(name) >= at_least


def one_slip(name: str) -> Callable[[Pairs], Flags]:
    """One sign wrong, missing or too many, or two neighbours swapped."""
    return lambda pairs: pairs.slips(name) == 1


def missing(name: str) -> Callable[[Pairs], Flags]:
    """One side, or both, lack it."""
    return lambda pairs: pairs.missing(name)


SIMILAR: Final = 0.92
"""Jaro-Winkler of one slip in a name of usual length."""
