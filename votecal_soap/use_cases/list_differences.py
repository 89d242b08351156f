"""2 CCR 19083 What of a county's records is not alike at the state: missing at the state, missing at the county, fields differ."""

from typing import Final

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.synchronisation import ORDER, Difference, DifferencePage, DifferenceQuery, find_differences, place_of
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.ports import UnitOfWorkFactory

MOST_DIFFERENCES: Final = 5_000
RECORDS_A_CALL: Final = 10_000
"""Of the state's: five of the largest groups."""


def list_differences(query: DifferenceQuery, caller: Caller, unit_of_work: UnitOfWorkFactory) -> DifferencePage:
    """The differences after those of the page before. Another county's voter is not told apart from none (EWS-01). Changes and locks nothing.

    Raises:
        InvalidRequest: VALUE_WRONG for a record out of the range or twice, LIMIT_EXCEEDED where the state has more records in it than one call compares.
    """
    _require_each_once_in_range(query)
    with unit_of_work(read_only=True) as uow:
        ours = uow.voters.compared(caller.county_code, query.uids, RECORDS_A_CALL + 1)
        if len(ours) > RECORDS_A_CALL:
            raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"The state has more than {RECORDS_A_CALL} records there: ask for less.", ref="LastStateVoterId")
        rest = _rest(find_differences(query.scope, ours, query.records), query)
        page = rest[: query.limit or MOST_DIFFERENCES]
        waiting = uow.messages.voters_with_blocking(caller.county_code, [difference.state_voter_id for difference in page])
    return DifferencePage(tuple(item._replace(update_pending=item.state_voter_id in waiting) for item in page), len(rest) > len(page))


def _require_each_once_in_range(query: DifferenceQuery) -> None:
    if query.limit is not None and not 1 <= query.limit <= MOST_DIFFERENCES:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {MOST_DIFFERENCES} differences.", ref="MaximumDifferences")
    if not all(query.uids.holds(record.state_voter_id) for record in query.records):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A record lies outside the range of UIDs.", ref="CountyRecords")
    if len({record.state_voter_id for record in query.records}) != len(query.records):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A record stands there twice.", ref="CountyRecords")


def _rest(found: list[Difference], query: DifferenceQuery) -> list[Difference]:
    if query.after is None:
        return found
    kind, state_voter_id = query.after
    return [difference for difference in found if place_of(difference) > (ORDER[kind], state_voter_id)]
