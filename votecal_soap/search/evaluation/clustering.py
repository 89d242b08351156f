"""People as clusters: whoever is joined by a chain of pairs is taken for one (transitive closure)."""

import numpy as np

from votecal_soap.search.arrays import Integers
from votecal_soap.search.evaluation.metrics import Quality, f1_of


def clusters(left: Integers, right: Integers, count: int) -> Integers:
    """The cluster of each of `count` rows: the smallest row that pairs join it to."""
    root = np.arange(count)
    while True:
        low, high = np.minimum(root[left], root[right]), np.maximum(root[left], root[right])
        open_pairs = low != high
        if not open_pairs.any():
            return root
        np.minimum.at(root, high[open_pairs], low[open_pairs])
        root = _flattened(root)


def _flattened(root: Integers) -> Integers:
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return root
        root = above


def cluster_quality(found: Integers, truth: Integers, threshold: float) -> Quality:
    """Pairwise precision and recall of all pairs that the clusters imply."""
    both = np.unique(found.astype(np.int64) << 32 | truth.astype(np.int64), return_counts=True)[1]
    hits, claimed, true = _pairs(both), _pairs(np.unique(found, return_counts=True)[1]), _pairs(np.unique(truth, return_counts=True)[1])
    precision, recall = hits / max(claimed, 1), hits / max(true, 1)
    return Quality(threshold=threshold, precision=precision, recall=recall, f1=float(f1_of(precision, recall)))


def _pairs(sizes: Integers) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
