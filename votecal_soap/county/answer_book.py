"""What waits in the EMS for the county's word, and the words given: each is kept before it is sent (EWS-07)."""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.county.case_rule import WaitingCase
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.domain.ems_messages import MessageType


class Operation(StrEnum):
    """A call that tells the county's word; the value is the operation's name."""

    DECIDE_MATCH_CASE = "DecideMatchCase"
    ACCEPT_TRANSFER_OUT = "AcceptTransferOut"
    REPORT_UNRESOLVED_COA = "ReportUnresolvedCoa"


class Answer(NamedTuple):
    """The county's word on a case, a move or a DMV record, under the id that makes its repetition harmless."""

    transaction_id: str
    operation: Operation
    subject_id: int
    subject_version: int
    decision: str | None
    basis: str


def waiting_cases(ems: EmsDatabase) -> list[WaitingCase]:
    """Cases that wait for this county, and that it has not answered as they are now; a move's case waits with the move."""
    rows = ems.connection.execute(_WAITING_CASES, (ems.county_code,)).fetchall()
    return [WaitingCase._make((*row[:8], frozenset((item["field"], item["level"]) for item in json.loads(row[8])))) for row in rows]


def waiting_transfers(ems: EmsDatabase) -> list[int]:
    """Moves out of this county that are provisional until it has said something."""
    return [row[0] for row in ems.connection.execute(_WAITING_TRANSFERS, (ems.county_code,)).fetchall()]


def waiting_records(ems: EmsDatabase) -> list[int]:
    """Changes of address that matched nobody."""
    return [row[0] for row in ems.connection.execute(_WAITING_RECORDS, (MessageType.UNRESOLVED_DMV_COA,)).fetchall()]


def keep(ems: EmsDatabase, answers: Sequence[tuple[Operation, int, int, str | None, str]], now: datetime) -> None:
    """Keep words about to be sent, each under an id of its own."""
    with ems.transaction() as connection:
        connection.executemany(_KEEP, [(f"{ems.county_code}-{secrets.token_hex(16)}", *answer, now.isoformat()) for answer in answers])


def unsent(ems: EmsDatabase) -> list[Answer]:
    """Words that the state has not answered: new ones, and those of a process that died."""
    rows = ems.connection.execute(_UNSENT).fetchall()
    return [Answer(row[0], Operation(row[1]), *row[2:]) for row in rows]


def settle(connection: sqlite3.Connection, answer: Answer, result: str) -> None:
    """Keep what the state said to it."""
    connection.execute("UPDATE state_answers SET result = ? WHERE transaction_id = ?", (result, answer.transaction_id))


_WAITING_CASES: Final = """
SELECT c.case_id, c.case_version, c.work_item_id, c.state_uid, v.voter_key IS NOT NULL, c.confidence, c.potential_reason, c.cap, c.criteria
FROM state_cases c LEFT JOIN voters v ON v.state_uid = c.state_uid
WHERE c.case_state IN ('Open', 'Provisional') AND c.county_code = ?
  AND NOT EXISTS (SELECT 1 FROM state_transfers t WHERE t.case_id = c.case_id)
  AND NOT EXISTS (SELECT 1 FROM state_answers a WHERE a.operation = 'DecideMatchCase' AND a.subject_id = c.case_id AND a.subject_version = c.case_version)
ORDER BY c.case_id
"""
_WAITING_TRANSFERS: Final = """
SELECT t.transfer_id FROM state_transfers t
WHERE t.losing_county = ? AND t.provisional = 1 AND t.transfer_state = 'Open'
  AND NOT EXISTS (SELECT 1 FROM state_answers a WHERE a.operation = 'AcceptTransferOut' AND a.subject_id = t.transfer_id)
ORDER BY t.transfer_id
"""
_WAITING_RECORDS: Final = """
SELECT r.work_item_id FROM dmv_records r
WHERE r.message_type = ? AND r.disposition = 'Waiting'
  AND NOT EXISTS (SELECT 1 FROM state_answers a WHERE a.operation = 'ReportUnresolvedCoa' AND a.subject_id = r.work_item_id)
ORDER BY r.work_item_id
"""
_KEEP: Final = """
INSERT INTO state_answers (transaction_id, operation, subject_id, subject_version, decision, basis, given_at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_UNSENT: Final = """
SELECT transaction_id, operation, subject_id, subject_version, decision, basis FROM state_answers WHERE result IS NULL ORDER BY rowid
"""
