"""The account of a demonstration: what was planted beside what was found, at the state and at the county (VRU-21)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from votecal_soap.county.work_list import RecordResult
from votecal_soap.demo.dmv_account import DmvAccount
from votecal_soap.demo.findings import Check, SampleMessage
from votecal_soap.demo.pair_account import PairAccount
from votecal_soap.demo.situations import EXPECTED, Situation
from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.voters import Voter

OutcomeKey = tuple[Outcome, FailureReason | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationCount:
    """A situation with the voters planted in it, those that came out as they must, and what the others came to."""

    situation: Situation
    planted: int
    found: int
    otherwise: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """An outcome and reason: as planted, as the state counted it, as the county was told it."""

    outcome: Outcome
    reason: FailureReason | None
    planted: int
    at_state: int
    at_county: int

    @property
    def is_exact(self) -> bool:
        """Whether all three agree."""
        return self.planted == self.at_state == self.at_county


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterHistory:
    """One voter before and after the batch, and as of two days."""

    before: Voter
    after: Voter
    yesterday: date
    as_of_yesterday: Voter | None
    today: date
    as_of_today: Voter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Everything that is told at the end."""

    job_id: int
    situations: tuple[SituationCount, ...]
    outcomes: tuple[OutcomeCount, ...]
    checks: tuple[Check, ...]
    messages: tuple[SampleMessage, ...]
    history: VoterHistory
    queue_before: int
    queue_after: int
    imported: Mapping[str, int]
    seconds: Mapping[str, float] = field(default_factory=dict)
    dmv: DmvAccount | None = None
    pairs: PairAccount | None = None

    @property
    def is_exact(self) -> bool:
        """Whether every count is exactly what was planted, and all else holds, in the batch, in DMV's files and among duplicates."""
        if any(act is not None and not act.is_exact for act in (self.dmv, self.pairs)):
            return False
        as_planted = all(count.found == count.planted and not count.otherwise for count in self.situations)
        return as_planted and all(count.is_exact for count in self.outcomes) and all(check.holds for check in self.checks)


def count_situations(situations: Mapping[str, Situation], results: Iterable[RecordResult]) -> tuple[SituationCount, ...]:
    """Compare voter by voter: a total alone would hide two mistakes that cancel out."""
    planted = Counter(situations.values())
    found: Counter[Situation] = Counter()
    otherwise: dict[Situation, Counter[str]] = {situation: Counter() for situation in Situation}
    waiting = dict(situations)
    for result in results:
        situation = waiting.pop(result.voter_num or "", None)
        if situation is not None and _is_as_expected(situation, result):
            found[situation] += 1
        else:
            otherwise[situation or situations.get(result.voter_num or "", Situation.NOT_AT_THE_STATE)][_told(result)] += 1
    for situation in waiting.values():
        otherwise[situation]["no result"] += 1
    return tuple(
        SituationCount(situation=situation, planted=planted[situation], found=found[situation], otherwise=dict(otherwise[situation])) for situation in EXPECTED
    )


def count_outcomes(situations: Mapping[str, Situation], at_state: Mapping[OutcomeKey, int], results: Iterable[RecordResult]) -> tuple[OutcomeCount, ...]:
    """Every outcome and reason, planted or not."""
    planted = Counter((EXPECTED[situation].outcome, EXPECTED[situation].reason) for situation in situations.values())
    at_county = Counter((Outcome(result.outcome), FailureReason(result.reason) if result.reason else None) for result in results)
    keys: list[OutcomeKey] = [(Outcome.APPLIED, None), (Outcome.UNCHANGED, None), *((Outcome.FAILED, reason) for reason in FailureReason)]
    return tuple(OutcomeCount(outcome=key[0], reason=key[1], planted=planted[key], at_state=at_state.get(key, 0), at_county=at_county[key]) for key in keys)


def _is_as_expected(situation: Situation, result: RecordResult) -> bool:
    expected = EXPECTED[situation]
    is_warned = result.outcome == Outcome.APPLIED and bool(result.codes)
    return (result.outcome, result.reason, is_warned) == (expected.outcome, expected.reason, expected.warning)


def _told(result: RecordResult) -> str:
    return " ".join(part for part in (result.outcome, result.reason, *result.codes) if part)
