"""S4.23, DUP-04 A county registered a voter as new over candidates: that was the first rejection, and their counties are asked."""

from collections.abc import Sequence
from datetime import date

from votecal_soap.domain.duplicate_cases import bear_one_license
from votecal_soap.domain.duplicates import DuplicateCause, DuplicatePair
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.use_cases.duplicate_messages import PairSight, tell_of_pair
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.new_pair_cases import PairOpening, new_pair_case
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.sos_items_of_case import ask_for_review, notify_of_verified_candidate

BASIS = "Registered as new over this candidate."


def open_pairs_of_registration(
    uow: UnitOfWork, effects: MatchEffects, registered_id: int, pairs: Sequence[DuplicatePair], *, weights_version: str, due_on: date
) -> list[MatchCase]:
    """A case for each candidate that was shown and not chosen; `effects` holds the new record and all candidates, locked.

    One of the same county that bears another number is settled by that county's choice, and makes none. The new record is
    stored already; the caller writes the effects and commits.
    """
    opened = [_opened(uow, effects, registered_id, pair, weights_version, due_on) for pair in pairs]
    return [case for case in opened if case is not None]


def _opened(uow: UnitOfWork, effects: MatchEffects, registered_id: int, pair: DuplicatePair, weights_version: str, due_on: date) -> MatchCase | None:
    candidate_id = pair.other_state_voter_id if pair.state_voter_id == registered_id else pair.state_voter_id
    registered, candidate = effects.voters[registered_id], effects.voters[candidate_id]
    same_number, same_county = bear_one_license(registered, candidate), registered.county_code == candidate.county_code
    if same_county and not same_number:
        return None
    asked_county = None if same_county else candidate.county_code
    opening = PairOpening(
        cause=DuplicateCause.REGISTRATION,
        round_number=1,
        weights_version=weights_version,
        due_on=None if asked_county is None else due_on,
        state=CaseState.REJECTED_BY_USER if same_number else CaseState.OPEN,
        asked_county=asked_county,
        first_rejected_by=registered.county_code,
        basis=BASIS,
    )
    case = new_pair_case(uow, effects, pair, opening)
    notify_of_verified_candidate(uow, case, (registered, candidate), due_on, effects)
    if asked_county is None:
        ask_for_review(uow, case, due_on, effects)
    else:
        tell_of_pair(effects, MessageType.POTENTIAL_DUPLICATE, PairSight(case), candidate_id)
    return case
