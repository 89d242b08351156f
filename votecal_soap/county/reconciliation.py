"""After a start: the cases that wait at the state, held against the EMS's, for an EMS may have lost some (EWS-11).

A message that was cleared does not come again: an EMS that was restored from a backup would never hear of those cases.
"""

from collections.abc import Iterator
from functools import partial

from votecal_soap.contract.received_matches import ReceivedMatch
from votecal_soap.county.match_import import keep_case
from votecal_soap.county.office import Office
from votecal_soap.county.state import CountyQuestions
from votecal_soap.errors import NotFound


def reconcile(office: Office, state: CountyQuestions) -> int:
    """Take over what the EMS lacks or has in an older version, and what waits here but not there; how many cases."""
    waiting = {match.case_id: match for match in _waiting_at_state(office, state)}
    known: dict[int, tuple[int, bool]] = {row[0]: (row[1], bool(row[2])) for row in office.ems.connection.execute(_KNOWN, (office.ems.county_code,)).fetchall()}
    missed = [match for case_id, match in waiting.items() if case_id not in known or known[case_id][0] < match.case_version]
    missed += _as_they_are(office, state, [case_id for case_id, (_, waits) in known.items() if waits and case_id not in waiting])
    with office.ems.transaction() as connection:
        for match in missed:
            keep_case(connection, match)
    return len(missed)


def _waiting_at_state(office: Office, state: CountyQuestions) -> Iterator[ReceivedMatch]:
    after, more = 0, True
    while more:
        page = office.retry.call(partial(state.list_match_cases, after_case_id=after))
        yield from (match for match in page.cases if match.county_code == office.ems.county_code)
        more, after = page.more and bool(page.cases), page.cases[-1].case_id if page.cases else after


def _as_they_are(office: Office, state: CountyQuestions, case_ids: list[int]) -> Iterator[ReceivedMatch]:
    for case_id in case_ids:
        try:
            yield office.retry.call(partial(state.get_match_case, case_id)).match
        except NotFound:
            continue  # another county decides it: the queue says so


_KNOWN = "SELECT case_id, case_version, case_state IN ('Open', 'Provisional') AND county_code = ? FROM state_cases"
