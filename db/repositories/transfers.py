"""Moves out of a county (S4.21, VRU-15)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from db.bulk import BulkWriter, columns_of
from db.tables import transfer_out
from votecal_soap.domain.match_cases import TransferOut, TransferState
from votecal_soap.errors import Conflict, ErrorCode

_TRANSFER: Final = select(transfer_out)
_COLUMNS: Final = {
    "transfer_id": "transfer_id",
    "state_voter_id": "state_voter_id",
    "losing_county": "losing_county",
    "gaining_county": "gaining_county",
    "case_id": "case_id",
    "transfer_state": "state",
    "opened_at": "opened_at",
    "pending_until": "pending_until",
    "decided_at": "decided_at",
    "decided_by": "decided_by",
    "before_version": "before_version",
    "applied_version": "applied_version",
}


def add(bulk: BulkWriter, transfers: Sequence[TransferOut]) -> None:
    """Insert."""
    given = columns_of(TransferOut._fields, transfers)
    columns = {column: given[field] for column, field in _COLUMNS.items()}
    given_fields = [",".join(transfer.given_fields) or None for transfer in transfers]
    bulk.insert(transfer_out, {**columns, "is_provisional": [int(transfer.provisional) for transfer in transfers], "given_fields": given_fields})


def get(connection: Connection, transfer_id: int, *, lock: bool) -> TransferOut | None:
    """One transfer."""
    statement = _TRANSFER.where(transfer_out.c.transfer_id == transfer_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _transfer(row)


def open_of_case(connection: Connection, case_id: int) -> TransferOut | None:
    """The transfer that a case made, if it still waits."""
    mine = _TRANSFER.where(transfer_out.c.case_id == case_id, transfer_out.c.transfer_state == TransferState.OPEN)
    row = connection.execute(mine.order_by(transfer_out.c.transfer_id.desc())).first()
    return None if row is None else _transfer(row)


def of_case(connection: Connection, case_id: int) -> TransferOut | None:
    """The newest transfer that a case made, whatever became of it."""
    row = connection.execute(_TRANSFER.where(transfer_out.c.case_id == case_id).order_by(transfer_out.c.transfer_id.desc())).first()
    return None if row is None else _transfer(row)


def decide(connection: Connection, transfer_id: int, state: TransferState, at: datetime, by: str, expected: TransferState) -> None:
    """Move one from the state that it was read in; one that has left it raises Conflict."""
    waiting = update(transfer_out).where(transfer_out.c.transfer_id == transfer_id, transfer_out.c.transfer_state == expected)
    if connection.execute(waiting.values(transfer_state=state, decided_at=at, decided_by=by)).rowcount == 0:
        raise Conflict(ErrorCode.CASE_DECIDED, "This transfer was decided already.", ref=str(transfer_id))


def past(connection: Connection, instant: datetime, after_transfer_id: int, limit: int) -> Sequence[TransferOut]:
    """Open provisional transfers whose time has passed, by id."""
    waiting = _TRANSFER.where(transfer_out.c.transfer_state == TransferState.OPEN, transfer_out.c.is_provisional == 1)
    due = waiting.where(transfer_out.c.pending_until <= instant, transfer_out.c.transfer_id > after_transfer_id)
    return [_transfer(row) for row in connection.execute(due.order_by(transfer_out.c.transfer_id).limit(limit))]


def _transfer(row: Row[Any]) -> TransferOut:
    kept = row._mapping
    values = {field: kept[column] for column, field in _COLUMNS.items()}
    given_fields = tuple(row.given_fields.split(",")) if row.given_fields else ()
    return TransferOut(**{**values, "state": TransferState(row.transfer_state)}, provisional=row.is_provisional, given_fields=given_fields)
