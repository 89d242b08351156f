"""What every use case on a pair of records asks first: the records are locked in UID order, then the case is read again (DLR-20)."""

from dataclasses import dataclass
from datetime import date

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.due_dates import due_on
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.county_cases import no_such_case
from votecal_soap.use_cases.duplicate_messages import voters_of
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork

STANDING = frozenset({CaseState.OPEN, CaseState.REJECTED_BY_USER, CaseState.PROVISIONAL})
"""Cases that a merge of one of their voters concerns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairInHand:
    """A pair whose records are locked, with the other cases of either that wait, and what deciding it does."""

    case: MatchCase
    related: tuple[MatchCase, ...]
    effects: MatchEffects
    due_on: date

    @property
    def voters(self) -> tuple[Voter, Voter]:
        """Both records as they stand."""
        one, other = voters_of(self.case)
        return self.effects.voters[one], self.effects.voters[other]


def take_pair_in_hand(uow: UnitOfWork, case: MatchCase, actor: str, clock: Clock) -> PairInHand:
    """Lock both records and those of the other pairs that they stand in, in UID order; then the case; then read again."""
    pair = voters_of(case)
    now = clock.now()
    today = legal_date(now)
    effects = MatchEffects(uow.voters.lock_by_state_id(_concerned(uow.match_cases.of_voters(pair, STANDING), pair)), actor=actor, at=now, day=today)
    locked = uow.match_cases.get(case.case_id, lock=True)
    if locked is None:
        raise no_such_case()
    related = tuple(other for other in uow.match_cases.of_voters(pair, STANDING) if other.case_id != case.case_id)
    if any(uid not in effects.voters for uid in _concerned(related, pair)):
        raise Conflict(ErrorCode.CASE_CHANGED, "Another case of one of the records was opened meanwhile; read again.", ref="MatchCaseId")
    return PairInHand(case=locked, related=related, effects=effects, due_on=due_on(today, uow.matching.holidays()))


def _concerned(cases: list[MatchCase] | tuple[MatchCase, ...], pair: tuple[int, int]) -> list[int]:
    others = {uid for case in cases for uid in (case.state_voter_id, case.other_state_voter_id) if uid is not None}
    return sorted(others | set(pair))
