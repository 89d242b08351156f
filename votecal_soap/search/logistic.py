"""Weights from labels: a logistic regression that starts from weights and moves them as far as the labels say.

The score by the first weights is one of the features. Its coefficient shrinks or stretches them all, for fields are not as
independent as adding up supposes; beside it each level and interaction may move, at a price (L2). So a level that the labels
never show keeps what it was worth.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from votecal_soap.domain.matching import MatchField
from votecal_soap.search.arrays import Flags, Floats, Integers
from votecal_soap.search.evidence import INTERACTIONS, Evidence
from votecal_soap.search.levels import Comparison
from votecal_soap.search.scoring import score
from votecal_soap.search.weights import MatchWeights

_PENALTY: Final = 1.0
"""scikit-learn's C: a level of a few pairs is not believed at once."""

_SCORE_UNIT: Final = 0.1
"""The score enters in tens of bits, so that stretching all weights costs about as much as moving one."""

OFTEN_LACKING: Final = (MatchField.SSN4, MatchField.GENDER)
"""Fields that some sources never give."""

_ITERATIONS: Final = 2000
_BITS: Final = float(1.0 / np.log(2.0))


def fit_logistic(evidence: Evidence, truth: Flags, rows: Integers, start: MatchWeights) -> MatchWeights:
    """Fit on the chosen rows; fields that the evidence lacks keep the weights of `start`.

    Rows count alike, so the intercept holds for such a mixture of pairs as the candidates are.
    """
    model = LogisticRegression(C=_PENALTY, max_iter=_ITERATIONS)
    forms = [evidence, *evidence_without(evidence, OFTEN_LACKING)]
    model.fit(np.concatenate([_features(form, rows, start) for form in forms]), np.tile(truth[rows], len(forms)))
    bits = model.coef_[0] * _BITS
    return _moved(evidence, start, float(bits[0]) * _SCORE_UNIT, bits[1:], float(model.intercept_[0]) * _BITS)


def evidence_without(evidence: Evidence, fields: Iterable[str]) -> list[Evidence]:
    """The same pairs as if these fields were missing everywhere; nothing if none of them was ever there.

    Weights learned where nearly everybody has an SSN4 would not be right for records that have none.
    """
    missing = {field: evidence.comparisons[field].number("missing")[0] for field in fields if field in evidence.levels}
    blank = {field: np.full_like(evidence.levels[field], number) for field, number in missing.items() if (evidence.levels[field] != number).any()}
    if not blank:
        return []
    return [Evidence(evidence.pairs, {**evidence.levels, **blank}, evidence.frequencies, evidence.comparisons)]


def _features(evidence: Evidence, rows: Integers, start: MatchWeights) -> Floats:
    """The score, then a column for each level, then one for each interaction."""
    columns = [(_SCORE_UNIT * score(evidence, start)[rows]).astype(np.float32)[:, None]]
    columns += [np.eye(len(comparison.levels), dtype=np.float32)[evidence.levels[name][rows]] for name, comparison in evidence.comparisons.items()]
    columns += [np.asarray(function(evidence)[rows], np.float32)[:, None] for function in INTERACTIONS.values()]
    return np.concatenate(columns, axis=1)


def _moved(evidence: Evidence, start: MatchWeights, stretch: float, moves: Floats, intercept: float) -> MatchWeights:
    levels = {name: dict(known) for name, known in start.levels.items()}
    intercept += stretch * start.intercept
    place = 0
    for name, comparison in evidence.comparisons.items():
        own = moves[place : place + len(comparison.levels)] + stretch * np.array([levels[name][level.name] for level in comparison.levels])
        place += len(comparison.levels)
        zero = _zero_point(comparison, own)
        levels[name] = {level.name: float(worth - zero) for level, worth in zip(comparison.levels, own, strict=True)}
        intercept += zero
    together = {name: move + stretch * start.interactions[name] for name, move in zip(INTERACTIONS, moves[place:].tolist(), strict=True)}
    return replace(start, intercept=intercept, levels=levels, interactions=together, calibration=())


def _zero_point(comparison: Comparison, bits: Floats) -> float:
    """The regression knows each field's weights but for a constant; a missing field shall be worth nothing."""
    names = [level.name for level in comparison.levels]
    return float(bits[names.index("missing")])
