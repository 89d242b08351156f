"""Moves that a county registered with an affidavit, without a match case: they stand, or two persons get two records (S4.21, VRU-15, UC03.50.01)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import as_seen_by
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.due_dates import due_on
from votecal_soap.domain.duplicate_cases import bear_one_license
from votecal_soap.domain.duplicates import DuplicateCause, DuplicatePair
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, TransferOut, TransferState
from votecal_soap.domain.match_notices import TransferNotice
from votecal_soap.domain.matching import Match
from votecal_soap.domain.registrations import REGISTERED
from votecal_soap.domain.transfer_reversal import of_the_other, restored, split_off
from votecal_soap.domain.voter_children import NewChild
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.search.standardising import voter_person
from votecal_soap.use_cases.duplicate_messages import PairSight, tell_of_pair
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import tell_of_transfer
from votecal_soap.use_cases.new_pair_cases import PairOpening, new_pair_case
from votecal_soap.use_cases.pairs_of_movers import pass_on_pairs
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.registration_candidates import registration_candidates
from votecal_soap.use_cases.search_service import weights_in_force

TAKEN_BACK: Final = "Transfer Taken Back"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferInHand:
    """A registered move whose voter is locked, and what deciding it does."""

    transfer: TransferOut
    effects: MatchEffects

    @property
    def voter(self) -> Voter:
        """The record as it stands."""
        return self.effects.voters[self.transfer.state_voter_id]


def take_registered_transfer(uow: UnitOfWork, transfer: TransferOut, state: TransferState, by: str, clock: Clock) -> TransferInHand:
    """Lock the voter, then the move, and refuse one that is not in this state any more."""
    now = clock.now()
    effects = MatchEffects(uow.voters.lock_by_state_id([transfer.state_voter_id]), actor=by, at=now, day=legal_date(now))
    locked = uow.match_cases.transfer(transfer.transfer_id, lock=True) or transfer
    if locked.state is not state:
        raise Conflict(ErrorCode.CASE_DECIDED, f"The transfer cannot be decided so: it is {locked.state}.", ref="TransferId")
    return TransferInHand(transfer=locked, effects=effects)


def let_registered_stand(uow: UnitOfWork, hand: TransferInHand, basis: str | None, told: Iterable[str]) -> None:
    """Nothing is pending any more; the counties named did not say so themselves, and are told. The caller writes the effects."""
    transfer, effects, voter = hand.transfer, hand.effects, hand.voter
    uow.match_cases.decide_transfer(transfer.transfer_id, TransferState.ACCEPTED, effects.at, effects.actor)
    # Another move of the voter may have begun to wait since: only the one that this transfer made ends.
    if voter.transfer_pending_until == transfer.pending_until:
        effects.change(Change(voter._replace(transfer_pending_until=None), ("transfer_pending_until",)), "AcceptTransferOut")
    accepted = transfer._replace(state=TransferState.ACCEPTED, decided_at=effects.at, decided_by=effects.actor)
    for county in told:
        own_id = voter.ems_voter_id if county == voter.county_code else None
        notice = TransferNotice(accepted, None, voter=as_seen_by(hand.voter, county, effects.day), basis=basis)
        tell_of_transfer(effects, MessageType.TRANSFER_ACCEPTED, notice, county_code=county, ems_voter_id=own_id, blocks_updates=False)


def take_registered_back(uow: UnitOfWork, hand: TransferInHand, basis: str) -> int:
    """The existing record is as before the move, and the other person has one of her own, with what was entered since; its UID. Writes all of it.

    Raises:
        Conflict: NOT_UNDOABLE when the record was merged, or moved on, since.
    """
    transfer, effects, voter = hand.transfer, hand.effects, hand.voter
    before, applied = _versions(uow, hand)
    new_id = uow.voters.reserve_state_voter_ids(1)
    other = split_off(voter, before, applied, transfer, new_id)
    match = _match(uow, other, int(voter.state_voter_id))
    own_id = _free_id(uow, before)
    effects.change(Change(*restored(voter, before, own_id, effects.day)), "ReverseTransferOut")
    effects.note(transfer.state_voter_id, TAKEN_BACK, f"Not the person of UID {new_id}: {basis}")
    uow.match_cases.decide_transfer(transfer.transfer_id, TransferState.REVERSED, effects.at, effects.actor, expected=transfer.state)
    _tell_both(hand, other, before.ems_voter_id, basis)
    pass_on_pairs(uow, effects)
    # The gaining county's own id is free for the new record only when the existing one has given it up.
    effects.write(uow)
    _enter_other(uow, hand, other, match, basis)
    return new_id


def _versions(uow: UnitOfWork, hand: TransferInHand) -> tuple[Voter, Voter]:
    transfer, voter = hand.transfer, hand.voter
    if voter.merged_into is not None or any(merge.merged_at >= transfer.opened_at for merge in uow.merges.standing([transfer.state_voter_id])):
        raise Conflict(ErrorCode.NOT_UNDOABLE, "The record was merged with another since: undo that merge first.", ref="TransferId")
    if voter.county_code != transfer.gaining_county:
        raise Conflict(ErrorCode.NOT_UNDOABLE, "The voter has moved on to another county since.", ref="TransferId")
    before = uow.voters.version(transfer.state_voter_id, transfer.before_version or 0)
    applied = uow.voters.version(transfer.state_voter_id, transfer.applied_version or 0)
    if before is None or applied is None:
        raise Conflict(ErrorCode.NOT_UNDOABLE, "The versions of the record around this move are no longer kept.", ref="TransferId")
    return before, applied


def _match(uow: UnitOfWork, other: Voter, state_voter_id: int) -> Match | None:
    found = registration_candidates(uow, voter_person(other), other.county_code)
    return next((candidate.full for candidate in found if candidate.full.state_voter_id == state_voter_id), None)


def _free_id(uow: UnitOfWork, before: Voter) -> str | None:
    """The losing county's own id, unless it has given it to another voter meanwhile."""
    taken = before.ems_voter_id is None or uow.voters.by_ems_id(before.county_code, before.ems_voter_id) is not None
    return None if taken else before.ems_voter_id


def _tell_both(hand: TransferInHand, other: Voter, losing_id: str | None, basis: str) -> None:
    """S4.21: both counties set their records right; each is sent its own."""
    transfer, effects = hand.transfer, hand.effects
    reversed_ = transfer._replace(state=TransferState.REVERSED, decided_at=effects.at, decided_by=effects.actor)
    for county, record, own_id in ((transfer.losing_county, hand.voter, losing_id), (transfer.gaining_county, other, other.ems_voter_id)):
        notice = TransferNotice(reversed_, None, voter=record, basis=basis)
        tell_of_transfer(effects, MessageType.TRANSFER_REVERSED, notice, county_code=county, ems_voter_id=own_id)


def _enter_other(uow: UnitOfWork, hand: TransferInHand, other: Voter, match: Match | None, basis: str) -> None:
    transfer, at = hand.transfer, hand.effects.at
    uow.voters.add_voters([other], at)
    days = {election.election_id: election.election_date for election in uow.reference.elections()}
    mine = of_the_other(uow.children.of_voters([transfer.state_voter_id]), transfer, days)
    uow.children.add([NewChild(int(other.state_voter_id), child.content, copied_from=child.source) for child in mine], at)
    uow.children.take_away(mine, transfer.transfer_id)
    effects = MatchEffects([hand.voter, other], actor=hand.effects.actor, at=at, day=hand.effects.day)
    uid = int(other.state_voter_id)
    effects.note(uid, REGISTERED, f"A record of her own, for she is not the voter of UID {transfer.state_voter_id}: {basis}")
    effects.audit("RegisterVoter", ("Voter", uid), other.county_code, old={}, new={"split_off": transfer.state_voter_id, "transfer": transfer.transfer_id})
    if match is not None:
        _keep_apart(uow, effects, transfer, uid, match, basis)
    effects.write(uow)


def _keep_apart(uow: UnitOfWork, effects: MatchEffects, transfer: TransferOut, uid: int, match: Match, basis: str) -> None:
    """S10.10: a confirmed non-match; on one DL/ID it is a first rejection, and the gaining county is asked (DUP-04)."""
    both = effects.voters[transfer.state_voter_id], effects.voters[uid]
    same_number = bear_one_license(*both)
    one, two = sorted((transfer.state_voter_id, uid))
    pair = DuplicatePair(one, two, match.confidence, match.criteria, match.cap, match.same_drivers_license, verified_license=False)
    day = due_on(effects.day, uow.matching.holidays())
    opening = PairOpening(
        cause=DuplicateCause.REGISTRATION,
        round_number=1,
        weights_version=weights_in_force(uow).version,
        due_on=day if same_number else None,
        state=CaseState.REJECTED_BY_USER if same_number else CaseState.REJECTED,
        asked_county=transfer.gaining_county if same_number else None,
        first_rejected_by=transfer.losing_county,
        basis=basis,
    )
    case = new_pair_case(uow, effects, pair, opening)
    if same_number:
        tell_of_pair(effects, MessageType.POTENTIAL_DUPLICATE, PairSight(case), uid)
