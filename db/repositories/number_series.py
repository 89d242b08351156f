"""Numbers handed out in blocks, inside a transaction: no two get the same."""

from sqlalchemy import Connection, insert, select, update

from db.tables import number_series
from votecal_soap.errors import Conflict


def reserve(connection: Connection, series: str, count: int, *, first: int) -> int:
    """The first of `count` numbers; a series that is not there yet begins at `first`."""
    if not _advanced(connection, series, count):
        _begin(connection, series, first)
        _advanced(connection, series, count)
    following = connection.execute(select(number_series.c.next_number).where(number_series.c.series == series)).scalar_one()
    return int(following) - count


def _advanced(connection: Connection, series: str, count: int) -> bool:
    moved = update(number_series).where(number_series.c.series == series).values(next_number=number_series.c.next_number + count)
    return connection.execute(moved).rowcount == 1


def _begin(connection: Connection, series: str, first: int) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(number_series).values(series=series, next_number=first))
    except Conflict:
        return  # somebody else has begun it: that is as good
