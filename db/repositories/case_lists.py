"""Pages of the match cases that wait: each order has an index, and a page begins where the last one ended instead of counting up to it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from db.tables import match_case
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase
from votecal_soap.domain.work_lists import CaseListQuery, CaseOrder

_SORTED_BY: Final = {CaseOrder.DUE: match_case.c.due_on, CaseOrder.CONFIDENCE: match_case.c.confidence, CaseOrder.OLDEST: match_case.c.case_id}


def parts(query: CaseListQuery) -> list[Select[Any]]:
    """The cases after `query.after`, as queries whose first rows, merged, are the page.

    One for each state and each column that names a county: an equality lets every planner walk an index in its order, an OR does not.
    """
    return [_part(query, state, county) for state in query.states for county in _whose(query)]


def merged(cases: Iterable[MatchCase], query: CaseListQuery) -> list[MatchCase]:
    """The page that the parts make."""
    return sorted(cases, key=lambda case: _place(case, query.order))[: query.limit]


def _whose(query: CaseListQuery) -> list[ColumnElement[bool] | None]:
    if query.county_code is None:
        return [None]
    columns = [match_case.c.county_code]
    if CaseType.DUPLICATE_VOTER in query.case_types:
        columns.append(match_case.c.other_county)
    asked = match_case.c.asked_county
    return [and_(column == query.county_code, or_(asked.is_(None), asked == query.county_code)) for column in columns]


def _part(query: CaseListQuery, state: CaseState, county: ColumnElement[bool] | None) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = [match_case.c.case_state == str(state), match_case.c.case_type.in_([str(kind) for kind in query.case_types])]
    if state is CaseState.REJECTED_BY_USER:
        # Where no county is asked any more SOS reviews; such a case has no day either, and an index by day enters behind them.
        wanted += [match_case.c.asked_county.is_not(None), match_case.c.due_on.is_not(None)]
    if county is not None:
        wanted.append(county)
    if query.due_before is not None:
        wanted.append(match_case.c.due_on < query.due_before)
    if query.after is not None:
        wanted.append(_after(query))
    return select(match_case).where(*wanted).order_by(*_order(query.order)).limit(query.limit)


def _place(case: MatchCase, order: CaseOrder) -> tuple[date, int] | tuple[int, int]:
    if order is CaseOrder.DUE:
        return case.due_on or date.max, case.case_id
    return (-case.confidence, -case.case_id) if order is CaseOrder.CONFIDENCE else (case.case_id, 0)


def _order(order: CaseOrder) -> list[ColumnElement[Any]]:
    if order is CaseOrder.CONFIDENCE:
        return [match_case.c.confidence.desc(), match_case.c.case_id.desc()]
    return [match_case.c.case_id] if order is CaseOrder.OLDEST else [match_case.c.due_on, match_case.c.case_id]


def _after(query: CaseListQuery) -> ColumnElement[bool]:
    assert query.after is not None  # noqa: S101 - the one caller asks first
    key, (value, case_id) = _SORTED_BY[query.order], query.after
    if query.order is CaseOrder.OLDEST:
        return match_case.c.case_id > case_id
    if query.order is CaseOrder.CONFIDENCE:
        return and_(key <= value, or_(key < value, match_case.c.case_id < case_id))
    # The outer comparison is what the index is entered by; the inner one leaves out what the page before held.
    return and_(key >= value, or_(key > value, match_case.c.case_id > case_id))
