"""What duplicate detection needs: the roll as compared, and runs with the partitions that workers share."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from votecal_soap.domain.duplicate_runs import DetectionRun, DetectionScope, RollPartition
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.search.candidates import CandidateRow
from votecal_soap.search.roll_pages import RollPage


class RollRepository(Protocol):
    """The people as compared, in the order of their UIDs."""

    def page(self, after_state_voter_id: int, limit: int) -> RollPage:
        """The next voters; none left is a page of none."""
        ...

    def rows(self, state_voter_ids: Sequence[int]) -> Sequence[CandidateRow]:
        """These voters, as far as they are on the roll."""
        ...

    def changed_since(self, instant: datetime, limit: int) -> Sequence[int]:
        """UIDs of voters written since then, in order, no more than `limit`; reads every voter's time of writing."""
        ...


class RunProgress(NamedTuple):
    """How far a run has come, whoever works on it."""

    voters_done: int
    partitions: int
    partitions_done: int
    outcomes: Mapping[str, int]
    """Pairs by what became of them."""


class DetectionRunRepository(Protocol):
    """Runs of duplicate detection. A partition belongs to whoever claimed it, as long as the claimer's lease on its own run lasts."""

    def begin(
        self,
        instance: JobInstance,
        scope: DetectionScope,
        partitions: Sequence[RollPartition],
        at: datetime,
        *,
        changed_since: datetime | None,
    ) -> DetectionRun:
        """Plan a run."""
        ...

    def newest(self, job_id: int) -> DetectionRun | None:
        """The job's newest run."""
        ...

    def last_finished_begun_at(self) -> datetime | None:
        """When the last run that came to its end had begun; None if none has."""
        ...

    def claim_partition(self, run_id: int, instance_id: int) -> RollPartition | None:
        """The lowest partition that is neither done nor in living hands; that of a worker who died is taken over."""
        ...

    def save_partition(self, run_id: int, partition: RollPartition, instance_id: int, outcomes: Mapping[str, int]) -> None:
        """Keep how far it has come and count its pairs; past its last UID it is done. If somebody has taken it over, Conflict LEASE_LOST."""
        ...

    def progress(self, run_id: int) -> RunProgress:
        """How far it has come."""
        ...

    def finish(self, run_id: int, at: datetime) -> bool:
        """All of it is done; False when somebody has said so before."""
        ...
