"""People whom DMV named and who are not registered (COA-20); name and address are their work items'."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from db.bulk import BulkWriter
from db.in_lists import in_lists, listed
from db.key_sets import Among, fetch_among
from db.tables import dmv_work_item, potential_voter


def add(connection: Connection, bulk: BulkWriter, work_item_ids: Sequence[int], at: datetime) -> None:
    """One for each work item; one that was withdrawn is there again."""
    there = {row[0] for row in fetch_among(connection, _known, work_item_ids)}
    again = update(potential_voter).where(potential_voter.c.work_item_id.in_(listed()))
    for part in in_lists(sorted(there)):
        connection.execute(again.values(withdrawn_at=None), {"listed": part})
    bulk.insert(potential_voter, {"work_item_id": [key for key in work_item_ids if key not in there]}, {"added_at": at})


def withdraw(connection: Connection, work_item_id: int, at: datetime) -> None:
    """The voter is known now."""
    there = update(potential_voter).where(potential_voter.c.work_item_id == work_item_id, potential_voter.c.withdrawn_at.is_(None))
    connection.execute(there.values(withdrawn_at=at))


def is_there(connection: Connection, work_item_id: int) -> bool:
    """Whether there is one that was not withdrawn."""
    there = select(potential_voter.c.work_item_id).where(potential_voter.c.work_item_id == work_item_id, potential_voter.c.withdrawn_at.is_(None))
    return connection.execute(there).first() is not None


def due(connection: Connection, county_code: str | None, after_work_item_id: int, limit: int) -> list[int]:
    """Those in no mailing list yet, by id."""
    waiting = _due(select(potential_voter.c.work_item_id), county_code).where(potential_voter.c.work_item_id > after_work_item_id)
    return list(connection.execute(waiting.order_by(potential_voter.c.work_item_id).limit(limit)).scalars())


def count_due(connection: Connection, county_code: str | None) -> int:
    """How many are in no mailing list yet."""
    return int(connection.execute(_due(select(func.count()).select_from(potential_voter), county_code)).scalar_one())


def mark_listed(connection: Connection, work_item_ids: Sequence[int], at: datetime) -> None:
    """They are in a mailing list now."""
    listing = update(potential_voter).where(potential_voter.c.work_item_id.in_(listed()))
    for part in in_lists(sorted(work_item_ids)):
        connection.execute(listing.values(listed_at=at), {"listed": part})


def _due(statement: Select[Any], county_code: str | None) -> Select[Any]:
    waiting = statement.where(potential_voter.c.listed_at.is_(None), potential_voter.c.withdrawn_at.is_(None))
    if county_code is None:
        return waiting
    of_county = dmv_work_item.c.county_code == county_code
    return waiting.join(dmv_work_item, dmv_work_item.c.work_item_id == potential_voter.c.work_item_id).where(of_county)


def _known(among: Among) -> Select[Any]:
    return select(potential_voter.c.work_item_id).where(among(potential_voter.c.work_item_id))
