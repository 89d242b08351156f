"""When voters moved, as their versions tell it (COA-14)."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from db.in_lists import listed, select_listed
from db.tables import voter_version
from votecal_soap.domain.dmv_records import ResidenceAddress

_HISTORY: Final = (
    select(voter_version.c.state_voter_id, voter_version.c.effective_date, *(voter_version.c[name] for name in ResidenceAddress._fields))
    .where(voter_version.c.state_voter_id.in_(listed()))
    .order_by(voter_version.c.state_voter_id, voter_version.c.version)
)
_RESIDENCE: Final = slice(2, None)


def moved_on(connection: Connection, state_voter_ids: Sequence[int]) -> dict[int, date]:
    """The effective day of each voter's last change of residence; few voters are asked about, so the rows are compared here."""
    found: dict[int, date] = {}
    rows = select_listed(connection, _HISTORY, state_voter_ids)
    for uid, versions in groupby(rows, key=_voter):
        for before, after in pairwise(versions):
            if tuple(before[_RESIDENCE]) != tuple(after[_RESIDENCE]):
                found[uid] = after.effective_date
    return found


def _voter(row: Row[Any]) -> int:
    return int(row.state_voter_id)
