"""Any database: SQLAlchemy Core's executemany, which on Oracle is array DML with typed binds.

Typed, because the driver would take an untyped instant for a DATE and drop its microseconds.
"""

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from db.bulk.columns import NONE, Columns, Constants, primary_key, row_count


class CoreBulkWriter:
    """Dictionaries through Core constructs."""

    def __init__(self, connection: Connection) -> None:
        """Write on this connection."""
        self._connection = connection

    def insert(self, table: Table, columns: Columns, constants: Constants = NONE) -> None:
        """Insert the rows."""
        if row_count(columns):
            self._connection.execute(insert(table), _dictionaries(columns, constants))

    def put(self, table: Table, columns: Columns) -> None:
        """Insert the rows, in place of those with their primary keys: two statements, for what MERGE takes is each database's own."""
        self.delete(table, {name: columns[name] for name in primary_key(table)})
        self.insert(table, columns)

    def update(self, table: Table, keys: Columns, columns: Columns, constants: Constants = NONE) -> int:
        """Set columns and constants in the rows that have these keys."""
        if not row_count(keys):
            return 0
        statement = update(table).where(*(table.c[key] == bindparam(f"key_{key}") for key in keys))
        statement = statement.values({name: bindparam(name) for name in (*columns, *constants)})
        rows = _dictionaries({**columns, **{f"key_{name}": values for name, values in keys.items()}}, constants)
        return self._connection.execute(statement, rows).rowcount

    def delete(self, table: Table, keys: Columns) -> int:
        """Delete the rows that have these keys."""
        if not row_count(keys):
            return 0
        statement = delete(table).where(*(table.c[key] == bindparam(f"key_{key}") for key in keys))
        return self._connection.execute(statement, _dictionaries({f"key_{name}": values for name, values in keys.items()}, NONE)).rowcount


def _dictionaries(columns: Columns, constants: Constants) -> list[dict[str, object]]:
    return [{**dict(zip(columns, row, strict=True)), **constants} for row in zip(*columns.values(), strict=True)]
