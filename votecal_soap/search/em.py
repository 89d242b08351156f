"""Weights without labels: expectation-maximisation over all pairs of people (Fellegi and Sunter 1969, Winkler 1988).

The population are all pairs, not only those that share a key: a pair outside the candidates is taken for two people.
What chance alone makes agree (u) comes from random pairs and is not re-learned from the candidates: with u free,
EM learns households instead of people.
"""

from typing import Final, NamedTuple

import numpy as np

from votecal_soap.search.arrays import Floats
from votecal_soap.search.evidence import INTERACTIONS, RARITY, Evidence
from votecal_soap.search.levels import Comparison
from votecal_soap.search.weights import MatchWeights

ROUNDS: Final = 25
SMOOTHING: Final = 0.5
"""Pairs added to each level, so that a level never seen is unlikely, not impossible."""

FIRST_AGREEMENT: Final = 0.85
"""The first guess of how often a field agrees for one person; each further level is half as frequent as the one before."""

_FEWEST: Final = 0.0005
"""Share of random pairs in which a field must be there on both sides to be used."""

_WIDEST: Final = 60.0


class Proportions(NamedTuple):
    """Of one field, the share of each level among pairs of one person and of two; 1 where a level is neutral."""

    one: Floats
    two: Floats


def fit_by_em(candidates: Evidence, random: Evidence, *, possible: int, stands_for: float, version: str) -> MatchWeights:
    """Fit on candidate pairs, or a sample in which each stands for several; `possible` is how many pairs there are altogether."""
    mixture = _Mixture(candidates, random, possible, stands_for)
    for _ in range(ROUNDS):
        mixture.improve()
    return mixture.weights(version)


class _Mixture:
    """Pairs of one person and pairs of two, mixed."""

    def __init__(self, candidates: Evidence, random: Evidence, possible: int, stands_for: float) -> None:
        self._candidates: Final = candidates
        self._random: Final = random
        self._possible: Final = possible
        self._stands_for: Final = stands_for
        self._fields: Final = {name: _first_guess(random, name) for name in random.levels if _is_there(random, name)}
        self._prior = 1.0 / max(np.sqrt(possible), 2.0)

    def improve(self) -> None:
        """Who is one person, by the weights so far; then the weights, by who is one person."""
        one = _probability(self._scores(self._candidates))
        two = 1.0 - _probability(self._scores(self._random))
        for name in self._fields:
            self._fields[name] = Proportions(_shares(self._candidates, name, one), _shares(self._random, name, two))
        self._prior = float(np.clip(one.sum() * self._stands_for / self._possible, 1e-12, 0.5))

    def weights(self, version: str) -> MatchWeights:
        """The proportions as weights; a field that the data lack is worth nothing."""
        names = {name: [level.name for level in comparison.levels] for name, comparison in self._candidates.comparisons.items()}
        bits = {name: self._bits(name) if name in self._fields else np.zeros(len(levels)) for name, levels in names.items()}
        return MatchWeights(
            version=version,
            origin="em",
            roll_size=max(round(float(np.sqrt(self._possible))), 1),
            intercept=self._intercept(),
            levels={name: dict(zip(levels, bits[name].tolist(), strict=True)) for name, levels in names.items()},
            interactions={name: float(name in RARITY.values()) for name in INTERACTIONS},
            calibration=(),
        )

    def _scores(self, evidence: Evidence) -> Floats:
        total = np.full(len(evidence.pairs), self._intercept())
        for name in self._fields:
            total += self._bits(name)[evidence.levels[name]]
        for interaction in RARITY.values():
            total += evidence.rarity(interaction)
        return total

    def _intercept(self) -> float:
        return float(np.log2(self._prior / (1.0 - self._prior)))

    def _bits(self, name: str) -> Floats:
        """How much likelier for one person; where names agree, by how many people bear a typical one, for rarity is added."""
        one, two = self._fields[name]
        bits = np.log2(one / two)
        if name in RARITY:
            bits[0] = np.log2(one[0]) + self._candidates.typical(RARITY[name])
        return np.asarray(bits)


def _is_there(evidence: Evidence, name: str) -> bool:
    neutral = evidence.comparisons[name].neutral()
    return float(np.mean(~neutral[evidence.levels[name]])) > _FEWEST


def _first_guess(random: Evidence, name: str) -> Proportions:
    comparison = random.comparisons[name]
    return Proportions(_falling(comparison), _shares(random, name, np.ones(len(random.pairs))))


def _falling(comparison: Comparison) -> Floats:
    neutral = comparison.neutral()
    rest = 0.5 ** np.cumsum(~neutral)
    rest[0] = 0.0
    shares = np.where(neutral, 0.0, rest / rest[~neutral].sum() * (1.0 - FIRST_AGREEMENT))
    shares[0] = FIRST_AGREEMENT
    return np.where(neutral, 1.0, shares)


def _shares(evidence: Evidence, name: str, weight: Floats) -> Floats:
    neutral = evidence.comparisons[name].neutral()
    counts = np.bincount(evidence.levels[name], weights=weight, minlength=len(neutral)) + SMOOTHING
    return np.where(neutral, 1.0, counts / counts[~neutral].sum())


def _probability(bits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(bits, -_WIDEST, _WIDEST))))
