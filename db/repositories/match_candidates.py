"""Who shares a match key: one join of the keys asked for with the key tables, for one search and for thousands of records."""

from collections.abc import Callable
from itertools import starmap
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, bindparam, func, select, true, union_all

from db.key_sets import Among, fetch_among
from db.repositories.match_keys import match_rows
from db.tables import voter_match_key, voter_match_key_recent
from votecal_soap.search.candidates import AskedKeys, Candidates, CappedKey
from votecal_soap.search.key_joins import holders, share

FEW: Final = 200_000
"""Rows that are read without counting the voters of each key; a search of 2,000 records finds some 15,000."""


def candidates(connection: Connection, asked: AskedKeys, cap: int) -> Candidates:
    """The voters who share a key with a query. A key of more voters than `cap` is read no further, finds nobody, and is reported."""
    sharing = share(asked, holders(_held(connection, asked, cap)), cap)
    rows = sorted(fetch_among(connection, match_rows, sharing.distinct_voters()), key=itemgetter(0))
    return sharing.candidates(rows, list(starmap(CappedKey, fetch_among(connection, _sizes, sorted(sharing.capped)))))


def oversized_keys(connection: Connection, cap: int) -> list[CappedKey]:
    """Every key of more voters than the cap; reads all keys."""
    held = _holding(lambda _: true()).subquery()
    sizes = select(held.c.match_key, func.count()).group_by(held.c.match_key).having(func.count() > cap).order_by(held.c.match_key)
    return [CappedKey(*row) for row in connection.execute(sizes)]


def _held(connection: Connection, asked: AskedKeys, cap: int) -> list[tuple[Any, ...]]:
    """Pairs of key and voter; where there are very many, no more of a key than tell that it is too common."""
    keys = asked.distinct()
    found = fetch_among(connection, _sharing, keys, few=FEW)
    return found if len(found) < FEW else fetch_among(connection, _sharing_up_to, keys, most=cap + 1)


def _sharing(among: Among) -> Select[Any]:
    held = _holding(among).subquery()
    return select(held.c.match_key, held.c.state_voter_id).limit(bindparam("few"))


def _sharing_up_to(among: Among) -> Select[Any]:
    held = _holding(among).subquery()
    place = func.row_number().over(partition_by=held.c.match_key, order_by=held.c.state_voter_id).label("place")
    numbered = select(held.c.match_key, held.c.state_voter_id, place).subquery()
    return select(numbered.c.match_key, numbered.c.state_voter_id).where(numbered.c.place <= bindparam("most"))


def _sizes(among: Among) -> Select[Any]:
    held = _holding(among).subquery()
    return select(held.c.match_key, func.count()).group_by(held.c.match_key)


def _holding(among: Callable[[ColumnElement[int]], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """Who holds which key: as the recent table says, and where it says nothing, as the large one does.

    One statement sees both as they were at one moment, so a merge that moves keys from one to the other hides none.
    """
    stored, recent = voter_match_key.c, voter_match_key_recent.c
    said = select(recent.held).where(recent.match_key == stored.match_key, recent.state_voter_id == stored.state_voter_id).exists()
    return union_all(
        select(stored.match_key, stored.state_voter_id).where(and_(among(stored.match_key), ~said)),
        select(recent.match_key, recent.state_voter_id).where(and_(among(recent.match_key), recent.held == 1)),
    )
