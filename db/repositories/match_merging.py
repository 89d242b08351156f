"""Brings the large table of match keys up to date, in the order in which it lies on disk (docs/adr/0007)."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, select

from db.bulk import BulkWriter, columns_of
from db.tables import voter_match_key, voter_match_key_recent
from votecal_soap.use_cases.ports import KeyMerge

RecentKey = tuple[int, int, int]
"""Key, voter, and whether the voter holds it: 1 or 0."""

_RECENT: Final = voter_match_key_recent.c
_PAIR: Final = ("match_key", "state_voter_id")


def merge_keys(connection: Connection, bulk: BulkWriter, after_key: int | None, limit: int) -> KeyMerge:
    """Take over the next recent keys: `limit` of them, and all of the last key.

    A key that somebody is writing is left for the next merge: waiting for it, while its writer may come to wait for one
    that is locked here, would be a deadlock. A recent row is deleted in the transaction that does what it says; so a
    merge may stop anywhere, and a writer who comes after it puts a new one.
    """
    last = connection.execute(_place_of_last(after_key, limit)).scalar()
    mine = _after(after_key) if last is None else _after(after_key) & (_RECENT.match_key <= last)
    rows = locked_recent(connection, mine, skip_locked=True)
    take_over(bulk, rows)
    return KeyMerge(last_key=last, merged=len(rows))


def locked_recent(connection: Connection, mine: ColumnElement[bool], *, skip_locked: bool = False) -> list[RecentKey]:
    """Recent keys, locked in their order."""
    rows = select(_RECENT.match_key, _RECENT.state_voter_id, _RECENT.held).where(mine)
    locking = rows.order_by(_RECENT.match_key, _RECENT.state_voter_id).with_for_update(skip_locked=skip_locked)
    return [(row.match_key, row.state_voter_id, row.held) for row in connection.execute(locking)]


def take_over(bulk: BulkWriter, rows: Sequence[RecentKey]) -> None:
    """Do in the large table what recent keys say, and delete them."""
    bulk.delete(voter_match_key, columns_of(_PAIR, [row[:2] for row in rows if not row[2]]))
    bulk.put(voter_match_key, columns_of(_PAIR, [row[:2] for row in rows if row[2]]))
    bulk.delete(voter_match_key_recent, columns_of(_PAIR, [row[:2] for row in rows]))


def _place_of_last(after_key: int | None, limit: int) -> Select[Any]:
    """The key of the last row of a step; apart from reading it, for Oracle cannot lock a list that has a limit."""
    return select(_RECENT.match_key).where(_after(after_key)).order_by(_RECENT.match_key).offset(limit - 1).limit(1)


def _after(key: int | None) -> ColumnElement[bool]:
    return _RECENT.match_key.is_not(None) if key is None else _RECENT.match_key > key
