"""Weights from labels: a logistic regression that starts from weights and moves them as far as the labels say.

The score by the first weights is one of the features. Its coefficient shrinks or stretches them all, for fields are not as
independent as adding up supposes; beside it each level and interaction may move, at a price (L2). So a level that the labels
never show keeps what it was worth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from votecal_soap.search.arrays import Flags, Floats, Integers
from votecal_soap.search.evidence import INTERACTIONS, Evidence
from votecal_soap.search.levels import Comparison
from votecal_soap.search.scoring import score
from votecal_soap.search.weights import MatchWeights

_PENALTY: Final = 1.0
"""scikit-learn's C: a level of a few pairs is not believed at once."""

_SCORE_UNIT: Final = 0.1
"""The score enters in tens of bits, so that stretching all weights costs about as much as moving one."""

_SOLVER: Final = "newton-cholesky"
"""Reaches the optimum in ten steps. The gradient method of scikit-learn's default ends well before it: score and levels say much the same."""

_ITERATIONS: Final = 100
_BITS: Final = float(1.0 / np.log(2.0))


class Examples(NamedTuple):
    """Pairs to learn from."""

    evidence: Evidence
    rows: Integers
    """Which of the evidence's pairs."""
    truth: Flags
    """Whether each of these rows is one person."""


def fit_logistic(examples: Sequence[Examples], start: MatchWeights) -> MatchWeights:
    """Fit on all examples, which compare the same fields; fields that they lack keep the weights of `start`.

    Pairs count alike, so the intercept holds for such a mixture of pairs as the candidates are.
    """
    model = LogisticRegression(C=_PENALTY, max_iter=_ITERATIONS, solver=_SOLVER)
    features = np.concatenate([_features(evidence, rows, start) for evidence, rows, _ in examples])
    with threadpool_limits(limits=1):  # on a machine with other work the threads of BLAS would spin for each other: ten times the time
        model.fit(features, np.concatenate([truth for _, _, truth in examples]))
    bits = model.coef_[0] * _BITS
    return _moved(examples[0].evidence, start, float(bits[0]) * _SCORE_UNIT, bits[1:], float(model.intercept_[0]) * _BITS)


def evidence_without(evidence: Evidence, fields: Iterable[str]) -> Evidence:
    """The same pairs as if these fields were missing everywhere."""
    missing = {field: _missing(evidence.comparisons[field]) for field in fields if field in evidence.levels}
    blank = {field: np.full_like(evidence.levels[field], number) for field, number in missing.items()}
    return Evidence(evidence.pairs, {**evidence.levels, **blank}, evidence.frequencies, evidence.comparisons)


def _features(evidence: Evidence, rows: Integers, start: MatchWeights) -> Floats:
    """The score, then the columns of each field, then one for each interaction."""
    columns = [_SCORE_UNIT * score(evidence, start)[rows, None]]
    columns += [_indicators(comparison)[evidence.levels[name][rows]] for name, comparison in evidence.comparisons.items()]
    columns += [np.asarray(function(evidence)[rows], np.float64)[:, None] for function in INTERACTIONS.values()]
    return np.concatenate(columns, axis=1)


def _indicators(comparison: Comparison) -> Floats:
    """A column for each level but the missing one, which is worth nothing: with it a field's columns would add up to the intercept's."""
    return np.delete(np.eye(len(comparison.levels)), _missing(comparison), axis=1)


def _missing(comparison: Comparison) -> int:
    return comparison.number("missing")[0]


def _moved(evidence: Evidence, start: MatchWeights, stretch: float, moves: Floats, intercept: float) -> MatchWeights:
    levels = {name: dict(known) for name, known in start.levels.items()}
    place = 0
    for name, comparison in evidence.comparisons.items():
        own = np.insert(moves[place : place + len(comparison.levels) - 1], _missing(comparison), 0.0)
        place += len(comparison.levels) - 1
        levels[name] = {level.name: float(move + stretch * start.levels[name][level.name]) for level, move in zip(comparison.levels, own, strict=True)}
    together = {name: move + stretch * start.interactions[name] for name, move in zip(INTERACTIONS, moves[place:].tolist(), strict=True)}
    moved = replace(start, intercept=intercept + stretch * start.intercept, levels=levels, interactions=together)
    return replace(moved, calibration=(), calibration_without_licence=())
