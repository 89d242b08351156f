"""Who shares a match key: one join of the keys asked for with the key table, for one search and for thousands of records."""

from collections.abc import Sequence
from itertools import starmap
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, select

from db.number_sets import Among, fetch_among
from db.repositories.match_keys import match_rows
from db.tables import voter_match_key
from votecal_soap.search.candidates import Candidates, CappedKey
from votecal_soap.search.key_joins import AskedKeys

_KEY: Final = voter_match_key.c.match_key


def candidates(connection: Connection, keys: Sequence[tuple[int, int]], cap: int) -> Candidates:
    """The voters who share a key with a query. A key of more voters than `cap` is read no further, finds nobody, and is reported."""
    asked = AskedKeys(keys)
    sharing = asked.join(fetch_among(connection, _sharing, asked.distinct(), most=cap + 1), cap)
    rows = list(fetch_among(connection, match_rows, sharing.distinct_voters()))
    return sharing.candidates(rows, list(starmap(CappedKey, fetch_among(connection, _sizes, sharing.capped))))


def _sharing(among: Among) -> Select[Any]:
    """Pairs of key and voter, no more of a key than `most`."""
    place = func.row_number().over(partition_by=_KEY, order_by=voter_match_key.c.state_voter_id).label("place")
    numbered = select(_KEY, voter_match_key.c.state_voter_id, place).where(among(_KEY)).subquery()
    return select(numbered.c.match_key, numbered.c.state_voter_id).where(numbered.c.place <= bindparam("most"))


def _sizes(among: Among) -> Select[Any]:
    return select(_KEY, func.count()).where(among(_KEY)).group_by(_KEY)
