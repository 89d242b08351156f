"""A batch record, its outcome, and the order in which reasons block it (VRU-07, VRU-17)."""

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.voters import Confidential, VotingPrecinct

SCHEMA_VERSION: Final = "1.0"
"""The version of the batch file that this system reads and writes."""

INITIAL_LOAD: Final = "InitialLoad"
"""The BatchType of a file that brings a county's voters for the first time."""


class Outcome(StrEnum):
    """What became of a record; each record has exactly one."""

    APPLIED = "Applied"
    UNCHANGED = "Unchanged"  # valid, but the state already had every value
    FAILED = "Failed"


class FailureReason(StrEnum):
    """Why a record was not applied, in the order in which they block (VRU-17)."""

    RECORD_UNREADABLE = "RecordUnreadable"
    VOTER_NOT_FOUND = "VoterNotFound"
    VOTER_DOES_NOT_BELONG = "VoterDoesNotBelongToJurisdiction"
    VOTER_PENDING_TRANSFER = "VoterPendingTransfer"
    STATE_UPDATE_PENDING = "StateUpdatePending"
    FAILED_VALIDATION = "FailedValidation"
    ELECTION_NOT_FOUND = "ElectionNotFound"
    PRECINCT_NOT_FOUND = "PrecinctNotFound"


class Severity(StrEnum):
    """How bad a broken rule is (VRU-09)."""

    FATAL = "Fatal"  # the record is refused
    NON_FATAL = "NonFatal"  # the field keeps its old value


class FieldError(NamedTuple):
    """One broken rule: stable code, place inside the record, severity, and what to do; never the value."""

    code: str
    ref: str | None
    severity: Severity
    text: str
    reason: FailureReason = FailureReason.FAILED_VALIDATION


class BatchRecord(NamedTuple):
    """A record after translation and filtering: only what it sent and what passed (VRU-08).

    `fields` names the voter's fields that it sets, `given` holds the state's form of each value (`None` clears it); any
    other field keeps its value. `errors` holds every broken rule. Tuples for speed: it crosses a process boundary, and
    the records of a file share the few tuples of fields that they have.
    """

    sequence: int
    state_voter_id: int | None
    ems_voter_id: str | None
    base_version: int | None
    effective_date: date | None
    fields: tuple[str, ...]
    given: tuple[str | date | None, ...]
    voting_precinct: VotingPrecinct | None
    errors: tuple[FieldError, ...]
    confidential: Confidential | None = None
    """Of an initial load only."""

    @property
    def values(self) -> dict[str, str | date | None]:
        """The values by field."""
        return dict(zip(self.fields, self.given, strict=True))


class RecordOutcome(NamedTuple):
    """What became of one record, as it is stored, announced and counted (VRU-11, VRU-12)."""

    sequence: int
    outcome: Outcome
    reason: FailureReason | None
    further_reasons: tuple[FailureReason, ...]
    state_voter_id: int | None
    ems_voter_id: str | None
    version: int | None
    errors: tuple[FieldError, ...]


class BatchHeader(NamedTuple):
    """The head of a batch file (VRU-05)."""

    county_code: str
    batch_type: str
    job_id: int | None
    schema_version: str
    created_at: str
    vendor_application_id: str | None
