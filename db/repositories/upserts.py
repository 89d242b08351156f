"""Insert or update by primary key, in two statements that every database has."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Table, bindparam, insert, select, update


def upsert(connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Save the rows, the last of those with one key; the ones that were new."""
    keys = [column.name for column in table.primary_key.columns]
    wanted = {tuple(row[key] for key in keys): row for row in rows}
    known = {tuple(row) for row in connection.execute(select(*table.primary_key.columns))}
    new = [row for key, row in wanted.items() if key not in known]
    if new:
        connection.execute(insert(table), new)
    _update(connection, table, keys, [row for key, row in wanted.items() if key in known])
    return new


def _update(connection: Connection, table: Table, keys: list[str], rows: list[Mapping[str, object]]) -> None:
    names = [name for name in rows[0] if name not in keys] if rows else []
    if names:
        statement = update(table).where(*(table.c[key] == bindparam(f"key_{key}") for key in keys))
        values = [{f"key_{name}" if name in keys else name: value for name, value in row.items()} for row in rows]
        connection.execute(statement.values({name: bindparam(name) for name in names}), values)


def upsert_row(connection: Connection, table: Table, row: Mapping[str, object]) -> None:
    """Save one row without reading the table."""
    keys = [column.name for column in table.primary_key.columns]
    mine = update(table).where(*(table.c[key] == row[key] for key in keys))
    if connection.execute(mine.values({name: value for name, value in row.items() if name not in keys})).rowcount == 0:
        connection.execute(insert(table).values(row))
