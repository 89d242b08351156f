"""What became of each record of a batch, and how many of which kind (VRU-21)."""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from db.bulk import BulkWriter, columns_of
from db.tables import batch_outcome_count, batch_record_outcome
from votecal_soap.domain.batches import FailureReason, FieldError, Outcome, RecordOutcome, Severity
from votecal_soap.use_cases.ports import OutcomeCounts

_NO_REASON: Final = "-"
"""A key has no NULL."""

_COLUMNS: Final = ("record_sequence", "outcome", "reason", "state_voter_id", "ems_voter_id", "record_version", "detail")


def add(bulk: BulkWriter, job_id: int, outcomes: Sequence[RecordOutcome]) -> None:
    """Keep one outcome a record."""
    bulk.insert(batch_record_outcome, columns(outcomes), {"job_id": job_id})


def columns(outcomes: Sequence[RecordOutcome]) -> dict[str, Sequence[object]]:
    """Outcomes as the table's columns."""
    given = columns_of(RecordOutcome._fields, outcomes)
    return {
        "record_sequence": given["sequence"],
        "outcome": [str(outcome) for outcome in given["outcome"]],
        "reason": [None if reason is None else str(reason) for reason in given["reason"]],
        "state_voter_id": given["state_voter_id"],
        "ems_voter_id": given["ems_voter_id"],
        "record_version": given["version"],
        "detail": [_detail(item) if item.errors or item.further_reasons else None for item in outcomes],
    }


def listed(connection: Connection, job_id: int, after_sequence: int, limit: int) -> list[RecordOutcome]:
    """Outcomes in sequence."""
    page = (
        select(*(batch_record_outcome.c[name] for name in _COLUMNS))
        .where(batch_record_outcome.c.job_id == job_id, batch_record_outcome.c.record_sequence > after_sequence)
        .order_by(batch_record_outcome.c.record_sequence)
        .limit(limit)
    )
    return [_outcome(row) for row in connection.execute(page)]


def counts(connection: Connection, job_id: int) -> OutcomeCounts:
    """Outcomes by reason so far."""
    rows = connection.execute(select(batch_outcome_count).where(batch_outcome_count.c.job_id == job_id))
    return {(Outcome(row.outcome), None if row.reason == _NO_REASON else FailureReason(row.reason)): row.record_count for row in rows}


def add_counts(connection: Connection, job_id: int, added: OutcomeCounts) -> None:
    """Add to the counts; the run's lease keeps others away."""
    for (outcome, reason), count in added.items():
        key = {"job_id": job_id, "outcome": outcome, "reason": reason or _NO_REASON}
        counted = update(batch_outcome_count).where(*(batch_outcome_count.c[name] == value for name, value in key.items()))
        if connection.execute(counted.values(record_count=batch_outcome_count.c.record_count + count)).rowcount == 0:
            connection.execute(insert(batch_outcome_count).values({**key, "record_count": count}))


def _detail(item: RecordOutcome) -> str:
    return json.dumps({"further_reasons": item.further_reasons, "errors": [error._asdict() for error in item.errors]})


def _outcome(row: Row[Any]) -> RecordOutcome:
    detail = json.loads(row.detail) if row.detail else {"further_reasons": (), "errors": ()}
    return RecordOutcome(
        sequence=row.record_sequence,
        outcome=Outcome(row.outcome),
        reason=None if row.reason is None else FailureReason(row.reason),
        further_reasons=tuple(FailureReason(reason) for reason in detail["further_reasons"]),
        state_voter_id=row.state_voter_id,
        ems_voter_id=row.ems_voter_id,
        version=row.record_version,
        errors=tuple(_field_error(error) for error in detail["errors"]),
    )


def _field_error(kept: dict[str, Any]) -> FieldError:
    return FieldError(**{**kept, "severity": Severity(kept["severity"]), "reason": FailureReason(kept["reason"])})
