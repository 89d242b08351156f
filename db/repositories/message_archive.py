"""Messages that are over: out of the queue's table, which 58 counties poll, into one that only questions read (OPS-05)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, literal, select

from db.in_lists import in_lists, listed, select_listed
from db.tables import ems_message, ems_message_archive
from votecal_soap.domain.ems_messages import MessageState, StoredMessage

_KEPT: Final = [column.name for column in ems_message_archive.columns if column.name != "archived_at"]
_OVER: Final = (
    ems_message.c.queue_county.is_(None),
    # Failed is not over: SOS may offer it again.
    ems_message.c.state.in_([str(MessageState.PROCESSED), str(MessageState.SKIPPED)]),
)
_LISTED: Final = ems_message.c.message_id.in_(listed())
_LOCKED: Final = select(ems_message.c.message_id).where(_LISTED, *_OVER).order_by(ems_message.c.message_id).with_for_update()
_IN_ARCHIVE: Final = ems_message_archive.c.message_id.in_(listed())
_LOCKED_IN_ARCHIVE: Final = select(ems_message_archive.c.message_id).where(_IN_ARCHIVE).order_by(ems_message_archive.c.message_id).with_for_update()


def over_before(connection: Connection, before: datetime, limit: int, after: int) -> list[int]:
    """Ids above `after` of messages that were cleared before an instant and are over, in order."""
    due = select(ems_message.c.message_id).where(*_OVER, ems_message.c.cleared_at < before, ems_message.c.message_id > after)
    # The first column is constant; naming it lets every planner see that the queue's index has this order.
    return list(connection.execute(due.order_by(ems_message.c.queue_county, ems_message.c.message_id).limit(limit)).scalars())


def move(connection: Connection, message_ids: Sequence[int], at: datetime) -> int:
    """Move those of these that are over and still there; how many."""
    moved = 0
    for part in in_lists(sorted(message_ids)):
        # Locked first, and in order: who moves the same ones at the same moment waits, and finds none of them.
        mine = list(connection.execute(_LOCKED, {"listed": part}).scalars())
        for locked in in_lists(mine):
            kept = select(*(ems_message.c[name] for name in _KEPT), literal(at, ems_message_archive.c.archived_at.type)).where(_LISTED)
            connection.execute(insert(ems_message_archive).from_select([*_KEPT, "archived_at"], kept), {"listed": locked})
            connection.execute(delete(ems_message).where(_LISTED), {"listed": locked})
        moved += len(mine)
    return moved


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Delete archived messages that were cleared before an instant; how many."""
    old = select(ems_message_archive.c.message_id).where(ems_message_archive.c.cleared_at < before)
    message_ids = list(connection.execute(old.order_by(ems_message_archive.c.cleared_at).limit(limit)).scalars())
    forgotten = 0
    for part in in_lists(sorted(message_ids)):
        # As `move` does, and for its reasons: another purge may be at the same ones.
        mine = list(connection.execute(_LOCKED_IN_ARCHIVE, {"listed": part}).scalars())
        for locked in in_lists(mine):
            connection.execute(delete(ems_message_archive).where(_IN_ARCHIVE), {"listed": locked})
        forgotten += len(mine)
    return forgotten


def by_ids(connection: Connection, county_code: str, message_ids: Sequence[int]) -> list[StoredMessage]:
    """Those of these messages that are archived and this county's, as they were sent."""
    columns = (ems_message_archive.c.message_id, ems_message_archive.c.header, ems_message_archive.c.payload)
    mine = select(*columns).where(ems_message_archive.c.county_code == county_code, _IN_ARCHIVE)
    return [(row.message_id, row.header, row.payload) for row in select_listed(connection, mine, message_ids)]


def archived(connection: Connection, county_code: str, message_ids: Sequence[int]) -> set[int]:
    """Which of these are archived and this county's."""
    mine = select(ems_message_archive.c.message_id).where(ems_message_archive.c.county_code == county_code, _IN_ARCHIVE)
    return {row.message_id for row in select_listed(connection, mine, message_ids)}


def known_keys(connection: Connection, dedup_keys: Sequence[str]) -> set[str]:
    """Which of these keys an archived message has."""
    known = select(ems_message_archive.c.dedup_key).where(ems_message_archive.c.dedup_key.in_(listed()))
    return {row.dedup_key for row in select_listed(connection, known, dedup_keys)}
