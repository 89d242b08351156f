"""Queries that every call asks: compiled once for a dialect, so that a call pays for the driver's work and little more.

SQLAlchemy looks a statement up in its cache, makes a context and a result, and looks for each column's conversion, at each
execution: three times what SQLite takes to find a row by its key (measured).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from db.errors import busy, translate
from votecal_soap.errors import Undone

Row = tuple[Any, ...]


class _Compiled(NamedTuple):
    """A statement's text with the values of its own, its marks' names in order unless the driver knows names, and what columns need."""

    text: str
    own: Mapping[str, Any]
    order: Sequence[str] | None
    conversions: Mapping[int, Callable[[Any], Any]]


class PreparedQuery:
    """A SELECT whose parameters need no conversion. Not for CLOBs, which Oracle's driver hands over in pieces unless SQLAlchemy asks."""

    def __init__(self, statement: Select[Any]) -> None:
        """Keep the statement; it is compiled when it is first asked."""
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, int | str]) -> list[Row]:
        """The rows that it finds, as the driver's tuples with dates and times as they are meant."""
        return self._rows(connection.dialect, connection.connection, values)

    def rows_alone(self, engine: Engine, values: Mapping[str, int | str]) -> list[Row]:
        """The same as a transaction of its own; raises Unavailable when no connection is to be had."""
        connection = _connected(engine)
        try:
            return self._rows(engine.dialect, connection, values)
        finally:
            connection.close()

    def _rows(self, dialect: Dialect, connection: PoolProxiedConnection, values: Mapping[str, int | str]) -> list[Row]:
        compiled = self._compiled.get(dialect.name) or self._compile(dialect)
        named = {**compiled.own, **values}
        given = named if compiled.order is None else [named[name] for name in compiled.order]
        rows = _fetched(connection, compiled.text, given)
        return [_converted(row, compiled.conversions) for row in rows] if compiled.conversions else rows

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect)
        processors = [column.type.result_processor(dialect, None) for column in self._statement.selected_columns]
        conversions = {place: convert for place, convert in enumerate(processors) if convert}
        made = _Compiled(str(compiled), compiled.params, compiled.positiontup, conversions)
        return self._compiled.setdefault(dialect.name, made)


def _connected(engine: Engine) -> PoolProxiedConnection:
    try:
        return engine.raw_connection()
    except PoolTimeout as error:
        raise busy(error) from error
    except Exception as error:
        if translated := translate(error):
            # Nothing has begun: whoever cannot connect is not better off at once.
            raise (busy(error) if isinstance(translated, Undone) else translated) from error
        raise


def _fetched(connection: PoolProxiedConnection, text: str, given: Mapping[str, Any] | Sequence[Any]) -> list[Row]:
    cursor = connection.cursor()
    try:
        cursor.execute(text, given)
        return list(cursor.fetchall())
    except Exception as error:
        # Past the engine, and so past its own translation of errors. A connection that is lost is found out when the transaction ends.
        if translated := translate(error):
            raise translated from error
        raise
    finally:
        cursor.close()


def _converted(row: Row, conversions: Mapping[int, Callable[[Any], Any]]) -> Row:
    return tuple([conversions[place](value) if place in conversions else value for place, value in enumerate(row)])
