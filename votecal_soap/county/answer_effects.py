"""What the county's own word does in its EMS, once the state has taken it: the state does not echo it (EWS-06)."""

import json
import sqlite3
from typing import Final, NamedTuple

from votecal_soap.county.state import DecidedCase, DecidedTransfer
from votecal_soap.county.state_codes import INACTIVE
from votecal_soap.county.voter_records import cancel, end_registration, key_of, take_address
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.match_cases import CaseState, Decision

MOVED_OUT_OF_STATE: Final = "Moved out of state"


class _Case(NamedTuple):
    state_uid: int
    work_item_id: int | None
    new_county: str | None
    new_address: str | None
    new_mailing: str | None


def after_decision(connection: sqlite3.Connection, county_code: str, case_id: int, decision: Decision, decided: DecidedCase) -> str:
    """The decision as it stands: the voter's row, the case, and the other candidates of an accepted one."""
    case = _Case(*connection.execute(_CASE, (case_id,)).fetchone())
    key = key_of(connection, case.state_uid)
    if decision is Decision.ACCEPT and case.new_county not in (None, county_code):
        cancel(connection, case.state_uid, decided.record_version)
    elif decision is Decision.ACCEPT and key is not None:
        take_address(connection, key, _residence(case), _mailing(case), decided.record_version)
    elif decision is Decision.OUT_OF_STATE and key is not None:
        end_registration(connection, key, INACTIVE, MOVED_OUT_OF_STATE, decided.record_version)
    connection.execute(_MOVE_CASE, (decided.case_state, decided.case_version, case_id))
    if decision is not Decision.REJECT:
        connection.execute(_REJECT_OTHERS, (CaseState.REJECTED, case.work_item_id, case_id, CaseState.OPEN))
    return f"{decision.value} {decided.case_state}"


def after_acceptance(connection: sqlite3.Connection, transfer_id: int, accepted: DecidedTransfer) -> str:
    """The move stands, and the registration here ends."""
    connection.execute("UPDATE state_transfers SET transfer_state = ? WHERE transfer_id = ?", (accepted.transfer_state, transfer_id))
    connection.execute(_MOVE_TRANSFERS_CASE, (CaseState.ACCEPTED, transfer_id, CaseState.PROVISIONAL))
    cancel(connection, accepted.state_uid, accepted.record_version)
    return accepted.transfer_state


def after_report(connection: sqlite3.Connection, work_item_id: int, disposition: str) -> str:
    """The record waits no more."""
    connection.execute("UPDATE dmv_records SET disposition = ? WHERE work_item_id = ?", (disposition, work_item_id))
    return disposition


def _residence(case: _Case) -> ResidenceAddress | None:
    return None if case.new_address is None else ResidenceAddress(*json.loads(case.new_address))


def _mailing(case: _Case) -> MailingAddress | None:
    return None if case.new_mailing is None else MailingAddress(*json.loads(case.new_mailing))


_CASE: Final = "SELECT state_uid, work_item_id, new_county, new_address, new_mailing FROM state_cases WHERE case_id = ?"
_MOVE_CASE: Final = "UPDATE state_cases SET case_state = ?, case_version = ? WHERE case_id = ?"
_REJECT_OTHERS: Final = "UPDATE state_cases SET case_state = ? WHERE work_item_id = ? AND case_id <> ? AND case_state = ?"
_MOVE_TRANSFERS_CASE: Final = """
UPDATE state_cases SET case_state = ? WHERE case_id = (SELECT case_id FROM state_transfers WHERE transfer_id = ?) AND case_state = ?
"""
