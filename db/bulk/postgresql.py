"""PostgreSQL: COPY, and for updates COPY into a temporary table and one UPDATE ... FROM it."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table

from db.bulk.columns import NONE, Columns, Constants, driver_columns, driver_rows, primary_key, row_count
from db.bulk.core import CoreBulkWriter
from db.errors import translate

_WORTH_A_STAGE = 100
"""Below this, a round trip for each thousand rows is cheaper than a temporary table."""


class PostgresqlBulkWriter:
    """The driver's COPY."""

    def __init__(self, connection: Connection) -> None:
        """Write on this connection."""
        self._connection = connection
        self._few = CoreBulkWriter(connection)

    def insert(self, table: Table, columns: Columns, constants: Constants = NONE) -> None:
        """Insert the rows."""
        if row_count(columns):
            names = (*columns, *constants)
            self._copy(table.name, names, driver_rows(driver_columns(table, self._connection.dialect, columns, constants), names))

    def put(self, table: Table, columns: Columns) -> None:
        """Insert the rows, or set what is not of the primary key."""
        if row_count(columns) < _WORTH_A_STAGE:
            self._few.put(table, columns)
            return
        stage = self._stage(table, (), tuple(columns))
        self._copy(stage, columns, driver_rows(driver_columns(table, self._connection.dialect, columns), columns))
        self._connection.exec_driver_sql(_insert_or_update(table.name, stage, primary_key(table), tuple(columns)))

    def update(self, table: Table, keys: Columns, columns: Columns, constants: Constants = NONE) -> int:
        """Set columns and constants in the rows that have these keys."""
        if row_count(keys) < _WORTH_A_STAGE:
            return self._few.update(table, keys, columns, constants)
        dialect = self._connection.dialect
        staged = {f"key_{name}": values for name, values in driver_columns(table, dialect, keys).items()}
        staged |= driver_columns(table, dialect, columns, constants)
        stage = self._stage(table, tuple(keys), (*columns, *constants))
        self._copy(stage, tuple(staged), driver_rows(staged, staged))
        return self._connection.exec_driver_sql(_update_from(table.name, stage, tuple(keys), (*columns, *constants))).rowcount

    def delete(self, table: Table, keys: Columns) -> int:
        """Delete the rows that have these keys."""
        if row_count(keys) < _WORTH_A_STAGE:
            return self._few.delete(table, keys)
        staged = {f"key_{name}": values for name, values in driver_columns(table, self._connection.dialect, keys).items()}
        stage = self._stage(table, tuple(keys), ())
        self._copy(stage, tuple(staged), driver_rows(staged, staged))
        return self._connection.exec_driver_sql(_delete_using(table.name, stage, tuple(keys))).rowcount

    def _stage(self, table: Table, keys: tuple[str, ...], names: tuple[str, ...]) -> str:
        """An empty temporary table for these columns; it stays with the session, so that the catalogue is spared."""
        stage = f"stage_{zlib.crc32(repr((table.name, keys, names)).encode()):08x}"
        columns = [f"key_{name} {_type_of(table, name, self._connection)}" for name in keys]
        columns += [f"{name} {_type_of(table, name, self._connection)}" for name in names]
        self._connection.exec_driver_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ({', '.join(columns)}) ON COMMIT DELETE ROWS")
        self._connection.exec_driver_sql(f"TRUNCATE {stage}")
        return stage

    def _copy(self, target: str, names: Iterable[str], rows: Iterator[tuple[object, ...]]) -> None:
        sql = f"COPY {target} ({', '.join(names)}) FROM STDIN"
        with _translated(), self._cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)

    def _cursor(self) -> Any:  # noqa: ANN401 - the driver is not always installed
        return self._connection.connection.cursor()


@contextmanager
def _translated() -> Iterator[None]:
    """COPY goes past the engine, and so past its own translation of errors."""
    try:
        yield
    except Exception as error:
        if translated := translate(error):
            raise translated from error
        raise


def _type_of(table: Table, name: str, connection: Connection) -> str:
    return str(table.c[name].type.compile(connection.dialect))


def _insert_or_update(table: str, stage: str, keys: tuple[str, ...], names: tuple[str, ...]) -> str:
    # In the order of the keys, so that two transactions wait for each other instead of dying in a deadlock.
    rest = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    listed, key = ", ".join(names), ", ".join(keys)
    rows = f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {stage} ORDER BY {key}"  # noqa: S608 - names of our own
    return f"{rows} ON CONFLICT ({key}) DO " + (f"UPDATE SET {rest}" if rest else "NOTHING")


def _update_from(table: str, stage: str, keys: tuple[str, ...], names: tuple[str, ...]) -> str:
    # All names come from the tables' definitions, which a test keeps free of anything to quote.
    assignments = ", ".join(f"{name} = staged.{name}" for name in names)
    same = " AND ".join(f"target.{key} = staged.key_{key}" for key in keys)
    return f"UPDATE {table} AS target SET {assignments} FROM {stage} AS staged WHERE {same}"  # noqa: S608


def _delete_using(table: str, stage: str, keys: tuple[str, ...]) -> str:
    same = " AND ".join(f"target.{key} = staged.key_{key}" for key in keys)
    return f"DELETE FROM {table} AS target USING {stage} AS staged WHERE {same}"  # noqa: S608 - names of our own
