"""A statement, taken apart once: its binds, what it returns, and how H2 runs it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from oracle_double.errors import OracleError
from oracle_double.guards import refuse
from oracle_double.h2 import Column, Database, Prepared
from oracle_double.rewriting import rewritten
from oracle_double.sql_text import bind_names, with_question_marks, with_types
from oracle_double.values import NUMBER, Value

_RETURNING: Final = re.compile(r"\sRETURNING\s+(?P<columns>.*?)\s+INTO\s+(?P<binds>.*)\Z", re.IGNORECASE | re.DOTALL)
_SKIPPING: Final = re.compile(
    r"\A\s*SELECT\s+(?P<columns>.*?)\s+FROM\s+(?P<table>\w+)\s*(?:WHERE\s+(?P<where>.*?))?(?P<order>\s+ORDER\s+BY\s+[^()]*?)?\s+FOR\s+UPDATE\s+SKIP\s+LOCKED\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_DEFINITION: Final = re.compile(r"\s*(CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|TRUNCATE|SET)\b", re.IGNORECASE)
_READ_ONLY: Final = re.compile(r"\s*SET\s+TRANSACTION\s+READ\s+ONLY\b", re.IGNORECASE)
_CHANGE: Final = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|SELECT\b.*\bTABLE\s*\(\s*(INSERT|UPDATE|DELETE)|.*\bFOR\s+UPDATE\b)", re.IGNORECASE | re.DOTALL)
_TYPE_UNKNOWN: Final = frozenset({"90015", "HY004"})
"""Where H2 has to know what a bind is before it gets the value; Oracle's driver tells the type with it."""

_LOCK_BUSY: Final = frozenset({60, 30006})


@dataclass(frozen=True)
class Text:
    """What a statement's text says; the same for all who send it."""

    h2: tuple[str, ...]
    binds: tuple[str, ...]
    returned: tuple[str, ...]
    defines: bool
    changes: bool
    begins_read_only: bool
    skipping: re.Match[str] | None


@lru_cache(2048)
def understood(sql: str) -> Text:
    """Refuse what Oracle refuses, then say it in H2's words."""
    refuse(sql)
    binds = tuple(bind_names(sql))
    returning = _RETURNING.search(sql)
    returned = tuple(bind_names(returning["binds"])) if returning else ()
    if returning:
        table = "OLD" if re.match(r"\s*DELETE\b", sql, re.IGNORECASE) else "FINAL"
        columns = re.sub(r"\b\w+\.(\w+)", r"\1", returning["columns"])
        sql = f"SELECT {columns} FROM {table} TABLE ({sql[: returning.start()]})"
    said = tuple(with_question_marks(each) for each in rewritten(sql))
    skipping = _SKIPPING.match(said[-1]) if "SKIP LOCKED" in sql.upper() else None
    return Text(said, binds, returned, bool(_DEFINITION.match(sql)), bool(_CHANGE.match(sql)), bool(_READ_ONLY.match(sql)), skipping)


def binds_of(sql: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of all binds and of those that return values; also of a statement that will be refused."""
    returning = _RETURNING.search(sql)
    return tuple(bind_names(sql)), tuple(bind_names(returning["binds"])) if returning else ()


class Execution:
    """A statement in one session; what it gave last is in `columns` and `rows`."""

    def __init__(self, database: Database, sql: str, kinds: Sequence[int]) -> None:
        """Refuse it, or be ready to run it with binds of these types."""
        self._database = database
        self._kinds = kinds
        self.text = understood(sql)
        self._prepared: Prepared | None = None
        self.columns: list[Column] | None = None
        self.rows: list[list[str | None]] = []

    def run(self, values: Sequence[Value]) -> int:
        """Run it with these values; the number of rows changed or returned."""
        if self.text.begins_read_only:
            self._database.read_only = True
            return 0
        if self._database.read_only and self.text.changes:
            raise OracleError(1456, "may not perform insert, delete, update operation inside a READ ONLY transaction")
        if self.text.skipping:
            self._lock_row_by_row(self.text.skipping, values)
            return 0
        for sql in self.text.h2[:-1]:
            self._database.run(sql)
        self._prepared = self._prepared or self._prepare(self.text.h2[-1])
        changed = self._prepared.execute(values)
        self.columns, self.rows = self._prepared.columns, self._prepared.rows
        return len(self.rows) if self.text.returned else changed

    def close(self) -> None:
        """Give back what H2 holds for it."""
        if self._prepared:
            self._prepared.close()

    def _prepare(self, sql: str) -> Prepared:
        try:
            return self._database.prepare(sql)
        except OracleError as error:
            if error.h2_state not in _TYPE_UNKNOWN:
                raise
            return self._database.prepare(with_types(sql, ["NUMERIC" if kind == NUMBER else "" for kind in self._kinds]))

    def _lock_row_by_row(self, found: re.Match[str], values: Sequence[Value]) -> None:
        """This H2 has no SKIP LOCKED: each row is asked for in turn, and one that is held is passed over."""
        table, where = found["table"], found["where"] or "1 = 1"
        numbers = self._selected(f"SELECT _ROWID_ FROM {table} WHERE {where}{found['order'] or ''}", values)
        self._selected(f"SELECT {found['columns']} FROM {table} WHERE 1 = 0", ())
        locked = []
        with self._database.lock_timeout(1):
            for (number,) in numbers:
                one = f"SELECT {found['columns']} FROM {table} WHERE _ROWID_ = {number} AND ({where}) FOR UPDATE"
                try:
                    locked += self._selected(one, values)
                except OracleError as error:
                    if error.code not in _LOCK_BUSY:
                        raise
        self.rows = locked

    def _selected(self, sql: str, values: Sequence[Value]) -> list[list[str | None]]:
        prepared = self._database.prepare(sql)
        try:
            prepared.execute(values)
            self.columns = prepared.columns
            return prepared.rows
        finally:
            prepared.close()
