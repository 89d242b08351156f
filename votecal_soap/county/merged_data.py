"""Pulls what merges added to this county's records into its EMS (DLR-15), where SOS has set that it may."""

import json
import sqlite3
from functools import partial
from typing import Final

from votecal_soap.contract.received_matches import ReceivedMatch
from votecal_soap.contract.received_registrations import ReceivedMergedItem
from votecal_soap.county.office import Office
from votecal_soap.county.state import CountyQuestions
from votecal_soap.errors import NotAllowed, NotFound

PULLED: Final = "Pulled"


def pull_merged_data(office: Office, state: CountyQuestions) -> int:
    """Pull what is not here yet, case by case; how many items. A refusal is kept with the case, and the case is not asked about again as it stands."""
    rows = office.ems.connection.execute(_TO_PULL).fetchall()
    return sum(_pull(office, state, case_id, newer_uid) for case_id, newer_uid in rows)


def _pull(office: Office, state: CountyQuestions, case_id: int, newer_uid: int) -> int:
    try:
        return _pulled(office, state, case_id, newer_uid)
    except (NotAllowed, NotFound) as error:
        _settle(office, [], case_id, newer_uid, f"refused {error.code}")
        return 0


def pull_of_case(office: Office, state: CountyQuestions, match: ReceivedMatch) -> int:
    """Pull one case's data, whatever was pulled or refused before."""
    newer_uid = None if match.duplicate is None else match.duplicate.newer_id
    return 0 if newer_uid is None else _pulled(office, state, match.case_id, newer_uid)


def _pulled(office: Office, state: CountyQuestions, case_id: int, newer_uid: int) -> int:
    items: list[ReceivedMergedItem] = []
    more = True
    while more:
        page = office.retry.call(partial(state.pull_merged_data, case_id, items[-1].item_id if items else None))
        items += page.items
        more = page.more and bool(page.items)
    _settle(office, items, case_id, newer_uid, PULLED)
    return len(items)


def _settle(office: Office, items: list[ReceivedMergedItem], case_id: int, newer_uid: int, result: str) -> None:
    with office.ems.transaction() as connection:
        _keep(connection, items, newer_uid)
        connection.execute("UPDATE state_cases SET pulled = ? WHERE case_id = ?", (result, case_id))


def _keep(connection: sqlite3.Connection, items: list[ReceivedMergedItem], newer_uid: int) -> None:
    rows = [(item.item_id, item.case_id, newer_uid, item.kind, json.dumps(item.data)) for item in items]
    connection.executemany("INSERT OR REPLACE INTO merged_data (item_id, case_id, state_uid, kind, data) VALUES (?, ?, ?, ?, ?)", rows)


_TO_PULL: Final = """
SELECT c.case_id, c.newer_uid FROM state_cases c JOIN voters v ON v.state_uid = c.newer_uid
WHERE c.case_type = 'DuplicateVoter' AND c.case_state IN ('Accepted', 'Provisional') AND c.pulled IS NULL
ORDER BY c.case_id
"""
