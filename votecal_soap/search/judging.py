"""The judgement on the candidates of each person: posterior, certainty of a single DL/ID, family rules, rivals."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from votecal_soap.domain.matching import Ceiling, Match, MatchField, MatchSettings
from votecal_soap.search.arrays import Flags, Floats, Integers
from votecal_soap.search.confidence import CERTAIN, in_percent, posterior, roll_adjustment
from votecal_soap.search.criteria import CriteriaWriter
from votecal_soap.search.evidence import Evidence
from votecal_soap.search.family_rules import CLOSE_CALL, FAMILY_RULES, Capped, RuleName, apply_rules, limit_of
from votecal_soap.search.scoring import interaction_values, score
from votecal_soap.search.weights import MatchWeights

_SEVERAL: Final = len(FAMILY_RULES)
"""The number of the rule on rivals, behind those on a single pair."""
_CAPS: Final[Mapping[int, RuleName | None]] = {
    -1: None,
    **{number: rule.name for number, rule in enumerate(FAMILY_RULES)},
    _SEVERAL: RuleName.SEVERAL_CANDIDATES,
}
"""The rule that held a confidence down, by its number."""


class Judgement:
    """Scores and confidences of the pairs of one search."""

    def __init__(self, evidence: Evidence, scores: Floats, capped: Capped, writer: CriteriaWriter) -> None:
        """Keep what was judged; criteria are written when asked for."""
        self.pairs: Final = evidence.pairs
        self.scores: Final = scores
        self.confidence: Final = capped.confidence
        self.same_licence: Final = evidence.holds(MatchField.DRIVERS_LICENSE, "same")
        self._rule: Final = capped.rule
        self._writer: Final = writer

    def matches(self, pairs: Integers, state_voter_ids: Iterable[int]) -> list[Match]:
        """Pairs as matches with these voters."""
        columns = (
            state_voter_ids,
            self.confidence[pairs].tolist(),
            [round(score, 4) for score in self.scores[pairs].tolist()],
            self._writer.criteria(pairs),
            [_CAPS[rule] for rule in self._rule[pairs].tolist()],
            self.same_licence[pairs].tolist(),
        )
        return list(map(Match._make, zip(*columns, strict=True)))


def judge(evidence: Evidence, weights: MatchWeights, settings: MatchSettings, roll_size: int | None) -> Judgement:
    """Score all pairs, then let the rules hold down what likeness alone would overrate."""
    interactions = interaction_values(evidence, weights)
    scores = score(evidence, weights, interactions) + roll_adjustment(weights, roll_size)
    sure = in_percent(posterior(scores, weights, lacks_licence=evidence.holds(MatchField.DRIVERS_LICENSE, "missing")))
    sure[_certain(evidence)] = CERTAIN
    capped = apply_rules(sure, evidence, settings)
    _hold_rivals(capped, evidence.pairs.left_rows, scores, settings)
    return Judgement(evidence, scores, capped, CriteriaWriter(evidence, weights, interactions))


def _certain(evidence: Evidence) -> Flags:
    """The only candidate with the person's DL/ID, if name or date of birth agrees (COA-05)."""
    same = evidence.holds(MatchField.DRIVERS_LICENSE, "same")
    queries = evidence.pairs.left_rows
    single = np.bincount(queries[same], minlength=int(queries.max(initial=0)) + 1) == 1
    return np.asarray(same & single[queries] & (evidence.same_name() | evidence.same_birth()))


def _hold_rivals(capped: Capped, queries: Integers, scores: Floats, settings: MatchSettings) -> None:
    """Where two voters would be automatic, or the best two are a close call, none is automatic but the single one with the DL/ID."""
    limit = limit_of(Ceiling.BELOW_AUTOMATIC, RuleName.SEVERAL_CANDIDATES, settings)
    order = np.lexsort((-scores, queries))
    second = np.flatnonzero(queries[order][1:] == queries[order][:-1]) + 1
    runner_up = second[(second == 1) | (queries[order][second - 2] != queries[order][second])]
    best, rival = order[runner_up - 1], order[runner_up]
    both_automatic = (capped.confidence[best] > limit) & (capped.confidence[rival] > limit)
    disputed = np.isin(queries, queries[best[both_automatic | (scores[best] - scores[rival] < CLOSE_CALL)]])
    held = disputed & (capped.confidence > limit) & (capped.confidence < CERTAIN)
    capped.confidence[held], capped.rule[held] = limit, _SEVERAL
