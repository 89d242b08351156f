"""A pair of records becomes a match case (DUP-01)."""

from dataclasses import dataclass
from datetime import date

from votecal_soap.domain.duplicate_cases import deciding_digest
from votecal_soap.domain.duplicates import DuplicateCause, DuplicatePair
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase, PotentialReason
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import NewMatchCase, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOpening:
    """How a pair's case begins; an open one waits for both counties, or for the one asked."""

    cause: DuplicateCause
    round_number: int
    weights_version: str
    due_on: date | None
    state: CaseState = CaseState.OPEN
    potential_reason: PotentialReason | None = None
    asked_county: str | None = None
    first_rejected_by: str | None = None
    automatic: bool = False
    basis: str | None = None
    case_id: int | None = None
    """A number that was reserved with others; None: the next one."""


def new_pair_case(uow: UnitOfWork, effects: MatchEffects, pair: DuplicatePair, opening: PairOpening) -> MatchCase:
    """Insert the case; as it is read."""
    one, other = effects.voters[pair.state_voter_id], effects.voters[pair.other_state_voter_id]
    new = NewMatchCase(
        case_id=opening.case_id or uow.match_cases.reserve_ids(1),
        case_type=CaseType.DUPLICATE_VOTER,
        work_item_id=None,
        state_voter_id=pair.state_voter_id,
        county_code=one.county_code,
        state=opening.state,
        confidence=pair.confidence,
        criteria=pair.criteria,
        cap=pair.cap,
        potential_reason=opening.potential_reason,
        same_drivers_license=pair.same_drivers_license,
        weights_version=opening.weights_version,
        due_on=opening.due_on,
        decided_by=None if opening.state is CaseState.OPEN else effects.actor,
        basis=opening.basis,
        before_version=None,
        applied_version=None,
        automatic=opening.automatic,
        other_state_voter_id=pair.other_state_voter_id,
        other_county=None if other.county_code == one.county_code else other.county_code,
        round_number=opening.round_number,
        cause=opening.cause,
        deciding_digest=deciding_digest(one, other),
        asked_county=opening.asked_county,
        first_rejected_by=opening.first_rejected_by,
    )
    uow.match_cases.add([new], effects.at)
    return _as_read(new, effects)


def _as_read(new: NewMatchCase, effects: MatchEffects) -> MatchCase:
    decided_at = None if new.state is CaseState.OPEN else effects.at
    reason = None if new.potential_reason is None else PotentialReason(new.potential_reason)
    given = {**new._asdict(), "potential_reason": reason}
    return MatchCase(**given, version=1, opened_at=effects.at, overdue_announced_at=None, decided_at=decided_at)
