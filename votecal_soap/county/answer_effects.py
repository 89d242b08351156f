"""What the county's own word does in its EMS, once the state has taken it: the state does not echo it (EWS-06)."""

import sqlite3
from typing import Final

from votecal_soap.contract.received_matches import ReceivedMatch
from votecal_soap.county.state import DecidedCase, DecidedTransfer, ReportedRecord
from votecal_soap.county.state_codes import INACTIVE
from votecal_soap.county.voter_records import ADDRESS_KINDS, ALL_KINDS, add_voter, cancel, end_registration, key_of, note, take_record
from votecal_soap.domain.match_cases import CaseState, CaseType, Decision
from votecal_soap.domain.voters import VoterStatus

MOVED_OUT_OF_STATE: Final = "Moved out of state"
UNPLACED: Final = "AddressUnprecinctable"

_CLOSING: Final = frozenset({Decision.ACCEPT, Decision.OUT_OF_STATE, Decision.UNPRECINCTABLE})
"""Decisions that end the DMV record's whole work item: its other candidates are somebody else."""


def after_decision(connection: sqlite3.Connection, county_code: str, decision: Decision, decided: DecidedCase, match: ReceivedMatch | None) -> str:
    """The decision as it stands: the voter's row, and the other candidates; `match` is the case as it is now, None when it is another county's."""
    # What a merge does to the county's record comes by the queue: the state merges, and says which of the two is the newer.
    if match is not None and match.case_type != CaseType.DUPLICATE_VOTER:
        key = key_of(connection, match.voter.state_voter_id)
        if decision is Decision.ACCEPT:
            _take_voter(connection, county_code, match)
        elif decision is Decision.OUT_OF_STATE and key is not None:
            end_registration(connection, key, INACTIVE, MOVED_OUT_OF_STATE, decided.record_version)
        elif decision is Decision.UNPRECINCTABLE and key is not None:
            note(connection, key, UNPLACED)
        if decision in _CLOSING:
            connection.execute(_REJECT_OTHERS, (CaseState.REJECTED, match.work_item_id, match.case_id, CaseState.OPEN))
    return f"{decision.value} {decided.case_state}"


def after_undo(connection: sqlite3.Connection, county_code: str, undone: DecidedCase, match: ReceivedMatch | None) -> str:
    """The voter is as before the match, here or in the county that she came from."""
    if match is not None:
        _take_voter(connection, county_code, match)
    return undone.case_state


def after_acceptance(connection: sqlite3.Connection, transfer_id: int, accepted: DecidedTransfer) -> str:
    """The move stands, and the registration here ends."""
    _move_transfer(connection, transfer_id, accepted, CaseState.ACCEPTED)
    cancel(connection, accepted.state_uid, accepted.record_version)
    return accepted.transfer_state


def after_reversal(connection: sqlite3.Connection, transfer_id: int, reversed_: DecidedTransfer) -> str:
    """The move is taken back; the voter's record comes with the message that both counties get."""
    _move_transfer(connection, transfer_id, reversed_, CaseState.REJECTED)
    return reversed_.transfer_state


def after_report(connection: sqlite3.Connection, work_item_id: int, reported: ReportedRecord) -> str:
    """The record waits no more, or the case that was opened does."""
    connection.execute("UPDATE dmv_records SET disposition = ? WHERE work_item_id = ?", (reported.disposition, work_item_id))
    return reported.disposition


def _take_voter(connection: sqlite3.Connection, county_code: str, match: ReceivedMatch) -> None:
    """Take the record if the voter is registered here now, and end the registration here if she is not."""
    voter = match.voter
    if voter.county_code != county_code or voter.status == VoterStatus.CANCELLED:
        cancel(connection, voter.state_voter_id, voter.record_version)
        return
    key, kinds = key_of(connection, voter.state_voter_id), ADDRESS_KINDS
    if key is None:
        key, kinds = add_voter(connection, county_code, voter), ALL_KINDS
    elif match.case_type != CaseType.DMV_COA:
        kinds = ALL_KINDS
    take_record(connection, key, voter, kinds, precinct_needed=match.home_precinct_needed)


def _move_transfer(connection: sqlite3.Connection, transfer_id: int, decided: DecidedTransfer, state: CaseState) -> None:
    connection.execute("UPDATE state_transfers SET transfer_state = ? WHERE transfer_id = ?", (decided.transfer_state, transfer_id))
    connection.execute(_MOVE_TRANSFERS_CASE, (state, transfer_id, CaseState.PROVISIONAL))


_REJECT_OTHERS: Final = "UPDATE state_cases SET case_state = ? WHERE work_item_id = ? AND case_id <> ? AND case_state = ?"
_MOVE_TRANSFERS_CASE: Final = """
UPDATE state_cases SET case_state = ? WHERE case_id = (SELECT case_id FROM state_transfers WHERE transfer_id = ?) AND case_state = ?
"""
