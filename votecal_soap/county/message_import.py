"""Import of the state's messages into the EMS, each once, in one transaction with the change to the voter (UC04.06.01, UC01.03.01)."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.contract.queue_page import ReceivedIdvResult, ReceivedMessage, ReceivedRecordResult
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_schema import kind_mask
from votecal_soap.county.match_import import IMPORTS
from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.jobs import DataKind
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound, VoteCalError

KNOWN_TYPES: Final = frozenset(
    {MessageType.BATCH_RECORD_APPLIED, MessageType.BATCH_RECORD_UNCHANGED, MessageType.BATCH_RECORD_FAILED, MessageType.IDV_RESULT, *IMPORTS}
)
"""What this EMS can take; any other message, of a newer state, is left for a person (EWS-02)."""


class ImportOutcome(StrEnum):
    """What became of a message at the county."""

    PROCESSED = "Processed"
    FAILED = "Failed"  # the EMS cannot take it; cleared as such, with the reason
    LEFT_FOR_PERSON = "LeftForPerson"  # of a type that this EMS does not know; not cleared


class Imported(NamedTuple):
    """A message's outcome; `text` says why it failed, without a voter's data."""

    message_id: int
    message_type: str
    outcome: ImportOutcome
    text: str | None
    is_new: bool


class _Taking(NamedTuple):
    """A page that is being imported: where, for which county, after which jobs, and when."""

    connection: sqlite3.Connection
    county_code: str
    jobs: "dict[int | None, _Job]"
    now: datetime


class _Job(NamedTuple):
    """What a job's extract held, so that its answers clear just those marks."""

    mask: int
    change_no: int


def import_messages(ems: EmsDatabase, messages: Sequence[ReceivedMessage], now: datetime, waiting: set[int] | None = None) -> list[Imported]:
    """Import a page in one transaction; a message that is there already changes nothing.

    Messages behind one that is left for a person, of the same voter, are not touched: none may overtake another (EWS-05).
    `waiting` holds the voters of whom earlier pages left one, and is given those of this page.
    """
    waiting = set() if waiting is None else waiting
    with ems.transaction() as connection:
        processed = _processed(connection, [message.message_id for message in messages])
        jobs = _jobs(connection, {message.job_id for message in messages})
        taking = _Taking(connection, ems.county_code, jobs, now)
        return [processed.get(message.message_id) or _import(taking, message) for message in _without_overtaking(messages, waiting)]


def _without_overtaking(messages: Iterable[ReceivedMessage], waiting: set[int]) -> Iterator[ReceivedMessage]:
    for message in messages:
        if message.state_voter_id in waiting:
            continue
        if message.message_type not in KNOWN_TYPES and message.state_voter_id is not None:
            waiting.add(message.state_voter_id)
        yield message


def mark_cleared(ems: EmsDatabase, message_ids: Iterable[int]) -> None:
    """Keep that the state has these off its queue."""
    with ems.transaction() as connection:
        connection.executemany("UPDATE state_messages SET cleared = 1 WHERE message_id = ?", ((message_id,) for message_id in message_ids))


def _processed(connection: sqlite3.Connection, message_ids: Sequence[int]) -> dict[int, Imported]:
    # Only what was processed is settled: what failed or was left for a person has changed nothing, and SOS may have it sent again.
    rows = connection.execute(_PROCESSED, (json.dumps(message_ids), ImportOutcome.PROCESSED)).fetchall()
    return {row[0]: Imported(row[0], row[1], ImportOutcome.PROCESSED, None, False) for row in rows}


def _jobs(connection: sqlite3.Connection, job_ids: Iterable[int | None]) -> dict[int | None, _Job]:
    query = "SELECT job_id, kinds, change_no FROM state_jobs WHERE job_id IN (SELECT value FROM json_each(?))"
    rows = connection.execute(query, (json.dumps(list(job_ids)),)).fetchall()
    return {row[0]: _Job(kind_mask(frozenset(map(DataKind, row[1].split()))), row[2]) for row in rows}


def _import(taking: _Taking, message: ReceivedMessage) -> Imported:
    outcome, text = ImportOutcome.PROCESSED, None
    if message.message_type not in KNOWN_TYPES:
        outcome = ImportOutcome.LEFT_FOR_PERSON
    else:
        try:
            _apply(taking, message)
        except VoteCalError as error:
            outcome, text = ImportOutcome.FAILED, error.text
    taking.connection.execute(_LOG, _log_row(message, outcome, text, taking.now))
    return Imported(message.message_id, message.message_type, outcome, text, True)


def _apply(taking: _Taking, message: ReceivedMessage) -> None:
    # All checks come before the first write: a message that fails has changed nothing.
    connection, take_match = taking.connection, IMPORTS.get(message.message_type)
    if take_match is not None:
        take_match(connection, taking.county_code, message)
    elif message.message_type == MessageType.IDV_RESULT:
        if message.idv_result is None:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "The message has no detail of its type.")
        _apply_idv_result(connection, _voter_key(connection, message), message.record_version, message.idv_result)
    elif message.batch_record_result is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The message has no detail of its type.")
    elif message.message_type == MessageType.BATCH_RECORD_FAILED:
        connection.execute(_KEEP_FAILURE, (Outcome.FAILED, message.batch_record_result.reason, message.ems_voter_id))
    else:
        _apply_record_result(connection, message, message.batch_record_result, taking.jobs.get(message.job_id, _UNKNOWN_JOB))


def _voter_key(connection: sqlite3.Connection, message: ReceivedMessage) -> int:
    row = connection.execute("SELECT voter_key, state_uid FROM voters WHERE voter_num = ?", (message.ems_voter_id,)).fetchone()
    if row is None:
        row = connection.execute("SELECT voter_key, state_uid FROM voters WHERE state_uid = ?", (message.state_voter_id,)).fetchone()
    if row is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The EMS has no such voter.")
    if row[1] is not None and message.state_voter_id is not None and row[1] != message.state_voter_id:
        raise Conflict(ErrorCode.ALREADY_EXISTS, "The EMS knows this voter by another state id; a state id is never reassigned.")
    return int(row[0])


def _apply_record_result(connection: sqlite3.Connection, message: ReceivedMessage, result: ReceivedRecordResult, job: _Job) -> None:
    key = _voter_key(connection, message)
    note = "; ".join(error.code for error in result.errors) or None
    values = (message.state_voter_id, result.record_version or message.record_version, result.outcome, note, job.change_no, job.mask, key)
    try:
        connection.execute(_APPLY_RESULT, values)
    except sqlite3.IntegrityError as error:
        raise Conflict(ErrorCode.ALREADY_EXISTS, "Another voter of the EMS has this state id.") from error


def _apply_idv_result(connection: sqlite3.Connection, key: int, version: int | None, result: ReceivedIdvResult) -> None:
    columns = _IDV_COLUMNS.get(result.kind)
    if columns is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The EMS does not know this kind of identification.")
    statement = f"UPDATE voters SET {columns[0]} = ?, {columns[1]} = ?, base_version = max(coalesce(base_version, 0), ?) WHERE voter_key = ?"  # noqa: S608 - our own column names
    connection.execute(statement, (result.status, result.verified_on, version or 0, key))


def _log_row(message: ReceivedMessage, outcome: ImportOutcome, text: str | None, now: datetime) -> tuple[object, ...]:
    result = message.batch_record_result
    ids = (message.ems_voter_id, message.state_voter_id, message.record_version, message.job_id, message.record_sequence)
    judged = (None, None, "[]") if result is None else (result.outcome, result.reason, json.dumps([error._asdict() for error in result.errors]))
    return (message.message_id, message.message_type, message.enqueued_at, *ids, *judged, outcome, text, now.isoformat())


_UNKNOWN_JOB: Final = _Job(0, 0)
_IDV_COLUMNS: Final = {"DriversLicense": ("dl_verif", "dl_verif_dt"), "Ssn4": ("ssn_verif", "ssn_verif_dt")}
_PROCESSED: Final = "SELECT message_id, message_type FROM state_messages WHERE message_id IN (SELECT value FROM json_each(?)) AND import_outcome = ?"
_KEEP_FAILURE: Final = "UPDATE voters SET state_status = ?, clerk_note = ? WHERE voter_num = ?"
# The change marks stay where a clerk has changed the voter again since the extract: the next job sends that.
_APPLY_RESULT: Final = """
UPDATE voters SET state_uid = coalesce(state_uid, ?), base_version = max(coalesce(base_version, 0), coalesce(?, base_version, 0)),
       state_status = ?, clerk_note = ?, changed_kinds = CASE WHEN change_no <= ? THEN changed_kinds & ~? ELSE changed_kinds END
WHERE voter_key = ?
"""
_LOG: Final = """
INSERT INTO state_messages (message_id, message_type, enqueued_at, voter_num, state_uid, record_version, job_id, record_sequence,
                            outcome, reason, errors, import_outcome, import_text, imported_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO UPDATE SET import_outcome = excluded.import_outcome, import_text = excluded.import_text,
    outcome = excluded.outcome, reason = excluded.reason, errors = excluded.errors, imported_at = excluded.imported_at, cleared = 0
"""
