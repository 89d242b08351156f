"""Pages of the match cases that wait: each order has an index, and a page begins where the last one ended instead of counting up to it."""

from typing import Any, Final

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from db.tables import match_case
from votecal_soap.domain.work_lists import CaseListQuery, CaseOrder

_SORTED_BY: Final = {CaseOrder.DUE: match_case.c.due_on, CaseOrder.CONFIDENCE: match_case.c.confidence, CaseOrder.OLDEST: match_case.c.case_id}


def page(query: CaseListQuery) -> Select[Any]:
    """The cases after `query.after`."""
    wanted: list[ColumnElement[bool]] = [match_case.c.case_state.in_([str(state) for state in query.states])]
    if len(query.states) == 1:
        # An equality lets every planner walk an index that begins with the state in its order.
        wanted = [match_case.c.case_state == str(query.states[0])]
    if query.county_code is not None:
        wanted.append(match_case.c.county_code == query.county_code)
    wanted.append(match_case.c.case_type.in_([str(case_type) for case_type in query.case_types]))
    if query.due_before is not None:
        wanted.append(match_case.c.due_on < query.due_before)
    if query.after is not None:
        wanted.append(_after(query))
    return select(match_case).where(*wanted).order_by(*_order(query.order)).limit(query.limit)


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
