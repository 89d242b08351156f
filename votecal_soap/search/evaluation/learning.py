"""The four ways to come by weights in an evaluation."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.domain.matching import MatchField
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.search import em
from votecal_soap.search.arrays import Floats, Integers
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.confidence import roll_adjustment
from votecal_soap.search.evaluation.general_comparisons import GENERAL_COMPARISONS
from votecal_soap.search.evaluation.samples import Task
from votecal_soap.search.evidence import Evidence
from votecal_soap.search.fitting import FEWEST_LABELS
from votecal_soap.search.levels import Comparison
from votecal_soap.search.logistic import Examples, fit_logistic
from votecal_soap.search.scoring import compare, score
from votecal_soap.search.silver_labels import HIDDEN, silver_labels
from votecal_soap.search.weights import MatchWeights, expert_weights


class FitMethod(StrEnum):
    """Where the weights come from."""

    SILVER = "silver"  # the shipped ones, moved by pairs that bear two DL/ID numbers
    EM = "em"  # from the data alone, without labels
    CV = "cv"  # from the labels of one half of the people, tried on the other half
    NONE = "none"  # the shipped ones as they are


class Learned(NamedTuple):
    """How to compare and how to score; the service's own comparisons or the general ones."""

    comparisons: Mapping[str, Comparison]
    score: Callable[[Evidence], Floats]
    weights: MatchWeights


_FOLDS: Final = 2


def learn(task: Task, method: FitMethod) -> Learned:
    """Come by weights.

    Raises:
        InvalidRequest: if the data do not bear what the method learns from.
    """
    return {FitMethod.SILVER: _silver, FitMethod.EM: _em, FitMethod.CV: _cross_validated, FitMethod.NONE: _shipped}[method](task)


def _shipped(task: Task) -> Learned:
    weights = _for_roll(expert_weights(), task)
    return Learned(COMPARISONS, lambda evidence: score(evidence, weights), weights)


def _for_roll(weights: MatchWeights, task: Task) -> MatchWeights:
    size = max(len(task.right.columns), 1)
    return replace(weights, intercept=weights.intercept + roll_adjustment(weights, size), roll_size=size)


def _silver(task: Task) -> Learned:
    pairs = task.pairs(task.sample())
    truth, labelled = silver_labels(pairs, MatchField.DRIVERS_LICENSE)
    if min(int((truth & labelled).sum()), int((~truth & labelled).sum())) < FEWEST_LABELS:
        text = f"--fit silver needs {FEWEST_LABELS} pairs of each kind with `dl_id` on both sides; --fit em needs none"
        raise InvalidRequest(ErrorCode.VALUE_WRONG, text)
    rows = np.flatnonzero(labelled)
    examples = Examples(compare(pairs, task.frequencies, comparisons=HIDDEN), rows, truth[rows])
    weights = fit_logistic([examples], replace(_for_roll(expert_weights(), task), origin="silver"))
    return Learned(COMPARISONS, lambda evidence: score(evidence, weights), weights)


def _em(task: Task) -> Learned:
    chosen = task.sample()
    candidates = compare(task.pairs(chosen), task.frequencies, comparisons=GENERAL_COMPARISONS)
    found = _fit_em(task, candidates)
    return Learned(GENERAL_COMPARISONS, found.score, found.one)


def _fit_em(task: Task, candidates: Evidence) -> em.Learned:
    random = compare(task.random_pairs(), task.frequencies, comparisons=GENERAL_COMPARISONS)
    stands_for = len(task.candidates.left) / max(len(candidates.pairs), 1)
    return em.fit_by_em(candidates, random, possible=task.candidates.possible, stands_for=stands_for, version="em")


def _cross_validated(task: Task) -> Learned:
    """Each person is scored by weights that never saw that person; EM, which sees no labels, is where both halves start."""
    chosen = task.sample()
    candidates = compare(task.pairs(chosen), task.frequencies, comparisons=GENERAL_COMPARISONS)
    start = replace(_fit_em(task, candidates).one, origin="labels")
    truth = task.truth()[chosen]
    left, right = _folds(task, candidates)
    halves = []
    for fold in range(_FOLDS):
        rows = np.flatnonzero((left != fold) & (right != fold))
        if not 0 < int(truth[rows].sum()) < len(rows):
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "--fit cv needs pairs of one person and of two in both halves of the people")
        halves.append(fit_logistic([Examples(candidates, rows, truth[rows])], start))

    def by_half(evidence: Evidence) -> Floats:
        return np.where(_folds(task, evidence)[0] == 0, score(evidence, halves[0]), score(evidence, halves[1]))

    return Learned(GENERAL_COMPARISONS, by_half, start)


def _folds(task: Task, evidence: Evidence) -> tuple[Integers, Integers]:
    """The half that each side's person falls in, all records of a person together."""
    draw = np.random.default_rng(task.seed).integers(0, _FOLDS, len(task.left.columns.vocabulary.texts))
    pairs = evidence.pairs
    return draw[task.left.clusters[pairs.left_rows]], draw[task.right.clusters[pairs.right_rows]]
