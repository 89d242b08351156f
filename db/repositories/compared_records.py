"""A county's records as the synchronization check compares them: a page by rising UID, read as the driver gives it (2 CCR 19083)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, select

from db.tables import voter
from votecal_soap.domain.record_checksums import COMPARED_FIELDS, STATUS_PLACE, ComparedRecord
from votecal_soap.domain.synchronisation import StateRecord, UidRange

_FIRST: Final = 3
_COLUMNS: Final = tuple(voter.c[name] for name in ("state_voter_id", "ems_voter_id", "version", *COMPARED_FIELDS))
_DAYS: Final = tuple(_FIRST + COMPARED_FIELDS.index(name) for name in ("date_of_birth", "registration_date"))
_STATUS: Final = _FIRST + STATUS_PLACE


def page_of_county(connection: Connection, county_code: str, uids: UidRange, limit: int) -> list[StateRecord]:
    """Records in a range of UIDs; one that was merged into another is none (DLR-12)."""
    mine = select(*_COLUMNS).where(voter.c.county_code == county_code, voter.c.merged_into.is_(None))
    if uids.after is not None:
        mine = mine.where(voter.c.state_voter_id > uids.after)
    if uids.last is not None:
        mine = mine.where(voter.c.state_voter_id <= uids.last)
    result = connection.execute(mine.order_by(voter.c.state_voter_id).limit(limit))
    # Texts and numbers need no conversion, and SQLite's days are texts already: that takes half the time of SQLAlchemy's rows.
    with result:
        return list(map(_record, result.cursor.fetchall()))


def _record(row: Sequence[Any]) -> StateRecord:
    values = list(row[_FIRST:])
    for place in _DAYS:
        day = row[place]
        values[place - _FIRST] = day.isoformat()[:10] if isinstance(day, date) else day
    return StateRecord(ComparedRecord(row[0], values), row[1], row[2], row[_STATUS])
