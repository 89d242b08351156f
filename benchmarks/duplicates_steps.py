"""What each engine hands over: scored pairs, what its steps took, and how good they are."""

import json
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.reporting import peak_megabytes
from votecal_soap.search.evaluation.metrics import Ranking

_PLACE_BITS = 32


class Steps:
    """Seconds and processor seconds of consecutive steps, all threads together, and the peak of memory after each."""

    def __init__(self) -> None:
        """The clock runs."""
        self.seconds: dict[str, float] = {}
        self.megabytes: dict[str, float] = {}
        self._begun = time.perf_counter()
        self._cpu_begun = time.process_time()

    def end(self, step: str) -> None:
        """A step has ended, the next begins."""
        now, cpu = time.perf_counter(), time.process_time()
        self.seconds[step], self.seconds[f"{step}, processor"] = now - self._begun, cpu - self._cpu_begun
        self.megabytes[step] = peak_megabytes()
        self._begun, self._cpu_begun = now, cpu


class ScoredRoll(NamedTuple):
    """Pairs of UIDs and their scores."""

    left: NDArray[Any]
    right: NDArray[Any]
    scores: NDArray[Any]
    steps: Steps

    def told(self, true_pairs: set[tuple[int, int]]) -> str:
        """As JSON for the process that asked."""
        truth = np.array(sorted(low << _PLACE_BITS | high for low, high in true_pairs), np.int64)
        found = np.minimum(self.left, self.right).astype(np.int64) << _PLACE_BITS | np.maximum(self.left, self.right).astype(np.int64)
        is_true = np.isin(found, truth)
        best = Ranking(np.asarray(self.scores, np.float64), is_true, len(truth)).best()
        told = {"f1": best.f1, "precision": best.precision, "recall": best.recall, "found": float(is_true.sum() / len(truth))}
        return json.dumps({**told, "pairs": len(found), "megabytes": self.steps.megabytes, "steps": self.steps.seconds})
