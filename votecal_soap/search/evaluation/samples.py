"""The people of an evaluation, and the pairs that weights are learned from."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from votecal_soap.search.arrays import Flags, Integers
from votecal_soap.search.evaluation.blocking import CandidatePairs, pairs_between, pairs_within
from votecal_soap.search.evaluation.labelled_people import LabelledPeople
from votecal_soap.search.frequencies import NameFrequencies, observed_frequencies
from votecal_soap.search.pairs import Pairs

SAMPLE: Final = 400_000
"""Candidate pairs to learn from, at most."""

RANDOM_PAIRS: Final = 1_000_000
"""Pairs drawn at random, at most, by which EM knows chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Two sides (one file: twice the same), their candidate pairs, and the truth."""

    left: LabelledPeople
    right: LabelledPeople
    candidates: CandidatePairs
    frequencies: NameFrequencies
    seed: int

    @property
    def within(self) -> bool:
        """Whether it is one file against itself."""
        return self.left is self.right

    def truth(self) -> Flags:
        """Which candidate pairs are one person."""
        return np.asarray(self.left.clusters[self.candidates.left] == self.right.clusters[self.candidates.right])

    def true_pairs(self) -> int:
        """All pairs of one person, whether blocking found them or not."""
        own, counts = np.unique(self.left.clusters, return_counts=True)
        if self.within:
            return int((counts * (counts - 1) // 2).sum())
        other, other_counts = np.unique(self.right.clusters, return_counts=True)
        _, here, there = np.intersect1d(own, other, assume_unique=True, return_indices=True)
        return int((counts[here] * other_counts[there]).sum())

    def pairs(self, chosen: Integers | slice) -> Pairs:
        """Some of the candidate pairs, to be compared."""
        return Pairs(self.left.columns, self.right.columns, self.candidates.left[chosen], self.candidates.right[chosen])

    def sample(self) -> Integers:
        """Candidate pairs to learn from."""
        count = len(self.candidates.left)
        if count <= SAMPLE:
            return np.arange(count)
        return np.sort(np.random.default_rng(self.seed).choice(count, SAMPLE, replace=False))

    def random_pairs(self) -> Pairs:
        """Pairs that chance brought together."""
        rng = np.random.default_rng(self.seed)
        count = min(RANDOM_PAIRS, 2 * self.candidates.possible)
        left = rng.integers(0, len(self.left.columns), count)
        right = rng.integers(0, len(self.right.columns), count)
        apart = np.flatnonzero(left != right) if self.within else np.arange(count)
        return Pairs(self.left.columns, self.right.columns, left[apart], right[apart])


def make_task(left: LabelledPeople, right: LabelledPeople | None, frequencies: NameFrequencies | None, seed: int) -> Task:
    """Find the candidate pairs; names are as frequent as they are in the data unless frequencies are given."""
    other = right or left
    candidates = pairs_within(left.columns) if right is None else pairs_between(left.columns, other.columns)
    known = frequencies or (observed_frequencies(left.columns) if right is None else observed_frequencies(left.columns, other.columns))
    return Task(left=left, right=other, candidates=candidates, frequencies=known, seed=seed)
