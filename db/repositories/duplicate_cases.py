"""Cases of two voters: found by pair and by voter, changed over the version read (DUP-01, DUP-03)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.in_lists import listed, select_listed
from db.tables import match_case
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.errors import Conflict, ErrorCode

_CASE: Final = select(match_case)
_CHANGEABLE: Final = {
    "state": "case_state",
    "county_code": "county_code",
    "other_county": "other_county",
    "due_on": "due_on",
    "overdue_announced_at": "overdue_announced_at",
    "decided_at": "decided_at",
    "decided_by": "decided_by",
    "basis": "basis",
    "deciding_digest": "deciding_digest",
    "asked_county": "asked_county",
    "first_rejected_by": "first_rejected_by",
}
"""Field to column."""


def pair_key(state_voter_id: int, other_state_voter_id: int, round_number: int) -> str:
    """What is unique of a case of two voters."""
    return f"{min(state_voter_id, other_state_voter_id)}:{max(state_voter_id, other_state_voter_id)}:{round_number}"


def of_voters(
    connection: Connection, state_voter_ids: Sequence[int], in_states: ColumnElement[bool], case_of: Callable[[Row[Any]], MatchCase]
) -> list[MatchCase]:
    """Cases in some states of which one of these voters is a part, by id: two queries, each with an index of its own."""
    found: dict[int, MatchCase] = {}
    for column in (match_case.c.state_voter_id, match_case.c.other_voter_id):
        rows = select_listed(connection, _CASE.where(column.in_(listed()), in_states), sorted(state_voter_ids))
        found |= {row.case_id: case_of(row) for row in rows}
    return [found[case_id] for case_id in sorted(found)]


def of_voter(connection: Connection, state_voter_id: int, limit: int, case_of: Callable[[Row[Any]], MatchCase]) -> list[MatchCase]:
    """Cases of which a voter is a part, the newest first: as of several, two queries."""
    found: dict[int, MatchCase] = {}
    for column in (match_case.c.state_voter_id, match_case.c.other_voter_id):
        mine = _CASE.where(column == state_voter_id).order_by(match_case.c.case_id.desc()).limit(limit)
        found |= {row.case_id: case_of(row) for row in connection.execute(mine)}
    return [found[case_id] for case_id in sorted(found, reverse=True)][:limit]


def latest_of_pairs(connection: Connection, pairs: Sequence[tuple[int, int]], case_of: Callable[[Row[Any]], MatchCase]) -> dict[tuple[int, int], MatchCase]:
    """The newest round of each pair; looked up by the higher UID, for the lower one's index is long with DMV's cases."""
    wanted = set(pairs)
    rows = select_listed(connection, _CASE.where(match_case.c.other_voter_id.in_(listed())), sorted({other for _, other in wanted}))
    found: dict[tuple[int, int], Row[Any]] = {}
    for row in rows:
        pair = (row.state_voter_id, row.other_voter_id)
        if pair in wanted and (pair not in found or found[pair].round_number < row.round_number):
            found[pair] = row
    return {pair: case_of(row) for pair, row in found.items()}


def save(connection: Connection, before: MatchCase, after: MatchCase) -> MatchCase:
    """Write what differs over the version read; the case as it is now."""
    saved = after._replace(version=before.version + 1)
    differing = {column: getattr(after, field) for field, column in _CHANGEABLE.items() if getattr(after, field) != getattr(before, field)}
    as_read = update(match_case).where(match_case.c.case_id == before.case_id, match_case.c.case_version == before.version)
    if connection.execute(as_read.values(case_version=saved.version, **differing)).rowcount == 0:
        raise Conflict(ErrorCode.CASE_CHANGED, "The case has changed since it was read.", ref=str(before.case_id))
    return saved
