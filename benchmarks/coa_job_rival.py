"""The rival of the DMV job: the standard library's sqlite3 alone, which writes the rows that the job wrote.

Nothing is parsed, searched for, compared or decided: the rows are taken from a database that the job has processed, and
written with set-based SQL, from a staging table where rows change. Each row is written in the transaction in which the job
wrote it, in the order of its key. Foreign keys are not checked.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Row = tuple[object, ...]
Parts = list[list[Row]]
"""Rows by transaction, each part in the order of the key."""

_PRAGMAS: Final = ("journal_mode=wal", "synchronous=full", "cache_size=-65536", "temp_store=memory", "wal_autocheckpoint=8000")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDelta:
    """What became of a table: rows that are new, rows with another content, keys of rows that are gone."""

    table: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    changed_columns: tuple[str, ...]
    """Columns that differ in at least one row."""
    inserted: Parts
    updated: Parts
    """The changed columns, then the key."""
    deleted: Parts

    @property
    def rows(self) -> int:
        """How many rows are written."""
        return sum(len(part) for parts in (self.inserted, self.updated, self.deleted) for part in parts)


@dataclass(frozen=True, slots=True)
class _Transactions:
    """Which of the job's transactions wrote a row."""

    count: int
    of_voters: Mapping[object, int]

    def parts(self, rows: Sequence[Row], columns: Sequence[str]) -> Parts:
        """A voter's rows where her record is; others have numbers that rise with the file, and come in equal parts."""
        parts: Parts = [[] for _ in range(self.count)]
        place = columns.index("state_voter_id") if "state_voter_id" in columns else None
        for number, row in enumerate(rows):
            equal = number * self.count // len(rows)
            parts[equal if place is None else self.of_voters.get(row[place], equal)].append(row)
        return parts


def deltas(before: Path, after: Path, *, records_at_once: int) -> list[TableDelta]:
    """What a run wrote, table by table and transaction by transaction; parents before children, as their foreign keys want it."""
    with closing(sqlite3.connect(after)) as connection:
        connection.execute("ATTACH ? AS earlier", (str(before),))
        tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        transactions = _transactions(connection, records_at_once)
        found = [_delta(connection, table, transactions) for table in tables]
    return [delta for delta in found if delta.rows]


def _transactions(connection: sqlite3.Connection, records_at_once: int) -> _Transactions:
    last = connection.execute("SELECT max(record_sequence) FROM main.dmv_work_item").fetchone()[0]
    cases = "SELECT c.state_voter_id, i.record_sequence FROM main.match_case c JOIN main.dmv_work_item i ON i.work_item_id = c.work_item_id ORDER BY 2"
    # A voter with several records has her rows where the last of them is.
    of_voters = {voter: (sequence - 1) // records_at_once for voter, sequence in connection.execute(cases)}
    return _Transactions(-(-last // records_at_once), of_voters)


def _delta(connection: sqlite3.Connection, table: str, transactions: _Transactions) -> TableDelta:
    described = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
    columns = tuple(row[1] for row in described)
    keys = tuple(row[1] for row in sorted(described, key=lambda row: row[5]) if row[5]) or columns
    places = [columns.index(name) for name in keys]
    now = {tuple(row[place] for place in places): row for row in connection.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM earlier.{table}")}
    then = {tuple(row[place] for place in places): row for row in connection.execute(f"SELECT * FROM earlier.{table} EXCEPT SELECT * FROM main.{table}")}
    both = now.keys() & then.keys()
    changed = [place for place in range(len(columns)) if any(now[key][place] != then[key][place] for key in both)]
    changed_columns = tuple(columns[place] for place in changed)
    updated = [(*(row[place] for place in changed), *key) for key, row in sorted(now.items()) if key in both]
    return TableDelta(
        table=table,
        columns=columns,
        keys=keys,
        changed_columns=changed_columns,
        inserted=transactions.parts([row for key, row in sorted(now.items()) if key not in both], columns),
        updated=transactions.parts(updated, (*changed_columns, *keys)),
        deleted=transactions.parts(sorted(key for key in then if key not in both), keys),
    )


def write_set_based(database: Path, written: Sequence[TableDelta]) -> None:
    """Write all rows, transaction by transaction."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        for delta in written:
            names = ",".join((*delta.changed_columns, *delta.keys))
            connection.execute(f"CREATE TEMP TABLE stage_{delta.table} ({names})")
        for number in range(max(len(delta.inserted) for delta in written)):
            connection.execute("BEGIN IMMEDIATE")
            for delta in written:
                _write(connection, delta, number)
            connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, delta: TableDelta, number: int) -> None:
    inserted, updated, deleted = delta.inserted[number], delta.updated[number], delta.deleted[number]
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


def _marks(rows: Sequence[Row]) -> str:
    return ",".join("?" * len(rows[0]))
