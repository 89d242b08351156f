"""What a change leaves behind: activity, audit, and the judged records of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from votecal_soap.domain.batches import RecordOutcome


class NewActivity(NamedTuple):
    """An entry of a voter's activity history, with its basis."""

    state_voter_id: int
    county_code: str
    activity_type: str
    activity_date: date
    basis: str
    record_version: int
    job_id: int | None


class KeptActivity(NamedTuple):
    """An entry of a voter's activity history as it is kept."""

    activity_type: str
    activity_date: date
    county_code: str
    basis: str
    record_version: int
    job_id: int | None
    recorded_at: datetime


class AuditEntry(NamedTuple):
    """Who did what, when, with old and new values as JSON (OPS-02)."""

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    county_code: str | None
    correlation_id: str | None
    detail: str | None


class AuditRepository(Protocol):
    """The audit trail."""

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Append."""
        ...

    def of_subject(self, kind: str, subject_id: int | str, limit: int) -> Sequence[AuditEntry]:
        """What was done to one thing, the newest first."""
        ...


class JudgedRecord(NamedTuple):
    """What is kept of one judged batch record beside the voter's own rows.

    `payload` is its queue message; `basis` the activity entry and `changes` the audit's old and new values (JSON) of an
    applied one, None otherwise.
    """

    outcome: RecordOutcome
    voter_sequence: int | None
    payload: str
    basis: str | None
    changes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedChunk:
    """The judged records of one transaction, in file order, with what they have in common."""

    job_id: int
    county_code: str
    activity_type: str
    audit_action: str
    at: datetime
    day: date
    records: Sequence[JudgedRecord]


class BatchRepository(Protocol):
    """What each record of a batch leaves behind: outcome, message, activity, audit (VRU-10 to VRU-12)."""

    def keep(self, chunk: JudgedChunk) -> None:
        """Write all of it; a second outcome for a record raises Conflict."""
        ...
