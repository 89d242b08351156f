"""The evaluation: read, pair, learn, score, measure."""

import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from votecal_soap.domain.matching import MatchField, MatchingFunction, MatchSettings
from votecal_soap.search.arrays import Floats, Integers
from votecal_soap.search.columns import Vocabulary
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.confidence import in_percent, posterior
from votecal_soap.search.evaluation.clustering import cluster_quality, clusters
from votecal_soap.search.evaluation.labelled_people import labelled
from votecal_soap.search.evaluation.learning import FitMethod, Learned, learn
from votecal_soap.search.evaluation.metrics import CalibrationBin, Quality, Ranking, calibration_table, expected_calibration_error
from votecal_soap.search.evaluation.people_file import read_people
from votecal_soap.search.evaluation.samples import Task, make_task
from votecal_soap.search.family_rules import apply_rules
from votecal_soap.search.scoring import compare

CHUNK: Final = 500_000
"""Pairs compared at a time: about 150 MB."""

_SETTINGS: Final = MatchSettings(function=MatchingFunction.DUPLICATE_VOTER)
_CLUSTER_STEPS: Final = (-6.0, -3.0, 0.0, 3.0, 6.0, 9.0, 12.0, 16.0)
"""Bits from the best pairwise threshold at which clusters are tried: a chain needs surer links than a pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How good matching was."""

    fit: FitMethod
    records: tuple[int, ...]
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    true_pairs: int
    pairs_scored: int
    blocking_recall: float
    f1: float
    best: Quality
    automatic: Quality
    manual: Quality
    recall_at_precision_999: float
    clustered: Quality | None
    """All pairs that clusters imply, at their best threshold; None where two files were linked."""
    clustered_automatic: Quality | None
    clustered_manual: Quality | None
    calibration_error: float
    calibration: list[CalibrationBin]
    seconds: float
    peak_memory_mb: int


def evaluate(
    left: Path, right: Path | None, *, fit: FitMethod, names: Mapping[str, str], seed: int = 1, on_stage: Callable[[str], None] = lambda _: None
) -> Evaluation:
    """Evaluate matching on one file (duplicates within it) or two (links between them).

    Raises:
        InvalidRequest: if a file cannot be read, has no labels or no columns to compare, or not what `fit` learns from.
    """
    started = time.perf_counter()
    on_stage("reading")
    files = [read_people(path, names) for path in (left, right) if path is not None]
    vocabulary = Vocabulary()
    sides = [labelled(file, vocabulary) for file in files]
    on_stage("pairing")
    task = make_task(sides[0], sides[1] if right is not None else None, None, seed)
    on_stage("learning")
    learned = learn(task, fit)
    on_stage("scoring")
    scored = _scored(task, learned)
    on_stage("measuring")
    return Evaluation(
        fit=fit,
        records=tuple(file.rows for file in files),
        columns=tuple(sorted({name for file in files for name in file.columns})),
        ignored_columns=tuple(sorted({name for file in files for name in file.ignored})),
        **_measured(task, scored),
        seconds=round(time.perf_counter() - started, 2),
        peak_memory_mb=_peak_memory(),
    )


class _Scored(NamedTuple):
    """What was made of each candidate pair."""

    scores: Floats
    probability: Floats
    confidence: Integers


def _scored(task: Task, learned: Learned) -> _Scored:
    """Score all candidate pairs, some at a time."""
    parts = [_Scored(np.empty(0), np.empty(0), np.empty(0, np.int64))]
    for start in range(0, len(task.candidates.left), CHUNK):
        evidence = compare(task.pairs(slice(start, start + CHUNK)), task.frequencies, comparisons=learned.comparisons)
        scores = learned.score(evidence)
        probability = posterior(scores, learned.weights, lacks_licence=evidence.holds(MatchField.DRIVERS_LICENSE, "missing"))
        sure = in_percent(probability)
        if learned.comparisons is COMPARISONS:
            sure = apply_rules(sure, evidence, _SETTINGS).confidence
        parts.append(_Scored(scores, probability, sure))
    return _Scored(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _measured(task: Task, scored: _Scored) -> dict[str, Any]:
    truth, true_pairs, (scores, probability, sure) = task.truth(), task.true_pairs(), scored
    ranking, bands = Ranking(scores, truth, true_pairs), Ranking(sure.astype(np.float64), truth, true_pairs)
    table = calibration_table(probability, truth)
    best = ranking.best()
    return {
        "true_pairs": true_pairs,
        "pairs_scored": len(scores),
        "blocking_recall": float(truth.sum()) / max(true_pairs, 1),
        "f1": best.f1,
        "best": best,
        "automatic": bands.at(_SETTINGS.automatic),
        "manual": bands.at(_SETTINGS.manual),
        "recall_at_precision_999": ranking.recall_at_precision(),
        **_clusters(task, scores, sure, best.threshold),
        "calibration_error": expected_calibration_error(table),
        "calibration": table,
    }


def _clusters(task: Task, scores: Floats, sure: Integers, best: float) -> dict[str, Quality | None]:
    if not task.within:
        return {"clustered": None, "clustered_automatic": None, "clustered_manual": None}
    tried = [_clustered(task, scores, best + step) for step in _CLUSTER_STEPS]
    percent = sure.astype(np.float64)
    return {
        "clustered": max(tried, key=lambda quality: quality.f1),
        "clustered_automatic": _clustered(task, percent, _SETTINGS.automatic),
        "clustered_manual": _clustered(task, percent, _SETTINGS.manual),
    }


def _clustered(task: Task, scores: Floats, threshold: float) -> Quality:
    linked = scores >= threshold
    found = clusters(task.candidates.left[linked], task.candidates.right[linked], len(task.left.columns))
    return cluster_quality(found, task.left.clusters, threshold)


def _peak_memory() -> int:
    """Megabytes that the process has held at most; Linux counts in kilobytes, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
