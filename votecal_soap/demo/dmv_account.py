"""The account of DMV's file: what was planted beside what was found, record by record, at the state and at the counties (COA-36)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from votecal_soap.demo.dmv_planting import Planted
from votecal_soap.demo.dmv_situations import EXPECTED, DmvSituation, Home
from votecal_soap.demo.findings import Check, SampleMessage
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.match_cases import CaseState, Disposition, MatchCase
from votecal_soap.domain.voters import Voter


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
    """An outcome: as planted, and as the state counted."""

    outcome: DmvOutcome
    planted: int
    at_state: int


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
    """Everything that is told of DMV's file at the end."""

    job_id: int
    situations: tuple[DmvCount, ...]
    outcomes: tuple[DmvOutcomeCount, ...]
    scores: Mapping[int, int]
    answered: Mapping[str, int]
    checks: tuple[Check, ...]
    explained: ExplainedCase

    @property
    def is_exact(self) -> bool:
        """Whether every count is exactly what was planted, and all else holds."""
        as_planted = all(count.found == count.planted and not count.otherwise for count in self.situations)
        return as_planted and all(count.planted == count.at_state for count in self.outcomes) and all(check.holds for check in self.checks)


def count_records(planted: Sequence[Planted], found: Mapping[int, RecordFound]) -> tuple[DmvCount, ...]:
    """Compare record by record, `found` by sequence: a total alone would hide two mistakes that cancel out."""
    right: Counter[DmvSituation] = Counter()
    otherwise: dict[DmvSituation, Counter[str]] = {situation: Counter() for situation in EXPECTED}
    for item in planted:
        expected, end = EXPECTED[item.situation], found[item.record.sequence]
        if (end.disposition, end.cases, end.home) == (expected.disposition, expected.cases, expected.home):
            right[item.situation] += 1
        else:
            otherwise[item.situation][_told(end)] += 1
    totals = Counter(item.situation for item in planted)
    return tuple(
        DmvCount(situation=situation, planted=totals[situation], found=right[situation], otherwise=dict(otherwise[situation])) for situation in EXPECTED
    )


def count_dmv_outcomes(planted: Iterable[Planted], at_state: Mapping[str, int]) -> tuple[DmvOutcomeCount, ...]:
    """Every outcome, planted or not."""
    totals = Counter(EXPECTED[item.situation].outcome for item in planted)
    return tuple(DmvOutcomeCount(outcome=outcome, planted=totals[outcome], at_state=at_state.get(outcome, 0)) for outcome in DmvOutcome)


def _told(end: RecordFound) -> str:
    return " ".join(str(part) for part in (end.disposition, *end.cases, f"home {end.home}") if part)
