"""A clerk registers a voter as new: entered in the EMS first, then sent until the state has answered (UC01.03.01, UC01.19.01, EWS-09)."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from votecal_soap.contract.received_cases import ReceivedFoundVoter
from votecal_soap.contract.received_registrations import ReceivedRegistration
from votecal_soap.county.ems_schema import REGISTRATION_COLUMNS
from votecal_soap.county.state_codes import ACTIVE, Row
from votecal_soap.domain.registrations import RegistrationOutcome
from votecal_soap.domain.voters import VoterStatus
from votecal_soap.errors import Conflict, ErrorCode, NotFound

PENDING: Final = "P"
NEW: Final = "New"
"""`state_status` of a voter whom the state has not registered yet."""


class EnteredVoter(NamedTuple):
    """A voter of the EMS who is to be registered."""

    key: int
    number: str
    state_uid: int | None


def enter_voter(connection: sqlite3.Connection, county_code: str, row: Row, number: str | None = None) -> EnteredVoter:
    """A new voter in the EMS, under the number given or the next of the county's; the state does not know her yet."""
    key = int(connection.execute("SELECT coalesce(max(voter_key), 0) + 1 FROM voters").fetchone()[0])
    number = number or f"{county_code}-N{key:08d}"
    values: Mapping[str, str | None] = {"reg_stat": ACTIVE, **row}
    names = [name for name in REGISTRATION_COLUMNS if values.get(name)]
    places = ", ".join("?" * (3 + len(names)))
    statement = f"INSERT INTO voters (voter_key, voter_num, state_status, {', '.join(names)}) VALUES ({places})"  # noqa: S608 - our own column names
    try:
        connection.execute(statement, [key, number, NEW, *(values[name] for name in names)])
    except sqlite3.IntegrityError as error:
        raise Conflict(ErrorCode.ALREADY_EXISTS, "The EMS has a voter with this number already.") from error
    return EnteredVoter(key, number, None)


def entered_voter(connection: sqlite3.Connection, number: str) -> EnteredVoter:
    """A voter of the EMS by number."""
    row = connection.execute("SELECT voter_key, voter_num, state_uid FROM voters WHERE voter_num = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The EMS has no voter with this number.", ref="voter")
    return EnteredVoter(*row)


def candidates_of(connection: sqlite3.Connection, voter_key: int) -> list[dict[str, Any]]:
    """Whom the state has shown for this voter, and a clerk has to look at."""
    rows = connection.execute("SELECT data FROM registration_candidates WHERE voter_key = ? ORDER BY shown_order", (voter_key,)).fetchall()
    return [json.loads(row[0]) for row in rows]


def after_registration(connection: sqlite3.Connection, voter_key: int, result: ReceivedRegistration) -> str:
    """What the state's answer does here; it echoes nothing (EWS-06)."""
    note = "; ".join(result.error_codes) or None
    connection.execute(_TAKE_ANSWER, (result.state_voter_id, result.record_version, result.outcome, note, voter_key))
    if result.outcome == RegistrationOutcome.REGISTERED:
        statuses = (result.drivers_license_status, result.ssn4_status, result.status == VoterStatus.PENDING, PENDING)
        connection.execute(_TAKE_STATUSES, (*statuses, voter_key))
        connection.execute("DELETE FROM registration_candidates WHERE voter_key = ?", (voter_key,))
    kept = len(candidates_of(connection, voter_key))
    rows = [(voter_key, found.voter.state_voter_id, kept + place, json.dumps(_plain(found))) for place, found in enumerate(result.candidates)]
    connection.executemany(_KEEP_CANDIDATE, rows)
    return result.outcome


def _plain(found: ReceivedFoundVoter) -> dict[str, Any]:
    voter = found.voter
    residence = None if voter.residence is None else voter.residence._asdict()
    criteria = [criterion._asdict() for criterion in found.criteria]
    return {"confidence": found.confidence, "exact": found.exact, "criteria": criteria, "voter": {**voter._asdict(), "residence": residence, "mailing": None}}


_TAKE_ANSWER: Final = """
UPDATE voters SET state_uid = coalesce(state_uid, ?), base_version = coalesce(?, base_version), state_status = ?, clerk_note = ? WHERE voter_key = ?
"""
_TAKE_STATUSES: Final = "UPDATE voters SET dl_verif = ?, ssn_verif = ?, reg_stat = CASE WHEN ? THEN ? ELSE reg_stat END WHERE voter_key = ?"
_KEEP_CANDIDATE: Final = "INSERT INTO registration_candidates (voter_key, state_uid, shown_order, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
