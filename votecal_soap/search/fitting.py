"""Weights from silver labels: pairs in which both records bear a verified DL/ID (equal: one person; clearly different: two).

The DL/ID is hidden from the training, so the weights learned hold for records without one; its own weights cannot be
learned from labels made of it, and stay. Repeatable in production, without hand labelling.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from votecal_soap.domain.matching import MatchField, MatchingFunction, MatchSettings, Person
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.search.arrays import Flags, Integers
from votecal_soap.search.calibration import calibration_of
from votecal_soap.search.candidates import DEFAULT_CAP, CandidateIndex
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.confidence import posterior
from votecal_soap.search.evaluation.metrics import CalibrationBin, Ranking, calibration_table, expected_calibration_error
from votecal_soap.search.evidence import Evidence
from votecal_soap.search.frequencies import NameFrequencies, shipped_frequencies
from votecal_soap.search.gathering import gather
from votecal_soap.search.levels import Comparison
from votecal_soap.search.logistic import OFTEN_LACKING, evidence_without, fit_logistic
from votecal_soap.search.match_keys import MatchPass
from votecal_soap.search.pairs import TOO_FAR, Pairs
from votecal_soap.search.scoring import compare, score
from votecal_soap.search.weights import Knot, MatchWeights

HELD_BACK: Final = 0.2
"""Share of the people sought whose pairs train nothing, but check."""

FEWEST_LABELS: Final = 200
"""Pairs of one person, and of two, below which there is nothing to learn from."""

_FOLDS: Final = 4

_SETTINGS: Final = MatchSettings(function=MatchingFunction.DMV_COA)
_PASSES: Final = frozenset(MatchPass) - {MatchPass.LICENCE}
"""The pairs to learn from are those that a record without a DL/ID would meet."""

_HIDDEN: Final[Mapping[str, Comparison]] = {field: comparison for field, comparison in COMPARISONS.items() if field != MatchField.DRIVERS_LICENSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """New weights and how they did on pairs that they had not seen."""

    weights: MatchWeights
    pairs: int
    one_person: int
    held_back: int
    f1: float
    calibration_error: float
    calibration: list[CalibrationBin]


def fit_silver(
    people: Sequence[Person],
    index: CandidateIndex,
    start: MatchWeights,
    *,
    version: str,
    roll_size: int,
    seed: int = 1,
    frequencies: NameFrequencies | None = None,
) -> Fit:
    """Learn from people with a DL/ID sought on a roll of `roll_size` voters; `start` keeps what cannot be learned.

    Raises:
        Conflict: if too few pairs bear two DL/ID numbers.
    """
    gathered = gather(people, index, _SETTINGS, cap=DEFAULT_CAP, passes=_PASSES)
    pairs = gathered.pairs
    evidence = compare(pairs, frequencies or shipped_frequencies(), earlier=gathered.sought.earlier, comparisons=_HIDDEN)
    truth, labelled = silver_labels(pairs)
    if min(int((truth & labelled).sum()), int((~truth & labelled).sum())) < FEWEST_LABELS:
        raise Conflict(ErrorCode.VALUE_WRONG, f"fewer than {FEWEST_LABELS} pairs of one person, or of two, bear a DL/ID on both sides; the weights stay")
    named = replace(start, version=version, origin="silver", roll_size=roll_size)
    return _fit(evidence, truth, labelled, _held_back(pairs, seed), named)


def silver_labels(pairs: Pairs) -> tuple[Flags, Flags]:
    """Who is one person by the DL/ID, and where it tells: a number that is off by one slip tells nothing."""
    same = pairs.equal(MatchField.DRIVERS_LICENSE)
    different = (pairs.slips(MatchField.DRIVERS_LICENSE) >= TOO_FAR) & ~pairs.missing(MatchField.DRIVERS_LICENSE)
    return same, same | different


def _fit(evidence: Evidence, truth: Flags, labelled: Flags, held_back: Flags, start: MatchWeights) -> Fit:
    rows = np.flatnonzero(labelled & ~held_back)
    weights = replace(fit_logistic(evidence, truth, rows, start), calibration=_calibration(evidence, truth, rows, start))
    check = labelled & held_back
    scores = score(evidence, weights)[check]
    table = calibration_table(posterior(scores, weights), truth[check])
    return Fit(
        weights=weights,
        pairs=int(labelled.sum()),
        one_person=int((truth & labelled).sum()),
        held_back=int(check.sum()),
        f1=Ranking(scores, truth[check], int(truth[check].sum())).best().f1,
        calibration_error=expected_calibration_error(table),
        calibration=table,
    )


def _calibration(evidence: Evidence, truth: Flags, rows: Integers, start: MatchWeights) -> tuple[Knot, ...]:
    """Learned on the training pairs, each scored by weights of the others: no pair judges itself, and none is wasted."""
    fold = evidence.pairs.left_rows[rows] % _FOLDS
    scores, truths = [], []
    for number in range(_FOLDS):
        weights = fit_logistic(evidence, truth, rows[fold != number], start)
        for form in (evidence, *evidence_without(evidence, OFTEN_LACKING)):
            scores.append(score(form, weights)[rows[fold == number]])
            truths.append(truth[rows[fold == number]])
    return calibration_of(np.concatenate(scores), np.concatenate(truths))


def _held_back(pairs: Pairs, seed: int) -> Flags:
    """All pairs of one person sought fall on one side."""
    draw = np.random.default_rng(seed).random(int(pairs.left_rows.max(initial=0)) + 1)
    return np.asarray(draw[pairs.left_rows] < HELD_BACK)
