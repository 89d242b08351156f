"""Cases that wait past their day, and for whom (COA-37, DUP-05)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.in_lists import in_lists, listed
from db.tables import match_case
from votecal_soap.domain.duplicate_cases import awaited
from votecal_soap.domain.match_cases import CaseState

_WAITING: Final = [str(state) for state in (CaseState.OPEN, CaseState.REJECTED_BY_USER)]
"""States in which a county's word is awaited by a day; a case with SOS has none. A move that waits has a time of its own, a merge has not."""

_COUNTIES: Final = (match_case.c.county_code, match_case.c.other_county, match_case.c.asked_county)


def past(today: date) -> ColumnElement[bool]:
    """That a case's day has passed."""
    merge_waits = and_(match_case.c.case_state == CaseState.PROVISIONAL, match_case.c.cause.is_not(None))
    return and_(or_(match_case.c.case_state.in_(_WAITING), merge_waits), match_case.c.due_on < today)


def mark_announced(connection: Connection, case_ids: Sequence[int], at: datetime) -> None:
    """Announced once."""
    announced = update(match_case).where(match_case.c.case_id.in_(listed()))
    for part in in_lists(sorted(case_ids)):
        connection.execute(announced.values(overdue_announced_at=at), {"listed": part})


def counts(connection: Connection, today: date) -> Mapping[str, int]:
    """By the county whose word is awaited; a case that waits for two counts for each."""
    found: Counter[str] = Counter()
    late = select(*_COUNTIES, func.count().label("case_count")).where(past(today)).group_by(*_COUNTIES)
    for row in connection.execute(late):
        for county_code in awaited(row.county_code, row.other_county, row.asked_county):
            found[county_code] += row.case_count
    return found
