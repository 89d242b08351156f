"""Rows by thousands of keys: the keys travel as one value, and the database walks its index in their order.

Oracle has no such value without a type of its own in the schema; there they travel in lists.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Connection, CursorResult, Executable, Row, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from db.in_lists import in_lists, listed

Among = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Says of a column that it holds one of the keys, in the WHERE of a SELECT: the keys may be joined to it as a table."""

Statement = Callable[[Among], Executable]
"""Makes the statement around that condition; called once for each dialect."""

Keys: TypeAlias = Sequence[int] | Sequence[str]
"""Distinct numbers, or distinct texts."""

_TOGETHER: Final = 100_000
"""Keys in one value."""


def select_among(connection: Connection, statement: Statement, keys: Keys, **values: object) -> Iterator[Row[Any]]:
    """The statement's rows for distinct keys; `values` are its other parameters."""
    for result in _results(connection, statement, keys, values):
        yield from result


def fetch_among(connection: Connection, statement: Statement, keys: Keys, **values: object) -> list[tuple[Any, ...]]:
    """The same as the driver gives them: for numbers and texts, which need no conversion, that takes half the time."""
    found: list[tuple[Any, ...]] = []
    for result in _results(connection, statement, keys, values):
        with result:
            found += result.cursor.fetchall()
    return found


def execute_among(connection: Connection, statement: Statement, keys: Keys, **values: object) -> None:
    """Run a statement that gives no rows."""
    for _ in _results(connection, statement, keys, values):
        pass


def _results(connection: Connection, statement: Statement, keys: Keys, values: Mapping[str, object]) -> Iterator[CursorResult[Any]]:
    dialect = connection.dialect.name
    made = _made(statement, dialect, isinstance(next(iter(keys), None), str))
    if dialect in _WAYS:
        for begin in range(0, len(keys), _TOGETHER):
            part = list(keys[begin : begin + _TOGETHER])
            yield connection.execute(made, {"keys": json.dumps(part) if dialect == "sqlite" else part, **values})
    else:
        for listed_keys in in_lists(keys):
            yield connection.execute(made, {"listed": listed_keys, **values})


@lru_cache(64)
def _made(statement: Statement, dialect: str, of_texts: bool) -> Executable:
    return statement(_WAYS.get(dialect, _in_list)(of_texts))


def _in_json(of_texts: bool) -> Among:
    asked = select(func.json_each(bindparam("keys")).table_valued("value").c.value)
    if of_texts:
        # A county's ids: joined, the planner would walk the whole county and look for each record in the text.
        return lambda column: column.in_(asked)
    # Named once, however often the statement asks: the text is parsed once, and not for each table that is looked into.
    # Joined, for IN would first put the keys in an index of their own (measured: a tenth more).
    named = asked.cte("asked")
    return lambda column: column == named.c.value


def _in_array(of_texts: bool) -> Among:
    kind = Text() if of_texts else BigInteger()
    return lambda column: column == any_(bindparam("keys", type_=ARRAY(kind)))


def _in_list(_of_texts: bool) -> Among:
    return lambda column: column.in_(listed())


_WAYS: Final[dict[str, Callable[[bool], Among]]] = {"sqlite": _in_json, "postgresql": _in_array}
