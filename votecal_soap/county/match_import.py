"""Import of what the state tells of matches, moves and DMV records: into the voter's row, and into the clerk's work lists (COA-21, COA-32, S10.11)."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from votecal_soap.contract.queue_page import ReceivedMessage
from votecal_soap.contract.received_matches import (
    ReceivedConfidentiality,
    ReceivedConfidentialityEnding,
    ReceivedDetail,
    ReceivedDmvRecord,
    ReceivedMatch,
    ReceivedOverdue,
    ReceivedTransfer,
)
from votecal_soap.county.state_codes import CANCELLED
from votecal_soap.county.voter_records import ADDRESS_KINDS, ALL_KINDS, MERGED_TO_NEWER, add_voter, cancel, end_registration, key_of, note, rename, take_record
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, CaseType, TransferState
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound

Detail = TypeVar("Detail", bound=ReceivedDetail)

Import = Callable[[sqlite3.Connection, str, ReceivedMessage], None]
"""Takes the EMS's connection, its county and the message."""


def _applied(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """AutomaticMatchApplied: the state has changed the voter's record."""
    match = _detail(message, ReceivedMatch)
    key = key_of(connection, match.voter.state_voter_id)
    if key is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The EMS has no such voter.")
    keep_case(connection, match)
    kinds = ADDRESS_KINDS if match.case_type == CaseType.DMV_COA else ALL_KINDS
    take_record(connection, key, match.voter, kinds, precinct_needed=match.home_precinct_needed)


def _case(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """PotentialMatch, PotentialDuplicate, ProvisionalMatchApplied, MergeProvisional, MatchCaseReplaced: one more, or one less, that waits for the county."""
    keep_case(connection, _detail(message, ReceivedMatch))


def _decided(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """MatchCaseDecided: by another county, by SOS, or because the county's time passed."""
    match = _detail(message, ReceivedMatch)
    keep_case(connection, match)
    key = key_of(connection, match.voter.state_voter_id)
    if key is not None and match.voter.county_code == county_code:
        take_record(connection, key, match.voter, ADDRESS_KINDS, precinct_needed=match.home_precinct_needed)
    ended = connection.execute(_LET_STAND, (TransferState.ACCEPTED, match.case_id, county_code, TransferState.OPEN)).fetchall()
    if ended and match.case_state == CaseState.ACCEPTED:
        cancel(connection, match.voter.state_voter_id, message.record_version)


def _own_record(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """MergeReceived, MergeUndone, DuplicateCaseDecided: the county's own record as it is now."""
    match = _detail(message, ReceivedMatch)
    keep_case(connection, match)
    if message.message_type == MessageType.MERGE_UNDONE:
        connection.execute("DELETE FROM merged_data WHERE case_id = ?", (match.case_id,))
    key = key_of(connection, match.voter.state_voter_id)
    if key is not None and match.voter.county_code == county_code:
        take_record(connection, key, match.voter, ALL_KINDS)


def _merged_away(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """MergedIntoNewer: the record here ends (DLR-15)."""
    match = _detail(message, ReceivedMatch)
    keep_case(connection, match)
    key = key_of(connection, match.voter.state_voter_id)
    if key is not None:
        end_registration(connection, key, CANCELLED, MERGED_TO_NEWER, message.record_version)


def _overdue(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    case_id = _detail(message, ReceivedOverdue).case_id
    if not connection.execute("UPDATE state_cases SET overdue = 1 WHERE case_id = ?", (case_id,)).rowcount:
        raise NotFound(ErrorCode.CASE_NOT_FOUND, "The EMS has no such match case.")


def _out(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """TransferOut: the registration here ends, unless that waits for this county's word."""
    transfer = _detail(message, ReceivedTransfer)
    _keep_transfer(connection, transfer)
    if not transfer.provisional:
        cancel(connection, transfer.state_voter_id, message.record_version)


def _into(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """TransferIn: a voter more, or one who has come back."""
    transfer = _detail(message, ReceivedTransfer)
    if transfer.match is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The message does not say who the voter is.")
    _keep_transfer(connection, transfer)
    voter = transfer.match.voter
    key = key_of(connection, voter.state_voter_id) or add_voter(connection, county_code, voter)
    take_record(connection, key, voter, ALL_KINDS, precinct_needed=transfer.match.home_precinct_needed)


def _accepted(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """TransferAccepted: a move that a county registered stands, and the registration here ends if it was this county's."""
    transfer = _detail(message, ReceivedTransfer)
    _keep_transfer(connection, transfer)
    if transfer.losing_county == county_code:
        cancel(connection, transfer.state_voter_id, message.record_version)


def _reversed(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    """TransferReversed: the voter is here again as before the move; or was never here, but somebody else was, who has a UID of her own now."""
    transfer = _detail(message, ReceivedTransfer)
    _keep_transfer(connection, transfer)
    key = key_of(connection, transfer.state_voter_id)
    if transfer.gaining_county == county_code and transfer.voter is not None and key is not None:
        rename(connection, key, transfer.voter.state_voter_id, transfer.voter.record_version)
    elif transfer.gaining_county == county_code:
        cancel(connection, transfer.state_voter_id, message.record_version)
    elif key is not None and transfer.voter is not None:
        take_record(connection, key, transfer.voter, ALL_KINDS)
    elif key is not None and transfer.match is not None:
        take_record(connection, key, transfer.match.voter, ADDRESS_KINDS)


def _dmv_record(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    record = _detail(message, ReceivedDmvRecord)
    connection.execute(_KEEP_DMV_RECORD, (record.work_item_id, message.message_type, json.dumps(record.data)))


def _confidentiality_ending(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    ends_on = _detail(message, ReceivedConfidentialityEnding).ends_on
    note(connection, _known_key(connection, message), f"ConfidentialityEnding {ends_on}")


def _confidentiality_changed(connection: sqlite3.Connection, county_code: str, message: ReceivedMessage) -> None:
    told = _detail(message, ReceivedConfidentiality)
    note(connection, _known_key(connection, message), f"Confidentiality {told.kind} {told.since}" if told.kind else "Confidentiality ended")


def _known_key(connection: sqlite3.Connection, message: ReceivedMessage) -> int:
    key = key_of(connection, message.state_voter_id or 0)
    if key is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The EMS has no such voter.")
    return key


IMPORTS: Final[Mapping[str, Import]] = {
    MessageType.AUTOMATIC_MATCH_APPLIED: _applied,
    MessageType.PROVISIONAL_MATCH_APPLIED: _case,
    MessageType.POTENTIAL_MATCH: _case,
    MessageType.MATCH_CASE_REPLACED: _case,
    MessageType.MATCH_CASE_DECIDED: _decided,
    MessageType.MATCH_CASE_OVERDUE: _overdue,
    MessageType.POTENTIAL_DUPLICATE: _case,
    MessageType.MERGE_PROVISIONAL: _case,
    MessageType.DUPLICATE_CASE_DECIDED: _own_record,
    MessageType.MERGE_RECEIVED: _own_record,
    MessageType.MERGE_UNDONE: _own_record,
    MessageType.MERGED_INTO_NEWER: _merged_away,
    MessageType.TRANSFER_OUT: _out,
    MessageType.TRANSFER_IN: _into,
    MessageType.TRANSFER_ACCEPTED: _accepted,
    MessageType.TRANSFER_REVERSED: _reversed,
    MessageType.UNRESOLVED_DMV_COA: _dmv_record,
    MessageType.DMV_REGISTRATION_PENDING: _dmv_record,
    MessageType.CONFIDENTIALITY_ENDING: _confidentiality_ending,
    MessageType.CONFIDENTIALITY_CHANGED: _confidentiality_changed,
}
"""By type of message."""


def keep_case(connection: sqlite3.Connection, match: ReceivedMatch) -> None:
    """Keep where a case stands; an older word of it than the EMS has changes nothing."""
    values = (
        *(match.case_id, match.case_type, match.case_state, match.case_version, match.county_code, match.confidence, match.cap, match.potential_reason),
        *(match.due_on, match.work_item_id, match.voter.state_voter_id, match.new_county),
        json.dumps([criterion._asdict() for criterion in match.criteria]),
        *(None if address is None else json.dumps(address) for address in (match.new_address, match.new_mailing_address)),
        match.basis,
        *((None, None) if match.duplicate is None else (match.duplicate.asked_county, match.duplicate.newer_id)),
    )
    connection.execute(_KEEP_CASE, values)


def _detail(message: ReceivedMessage, kind: type[Detail]) -> Detail:
    if not isinstance(message.detail, kind):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The message has no detail of its type.")
    return message.detail


def _keep_transfer(connection: sqlite3.Connection, transfer: ReceivedTransfer) -> None:
    if transfer.match is not None:
        keep_case(connection, transfer.match)
    values = (
        *(transfer.transfer_id, transfer.state_voter_id, transfer.losing_county, transfer.gaining_county, transfer.state),
        *(transfer.provisional, transfer.pending_until, None if transfer.match is None else transfer.match.case_id),
    )
    connection.execute(_KEEP_TRANSFER, values)


_KEEP_CASE: Final = """
INSERT INTO state_cases (case_id, case_type, case_state, case_version, county_code, confidence, cap, potential_reason,
                         due_dt, work_item_id, state_uid, new_county, criteria, new_address, new_mailing, basis, asked_county, newer_uid)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (case_id) DO UPDATE SET case_state = excluded.case_state, case_version = excluded.case_version, county_code = excluded.county_code,
    due_dt = excluded.due_dt, new_county = excluded.new_county, basis = excluded.basis,
    asked_county = excluded.asked_county, newer_uid = excluded.newer_uid, pulled = CASE WHEN excluded.case_version > case_version THEN NULL ELSE pulled END
WHERE excluded.case_version >= state_cases.case_version
"""
_KEEP_TRANSFER: Final = """
INSERT INTO state_transfers (transfer_id, state_uid, losing_county, gaining_county, transfer_state, provisional, pending_until, case_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (transfer_id) DO UPDATE SET transfer_state = excluded.transfer_state
"""
_LET_STAND: Final = """
UPDATE state_transfers SET transfer_state = ? WHERE case_id = ? AND losing_county = ? AND transfer_state = ? AND provisional = 1 RETURNING transfer_id
"""
_KEEP_DMV_RECORD: Final = "INSERT INTO dmv_records (work_item_id, message_type, data) VALUES (?, ?, ?) ON CONFLICT (work_item_id) DO NOTHING"
