"""Oracle: Core's array DML with typed binds, and for `put` array DML that reports the rows which are there already.

MERGE would need the rows as a query of literals, and of two that merge a new key at once one still fails; deleting and
inserting writes every row twice into undo and redo.
"""

from typing import Any

from sqlalchemy import Connection, Table, insert

from db.bulk.columns import Columns, driver_columns, driver_rows, primary_key, row_count
from db.bulk.core import CoreBulkWriter
from db.errors import translate
from db.types import UtcTimestamp

_EXISTS = 1
"""ORA-00001"""

_AT_A_TIME = 10_000
"""The driver reports at most 65,535 rows of one call."""


class OracleBulkWriter(CoreBulkWriter):
    """Array DML of the driver."""

    def __init__(self, connection: Connection) -> None:
        """Write on this connection."""
        super().__init__(connection)
        self._connection = connection

    def put(self, table: Table, columns: Columns) -> None:
        """Insert the rows, in the order of their keys so that two transactions wait for each other; then set those that were there."""
        keys = primary_key(table)
        places = [list(columns).index(key) for key in keys]
        rows = sorted(zip(*columns.values(), strict=True), key=lambda row: [row[place] for place in places])
        for begin in range(0, len(rows), _AT_A_TIME):
            part = dict(zip(columns, zip(*rows[begin : begin + _AT_A_TIME], strict=True), strict=True))
            self._set(table, part, self._insert_new(table, part))

    def _insert_new(self, table: Table, columns: Columns) -> list[int]:
        """Insert what is not there; the places of the rows that are."""
        dialect = self._connection.dialect
        converted = driver_columns(table, dialect, columns)
        sql = str(insert(table).compile(dialect=dialect, column_keys=list(columns)))
        rows = [dict(zip(columns, row, strict=True)) for row in driver_rows(converted, columns)]
        with self._cursor() as cursor:
            # Untyped, an instant would go as a DATE and lose its microseconds.
            cursor.setinputsizes(**{name: self._driver().DB_TYPE_TIMESTAMP for name in columns if isinstance(table.c[name].type, UtcTimestamp)})
            cursor.executemany(sql, rows, batcherrors=True)
            failed = cursor.getbatcherrors()
        for error in failed:
            if error.code != _EXISTS:
                self._raise(error)
        return [error.offset for error in failed]

    def _set(self, table: Table, columns: Columns, places: list[int]) -> None:
        chosen = {name: [values[place] for place in places] for name, values in columns.items()}
        keys = {name: chosen.pop(name) for name in primary_key(table)}
        if chosen and row_count(keys):
            self.update(table, keys, chosen)

    def _raise(self, reported: Any) -> None:  # noqa: ANN401 - the driver's own
        error = self._driver().DatabaseError(reported)
        raise translate(error) or error

    def _driver(self) -> Any:  # noqa: ANN401 - python-oracledb or cx_Oracle
        return self._connection.dialect.dbapi

    def _cursor(self) -> Any:  # noqa: ANN401 - the driver's own
        return self._connection.connection.cursor()
