"""Merges a pair of records, ends a provisional merge, or takes a merge back, in the transaction of the decision (DLR-07 to DLR-19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MailingKind, MatchCase, PotentialReason
from votecal_soap.domain.merging import Merge, MergeRecord, MergeTerms, complete, in_age_order, merge, on_top, registration_activity, unmerge
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.duplicate_messages import PairSight, pair_basis, tell_of_pair, voters_of
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork

MERGED: Final = "Record Merged by Duplicate Match"
"""DLR-08: on the newer record."""

MERGED_AWAY: Final = "Merged to Newer Duplicate"
"""On the older record."""

UNDONE: Final = "Duplicate Merge Undone"
"""DLR-19: on both."""


_LETTERS: Final = (MailingKind.RE_REGISTRATION_INVITATION, MailingKind.OUT_OF_STATE, MailingKind.UNPRECINCTABLE_FOLLOW_UP)
"""What was due to the older record, and is not to the same person under the newer one."""


class Obstacle(NamedTuple):
    """Why a merge cannot be now."""

    reason: PotentialReason
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOrder:
    """A pair to be merged: `complete` also ends the older registration; `deciding_county` is the one whose EMS sent the word."""

    case: MatchCase
    complete: bool
    basis: str
    deciding_county: str | None = None
    withheld_by_blackout: bool = False


def obstacle(uow: UnitOfWork, case_id: int, voters: tuple[Voter, Voter], at: datetime) -> Obstacle | None:
    """What has to be decided before: a move of one of the records, an application of a DMV record, or another merge that waits."""
    for voter in voters:
        if voter.transfer_pending_until is not None and voter.transfer_pending_until > at:
            return Obstacle(PotentialReason.UPDATE_PENDING, f"The move of voter {voter.state_voter_id} is not decided yet: decide that first.")
    uids = [int(voter.state_voter_id) for voter in voters]
    for other in uow.match_cases.of_voters(uids, [CaseState.PROVISIONAL]):
        if other.case_id != case_id:
            return Obstacle(PotentialReason.MERGE_PENDING, f"Match case {other.case_id} was applied and waits for a county: decide that first.")
    return None


def order_by_age(uow: UnitOfWork, voters: tuple[Voter, Voter]) -> tuple[Voter, Voter]:
    """(newer, older) (DLR-07); activities are read only where the registration dates do not tell."""
    one, other = voters
    if one.registration_date != other.registration_date:
        return in_age_order(one, other, {})
    return in_age_order(*voters, registration_activity(uow.children.of_voters([int(voter.state_voter_id) for voter in voters])))


def merge_pair(uow: UnitOfWork, effects: MatchEffects, order: MergeOrder) -> MergeRecord:
    """Merge the older record of the pair into the newer, and tell both counties; the case's own state is the caller's."""
    one, other = voters_of(order.case)
    children = uow.children.of_voters([one, other])
    newer, older = in_age_order(effects.voters[one], effects.voters[other], registration_activity(children))
    terms = MergeTerms(case_id=order.case.case_id, sequence=uow.merges.reserve_sequence(), at=effects.at, today=effects.day, complete=order.complete)
    merged = merge(newer, older, children, terms)
    _write(uow, effects, merged, order)
    uow.merges.add(merged.record)
    _tell(effects, merged.record, order)
    return merged.record


def complete_merge(uow: UnitOfWork, effects: MatchEffects, record: MergeRecord, order: MergeOrder) -> MergeRecord:
    """End the older registration: its county has accepted (DUP-07)."""
    children = uow.children.of_voters([record.newer_id, record.older_id])
    terms = MergeTerms(case_id=record.case_id, sequence=record.sequence, at=effects.at, today=effects.day)
    merged = complete(record, effects.voters[record.newer_id], effects.voters[record.older_id], children, terms)
    _write(uow, effects, merged, order)
    uow.merges.save(merged.record)
    _tell(effects, merged.record, order)
    return merged.record


def _write(uow: UnitOfWork, effects: MatchEffects, merged: Merge, order: MergeOrder) -> None:
    record, basis = merged.record, pair_basis(order.case, order.basis)
    uow.children.keep_signature_contents(record.older_id, effects.at)
    uow.children.add(merged.copies, effects.at)
    effects.change(Change(*merged.newer), "MergeVoters")
    effects.note(record.newer_id, MERGED, basis)
    if merged.older is not None:
        uow.children.delete_originals(record)
        for kind in _LETTERS:
            uow.mailings.withdraw(kind, state_voter_id=record.older_id, at=effects.at)
        effects.change(Change(*merged.older), "MergeVoters")
        effects.note(record.older_id, MERGED_AWAY, basis)


def _tell(effects: MatchEffects, record: MergeRecord, order: MergeOrder) -> None:
    """DLR-15: the older one's county cancels its record, or is asked; the newer one's may pull what was added."""
    sight = PairSight(order.case, record, order.withheld_by_blackout)
    to_older = MessageType.MERGED_INTO_NEWER if record.older is not None else MessageType.MERGE_PROVISIONAL
    for uid, message_type in ((record.older_id, to_older), (record.newer_id, MessageType.MERGE_RECEIVED)):
        tell_of_pair(effects, message_type, sight, uid, blocks_updates=effects.voters[uid].county_code != order.deciding_county)


def undo_merge(uow: UnitOfWork, effects: MatchEffects, order: MergeOrder) -> MergeRecord:
    """Take a merge back and tell both counties; refused while a later merge stands on top, which it names (DLR-19).

    Raises:
        Conflict: NOT_UNDOABLE.
    """
    record = uow.merges.get(order.case.case_id)
    if record is None or record.undone_at is not None:
        raise Conflict(ErrorCode.NOT_UNDOABLE, "This case has no merge that could be undone.", ref="MatchCaseId")
    later = on_top(record, uow.merges.standing([record.newer_id, record.older_id]))
    if later is not None:
        text = f"The merge of match case {later.case_id} stands on top of this one: undo that first."
        raise Conflict(ErrorCode.NOT_UNDOABLE, text, ref="MatchCaseId")
    undone = record._replace(undone_at=effects.at)
    both = unmerge(record, effects.voters[record.newer_id], effects.voters[record.older_id], effects.day)
    uow.children.unmerge(record)
    if record.completed_at is not None:
        uow.mailings.restore(record.older_id, record.completed_at)
    uow.merges.save(undone)
    for uid, following in ((record.newer_id, both.newer), (record.older_id, both.older)):
        if following.after != effects.voters[uid]:
            effects.change(Change(*following), "UndoMerge")
        effects.note(uid, UNDONE, pair_basis(order.case, order.basis))
        tell_of_pair(effects, MessageType.MERGE_UNDONE, PairSight(order.case), uid, blocks_updates=effects.voters[uid].county_code != order.deciding_county)
    return undone
