"""Numbers handed out in blocks: no two callers get the same.

A row of the series stays locked to the end of the transaction that moved it. Were that the caller's, a job that holds the
row and waits for a voter, and a county's answer that holds the voter and waits for the row, would wait for ever. So a
server gives numbers out in a short transaction of their own, which waits for nothing; what is rolled back leaves a gap.
SQLite has one writer at a time: there the caller's transaction does, and a second one could not begin.
"""

from typing import Final

from sqlalchemy import Connection, Engine, insert, select, update

from db.engine import create_engine
from db.tables import number_series
from votecal_soap.errors import Conflict

CONNECTIONS_APART: Final = 4
"""Each is used for a moment: a few serve all of a process's threads."""


def engine_apart(engine: Engine) -> Engine | None:
    """Connections for numbers alone: who waits for one of these holds one of the others. None where there is one writer at a time."""
    return None if engine.dialect.name == "sqlite" else create_engine(engine.url.render_as_string(hide_password=False), connections=CONNECTIONS_APART)


class NumberSeries:
    """The table number_series."""

    def __init__(self, connection: Connection, apart: Engine | None) -> None:
        """Move the series in transactions of `apart`; None: in that of the connection."""
        self._connection = connection
        self._apart = apart

    def reserve(self, series: str, count: int, *, first: int) -> int:
        """The first of `count` numbers; a series that is not there yet begins at `first`."""
        if self._apart is None:
            return _reserve(self._connection, series, count, first)
        with self._apart.begin() as connection:
            return _reserve(connection, series, count, first)


def _reserve(connection: Connection, series: str, count: int, first: int) -> int:
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
