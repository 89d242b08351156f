"""Precision, recall and what follows from them."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from votecal_soap.search.arrays import Flags, Floats

STRICT: Final = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Precision, recall and their harmonic mean at one threshold."""

    threshold: float
    precision: float
    recall: float
    f1: float


class Ranking:
    """Pairs from the best to the worst; equal scores stand or fall together."""

    def __init__(self, scores: Floats, truth: Flags, true_pairs: int) -> None:
        """`true_pairs` are all pairs of one person, those that blocking missed included."""
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        last = np.append(ranked[1:] != ranked[:-1], True) if len(ranked) else np.zeros(0, np.bool_)
        hits = np.cumsum(truth[order])
        self._scores: Final = ranked[last]
        self._precision: Final = (hits / np.arange(1, len(ranked) + 1))[last]
        self._recall: Final = (hits / max(true_pairs, 1))[last]

    def best(self) -> Quality:
        """At the threshold of the highest F1."""
        if not len(self._scores):
            return Quality(threshold=0.0, precision=0.0, recall=0.0, f1=0.0)
        return self._quality(int(np.argmax(f1_of(self._precision, self._recall))))

    def at(self, threshold: float) -> Quality:
        """At a threshold: scores that meet or exceed it."""
        above = int(np.searchsorted(-self._scores, -threshold, "right"))
        if not above:
            return Quality(threshold=threshold, precision=1.0, recall=0.0, f1=0.0)
        return replace(self._quality(above - 1), threshold=threshold)

    def recall_at_precision(self, precision: float = STRICT) -> float:
        """The highest recall at no less than a precision."""
        enough = self._recall[self._precision >= precision]
        return float(enough.max()) if len(enough) else 0.0

    def _quality(self, place: int) -> Quality:
        precision, recall = float(self._precision[place]), float(self._recall[place])
        return Quality(threshold=float(self._scores[place]), precision=precision, recall=recall, f1=float(f1_of(precision, recall)))


def f1_of(precision: Floats | float, recall: Floats | float) -> Floats:
    """The harmonic mean."""
    return np.asarray(2.0 * precision * recall / np.maximum(np.add(precision, recall), 1e-12))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Pairs of about one confidence, and how many of them are one person."""

    lowest: float
    highest: float
    pairs: int
    predicted: float
    observed: float


CALIBRATION_EDGES: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)


def calibration_table(posterior: Floats, truth: Flags, stands_for: Floats | None = None) -> list[CalibrationBin]:
    """Whether 90 % means 90 %; `stands_for` says how many pairs each one counts as in the shares, None: as one."""
    counts = np.ones(len(posterior)) if stands_for is None else stands_for
    bins = np.clip(np.digitize(posterior, CALIBRATION_EDGES) - 1, 0, len(CALIBRATION_EDGES) - 2)
    table = []
    for number in np.unique(bins).tolist():
        inside = bins == number
        table.append(
            CalibrationBin(
                lowest=CALIBRATION_EDGES[number],
                highest=CALIBRATION_EDGES[number + 1],
                pairs=int(inside.sum()),
                predicted=float(np.average(posterior[inside], weights=counts[inside])),
                observed=float(np.average(truth[inside], weights=counts[inside])),
            )
        )
    return table


def expected_calibration_error(table: list[CalibrationBin]) -> float:
    """The mean distance of predicted and observed, weighted by pairs (ECE)."""
    pairs = sum(row.pairs for row in table)
    return sum(row.pairs * abs(row.predicted - row.observed) for row in table) / max(pairs, 1)
