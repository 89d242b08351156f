"""Clearing messages (EWS-04, EWS-05): read all at once, decide one by one in the caller's order, write all at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from db.bulk import BulkWriter, columns_of
from db.in_lists import listed, select_listed
from db.repositories import message_archive, poison_messages
from db.tables import ems_message
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult, MessageState

_STATE_AFTER: Final = {ClearOutcome.PROCESSED: MessageState.PROCESSED, ClearOutcome.FAILED: MessageState.FAILED}

_NAMED: Final = (
    select(ems_message.c.message_id, ems_message.c.queue_county, ems_message.c.state_voter_id, ems_message.c.voter_sequence)
    .where(ems_message.c.message_id.in_(listed()))
    .order_by(ems_message.c.message_id)
    .with_for_update()
)


def clear(
    connection: Connection,
    bulk: BulkWriter,
    county_code: str,
    clearances: Sequence[Clearance],
    at: datetime,
) -> dict[int, ClearResult]:
    """Say for each id what became of it; an id that comes twice keeps its first answer."""
    named = _named(connection, county_code, clearances)
    open_sequences = _open_sequences(connection, county_code, [row.state_voter_id for row in named.values() if row.queue_county])
    missing = sorted({clearance.message_id for clearance in clearances} - set(named))
    archived = message_archive.archived(connection, county_code, missing)
    results: dict[int, ClearResult] = {}
    cleared: list[Clearance] = []
    for clearance in clearances:
        if clearance.message_id in results:
            continue
        result = results[clearance.message_id] = _result(named.get(clearance.message_id), open_sequences, is_archived=clearance.message_id in archived)
        if result is ClearResult.CLEARED:
            cleared.append(clearance)
    _write(bulk, cleared, at)
    poison_messages.add(connection, county_code, (item.message_id for item in cleared if item.outcome is ClearOutcome.FAILED), at)
    return results


def _named(connection: Connection, county_code: str, clearances: Iterable[Clearance]) -> dict[int, Row[Any]]:
    mine = _NAMED.where(ems_message.c.county_code == county_code)
    # Sorted, so that two consumers of one county wait for each other instead of dying in a deadlock.
    rows = select_listed(connection, mine, sorted({clearance.message_id for clearance in clearances}))
    return {row.message_id: row for row in rows}


def _open_sequences(connection: Connection, county_code: str, state_voter_ids: Iterable[int | None]) -> dict[int, list[int]]:
    """Sequences of these voters' open messages, youngest first, so that the oldest is taken from the end."""
    statement = (
        select(ems_message.c.state_voter_id, ems_message.c.voter_sequence)
        .where(
            ems_message.c.state_voter_id.in_(listed()),
            ems_message.c.queue_county == county_code,
            ems_message.c.voter_sequence.is_not(None),
        )
        .order_by(ems_message.c.state_voter_id, ems_message.c.voter_sequence.desc())
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in select_listed(connection, statement, [key for key in state_voter_ids if key is not None]):
        found[row.state_voter_id].append(row.voter_sequence)
    return found


def _result(row: Row[Any] | None, open_sequences: dict[int, list[int]], *, is_archived: bool) -> ClearResult:
    if row is None:
        return ClearResult.ALREADY_CLEARED if is_archived else ClearResult.NOT_FOUND
    if row.queue_county is None:
        return ClearResult.ALREADY_CLEARED
    if row.state_voter_id is None or row.voter_sequence is None:
        return ClearResult.CLEARED
    sequences = open_sequences[row.state_voter_id]
    if sequences[-1] != row.voter_sequence:
        return ClearResult.OLDER_MESSAGE_OPEN
    sequences.pop()
    return ClearResult.CLEARED


def _write(bulk: BulkWriter, cleared: Sequence[Clearance], at: datetime) -> None:
    keys = {"message_id": [clearance.message_id for clearance in cleared]}
    rows = [(str(_STATE_AFTER[clearance.outcome]), clearance.text) for clearance in cleared]
    bulk.update(ems_message, keys, columns_of(("state", "cleared_text"), rows), {"queue_county": None, "cleared_at": at})
