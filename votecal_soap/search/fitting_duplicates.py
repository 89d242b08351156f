"""Weights for the roll against itself, from silver labels on pairs of voters (see `silver_labels`).

They are weights of their own: of two who share a key on the roll far fewer are one person than of a record from DMV and a
voter, and what a county typed twice differs otherwise from what DMV typed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from votecal_soap.domain.matching import MatchField, MatchingFunction
from votecal_soap.search.arrays import Integers
from votecal_soap.search.candidates import DEFAULT_CAP
from votecal_soap.search.columns import Columns
from votecal_soap.search.evidence import Evidence
from votecal_soap.search.fitting import Fit, fit_forms
from votecal_soap.search.frequencies import NameFrequencies, shipped_frequencies
from votecal_soap.search.match_keys import PASSES, MatchPass
from votecal_soap.search.pairs import Pairs
from votecal_soap.search.roll import Roll, taken
from votecal_soap.search.roll_keys import RollKeys
from votecal_soap.search.scoring import compare
from votecal_soap.search.silver_labels import HIDDEN, NUMBERED_PASSES, PLAIN_PASSES, labelled_by_licence, labelled_plainly
from votecal_soap.search.weights import MatchWeights

MOST_PAIRS: Final = 400_000
"""Pairs of a form to learn from; more are drawn from by chance, so that the mixture stays."""

_SEED: Final = 1
Verified: TypeAlias = Callable[[Sequence[int]], frozenset[int]]
"""Of voters, those whose DL/ID DMV has verified."""


class _Places(NamedTuple):
    """Pairs by where their voters stand."""

    left: Integers
    right: Integers


def fit_duplicates(
    roll: Roll,
    verified: Verified,
    start: MatchWeights,
    *,
    version: str,
    roll_size: int,
    frequencies: NameFrequencies | None = None,
) -> Fit:
    """Learn from pairs of the roll, for use on one of `roll_size` voters; a DL/ID that is not verified counts as missing.

    Raises:
        Conflict: if too few pairs bear two verified DL/ID numbers.
    """
    names = frequencies or shipped_frequencies()
    by_number, plain = _pairs(roll, NUMBERED_PASSES), _pairs(roll, PLAIN_PASSES)
    places = np.unique(np.concatenate([*by_number, *plain]))
    people = _with_verified_numbers(roll, places, verified)
    forms = labelled_by_licence(_compared(people, places, by_number, names)), labelled_plainly(_compared(people, places, plain, names))
    return fit_forms(forms, len(places), replace(start, version=version, origin="silver, duplicates", roll_size=roll_size))


def _pairs(roll: Roll, passes: Iterable[MatchPass]) -> _Places:
    used = PASSES[MatchingFunction.DUPLICATE_VOTER] & frozenset(passes)
    left, right = RollKeys(roll.columns, used, DEFAULT_CAP).pairs(range(len(roll)))
    if len(left) > MOST_PAIRS:
        chosen = np.sort(np.random.default_rng(_SEED).choice(len(left), MOST_PAIRS, replace=False))
        left, right = left[chosen], right[chosen]
    return _Places(left, right)


def _with_verified_numbers(roll: Roll, places: Integers, verified: Verified) -> Columns:
    numbers = roll.state_voter_ids[places]
    known = np.array(sorted(verified(numbers.tolist())), np.int64)
    return taken(roll.columns, places).without([MatchField.DRIVERS_LICENSE], ~np.isin(numbers, known))


def _compared(people: Columns, places: Integers, pairs: _Places, frequencies: NameFrequencies) -> Evidence:
    chosen = Pairs(people, people, np.searchsorted(places, pairs.left), np.searchsorted(places, pairs.right))
    return compare(chosen, frequencies, comparisons=HIDDEN)
