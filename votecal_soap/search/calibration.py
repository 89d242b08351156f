"""Makes 90 % mean 90 %: a rising line of straight pieces from score to log odds, learned on pairs that the weights have not seen.

Errors are what a calibration learns from: pairs of two people that score high, pairs of one that score low. So its knots lie where
the errors lie. Beyond the lowest and the highest error the line is flat: where no error
was ever seen, labels bear no more of a claim than their number. Some errors, such as twins with one nickname, stay at any likeness.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from votecal_soap.search.arrays import Flags, Floats
from votecal_soap.search.weights import Knot

FEWEST_ERRORS: Final = 40
"""Errors beyond the last knot but one: their share is then known to about a sixth."""

_LEFT: Final = 2 / 3
"""Of the errors beyond a knot, how many lie beyond the next: they thin out as the scores grow surer, and so do the knots."""

HALF_A_PAIR: Final = 0.5
"""Added at either end, of the kind that is not expected there (Jeffreys' prior): no number of labels proves a certainty."""

_FEWEST: Final = 20
"""Pairs of either kind below which the score is left as it is."""

_GRID: Final = 64
"""Scores to a bit that are told apart."""

_BITS: Final = float(1.0 / np.log(2.0))


class _Counts(NamedTuple):
    """Scores in rising order, each once, with the pairs that have it."""

    scores: Floats
    one: Floats
    two: Floats


def calibration_of(scores: Floats, truth: Flags, stands_for: Floats | None = None) -> tuple[Knot, ...]:
    """The knots of the likeliest line that never falls; none if there is too little to learn from.

    `stands_for` says how many pairs each one counts as; None: as one.
    """
    if min(int(truth.sum()), int((~truth).sum())) < _FEWEST:
        return ()
    counts = _counts(scores, truth, np.ones(len(scores)) if stands_for is None else stands_for)
    knots = _knots(counts)
    if len(knots) == 1:
        return ()
    return tuple(zip(knots.tolist(), (_likeliest(counts, knots) * _BITS).tolist(), strict=True))


def _counts(scores: Floats, truth: Flags, stands_for: Floats) -> _Counts:
    distinct, place = np.unique(np.round(scores * _GRID), return_inverse=True)
    one, two = np.zeros(len(distinct)), np.zeros(len(distinct))
    np.add.at(one, place[truth], stands_for[truth])
    np.add.at(two, place[~truth], stands_for[~truth])
    return _Counts(distinct / _GRID, one, two)


def _knots(counts: _Counts) -> Floats:
    """Where the line may bend: at the lowest and the highest error, and between them on either side of even odds."""
    ends = [counts.scores[counts.one > 0][0], counts.scores[counts.two > 0][-1]]
    even = int(np.argmin(np.append(0.0, np.cumsum(counts.one)) + np.append(np.cumsum(counts.two[::-1])[::-1], 0.0)))
    below = _spread(counts.scores[:even][::-1], counts.one[:even][::-1])
    above = _spread(counts.scores[even:], counts.two[even:])
    return np.unique([*ends, *below, *above])


def _spread(scores: Floats, errors: Floats) -> Floats:
    """Scores, from even odds outwards, each with a share of the errors left beyond it."""
    total = float(errors.sum())
    steps = int(np.log(FEWEST_ERRORS / total) / np.log(_LEFT)) if total > FEWEST_ERRORS else 0
    return scores[np.searchsorted(np.cumsum(errors), total * (1.0 - _LEFT ** np.arange(1, steps + 1)))]


def _likeliest(counts: _Counts, knots: Floats) -> Floats:
    """Natural log odds at the knots: a logistic regression on how much of each piece lies below a score, no piece falling."""
    one, two = counts.one.copy(), counts.two.copy()
    one[0] += HALF_A_PAIR
    two[-1] += HALF_A_PAIR
    below = np.clip((counts.scores[:, None] - knots[:-1]) / np.diff(knots), 0.0, 1.0)
    features = np.concatenate([np.ones((len(below), 1)), below], axis=1)

    def loss(rises: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = features @ rises
        missed = (one + two) * expit(odds) - one
        return float(one @ np.logaddexp(0.0, -odds) + two @ np.logaddexp(0.0, odds)), features.T @ missed

    start = np.concatenate([[np.log(one.sum() / two.sum())], np.ones(len(knots) - 1)])
    bounds = [(None, None), *[(0.0, None)] * (len(knots) - 1)]
    rises = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000, "maxfun": 5000, "ftol": 1e-12, "gtol": 1e-6}).x
    return np.cumsum(rises)
