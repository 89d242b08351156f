"""What a clerk does with one voter's record in the EMS, and what the state's answers do there: it echoes nothing (EWS-06, EWS-09)."""

import sqlite3
from typing import Final, NamedTuple

from votecal_soap.contract.received_voters import ReceivedChange
from votecal_soap.county.ems_schema import KIND_BITS, KIND_COLUMNS
from votecal_soap.county.registration import EnteredVoter, entered_voter
from votecal_soap.county.state_codes import Row
from votecal_soap.county.voter_records import key_of
from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.declined_voters import DeclinedOutcome
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.match_cases import TransferState
from votecal_soap.domain.voter_transfers import TransferOutcome
from votecal_soap.errors import Conflict, ErrorCode

DECLINED: Final = "D"


class KnownVoter(NamedTuple):
    """A voter of the EMS whom the state has, and the version that the EMS knows."""

    key: int
    number: str
    state_uid: int
    base_version: int


def known_voter(connection: sqlite3.Connection, number: str) -> KnownVoter:
    """A voter of the EMS by number; one whom the state does not know yet is registered first."""
    voter = entered_voter(connection, number)
    (version,) = connection.execute("SELECT base_version FROM voters WHERE voter_key = ?", (voter.key,)).fetchone()
    if voter.state_uid is None or version is None:
        raise Conflict(ErrorCode.VALUE_WRONG, "The state does not know this voter yet: register first, or let a batch bring the UID.", ref="voter")
    return KnownVoter(voter.key, voter.number, voter.state_uid, version)


def change_voter(connection: sqlite3.Connection, key: int, row: Row, change_no: int) -> None:
    """A clerk changes columns of a voter; what changed is marked, and stays so until the state has it, by this call or by a batch."""
    if not row:
        return
    kinds = [kind for kind, columns in KIND_COLUMNS.items() if not set(columns).isdisjoint(row)]
    assignments = ", ".join(f"{column} = ?" for column in row)
    mask = sum(KIND_BITS[kind] for kind in kinds)
    statement = f"UPDATE voters SET {assignments}, changed_kinds = changed_kinds | ?, change_no = ? WHERE voter_key = ?"  # noqa: S608 - our own column names
    connection.execute(statement, [*row.values(), mask, change_no, key])


def row_for_transfer(connection: sqlite3.Connection, state_uid: int) -> EnteredVoter | None:
    """The row of a voter who lived here before, for she comes back under her own number."""
    key = key_of(connection, state_uid)
    if key is None:
        return None
    (number,) = connection.execute("SELECT voter_num FROM voters WHERE voter_key = ?", (key,)).fetchone()
    return EnteredVoter(key, number, state_uid)


def after_update(connection: sqlite3.Connection, key: int, change: ReceivedChange, sent_at: int) -> str:
    """What was sent is not to be sent again; what was refused, or changed after `sent_at` (a change_no), stays marked."""
    note = "; ".join(change.error_codes) or change.reason
    connection.execute(_NOTE, (change.reason or change.outcome, note, key))
    if change.outcome != Outcome.FAILED:
        statuses = (change.drivers_license_status, change.ssn4_status)
        connection.execute(_TAKEN, (change.record_version, *statuses, sent_at, KIND_BITS[DataKind.VOTING_PRECINCT], key))
    return change.outcome if change.reason is None else f"{change.outcome} {change.reason}"


def after_transfer(connection: sqlite3.Connection, county_code: str, key: int, change: ReceivedChange, sent_at: int) -> str:
    """The voter is this county's, while the losing one may take the move back; what a clerk changed after `sent_at` stays marked."""
    connection.execute(_NOTE, (change.outcome, "; ".join(change.error_codes) or change.reason, key))
    if change.outcome == TransferOutcome.TRANSFERRED:
        taken = (change.state_voter_id, change.record_version, change.drivers_license_status, change.ssn4_status, sent_at, key)
        connection.execute(_MOVED_IN, taken)
        move = (change.transfer_id, change.state_voter_id, change.losing_county, county_code, TransferState.OPEN, change.pending_until)
        connection.execute(_KEEP_MOVE, move)
    return change.outcome if change.reason is None else f"{change.outcome} {change.reason}"


def after_declined(connection: sqlite3.Connection, key: int, change: ReceivedChange) -> str:
    """The affidavit is kept as declined on both sides."""
    connection.execute(_NOTE, (change.outcome, "; ".join(change.error_codes) or None, key))
    if change.outcome == DeclinedOutcome.DECLINED:
        connection.execute(_DECLINED, (change.state_voter_id, change.record_version, DECLINED, key))
    return change.outcome


_NOTE: Final = "UPDATE voters SET state_status = ?, clerk_note = ? WHERE voter_key = ?"
_TAKEN: Final = """
UPDATE voters SET base_version = max(coalesce(base_version, 0), ?), dl_verif = coalesce(?, dl_verif), ssn_verif = coalesce(?, ssn_verif),
    changed_kinds = CASE WHEN change_no <= ? THEN changed_kinds & ? ELSE changed_kinds END WHERE voter_key = ?
"""
_MOVED_IN: Final = """
UPDATE voters SET state_uid = ?, base_version = ?, dl_verif = ?, ssn_verif = ?, reg_stat = 'A', reg_stat_rsn = NULL,
    changed_kinds = CASE WHEN change_no <= ? THEN 0 ELSE changed_kinds END WHERE voter_key = ?
"""
_KEEP_MOVE: Final = """
INSERT INTO state_transfers (transfer_id, state_uid, losing_county, gaining_county, transfer_state, provisional, pending_until) VALUES (?, ?, ?, ?, ?, 1, ?)
ON CONFLICT (transfer_id) DO NOTHING
"""
_DECLINED: Final = "UPDATE voters SET state_uid = ?, base_version = ?, reg_stat = ? WHERE voter_key = ?"
