"""The account of DMV's files: what was planted beside what was found, record by record, at the state and at the counties (COA-36)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from votecal_soap.demo.dmv_expected import EXPECTED
from votecal_soap.demo.dmv_letters import LetterCount
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvFileNumber, DmvSituation, Home
from votecal_soap.demo.findings import AnswerCount, Check, ClerksWord, SampleMessage, compare_answers
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.match_cases import CaseState, Disposition, MatchCase
from votecal_soap.domain.voters import Voter

Place = tuple[DmvFileNumber, int]
"""A record's file, and its place in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFound:
    """Where a record stands at the end: its work item, its cases, and where the county says that the voter lives."""

    disposition: Disposition | None
    cases: tuple[CaseState, ...]
    home: Home | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvCount:
    """A situation with the records planted in it, those that ended as they must, and what the others came to."""

    situation: DmvSituation
    planted: int
    found: int
    otherwise: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvOutcomeCount:
    """An outcome: as planted, and as the state counted, in each file."""

    outcome: DmvOutcome
    planted: Mapping[DmvFileNumber, int]
    at_state: Mapping[DmvFileNumber, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCase:
    """One case in full: why it was made, what the county was told, what it answered, and the voter before and after."""

    situation: DmvSituation
    case: MatchCase
    message: SampleMessage
    answer: str
    before: Voter
    after: Voter


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvAccount:
    """Everything that is told of DMV's files at the end."""

    jobs: Mapping[DmvFileNumber, int]
    situations: tuple[DmvCount, ...]
    outcomes: tuple[DmvOutcomeCount, ...]
    scores: Mapping[int, int]
    answered: tuple[AnswerCount, ...]
    words: tuple[ClerksWord, ...]
    letters: tuple[LetterCount, ...]
    checks: tuple[Check, ...]
    explained: ExplainedCase

    @property
    def is_exact(self) -> bool:
        """Whether every count is exactly what was planted, and all else holds."""
        as_planted = all(count.found == count.planted and not count.otherwise for count in self.situations)
        counted = all(count.planted == count.at_state for count in self.outcomes)
        said = all(count.planted == count.said for count in self.answered) and all(word.is_right for word in self.words)
        listed = all(count.planted == count.listed for count in self.letters)
        return as_planted and counted and said and listed and all(check.holds for check in self.checks)


def count_records(planted: Sequence[Planted], found: Mapping[Place, RecordFound]) -> tuple[DmvCount, ...]:
    """Compare record by record: a total alone would hide two mistakes that cancel out."""
    right: Counter[DmvSituation] = Counter()
    otherwise: dict[DmvSituation, Counter[str]] = {situation: Counter() for situation in EXPECTED}
    for item in planted:
        expected, end = EXPECTED[item.situation], found[place_of(item)]
        if (end.disposition, end.cases, end.home) == (expected.disposition, expected.cases, expected.home):
            right[item.situation] += 1
        else:
            otherwise[item.situation][_told(end)] += 1
    totals = Counter(item.situation for item in planted)
    return tuple(
        DmvCount(situation=situation, planted=totals[situation], found=right[situation], otherwise=dict(otherwise[situation])) for situation in EXPECTED
    )


def count_dmv_outcomes(planted: Iterable[Planted], at_state: Mapping[DmvFileNumber, Mapping[str, int]]) -> tuple[DmvOutcomeCount, ...]:
    """Every outcome, planted or not, file by file."""
    totals = Counter((EXPECTED[item.situation].outcome, item.file) for item in planted)
    return tuple(
        DmvOutcomeCount(
            outcome=outcome,
            planted={file: totals[outcome, file] for file in DmvFileNumber},
            at_state={file: at_state.get(file, {}).get(outcome, 0) for file in DmvFileNumber},
        )
        for outcome in DmvOutcome
    )


def count_answers(planted: Iterable[Planted], said: Mapping[str, int]) -> tuple[AnswerCount, ...]:
    """Every answer that was planted or said."""
    return compare_answers((answer for item in planted for answer in EXPECTED[item.situation].ruled), said)


def place_of(item: Planted) -> Place:
    """Where a record stands."""
    return item.file, item.record.sequence


def _told(end: RecordFound) -> str:
    return " ".join(str(part) for part in (end.disposition, *end.cases, f"home {end.home}") if part)
