"""Columns of values, converted to what a driver takes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import repeat
from types import MappingProxyType
from typing import Any, Final, Protocol

from sqlalchemy import Column, Date, Table
from sqlalchemy.engine import Dialect

from db.types import ShortText, UtcTimestamp

Columns = Mapping[str, Sequence[object]]
"""Values by column name, all of one length."""

Constants = Mapping[str, object]
"""Values that are the same in every row."""

NONE: Final[Constants] = MappingProxyType({})

_REMEMBERED: Final[dict[type[Any], int]] = {
    Date: 65_536,  # the birth dates of a whole state
    UtcTimestamp: 256,  # a chunk's own instants repeat, and never come again
}
"""How many conversions are kept for a type: formatting a date costs far more than finding it."""


class BulkWriter(Protocol):
    """Writes many rows; nothing else knows how."""

    def insert(self, table: Table, columns: Columns, constants: Constants = NONE) -> None:
        """Insert the rows; one that exists already raises Conflict."""
        ...

    def put(self, table: Table, columns: Columns) -> None:
        """Insert the rows, each distinct; of one whose primary key is there already the other columns are set."""
        ...

    def update(self, table: Table, keys: Columns, columns: Columns, constants: Constants = NONE) -> int:
        """Set columns and constants in the rows that have these keys; how many there were."""
        ...

    def delete(self, table: Table, keys: Columns) -> int:
        """Delete the rows that have these keys; how many there were."""
        ...


def columns_of(names: Iterable[str], rows: Sequence[Iterable[object]]) -> Columns:
    """Rows turned into columns; no rows, no values."""
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())


def primary_key(table: Table) -> tuple[str, ...]:
    """The names of its columns."""
    return tuple(column.name for column in table.primary_key.columns)


def row_count(columns: Columns) -> int:
    """The common length."""
    return len(next(iter(columns.values())))


def driver_columns(table: Table, dialect: Dialect, columns: Columns, constants: Constants = NONE) -> dict[str, Iterable[object]]:
    """Columns as the driver takes them; a constant is a column without an end."""
    converted = {name: _converted(table.c[name], dialect, values) for name, values in columns.items()}
    fixed = {name: repeat(next(iter(_converted(table.c[name], dialect, [value])))) for name, value in constants.items()}
    return converted | fixed


def driver_rows(columns: Mapping[str, Iterable[object]], order: Iterable[str]) -> Iterator[tuple[object, ...]]:
    """Rows with the values in this order, as many as the shortest column has."""
    return zip(*(columns[name] for name in order), strict=False)


def _converted(column: Column[Any], dialect: Dialect, values: Sequence[object]) -> Iterable[object]:
    kind = type(column.type)
    if kind is ShortText:
        return _texts(values)
    if kind in _REMEMBERED and (convert := _remembering(kind, dialect)):  # type: ignore[arg-type] # a class is hashable
        return map(convert, values)
    return values


def _texts(values: Sequence[object]) -> list[object]:
    """What ShortText does to each value; the type is looked at once, for a column has values of one type."""
    if isinstance(next(filter(None, values), None), Enum):
        return [str(value) if value else None for value in values]
    return [value or None for value in values]


@lru_cache
def _remembering(kind: type[Any], dialect: Dialect) -> Callable[[object], object] | None:
    convert = kind().dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(_REMEMBERED[kind])(convert) if convert else None
