"""The message queue of a county (EWS-02 to EWS-06): open, then cleared; never leased, never reordered per voter."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class MessageType(StrEnum):
    """What a message tells; the value is the name on the wire."""

    BATCH_RECORD_APPLIED = "BatchRecordApplied"
    BATCH_RECORD_UNCHANGED = "BatchRecordUnchanged"
    BATCH_RECORD_FAILED = "BatchRecordFailed"
    IDV_RESULT = "IdvResult"
    AUTOMATIC_MATCH_APPLIED = "AutomaticMatchApplied"  # S6.3: the change is in force
    PROVISIONAL_MATCH_APPLIED = "ProvisionalMatchApplied"  # S10.8: a cancellation waits for the losing county
    POTENTIAL_MATCH = "PotentialMatch"  # S10.9: the county decides
    MATCH_CASE_REPLACED = "MatchCaseReplaced"  # COA-31
    MATCH_CASE_DECIDED = "MatchCaseDecided"  # decided, redirected here, or undone, by another county or by SOS
    MATCH_CASE_OVERDUE = "MatchCaseOverdue"  # COA-37
    TRANSFER_OUT = "TransferOut"  # COA-11: the voter moved away
    TRANSFER_IN = "TransferIn"
    TRANSFER_ACCEPTED = "TransferAccepted"  # VRU-15: a move that a county registered stands
    TRANSFER_REVERSED = "TransferReversed"  # S4.21
    UNRESOLVED_DMV_COA = "UnresolvedDmvCoa"  # S6.8
    DMV_REGISTRATION_PENDING = "DmvRegistrationPending"  # COA-38
    CONFIDENTIALITY_ENDING = "ConfidentialityEnding"  # EWS-14
    CONFIDENTIALITY_CHANGED = "ConfidentialityChanged"  # EWS-14: SOS set or ended it
    POTENTIAL_DUPLICATE = "PotentialDuplicate"  # DUP-02, DUP-03: the county decides on two records
    DUPLICATE_CASE_DECIDED = "DuplicateCaseDecided"  # by another county or by SOS
    MERGED_INTO_NEWER = "MergedIntoNewer"  # DLR-15: the older record's county cancels it
    MERGE_PROVISIONAL = "MergeProvisional"  # DUP-07: the older record's cancellation waits for its county
    MERGE_RECEIVED = "MergeReceived"  # DLR-15: the newer record's county may pull what was added
    MERGE_UNDONE = "MergeUndone"  # DLR-19


class MessageState(StrEnum):
    """Where a message stands."""

    OPEN = "Open"  # offered at each poll
    PROCESSED = "Processed"  # cleared by the county
    FAILED = "Failed"  # cleared as poison; SOS requeues or skips
    SKIPPED = "Skipped"  # put aside by SOS


class ClearOutcome(StrEnum):
    """What the county says of a message that it clears."""

    PROCESSED = "Processed"
    FAILED = "Failed"


class ClearResult(StrEnum):
    """What the state answers for each id (EWS-04, EWS-05)."""

    CLEARED = "Cleared"
    ALREADY_CLEARED = "AlreadyCleared"
    NOT_FOUND = "NotFound"
    OLDER_MESSAGE_OPEN = "OlderMessageOpen"


class NewMessage(NamedTuple):
    """A message to be queued in the transaction of the change that it tells of (EWS-06).

    `payload` is the XML that the county gets, rendered by `contract` and opaque to everyone else.
    `blocks_updates` marks a change that the county did not make itself: while such a message is open, the
    county's updates of that voter are refused with State Update Pending (VRU-13).
    `dedup_key` makes a producer's repetition harmless.
    """

    county_code: str
    message_type: MessageType
    dedup_key: str
    payload: str
    blocks_updates: int
    state_voter_id: int | None
    voter_sequence: int | None
    ems_voter_id: str | None
    record_version: int | None
    job_id: int | None
    record_sequence: int | None


class QueuedMessage(NamedTuple):
    """A message by its fields; `payload` is None when only the header was asked for."""

    message_id: int
    message_type: str
    enqueued_at: datetime
    state_voter_id: int | None
    voter_sequence: int | None
    ems_voter_id: str | None
    record_version: int | None
    job_id: int | None
    record_sequence: int | None
    payload: str | None


class PoisonMessage(NamedTuple):
    """A message that its county could not take, with the county's own words."""

    message_id: int
    message_type: str
    enqueued_at: datetime
    failed_at: datetime
    text: str | None
    state_voter_id: int | None
    job_id: int | None


class QueueHour(NamedTuple):
    """What one hour, which begins at `start`, added to a queue and cleared from it."""

    start: datetime
    added: int
    cleared: int


class HeardOf(NamedTuple):
    """When a county asked for its queue last, and when it cleared messages last; None: not in the time looked at."""

    polled_at: datetime | None
    cleared_at: datetime | None


StoredMessage = tuple[int, str, str | None]
"""A message as it is sent: its id, the rest of its header and its payload, both XML; a plain tuple, as a thousand make a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A county's word that it has taken a message, or could not."""

    message_id: int
    outcome: ClearOutcome
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQuery:
    """What a county asks of its queue: `limit` None leaves the number to the size of the answer, `after` passes over ids up to it."""

    limit: int | None
    with_detail: bool
    after: int = 0


class MessagePage(NamedTuple):
    """Some open messages as the county gets them, oldest first, and how many are open in all."""

    messages: list[str]
    depth: int
