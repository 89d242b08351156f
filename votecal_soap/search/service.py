"""The Search Service: one interactive search and a file of thousands take the same path (COA-04, COA-05, EWS-08)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from votecal_soap.domain.matching import Match, MatchField, MatchSettings, Person
from votecal_soap.search.arrays import Integers
from votecal_soap.search.candidates import DEFAULT_CAP, CandidateIndex, Candidates, CappedKey
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.frequencies import NameFrequencies, shipped_frequencies
from votecal_soap.search.gathering import gather, sought_people
from votecal_soap.search.judging import Judgement, judge
from votecal_soap.search.levels import Comparison
from votecal_soap.search.pairs import Pairs
from votecal_soap.search.scoring import compare
from votecal_soap.search.standardising import standardise
from votecal_soap.search.weights import MatchWeights


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found for each person, best first, and the keys that were too common to follow."""

    matches: list[list[Match]]
    capped: Sequence[CappedKey]


class SearchService:
    """Finds, scores and explains; it holds weights and no data of voters."""

    def __init__(self, weights: MatchWeights, *, frequencies: NameFrequencies | None = None, roll_size: int | None = None, cap: int = DEFAULT_CAP) -> None:
        """Take the weights in force; `roll_size`, the number of voters, shifts the intercept; None leaves it as fitted."""
        self._weights: Final = weights
        self._frequencies: Final = frequencies or shipped_frequencies()
        self._roll_size: Final = roll_size
        self._cap: Final = cap

    def search(self, people: Sequence[Person], index: CandidateIndex, settings: MatchSettings, *, viewer_county: str | None = None) -> SearchResult:
        """Everybody on the roll who may be one of these people: with a confidence of 1 or more, or of the same DL/ID.

        A confidential voter's address counts as missing unless the voter is the viewer's county's own (EWS-14);
        `viewer_county` None is the state itself, from which nothing is hidden.
        """
        gathered = gather(people, index, settings, cap=self._cap, viewer_county=viewer_county)
        if not gathered.found.rows:
            return SearchResult(matches=[[] for _ in people], capped=gathered.found.capped)
        judgement = self._judge(gathered.pairs, gathered.sought.earlier, settings)
        return SearchResult(matches=_by_query(judgement, gathered.found, len(people)), capped=gathered.found.capped)

    def explain(self, left: Person, right: Person, settings: MatchSettings) -> Match:
        """What a search would say of these two, were they found; the voter's number is 0."""
        vocabulary = Vocabulary()
        sought = sought_people([left], settings, vocabulary)
        pairs = Pairs(sought.present, Columns.of([standardise(right)], vocabulary), np.zeros(1, np.int64), np.zeros(1, np.int64))
        (match,) = self._judge(pairs, sought.earlier, settings).matches(np.zeros(1, np.int64), [0])
        return match

    def _judge(self, pairs: Pairs, earlier: Columns | None, settings: MatchSettings) -> Judgement:
        used: dict[str, Comparison] = {field: COMPARISONS[field] for field in MatchField if field in settings.fields}
        evidence = compare(pairs, self._frequencies, earlier=earlier, comparisons=used)
        return judge(evidence, self._weights, settings, self._roll_size)


def _by_query(judgement: Judgement, found: Candidates, people: int) -> list[list[Match]]:
    """The matches worth returning, best first; equals in the order of the roll."""
    matches: list[list[Match]] = [[] for _ in range(people)]
    queries, members = judgement.pairs.left_rows, judgement.pairs.right_rows
    worth = np.flatnonzero((judgement.confidence > 0) | judgement.same_licence)
    order: Integers = worth[np.lexsort((members[worth], -judgement.scores[worth], -judgement.confidence[worth], queries[worth]))]
    found_voters = [found.rows[member][0] for member in members[order].tolist()]
    for query, match in zip(queries[order].tolist(), judgement.matches(order, found_voters), strict=True):
        matches[query].append(match)
    return matches
