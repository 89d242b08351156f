"""Runs of the Duplicate Voter Detection Job: what is compared with what, in partitions that workers share (DUP-01, JOB-02)."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class DetectionScope(StrEnum):
    """Which voters are compared with everybody."""

    WHOLE = "Whole"  # all
    CHANGED = "Changed"  # those written since the last run began


class DetectionRun(NamedTuple):
    """One run; `instance_id` is the run of the job that planned it, and others may help."""

    run_id: int
    job_id: int
    instance_id: int
    due_at: datetime
    scope: DetectionScope
    changed_since: datetime | None
    """What a run over changed voters calls changed; None for the whole roll."""
    voter_count: int
    """Voters to compare with everybody; of the whole roll about, for UIDs are not counted."""
    begun_at: datetime
    finished_at: datetime | None


class RollPartition(NamedTuple):
    """A range of UIDs: its voters are compared with everybody, and a pair belongs to its lower UID."""

    number: int
    next_state_voter_id: int
    """The first whose pairs are not yet committed."""
    last_state_voter_id: int
    """The last, included."""
    voter_count: int
