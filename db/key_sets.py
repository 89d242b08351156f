"""Rows by thousands of numbers: the numbers travel as one value, and the database walks its index in their order.

Oracle has no such value without a type of its own in the schema; there they travel in lists.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, CursorResult, Executable, Row, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from db.in_lists import in_lists, listed

Among = Callable[[ColumnElement[int]], ColumnElement[bool]]
"""Says of a column that it holds one of the numbers, in the WHERE of a SELECT: the numbers may be joined to it as a table."""

Statement = Callable[[Among], Executable]
"""Makes the statement around that condition; called once for each dialect."""

_TOGETHER: Final = 100_000
"""Numbers in one value."""


def select_among(connection: Connection, statement: Statement, numbers: Sequence[int], **values: object) -> Iterator[Row[Any]]:
    """The statement's rows for distinct numbers; `values` are its other parameters."""
    for result in _results(connection, statement, numbers, values):
        yield from result


def fetch_among(connection: Connection, statement: Statement, numbers: Sequence[int], **values: object) -> list[tuple[Any, ...]]:
    """The same as the driver gives them: for numbers and texts, which need no conversion, that takes half the time."""
    found: list[tuple[Any, ...]] = []
    for result in _results(connection, statement, numbers, values):
        with result:
            found += result.cursor.fetchall()
    return found


def _results(connection: Connection, statement: Statement, numbers: Sequence[int], values: Mapping[str, object]) -> Iterator[CursorResult[Any]]:
    made = _made(statement, connection.dialect.name)
    if connection.dialect.name in _WAYS:
        for begin in range(0, len(numbers), _TOGETHER):
            part = list(numbers[begin : begin + _TOGETHER])
            yield connection.execute(made, {"numbers": str(part) if connection.dialect.name == "sqlite" else part, **values})
    else:
        for listed_numbers in in_lists(numbers):
            yield connection.execute(made, {"listed": listed_numbers, **values})


@lru_cache(64)
def _made(statement: Statement, dialect: str) -> Executable:
    return statement(_WAYS.get(dialect, _in_list)())


def _in_json() -> Among:
    # Named once, however often the statement asks: the text is parsed once, and not for each table that is looked into.
    # Joined, for IN would first put the numbers in an index of their own (measured: a tenth more).
    asked = select(func.json_each(bindparam("numbers")).table_valued("value").c.value).cte("asked")
    return lambda column: column == asked.c.value


def _in_array() -> Among:
    return lambda column: column == any_(bindparam("numbers", type_=ARRAY(BigInteger)))


def _in_list() -> Among:
    return lambda column: column.in_(listed())


_WAYS: Final[dict[str, Callable[[], Among]]] = {"sqlite": _in_json, "postgresql": _in_array}
