"""Inserting one row whose key the database gives."""

from collections.abc import Mapping

from sqlalchemy import Connection, Table, insert


def insert_row(connection: Connection, table: Table, row: Mapping[str, object]) -> int:
    """Insert the row; its key."""
    key = connection.execute(insert(table).values(row)).inserted_primary_key
    assert key is not None  # noqa: S101 - every single-row INSERT tells its key
    return int(key[0])
