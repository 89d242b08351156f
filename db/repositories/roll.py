"""The people as compared, page by page: each page is put together by the database, for a million voters have twenty million cells (DUP-01)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Subquery, func, select

from db.key_sets import fetch_among
from db.repositories.match_keys import match_rows
from db.tables import voter, voter_match
from votecal_soap.search.candidates import CANDIDATE_COLUMNS, CandidateRow
from votecal_soap.search.roll_pages import FIELD_SEPARATOR, ROW_SEPARATOR, RollPage

_CELLS: Final = tuple(voter_match.c[name] for name in CANDIDATE_COLUMNS)


class SqlRollRepository:
    """The table voter_match, and when voters were written."""

    def __init__(self, connection: Connection) -> None:
        """Read in this connection's transaction."""
        self._connection = connection

    def page(self, after_state_voter_id: int, limit: int) -> RollPage:
        """The next voters; none left is a page of none."""
        line = _LINES.get(self._connection.dialect.name)
        if line is None:
            return self._page_of_rows(after_state_voter_id, limit)
        lines = _next(after_state_voter_id, limit, voter_match.c.state_voter_id.label("number"), line().label("line")).subquery()
        together = _JOINED[self._connection.dialect.name](lines)
        voters, last, text = self._connection.execute(select(func.count(), func.max(lines.c.number), together)).one()
        return RollPage(voters, last or after_state_voter_id, text or "")

    def rows(self, state_voter_ids: Sequence[int]) -> Sequence[CandidateRow]:
        """These voters, as far as they are on the roll."""
        return list(fetch_among(self._connection, match_rows, sorted(state_voter_ids)))

    def changed_since(self, instant: datetime, limit: int) -> Sequence[int]:
        """UIDs of voters written since then."""
        changed = select(voter.c.state_voter_id).where(voter.c.updated_at >= instant).order_by(voter.c.state_voter_id).limit(limit)
        return list(self._connection.execute(changed).scalars())

    def _page_of_rows(self, after_state_voter_id: int, limit: int) -> RollPage:
        """Any other database, Oracle foremost: no text of its own holds a page."""
        rows = self._connection.execute(_next(after_state_voter_id, limit, *_CELLS)).all()
        text = ROW_SEPARATOR.join(FIELD_SEPARATOR.join("" if cell is None else str(cell) for cell in row) for row in rows)
        return RollPage(len(rows), rows[-1][0] if rows else after_state_voter_id, text)


def _next(after_state_voter_id: int, limit: int, *columns: ColumnElement[Any]) -> Select[Any]:
    number = voter_match.c.state_voter_id
    return select(*columns).where(number > after_state_voter_id).order_by(number).limit(limit)


def _printed() -> ColumnElement[str]:
    """SQLite: nothing is printed for NULL."""
    return func.printf(FIELD_SEPARATOR.join(["%s"] * len(_CELLS)), *_CELLS)


def _concatenated() -> ColumnElement[str]:
    """PostgreSQL: `concat` passes over NULL, `||` would become it."""
    separator = func.chr(ord(FIELD_SEPARATOR))
    cells: list[ColumnElement[Any]] = [_CELLS[0]]
    for cell in _CELLS[1:]:
        cells += (separator, cell)
    return func.concat(*cells)


def _grouped(lines: Subquery) -> ColumnElement[str]:
    return func.group_concat(lines.c.line, ROW_SEPARATOR)


def _aggregated(lines: Subquery) -> ColumnElement[str]:
    return func.string_agg(lines.c.line, func.chr(ord(ROW_SEPARATOR)))


_LINES: Final = {"sqlite": _printed, "postgresql": _concatenated}
_JOINED: Final = {"sqlite": _grouped, "postgresql": _aggregated}
