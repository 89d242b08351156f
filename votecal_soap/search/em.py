"""Weights without labels: expectation-maximisation over all pairs of people (Fellegi and Sunter 1969, Winkler 1988).

The population are all pairs, not only those that share a key: a pair outside the candidates is taken for two people.
What chance alone makes agree (u) comes from random pairs and is not re-learned from the candidates.

Pairs are of three kinds: one person, two strangers, and two people of one household, who share surname and address as one person
does, and in first name and birth agree by chance alone. With two kinds, EM takes the frequent households for the people sought.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.search.arrays import Floats
from votecal_soap.search.evidence import INTERACTIONS, RARITY, Evidence
from votecal_soap.search.levels import Comparison
from votecal_soap.search.scoring import score
from votecal_soap.search.weights import MatchWeights

ROUNDS: Final = 25
SMOOTHING: Final = 0.5
"""Pairs added to each level, so that a level never seen is unlikely, not impossible."""

FIRST_AGREEMENT: Final = 0.85
"""The first guess of how often a field agrees for one person; each further level is half as frequent as the one before."""

SHARED_AT_HOME: Final = frozenset({"last_name", "address", "street", "house_number", "city", "zip_code", "other"})
"""Fields in which a household may agree as one person does; `other` may be its telephone."""

TELL_APART: Final = frozenset({"first_name", "date_of_birth", "gender", "drivers_license", "ssn4"})
FEWEST_TO_TELL_APART: Final = 2
"""Of these fields, how many the data must have: by a first name alone, a household cannot be told from one person with a slip."""

SETTLED: Final = 1e-4
"""Relative change of the share of pairs of one person from which no more rounds are needed."""

_FEWEST: Final = 0.0005
"""Share of random pairs in which a field must be there on both sides to be used."""

_WIDEST: Final = 60.0
_LOWEST_PRIOR: Final = 1e-12


class Learned(NamedTuple):
    """What EM learned; scores are log2 odds of one person against two of either kind."""

    one: MatchWeights
    """One person against two strangers."""
    household: MatchWeights | None
    """Two people of one household against two strangers; None where the data cannot tell."""

    def score(self, evidence: Evidence) -> Floats:
        """Of all pairs."""
        found = score(evidence, self.one)
        return found if self.household is None else found - np.logaddexp2(0.0, score(evidence, self.household))


def fit_by_em(candidates: Evidence, random: Evidence, *, possible: int, stands_for: float, version: str) -> Learned:
    """Fit on candidate pairs, or a sample in which each stands for several; `possible` is how many pairs there are altogether."""
    mixture = _Mixture(candidates, random, possible, stands_for)
    for _ in range(ROUNDS):
        if mixture.improve() < SETTLED:
            break
    return mixture.learned(version)


class _Mixture:
    """Pairs of one person, of one household and of strangers, mixed."""

    def __init__(self, candidates: Evidence, random: Evidence, possible: int, stands_for: float) -> None:
        self._candidates: Final = candidates
        self._random: Final = random
        self._possible: Final = possible
        self._stands_for: Final = stands_for
        self._two: Final = {name: _shares(random, name, np.ones(len(random.pairs))) for name in random.levels if _is_there(random, name)}
        self._one = {name: _falling(random.comparisons[name]) for name in self._two}
        told_apart = len(TELL_APART & set(self._two)) >= FEWEST_TO_TELL_APART
        self._household = {name: guess for name, guess in self._one.items() if told_apart and name in SHARED_AT_HOME}
        self._prior = 1.0 / max(float(np.sqrt(possible)), 2.0)
        self._household_prior = self._prior if self._household else 0.0

    def improve(self) -> float:
        """Which pairs are of which kind, by the weights so far; then the weights, by that. How far the share of one person has moved."""
        before = float(self._prior)
        one, household = self._kinds(self._candidates)
        by_chance, at_home = self._kinds(self._random)
        strangers = 1.0 - by_chance - at_home
        self._two.update({name: _shares(self._random, name, strangers) for name in self._two})
        self._one = {name: _shares(self._candidates, name, one) for name in self._one}
        self._household = {name: _shares(self._candidates, name, household) for name in self._household}
        self._prior, self._household_prior = self._share(one), self._share(household)
        return abs(float(self._prior) / before - 1.0)

    def learned(self, version: str) -> Learned:
        """The proportions as weights; a field that the data lack is worth nothing."""
        one = self._weights(version, self._one, self._prior)
        return Learned(one, self._weights(version, self._household, self._household_prior) if self._household else None)

    def _kinds(self, evidence: Evidence) -> tuple[Floats, Floats]:
        one = self._odds(evidence, self._one, self._prior)
        household = self._odds(evidence, self._household, self._household_prior) if self._household else np.zeros_like(one)
        return one / (1.0 + one + household), household / (1.0 + one + household)

    def _odds(self, evidence: Evidence, shares: Mapping[str, Floats], prior: float) -> Floats:
        """Of a kind of pair against strangers."""
        total = np.full(len(evidence.pairs), self._intercept(prior))
        for name, own in shares.items():
            total += self._bits(name, own)[evidence.levels[name]]
        for field, interaction in RARITY.items():
            if field in shares:
                total += evidence.rarity(interaction)
        return np.asarray(np.exp2(np.clip(total, -_WIDEST, _WIDEST)))

    def _share(self, kind: Floats) -> float:
        """How many of all possible pairs are of a kind."""
        return float(np.clip(kind.sum() * self._stands_for / self._possible, _LOWEST_PRIOR, 0.5))

    def _intercept(self, prior: float) -> float:
        return float(np.log2(prior / max(1.0 - self._prior - self._household_prior, _LOWEST_PRIOR)))

    def _bits(self, name: str, shares: Floats) -> Floats:
        """How much likelier than for strangers; where names agree, by how many people bear a typical one, for rarity is added."""
        bits = np.log2(shares / self._two[name])
        if name in RARITY:
            bits[0] = np.log2(shares[0]) + self._candidates.typical(RARITY[name])
        return np.asarray(bits)

    def _weights(self, version: str, shares: Mapping[str, Floats], prior: float) -> MatchWeights:
        names = {name: [level.name for level in comparison.levels] for name, comparison in self._candidates.comparisons.items()}
        bits = {name: self._bits(name, shares[name]) if name in shares else np.zeros(len(levels)) for name, levels in names.items()}
        rare = {interaction for field, interaction in RARITY.items() if field in shares}
        return MatchWeights(
            version=version,
            origin="em",
            roll_size=max(round(float(np.sqrt(self._possible))), 1),
            intercept=self._intercept(prior),
            levels={name: dict(zip(levels, bits[name].tolist(), strict=True)) for name, levels in names.items()},
            interactions={name: float(name in rare) for name in INTERACTIONS},
            calibration=(),
        )


def _is_there(evidence: Evidence, name: str) -> bool:
    neutral = evidence.comparisons[name].neutral()
    return float(np.mean(~neutral[evidence.levels[name]])) > _FEWEST


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
