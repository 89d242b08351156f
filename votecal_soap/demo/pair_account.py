"""The account of the duplicates: what was planted beside what was found, pair by pair, at the state and in the counties' EMS."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from votecal_soap.demo.findings import AnswerCount, Check, ClerksWord, SampleMessage
from votecal_soap.demo.pair_cast import PlantedPair
from votecal_soap.demo.pair_situations import EXPECTED, PairSituation, Review, Standing
from votecal_soap.domain.match_cases import CaseState
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFound:
    """Where a pair stands at the end: its case, its records on both sides (None: neither one nor two), and SOS's review."""

    state: CaseState | None
    standing: Standing | None
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCount:
    """A situation with the pairs planted in it, those that ended as they must, and what the others came to."""

    situation: PairSituation
    planted: int
    found: int
    otherwise: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOutcomeCount:
    """What the job made of pairs: as planted, and as the state counted, who may find people of the population alike too."""

    outcome: PairOutcome
    planted: int
    at_state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAccount:
    """Everything that is told of the duplicates at the end."""

    job_id: int
    situations: tuple[PairCount, ...]
    outcomes: tuple[PairOutcomeCount, ...]
    answered: tuple[AnswerCount, ...]
    words: tuple[ClerksWord, ...]
    message: SampleMessage
    checks: tuple[Check, ...]

    @property
    def is_exact(self) -> bool:
        """Whether every count is exactly what was planted, and all else holds."""
        as_planted = all(count.found == count.planted and not count.otherwise for count in self.situations)
        said = all(count.planted == count.said for count in self.answered) and all(word.is_right for word in self.words)
        return as_planted and said and all(check.holds for check in self.checks)


def count_pairs(pairs: Sequence[PlantedPair], found: Mapping[PlantedPair, PairFound]) -> tuple[PairCount, ...]:
    """Compare pair by pair: a total alone would hide two mistakes that cancel out."""
    right: Counter[PairSituation] = Counter()
    otherwise: dict[PairSituation, Counter[str]] = {situation: Counter() for situation in EXPECTED}
    for pair in pairs:
        expected, end = EXPECTED[pair.situation], found[pair]
        if (end.state, end.standing, end.review) == (expected.state, expected.standing, expected.review):
            right[pair.situation] += 1
        else:
            otherwise[pair.situation][f"{end.state}, records {end.standing}, review {end.review}"] += 1
    totals = Counter(pair.situation for pair in pairs)
    return tuple(PairCount(situation=each, planted=totals[each], found=right[each], otherwise=dict(otherwise[each])) for each in EXPECTED)


def count_pair_outcomes(pairs: Iterable[PlantedPair], at_state: Mapping[str, int]) -> tuple[PairOutcomeCount, ...]:
    """Every outcome, planted or not."""
    totals = Counter(EXPECTED[pair.situation].found for pair in pairs)
    return tuple(PairOutcomeCount(outcome=outcome, planted=totals[outcome], at_state=at_state.get(outcome, 0)) for outcome in PairOutcome)
