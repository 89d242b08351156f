"""From bits to the confidence that SOS sets thresholds on."""

from collections.abc import Sequence
from math import log2
from typing import Final

import numpy as np

from votecal_soap.search.arrays import Flags, Floats, Integers
from votecal_soap.search.weights import Knot, MatchWeights

FUZZY_MAXIMUM: Final = 99
CERTAIN: Final = 100
_WIDEST: Final = 60.0
"""Bits beyond which a posterior is 0 or 1 to the last digit of a float."""


def roll_adjustment(weights: MatchWeights, roll_size: int | None) -> float:
    """Bits to add for a roll of another size than the one fitted on: coincidences grow with its size, the sought person does not."""
    return 0.0 if not roll_size else -log2(roll_size / weights.roll_size)


def posterior(scores: Floats, weights: MatchWeights, *, lacks_licence: Flags | None = None) -> Floats:
    """The calibrated probability of each score; `lacks_licence` tells the pairs without a DL/ID to compare, where it is compared at all."""
    odds = _calibrated(scores, weights.calibration)
    if lacks_licence is not None and weights.calibration_without_licence:
        odds = np.where(lacks_licence, _calibrated(scores, weights.calibration_without_licence), odds)
    return 1.0 / (1.0 + np.exp2(-np.clip(odds, -_WIDEST, _WIDEST)))


def in_percent(probability: Floats) -> Integers:
    """A probability as a confidence, rounded down; 99 at most, for no likeness of texts is a certainty."""
    return np.minimum(np.floor(100.0 * probability).astype(np.int64), FUZZY_MAXIMUM)


def _calibrated(scores: Floats, knots: Sequence[Knot]) -> Floats:
    if not knots:
        return scores
    known, odds = (np.array(values) for values in zip(*knots, strict=True))
    return np.asarray(np.interp(scores, known, odds))
