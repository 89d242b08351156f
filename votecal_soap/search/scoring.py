"""From pairs to scores: compare every field, add up what the levels are worth."""

from collections.abc import Mapping

import numpy as np

from votecal_soap.domain.matching import MatchField
from votecal_soap.search.arrays import Floats
from votecal_soap.search.columns import Columns
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.evidence import INTERACTIONS, Evidence
from votecal_soap.search.frequencies import NameFrequencies
from votecal_soap.search.levels import Comparison
from votecal_soap.search.pairs import Pairs
from votecal_soap.search.weights import MatchWeights


def compare(pairs: Pairs, frequencies: NameFrequencies, *, earlier: Columns | None = None, comparisons: Mapping[str, Comparison] = COMPARISONS) -> Evidence:
    """The levels of every comparison; of the present and the `earlier` residence of the left people the better one counts."""
    levels = {field: comparison.numbers(pairs) for field, comparison in comparisons.items()}
    if earlier is not None and MatchField.ADDRESS in levels:
        levels[MatchField.ADDRESS] = np.minimum(levels[MatchField.ADDRESS], COMPARISONS[MatchField.ADDRESS].numbers(pairs.at(earlier)))
    return Evidence(pairs, levels, frequencies, comparisons)


def score(evidence: Evidence, weights: MatchWeights, interactions: Mapping[str, Floats] | None = None) -> Floats:
    """The sum of all weights that apply, in bits; `interactions` if the caller has their values already."""
    total = np.full(len(evidence.pairs), weights.intercept)
    for field, levels in evidence.levels.items():
        total += bits_of_levels(evidence.comparisons[field], weights)[levels]
    for value in (interaction_values(evidence, weights) if interactions is None else interactions).values():
        total += value
    return total


def interaction_values(evidence: Evidence, weights: MatchWeights) -> Mapping[str, Floats]:
    """What each interaction adds to each pair, in bits."""
    return {name: np.asarray(INTERACTIONS[name](evidence) * bits, np.float64) for name, bits in weights.interactions.items() if bits}


def bits_of_levels(comparison: Comparison, weights: MatchWeights) -> Floats:
    """The weights of a field in the order of its levels."""
    bits = weights.levels[comparison.field]
    return np.array([bits[level.name] for level in comparison.levels])
