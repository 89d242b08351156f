"""UC03.41.01 The pairs that the Duplicate Voter Detection Job found become match cases, or are merged (DUP-01, DUP-02, DUP-07)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.due_dates import due_on
from votecal_soap.domain.duplicate_cases import deciding_digest
from votecal_soap.domain.duplicates import DuplicateCause, DuplicatePair
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase, PotentialReason
from votecal_soap.domain.matching import Band, MatchingFunction, band
from votecal_soap.domain.voters import Voter, VoterStatus
from votecal_soap.use_cases.automatic_merges import Withholding, merge_automatically, reason_against
from votecal_soap.use_cases.duplicate_cases import STANDING
from votecal_soap.use_cases.duplicate_messages import PairSight, tell_counties
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.new_pair_cases import PairOpening, new_pair_case
from votecal_soap.use_cases.ports import UnitOfWork

RESERVED_TOGETHER = 50

_CLOSED = frozenset({CaseState.REJECTED, CaseState.REPLACED})
"""States from which a pair may come back, as a new round."""


class PairOutcome(StrEnum):
    """What became of a pair."""

    MERGED = "Merged"  # DUP-07, mode apply
    PROVISIONALLY_MERGED = "ProvisionallyMerged"  # DUP-07: the older record's county has to accept its cancellation
    OPENED = "Opened"  # both counties are asked (DUP-02)
    REOPENED = "Reopened"  # a new round: a deciding field changed since the rejection (DUP-01)
    KNOWN = "Known"  # a case waits, or was rejected and nothing changed since
    IGNORED = "Ignored"  # below the manual threshold, or a record that is merged already


def open_duplicate_cases(
    uow: UnitOfWork, pairs: Sequence[DuplicatePair], clock: Clock, *, weights_version: str, job_id: int | None = None
) -> Counter[PairOutcome]:
    """Open a case for each pair, or merge it, as its band and its counties say; how many pairs came to what. The caller commits.

    Safe to repeat: a pair that is known already changes nothing. Voters are locked in UID order.
    """
    desk = _Desk(uow, pairs, clock, weights_version, job_id)
    outcomes = Counter(desk.settle(pair) for pair in pairs)
    desk.effects.write(uow)
    return outcomes


class _Desk:
    """The records of a chunk of pairs, locked, and what is known of the pairs."""

    def __init__(self, uow: UnitOfWork, pairs: Sequence[DuplicatePair], clock: Clock, weights_version: str, job_id: int | None) -> None:
        self._uow = uow
        self._weights_version = weights_version
        now = clock.now()
        self._today = legal_date(now)
        self._due_on = due_on(self._today, uow.matching.holidays())
        self._settings = uow.matching.settings(MatchingFunction.DUPLICATE_VOTER)
        named = {uid for pair in pairs for uid in pair[:2]}
        self._waiting = uow.match_cases.of_voters(sorted(named), STANDING)
        concerned = named | {uid for case in self._waiting for uid in (case.state_voter_id, case.other_state_voter_id) if uid is not None}
        by = "system:duplicates" if job_id is None else f"job:{job_id}"
        self.effects = MatchEffects(uow.voters.lock_by_state_id(sorted(concerned)), actor=by, at=now, day=self._today, job_id=job_id)
        self._withholding = Withholding(uow, self._today)
        self._case_ids: Iterator[int] = iter(())
        self._left = len(pairs)
        self._latest = uow.match_cases.latest_of_pairs([pair[:2] for pair in pairs])

    def settle(self, pair: DuplicatePair) -> PairOutcome:
        """One pair; the records are as the pairs before have left them."""
        self._left -= 1
        one, other = self.effects.voters.get(pair.state_voter_id), self.effects.voters.get(pair.other_state_voter_id)
        is_wanted = pair.verified_license or band(pair.confidence, self._settings) is not Band.IGNORED
        if one is None or other is None or not is_wanted or _is_no_registration(one) or _is_no_registration(other):
            return PairOutcome.IGNORED
        known = self._latest.get(pair[:2])
        if known is not None and known.state not in _CLOSED:
            self._follow_moves(known, (one.county_code, other.county_code))
            return PairOutcome.KNOWN
        if known is not None and known.state is CaseState.REJECTED and known.deciding_digest == deciding_digest(one, other):
            return PairOutcome.KNOWN
        opening = self._opening(pair, 1 if known is None else (known.round_number or 0) + 1)
        if band(pair.confidence, self._settings) is not Band.AUTOMATIC:
            return self._opened(pair, replace(opening, potential_reason=PotentialReason.BELOW_AUTOMATIC))
        reason = reason_against(self._uow, self.effects, (one, other))
        return self._merged(pair, opening) if reason is None else self._opened(pair, replace(opening, potential_reason=reason))

    def _opening(self, pair: DuplicatePair, round_number: int) -> PairOpening:
        return PairOpening(
            cause=DuplicateCause.VERIFIED_LICENSE if pair.verified_license else DuplicateCause.LIKENESS,
            round_number=round_number,
            weights_version=self._weights_version,
            due_on=self._due_on,
            case_id=self._case_id(),
        )

    def _case_id(self) -> int:
        """The next number; reserved some at a time, for each reservation costs two statements."""
        case_id = next(self._case_ids, None)
        if case_id is None:
            together = min(RESERVED_TOGETHER, self._left + 1)
            case_id = self._uow.match_cases.reserve_ids(together)
            self._case_ids = iter(range(case_id + 1, case_id + together))
        return case_id

    def _merged(self, pair: DuplicatePair, opening: PairOpening) -> PairOutcome:
        """DUP-07."""
        both = set(pair[:2])
        related = [case for case in self._waiting if both & {case.state_voter_id, case.other_state_voter_id}]
        voters = self.effects.voters[pair.state_voter_id], self.effects.voters[pair.other_state_voter_id]
        case = merge_automatically(self._uow, self.effects, pair, opening, self._withholding.of(voters), related)
        # What waited on the older record is replaced, and may wait on the newer one now.
        others = [waiting for waiting in self._waiting if waiting not in related]
        self._waiting = others + self._uow.match_cases.of_voters(sorted(both), STANDING)
        return PairOutcome.MERGED if case.state is CaseState.ACCEPTED else PairOutcome.PROVISIONALLY_MERGED

    def _opened(self, pair: DuplicatePair, opening: PairOpening) -> PairOutcome:
        """DUP-02: both counties are asked."""
        case = new_pair_case(self._uow, self.effects, pair, opening)
        self._waiting.append(case)
        tell_counties(self.effects, MessageType.POTENTIAL_DUPLICATE, PairSight(case))
        return PairOutcome.REOPENED if opening.round_number > 1 else PairOutcome.OPENED

    def _follow_moves(self, case: MatchCase, counties: tuple[str, str]) -> None:
        """A record moved to another county since: the counties that have the records now are asked."""
        first, second = counties[0], counties[1] if counties[1] != counties[0] else None
        if case.state is not CaseState.OPEN or case.asked_county or (case.county_code, case.other_county) == (first, second):
            return
        moved = case._replace(county_code=first, other_county=second, due_on=self._due_on, overdue_announced_at=None)
        tell_counties(self.effects, MessageType.POTENTIAL_DUPLICATE, PairSight(self._uow.match_cases.save(case, moved)))


def _is_no_registration(voter: Voter) -> bool:
    """Merged into another record, or declined: such a one is kept apart (S4.9)."""
    return voter.merged_into is not None or voter.status == VoterStatus.DECLINED
