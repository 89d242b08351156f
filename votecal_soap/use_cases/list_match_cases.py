"""EWS-11: a county lists its match cases."""

from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import MatchCasePage, MatchCaseQuery
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.duplicate_cases import STANDING
from votecal_soap.use_cases.match_case_notices import notices_of
from votecal_soap.use_cases.ports import UnitOfWorkFactory
from votecal_soap.use_cases.views_of_voters import audit_views

PAGE_LIMIT: Final = 100


def list_match_cases(query: MatchCaseQuery, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> MatchCasePage:
    """Cases that the county decides, has a voter of, or lost a voter by, by rising id; those that wait, if no state is named."""
    limit = PAGE_LIMIT if query.limit is None else query.limit
    if not 1 <= limit <= PAGE_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {PAGE_LIMIT} match cases.", ref="MaximumMatchCases")
    with unit_of_work(read_only=True) as uow:
        cases = uow.match_cases.listed(
            caller.county_code,
            states=query.states or STANDING,
            case_types=query.case_types or None,
            after_case_id=query.after_case_id,
            limit=limit + 1,
        )
        notices = notices_of(uow, cases[:limit], caller, clock)
    audit_views(notices, caller, unit_of_work, clock)
    return MatchCasePage(notices, len(cases) > limit)
