"""Makes 90 % mean 90 %: a straight line from score to log odds, learned on pairs that the weights have not seen."""

from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from votecal_soap.search.arrays import Flags, Floats
from votecal_soap.search.weights import Knot

_ENDS: Final = (-40.0, 40.0)
_BITS: Final = float(1.0 / np.log(2.0))
_UNPENALISED: Final = 1e6
_FEWEST: Final = 20
"""Pairs of either kind below which the score is left as it is."""


def calibration_of(scores: Floats, truth: Flags) -> tuple[Knot, ...]:
    """Two knots of the line (Platt 1999); none if there is too little to learn from."""
    if min(int(truth.sum()), int((~truth).sum())) < _FEWEST:
        return ()
    line = LogisticRegression(C=_UNPENALISED).fit(np.clip(scores, *_ENDS)[:, None], truth)
    slope, shift = float(line.coef_[0, 0]) * _BITS, float(line.intercept_[0]) * _BITS
    return tuple((end, slope * end + shift) for end in _ENDS)
