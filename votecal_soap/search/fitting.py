"""Weights and their calibration from silver labels: pairs of which verified numbers say whether they are one person.

The DL/ID is hidden from the training, so the weights learned hold for records without one; its own weights cannot be
learned from labels made of it, and stay. Repeatable in production, without hand labelling.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from votecal_soap.domain.matching import Person
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.search.arrays import Flags, Floats, Integers
from votecal_soap.search.calibration import calibration_of
from votecal_soap.search.candidates import CandidateIndex
from votecal_soap.search.confidence import posterior
from votecal_soap.search.evaluation.metrics import CalibrationBin, Ranking, calibration_table, expected_calibration_error
from votecal_soap.search.frequencies import NameFrequencies, shipped_frequencies
from votecal_soap.search.logistic import Examples, fit_logistic
from votecal_soap.search.scoring import score
from votecal_soap.search.silver_labels import Labelled, numbered, plain
from votecal_soap.search.weights import MatchWeights

HELD_BACK: Final = 0.2
"""Share of the people sought whose pairs train nothing, but check."""

FEWEST_LABELS: Final = 200
"""Pairs of one person, and of two, below which there is nothing to learn from."""

MOST_EXAMPLES: Final = 400_000
"""Pairs of a form from which weights are learned: more move them no further. The calibration, which lives on rare errors, takes all."""

_FOLDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """New weights and how they did on pairs that they had not seen; a pair counts once in each form that it was learned in."""

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
    names = frequencies or shipped_frequencies()
    forms = numbered(people, index, names), plain(people, index, names)
    return fit_forms(forms, len(people), replace(start, version=version, origin="silver", roll_size=roll_size), seed=seed)


def fit_forms(forms: tuple[Labelled, Labelled], people: int, start: MatchWeights, *, seed: int = 1) -> Fit:
    """Learn from the numbered and the plain form of pairs of `people`; `start` bears the name, origin and roll size of what comes out.

    Raises:
        Conflict: if too few pairs bear two DL/ID numbers.
    """
    two, one = np.bincount(forms[0].truth[forms[0].known], minlength=2).tolist()
    if min(one, two) < FEWEST_LABELS:
        found = f"Only {one} pairs of one person and {two} of two bear a verified DL/ID on both sides"
        raise Conflict(ErrorCode.VALUE_WRONG, f"{found}; there is too little to learn from below {FEWEST_LABELS} of each: the weights stay.")
    return _Fitting(forms, people, start, seed).fit()


class _Fitting:
    """One fit: all pairs of a person sought train, or calibrate, or check together."""

    def __init__(self, forms: tuple[Labelled, Labelled], people: int, start: MatchWeights, seed: int) -> None:
        self._forms: Final = forms
        self._start: Final = start
        self._rng: Final = np.random.default_rng(seed)
        self._held_back: Final = self._rng.random(people) < HELD_BACK
        self._fold: Final = self._rng.integers(0, _FOLDS, people)

    def fit(self) -> Fit:
        """Weights from what is not held back, their calibration across folds, the check on what is."""
        training = ~self._held_back
        weights = self._calibrated(self._learned(training), training)
        scores, truth, stands_for = (np.concatenate(arrays) for arrays in zip(*(self._checked(form, weights) for form in self._forms), strict=True))
        table = calibration_table(posterior(scores, weights), truth, stands_for)
        return Fit(
            weights=weights,
            pairs=sum(form.examples for form in self._forms),
            one_person=sum(int((form.truth & form.known).sum()) for form in self._forms),
            held_back=len(truth),
            f1=Ranking(scores, truth, int(truth.sum())).best().f1,
            calibration_error=expected_calibration_error(table),
            calibration=table,
        )

    def _learned(self, people: Flags) -> MatchWeights:
        examples = []
        for form in self._forms:
            rows = self._sample(_rows(form, people))
            examples.append(Examples(form.evidence, rows, form.truth[rows]))
        return fit_logistic(examples, self._start)

    def _sample(self, rows: Integers) -> Integers:
        return rows if len(rows) <= MOST_EXAMPLES else np.sort(self._rng.choice(rows, MOST_EXAMPLES, replace=False))

    def _calibrated(self, weights: MatchWeights, training: Flags) -> MatchWeights:
        """On all training pairs of the plain form, each scored by weights that have not seen its person.

        The plain form holds the errors: where both bear an SSN4 hardly any is left, and a line for nearly sure pairs would flatter the others.
        """
        form = self._forms[1]
        scores, rows = [np.empty(0)], [np.empty(0, np.int64)]
        for number in range(_FOLDS):
            others = self._learned(training & (self._fold != number))
            rows.append(_rows(form, training & (self._fold == number)))
            scores.append(score(form.evidence, others)[rows[-1]])
        return with_calibration(weights, form, np.concatenate(scores), np.concatenate(rows))

    def _checked(self, form: Labelled, weights: MatchWeights) -> tuple[Floats, Flags, Floats]:
        rows = _rows(form, self._held_back)
        return score(form.evidence, weights)[rows], form.truth[rows], form.stands_for[rows]


def with_calibration(weights: MatchWeights, form: Labelled, scores: Floats, rows: Integers) -> MatchWeights:
    """The weights with the calibration that scores of a form's rows teach."""
    truth, stands_for, lacking = form.truth[rows], form.stands_for[rows], form.lacks_licence[rows]
    return replace(
        weights,
        calibration=calibration_of(scores, truth, stands_for),
        calibration_without_licence=calibration_of(scores[lacking], truth[lacking], stands_for[lacking]),
    )


def _rows(form: Labelled, people: Flags) -> Integers:
    """The labelled pairs of some of the people sought."""
    return np.flatnonzero(form.known & people[form.evidence.pairs.left_rows])
