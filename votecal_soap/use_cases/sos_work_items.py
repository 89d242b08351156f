"""SOS users read their work items, take them on, and write about them (DLR-03, DLR-05, DLR-18, DUP-06)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from votecal_soap.clock import Clock
from votecal_soap.domain.match_cases import MatchCase, WorkItemStatus
from votecal_soap.domain.sos_work_items import SosItemOutcome, SosItemType, SosNote, SosWorkItem
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

NOTE_LENGTH: Final = 1000
_ACKNOWLEDGED: Final = frozenset({SosItemType.VERIFIED_LICENSE_REJECTED, SosItemType.UNRESOLVED_DMV_COA})
"""Types that end when somebody has read them; a review ends with its case."""


class ItemInFull(NamedTuple):
    """An item with its notes and its case, if it is about one."""

    item: SosWorkItem
    notes: Sequence[SosNote]
    case: MatchCase | None


def read_work_item(item_id: int, user_name: str, unit_of_work: UnitOfWorkFactory) -> ItemInFull:
    """One item; what it says of voters is read, and audited, by whoever shows it."""
    with unit_of_work(read_only=True) as uow:
        require_role(uow, user_name, SOS_ROLES)
        item = _item(uow, item_id)
        return ItemInFull(item, uow.sos_items.notes(item_id), None if item.case_id is None else uow.match_cases.get(item.case_id))


def claim_work_item(item_id: int, expected_version: int, user_name: str, uow: UnitOfWork, clock: Clock) -> SosWorkItem:
    """Take an item on, so that nobody else works on it; one's own again changes nothing. The caller commits.

    Raises:
        Conflict: WORK_ITEM_CHANGED when somebody else has it, or it moved since it was read.
    """
    item = _open_item(uow, item_id, user_name)
    if item.claimed_by == user_name:
        return item
    if item.claimed_by is not None:
        raise Conflict(ErrorCode.WORK_ITEM_CHANGED, f"{item.claimed_by} works on this item.", ref="item")
    _require_version(item, expected_version)
    return _kept(uow, item, uow.sos_items.claim(item, user_name, clock.now()), "ClaimSosWorkItem", user_name, clock)


def release_work_item(item_id: int, expected_version: int, user_name: str, uow: UnitOfWork, clock: Clock) -> SosWorkItem:
    """Give an item back; an administrator may take it from another. The caller commits."""
    item = _open_item(uow, item_id, user_name)
    if item.claimed_by is None:
        return item
    if item.claimed_by != user_name:
        require_role(uow, user_name, ADMINISTRATORS)
    _require_version(item, expected_version)
    return _kept(uow, item, uow.sos_items.claim(item, None, clock.now()), "ReleaseSosWorkItem", user_name, clock)


def note_on_work_item(item_id: int, text: str, user_name: str, uow: UnitOfWork, clock: Clock) -> SosNote:
    """Write about an item, which stays as it is (DLR-18). The caller commits."""
    require_role(uow, user_name, SOS_ROLES)
    _item(uow, item_id)
    if not text.strip() or len(text) > NOTE_LENGTH:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"A note has 1 to {NOTE_LENGTH} characters.", ref="note")
    note = SosNote(clock.now(), user_name, text.strip())
    uow.sos_items.add_note(item_id, note)
    record_change(uow, at=note.noted_at, actor=user_name, action="NoteOnSosWorkItem", subject=("SosWorkItem", item_id))
    return note


def acknowledge_work_item(item_id: int, expected_version: int, user_name: str, uow: UnitOfWork, clock: Clock) -> SosWorkItem:
    """Close an item that wants to be read, not decided; a rejection on a verified DL/ID is for administrators (DUP-06). The caller commits."""
    item = _open_item(uow, item_id, user_name)
    if item.item_type is SosItemType.VERIFIED_LICENSE_REJECTED:
        require_role(uow, user_name, ADMINISTRATORS)
    if item.item_type not in _ACKNOWLEDGED:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This item is closed by deciding its case.", ref="item")
    _require_version(item, expected_version)
    closed = uow.sos_items.close(item, SosItemOutcome.ACKNOWLEDGED, None, clock.now(), user_name)
    return _kept(uow, item, closed, "AcknowledgeSosWorkItem", user_name, clock)


def _item(uow: UnitOfWork, item_id: int, *, lock: bool = False) -> SosWorkItem:
    item = uow.sos_items.get(item_id, lock=lock)
    if item is None:
        raise NotFound(ErrorCode.WORK_ITEM_NOT_FOUND, "There is no such work item.", ref="item")
    return item


def _open_item(uow: UnitOfWork, item_id: int, user_name: str) -> SosWorkItem:
    require_role(uow, user_name, SOS_ROLES)
    item = _item(uow, item_id, lock=True)
    if item.status is not WorkItemStatus.OPEN:
        raise Conflict(ErrorCode.CASE_DECIDED, f"The work item is closed: {item.outcome}.", ref="item")
    return item


def _require_version(item: SosWorkItem, expected_version: int) -> None:
    if item.version != expected_version:
        raise Conflict(ErrorCode.WORK_ITEM_CHANGED, "The work item has changed since it was read; read it again.", ref="item")


def _kept(uow: UnitOfWork, before: SosWorkItem, after: SosWorkItem, action: str, user_name: str, clock: Clock) -> SosWorkItem:
    old, new = ({"claimed_by": item.claimed_by, "status": item.status, "version": item.version} for item in (before, after))
    record_change(uow, at=clock.now(), actor=user_name, action=action, subject=("SosWorkItem", before.item_id), old=old, new=new)
    return after
