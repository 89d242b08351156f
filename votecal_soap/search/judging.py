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
        self.capped: Final = capped
        self.confidence: Final = capped.confidence
        self.same_licence: Final = evidence.holds(MatchField.DRIVERS_LICENSE, "same")
        self._writer: Final = writer

    def matches(self, pairs: Integers, state_voter_ids: Iterable[int]) -> list[Match]:
        """Pairs as matches with these voters."""
        columns = (
            state_voter_ids,
            self.confidence[pairs].tolist(),
            [round(score, 4) for score in self.scores[pairs].tolist()],
            self._writer.criteria(pairs),
            [_CAPS[rule] for rule in self.capped.rule[pairs].tolist()],
            self.same_licence[pairs].tolist(),
        )
        return list(map(Match._make, zip(*columns, strict=True)))


def judge(evidence: Evidence, weights: MatchWeights, settings: MatchSettings, roll_size: int | None) -> Judgement:
    """Score all pairs, then let the rules hold down what likeness alone would overrate."""
    judgement = judge_each(evidence, weights, settings, roll_size, single=_single(evidence))
    _hold_rivals(judgement.capped, evidence.pairs.left_rows, judgement.scores, settings)
    return judgement


def judge_each(evidence: Evidence, weights: MatchWeights, settings: MatchSettings, roll_size: int | None, *, single: Flags) -> Judgement:
    """Judge every pair for itself, without rivals: of three registrations of one person each two are a pair.

    `single` says where a DL/ID that both bear is nobody else's: then it is certain, if name or date of birth agrees (COA-05).
    """
    interactions = interaction_values(evidence, weights)
    scores = score(evidence, weights, interactions) + roll_adjustment(weights, roll_size)
    sure = in_percent(posterior(scores, weights, lacks_licence=evidence.holds(MatchField.DRIVERS_LICENSE, "missing")))
    certain = evidence.holds(MatchField.DRIVERS_LICENSE, "same") & single & (evidence.same_name() | evidence.same_birth())
    sure[certain] = CERTAIN
    return Judgement(evidence, scores, apply_rules(sure, evidence, settings), CriteriaWriter(evidence, weights, interactions))


def _single(evidence: Evidence) -> Flags:
    """Where the person's DL/ID is borne by one candidate alone."""
    queries = evidence.pairs.left_rows
    bearing = queries[evidence.holds(MatchField.DRIVERS_LICENSE, "same")]
    return np.asarray(np.bincount(bearing, minlength=int(queries.max(initial=0)) + 1)[queries] == 1)


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
