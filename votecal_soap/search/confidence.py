"""From bits to the confidence that SOS sets thresholds on."""

from math import log2
from typing import Final

import numpy as np

from votecal_soap.search.arrays import Floats, Integers
from votecal_soap.search.weights import MatchWeights

FUZZY_MAXIMUM: Final = 99
CERTAIN: Final = 100
_WIDEST: Final = 60.0
"""Bits beyond which a posterior is 0 or 1 to the last digit of a float."""


def roll_adjustment(weights: MatchWeights, roll_size: int | None) -> float:
    """Bits to add for a roll of another size than the one fitted on: coincidences grow with its size, the sought person does not."""
    return 0.0 if not roll_size else -log2(roll_size / weights.roll_size)


def posterior(scores: Floats, weights: MatchWeights) -> Floats:
    """The calibrated probability of each score."""
    return 1.0 / (1.0 + np.exp2(-np.clip(_calibrated(scores, weights), -_WIDEST, _WIDEST)))


def confidence(scores: Floats, weights: MatchWeights) -> Integers:
    """The posterior in percent, rounded down; 99 at most, for no likeness of texts is a certainty."""
    return np.minimum(np.floor(100.0 * posterior(scores, weights)).astype(np.int64), FUZZY_MAXIMUM)


def _calibrated(scores: Floats, weights: MatchWeights) -> Floats:
    if not weights.calibration:
        return scores
    known, odds = (np.array(values) for values in zip(*weights.calibration, strict=True))
    beyond = np.minimum(scores - known[0], 0.0) + np.maximum(scores - known[-1], 0.0)
    return np.asarray(np.interp(scores, known, odds) + beyond)
