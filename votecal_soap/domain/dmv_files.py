"""Files from DMV: expected by a job, taken from the drop folder, processed or refused (COA-01)."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple


class DmvFileState(StrEnum):
    """Where a DMV file stands."""

    EXPECTED = "Expected"  # its job is scheduled, the file may not be there yet
    TAKEN = "Taken"  # out of the drop folder, being processed
    COMPLETED = "Completed"
    REFUSED = "Refused"  # nothing of it was applied


class DmvOutcome(StrEnum):
    """What became of a record of a file; each has exactly one (COA-36)."""

    UNREADABLE = "Unreadable"  # breaks the file's schema: no work item
    DUPLICATE = "Duplicate"  # seen before: no work item (COA-02)
    AUTOMATIC_MATCH = "AutomaticMatch"
    PROVISIONAL_MATCH = "ProvisionalMatch"  # a cancellation waits for the losing county (COA-12)
    ALREADY_CURRENT = "AlreadyCurrent"  # COA-14
    POTENTIAL_MATCH = "PotentialMatch"
    NO_MATCH = "NoMatch"
    NO_MATCH_WITHOUT_COUNTY = "NoMatchWithoutCounty"  # an SOS work item (COA-21)
    NO_MATCH_OUT_OF_STATE = "NoMatchOutOfState"  # COA-21
    REGISTRATION_PENDING = "RegistrationPending"  # COA-38


class DmvFile(NamedTuple):
    """The book-keeping of one file; its bytes are in a private folder until their retention has passed."""

    file_id: int
    job_id: int
    file_name: str
    state: DmvFileState
    sha256: str | None
    byte_count: int | None
    record_count: int | None
    error_code: str | None
    error_text: str | None
    expected_at: datetime
    taken_at: datetime | None
    finished_at: datetime | None
    purged_at: datetime | None


SCORE_BUCKETS: Final[tuple[int, ...]] = (*range(0, 100, 10), 99, 100)
"""Lowest confidence of each bucket in which a file's histogram is shown; 99 and 100 stand apart, for there the automatic band begins."""


def score_bucket(confidence: int) -> int:
    """The bucket that a record's top confidence falls in."""
    return max(bucket for bucket in SCORE_BUCKETS if bucket <= confidence)


def by_bucket(scores: Mapping[int, int]) -> dict[int, int]:
    """A histogram by confidence as one by buckets; empty ones are left out."""
    counted: Counter[int] = Counter()
    for confidence, count in scores.items():
        counted[score_bucket(confidence)] += count
    return dict(sorted(counted.items()))
