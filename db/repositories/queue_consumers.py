"""When each county was heard of last (OPS-01): an older time never takes the place of a newer one of another web process."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, Connection, insert, or_, select, update

from db.tables import ems_consumer
from votecal_soap.domain.ems_messages import HeardOf
from votecal_soap.errors import Conflict

_AHEAD: Final = timedelta(minutes=10)
"""Web processes write each minute."""


def note(connection: Connection, heard: Mapping[str, HeardOf]) -> None:
    """Write the times, county by county in order, so that two processes wait for each other instead of dying in a deadlock."""
    for county_code, times in sorted(heard.items()):
        _begin(connection, county_code)
        _move(connection, county_code, ems_consumer.c.last_polled_at, times.polled_at)
        _move(connection, county_code, ems_consumer.c.last_cleared_at, times.cleared_at)


def heard_of(connection: Connection) -> dict[str, HeardOf]:
    """Every county that was heard of."""
    return {row.county_code: HeardOf(row.last_polled_at, row.last_cleared_at) for row in connection.execute(select(ems_consumer))}


def _begin(connection: Connection, county_code: str) -> None:
    mine = select(ems_consumer.c.county_code).where(ems_consumer.c.county_code == county_code)
    if connection.execute(mine).scalar() is not None:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(ems_consumer).values(county_code=county_code))
    except Conflict:
        return  # another process has begun it: that is as good


def _move(connection: Connection, county_code: str, column: Column[datetime], at: datetime | None) -> None:
    if at is not None:
        # One that is far later is no newer one of another process: the clock was set back since.
        earlier = or_(column.is_(None), column < at, column > at + _AHEAD)
        connection.execute(update(ems_consumer).where(ems_consumer.c.county_code == county_code, earlier).values({column.name: at}))
