"""Lists of values for IN: at most 900, in few sizes, so that Oracle accepts them and the plan caches stay small."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, Select, bindparam
from sqlalchemy.sql.elements import BindParameter

_SIZES: Final = (10, 50, 200, 900)
"""Oracle refuses more than 1,000 in a list, and parses each new size anew."""

T = TypeVar("T")


def in_lists(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """The distinct values in order, in lists of a few fixed sizes; the last one is repeated to fill its list."""
    distinct = list(dict.fromkeys(values))
    for begin in range(0, len(distinct), _SIZES[-1]):
        part = distinct[begin : begin + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(part))
        yield part + [part[-1]] * (size - len(part))


def listed() -> BindParameter[Any]:
    """What stands for the list in a statement: `column.in_(listed())`."""
    return bindparam("listed", expanding=True)


def select_listed(connection: Connection, statement: Select[Any], values: Iterable[object]) -> Iterator[Row[Any]]:
    """The statement's rows for each list of the values in turn."""
    for part in in_lists(values):
        yield from connection.execute(statement, {"listed": part}).all()
