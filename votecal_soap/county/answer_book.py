"""What waits in the EMS for the county's word, and the words given: each is kept before it is sent (EWS-07)."""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from votecal_soap.county.case_rule import WaitingCase
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_schema import REGISTERED_CODES
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.errors import Conflict, ErrorCode


class Operation(StrEnum):
    """A call that tells the county's word; the value is the operation's name."""

    DECIDE_MATCH_CASE = "DecideMatchCase"
    UNDO_MATCH_CASE = "UndoMatchCase"
    ACCEPT_TRANSFER_OUT = "AcceptTransferOut"
    REVERSE_TRANSFER_OUT = "ReverseTransferOut"
    REPORT_UNRESOLVED_COA = "ReportUnresolvedCoa"
    REGISTER_VOTER = "RegisterVoter"
    UPDATE_VOTER = "UpdateVoter"
    TRANSFER_VOTER = "TransferVoter"
    UNDO_TRANSFER_OUT = "UndoTransferOut"
    ENTER_DECLINED_VOTER = "EnterDeclinedVoter"
    ADD_VOTER_ACTIVITY = "AddVoterActivity"


class WordDetail(NamedTuple):
    """What some words say beside their basis: of a redirection, an unprecinctable address, an acceptance, a report, a registration, a voter."""

    county_code: str | None = None
    comment: str | None = None
    home_precinct: str | None = None
    home_precinct_part: str | None = None
    state_voter_id: int | None = None
    seen: Sequence[int] = ()
    base_version: int | None = None
    activity: str | None = None
    on: str | None = None


class Word(NamedTuple):
    """What the county is about to say of a case, a move, a DMV record or a voter of its own; the version is a case's, of the others 0."""

    operation: Operation
    subject_id: int
    subject_version: int
    decision: str | None
    basis: str
    detail: WordDetail = WordDetail()


class Answer(NamedTuple):
    """A word under the id that makes its repetition harmless."""

    transaction_id: str
    word: Word


def waiting_cases(ems: EmsDatabase) -> list[WaitingCase]:
    """DMV's cases that wait for this county, and that it has not answered as they are now; a move's case waits with the move."""
    return _waiting(ems.connection.execute(_WAITING_CASES, (ems.county_code,)).fetchall())


def waiting_pairs(ems: EmsDatabase) -> list[WaitingCase]:
    """Pairs of records likewise, this county's own first in each; of those that one county rejected, only what this one is asked (DUP-03)."""
    return _waiting(ems.connection.execute(_WAITING_PAIRS, {"county": ems.county_code}).fetchall())


def _waiting(rows: Sequence[tuple[Any, ...]]) -> list[WaitingCase]:
    return [WaitingCase._make((*row[:8], frozenset((item["field"], item["level"]) for item in json.loads(row[8])))) for row in rows]


def waiting_transfers(ems: EmsDatabase) -> list[int]:
    """Moves out of this county that are provisional until it has said something."""
    return [row[0] for row in ems.connection.execute(_WAITING_TRANSFERS, (ems.county_code,)).fetchall()]


def strangers(ems: EmsDatabase) -> list[int]:
    """Work items of changes of address that matched nobody, where this county has no registered voter of that first name and birth either."""
    return [row[0] for row in ems.connection.execute(_STRANGERS, (MessageType.UNRESOLVED_DMV_COA, *REGISTERED_CODES)).fetchall()]


def keep(ems: EmsDatabase, words: Sequence[Word], now: datetime) -> list[Answer]:
    """Keep words about to be sent, each under an id of its own; one that the state refused may be followed by another."""
    with ems.transaction() as connection:
        return [_kept(connection, ems.county_code, word, now) for word in words]


def _kept(connection: sqlite3.Connection, county_code: str, word: Word, now: datetime) -> Answer:
    if word.operation not in _ABOUT_VERSIONS:
        (said,) = connection.execute(_SAID, (word.operation, word.subject_id)).fetchone()
        word = word._replace(subject_version=said)
    answer = Answer(f"{county_code}-{secrets.token_hex(16)}", word)
    if not connection.execute(_KEEP, (answer.transaction_id, *word[:5], json.dumps(word.detail), now.isoformat())).rowcount:
        raise Conflict(ErrorCode.CASE_DECIDED, "This county has said its word on that already.")
    return answer


def unsent(ems: EmsDatabase) -> list[Answer]:
    """Words that the state has not answered: new ones, and those of a process that died."""
    rows = ems.connection.execute(_UNSENT).fetchall()
    return [Answer(row[0], Word(Operation(row[1]), row[2], row[3], row[4], row[5], WordDetail(*json.loads(row[6] or "[]")))) for row in rows]


def settle(connection: sqlite3.Connection, answer: Answer, result: str) -> None:
    """Keep what the state said to it; what was sent is not needed any more."""
    connection.execute("UPDATE state_answers SET result = ?, sent = NULL WHERE transaction_id = ?", (result, answer.transaction_id))


_ABOUT_VERSIONS: Final = frozenset({Operation.DECIDE_MATCH_CASE, Operation.UNDO_MATCH_CASE})
"""Words that name the version that they are about; other words are numbered."""

_WAITING_CASES: Final = """
SELECT c.case_id, c.case_version, c.work_item_id, c.state_uid, v.voter_key IS NOT NULL, c.confidence, c.potential_reason, c.cap, c.criteria
FROM state_cases c LEFT JOIN voters v ON v.state_uid = c.state_uid
WHERE c.case_state IN ('Open', 'Provisional') AND c.county_code = ? AND c.case_type <> 'DuplicateVoter'
  AND NOT EXISTS (SELECT 1 FROM state_transfers t WHERE t.case_id = c.case_id)
  AND NOT EXISTS (SELECT 1 FROM state_answers a WHERE a.operation = 'DecideMatchCase' AND a.subject_id = c.case_id AND a.subject_version = c.case_version)
ORDER BY c.case_id
"""
_WAITING_PAIRS: Final = """
SELECT c.case_id, c.case_version, c.work_item_id, c.state_uid, v.voter_key IS NOT NULL, c.confidence, c.potential_reason, c.cap, c.criteria
FROM state_cases c LEFT JOIN voters v ON v.state_uid = c.state_uid
WHERE c.case_type = 'DuplicateVoter'
  AND (c.case_state IN ('Open', 'Provisional') AND c.county_code = :county OR c.case_state = 'RejectedByUser' AND c.asked_county = :county)
  AND NOT EXISTS (SELECT 1 FROM state_answers a WHERE a.operation = 'DecideMatchCase' AND a.subject_id = c.case_id AND a.subject_version = c.case_version)
ORDER BY c.case_id
"""
_WAITING_TRANSFERS: Final = """
SELECT t.transfer_id FROM state_transfers t
WHERE t.losing_county = ? AND t.provisional = 1 AND t.transfer_state = 'Open'
  AND NOT EXISTS (SELECT 1 FROM state_answers a WHERE a.operation IN ('AcceptTransferOut', 'ReverseTransferOut') AND a.subject_id = t.transfer_id)
ORDER BY t.transfer_id
"""
_STRANGERS: Final = """
SELECT r.work_item_id FROM dmv_records r
WHERE r.message_type = ? AND r.disposition = 'Waiting'
  AND NOT EXISTS (SELECT 1 FROM state_answers a WHERE a.operation = 'ReportUnresolvedCoa' AND a.subject_id = r.work_item_id)
  AND NOT EXISTS (SELECT 1 FROM voters v WHERE v.birth_dt = json_extract(r.data, '$.DateOfBirth')
                  AND v.nm_first = json_extract(r.data, '$.FirstName') COLLATE NOCASE AND v.reg_stat IN (?, ?))
ORDER BY r.work_item_id
"""
_SAID: Final = "SELECT count(*) FROM state_answers WHERE operation = ? AND subject_id = ? AND result NOT LIKE 'refused%'"
_KEEP: Final = """
INSERT INTO state_answers (transaction_id, operation, subject_id, subject_version, decision, basis, detail, given_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (operation, subject_id, subject_version) DO UPDATE SET transaction_id = excluded.transaction_id, decision = excluded.decision,
    basis = excluded.basis, detail = excluded.detail, given_at = excluded.given_at, result = NULL
WHERE result LIKE 'refused%'
"""
_UNSENT: Final = """
SELECT transaction_id, operation, subject_id, subject_version, decision, basis, detail FROM state_answers WHERE result IS NULL ORDER BY rowid
"""
