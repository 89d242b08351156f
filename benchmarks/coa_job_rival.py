"""The rival of the DMV job: the standard library's sqlite3 alone, which writes the rows that the job wrote.

Nothing is parsed, searched for, compared or decided: the rows are taken from a database that the job has processed,
and written in as many transactions as the job's, with set-based SQL from a staging table where rows change. Foreign keys
are not checked: a part of a table may come a transaction before that of its parent.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Row = tuple[object, ...]

_PRAGMAS: Final = ("journal_mode=wal", "synchronous=full", "cache_size=-65536", "temp_store=memory", "wal_autocheckpoint=8000")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDelta:
    """What became of a table: rows that are new, rows with another content, keys of rows that are gone."""

    table: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    changed_columns: tuple[str, ...]
    """Columns that differ in at least one row."""
    inserted: list[Row]
    updated: list[Row]
    """The changed columns, then the key."""
    deleted: list[Row]

    @property
    def rows(self) -> int:
        """How many rows are written."""
        return len(self.inserted) + len(self.updated) + len(self.deleted)


def deltas(before: Path, after: Path) -> list[TableDelta]:
    """What a run wrote, table by table; parents before children, as their foreign keys want it."""
    with closing(sqlite3.connect(after)) as connection:
        connection.execute("ATTACH ? AS earlier", (str(before),))
        tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        found = [_delta(connection, table) for table in tables]
    return [delta for delta in found if delta.rows]


def _delta(connection: sqlite3.Connection, table: str) -> TableDelta:
    described = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
    columns = tuple(row[1] for row in described)
    keys = tuple(row[1] for row in sorted(described, key=lambda row: row[5]) if row[5]) or columns
    places = [columns.index(name) for name in keys]
    now = {tuple(row[place] for place in places): row for row in connection.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM earlier.{table}")}
    then = {tuple(row[place] for place in places): row for row in connection.execute(f"SELECT * FROM earlier.{table} EXCEPT SELECT * FROM main.{table}")}
    both = now.keys() & then.keys()
    changed = [place for place in range(len(columns)) if any(now[key][place] != then[key][place] for key in both)]
    return TableDelta(
        table=table,
        columns=columns,
        keys=keys,
        changed_columns=tuple(columns[place] for place in changed),
        inserted=[row for key, row in sorted(now.items()) if key not in both],
        updated=[(*(row[place] for place in changed), *key) for key, row in sorted(now.items()) if key in both],
        deleted=sorted(key for key in then if key not in both),
    )


def write_set_based(database: Path, written: Sequence[TableDelta], transactions: int) -> None:
    """Write all rows, an equal part of each table in each transaction."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        for delta in written:
            names = ",".join((*delta.changed_columns, *delta.keys))
            connection.execute(f"CREATE TEMP TABLE stage_{delta.table} ({names})")
        for number in range(transactions):
            connection.execute("BEGIN IMMEDIATE")
            for delta in written:
                _write(connection, delta, number, transactions)
            connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, delta: TableDelta, number: int, transactions: int) -> None:
    inserted, updated, deleted = (list(_part(rows, number, transactions)) for rows in (delta.inserted, delta.updated, delta.deleted))
    table, match = delta.table, " AND ".join(f"s.{name} IS {delta.table}.{name}" for name in delta.keys)
    if deleted:
        connection.executemany(f"DELETE FROM {table} WHERE " + " AND ".join(f"{name} = ?" for name in delta.keys), deleted)
    if updated:
        connection.executemany(f"INSERT INTO stage_{table} VALUES ({_marks(updated)})", updated)
        setting = ",".join(f"{name}=s.{name}" for name in delta.changed_columns)
        connection.execute(f"UPDATE {table} SET {setting} FROM stage_{table} s WHERE {match}")
        connection.execute(f"DELETE FROM stage_{table}")
    if inserted:
        connection.executemany(f"INSERT INTO {table} VALUES ({_marks(inserted)})", inserted)


def _part(rows: Sequence[Row], number: int, transactions: int) -> Iterator[Row]:
    return iter(rows[len(rows) * number // transactions : len(rows) * (number + 1) // transactions])


def _marks(rows: Sequence[Row]) -> str:
    return ",".join("?" * len(rows[0]))
