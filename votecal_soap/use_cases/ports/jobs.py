"""Jobs, their runs, and what became of their records."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from votecal_soap.domain.batches import FailureReason, Outcome, RecordOutcome
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import DataKind, InstanceState, Job, JobInstance, JobState, JobType, StopRequest

OutcomeCounts = Mapping[tuple[Outcome, FailureReason | None], int]


class JobRepository(Protocol):
    """Jobs and their instances."""

    def add(
        self,
        *,
        job_type: JobType,
        state: JobState,
        county_code: str | None,
        election_id: str | None,
        data_kinds: Iterable[DataKind],
        not_before: datetime,
        repeat: str | None,
        notice: str | None,
        scheduled_by: str,
        scheduled_at: datetime,
        scope: DetectionScope | None = None,
    ) -> int:
        """Insert a job; its id."""
        ...

    def get(self, job_id: int, *, lock: bool = False) -> Job | None:
        """One job."""
        ...

    def listed(self, *, county_code: str | None = None, states: Iterable[JobState] | None = None, limit: int = 100) -> Sequence[Job]:
        """Jobs, newest first."""
        ...

    def set_state(self, job_id: int, state: JobState, *, remark: str | None = None) -> None:
        """Move a job."""
        ...

    def authorise(self, job_id: int, by: str, at: datetime) -> None:
        """Record the authorisation and set Pending."""
        ...

    def offered(self, county_code: str, now: datetime) -> Sequence[Job]:
        """Authorised jobs of the county that are due and have no complete file (VRU-02)."""
        ...

    def add_instance(self, job_id: int, due_at: datetime, *, upload_id: int | None, record_count: int | None) -> int | None:
        """Insert a run, unique per job and due time; None when it is there already (JOB-02)."""
        ...

    def instance(self, instance_id: int) -> JobInstance | None:
        """One run."""
        ...

    def latest_instance(self, job_id: int) -> JobInstance | None:
        """The job's newest run."""
        ...

    def latest_instances(self, job_ids: Sequence[int]) -> Mapping[int, JobInstance]:
        """The newest run of each of these jobs; jobs without a run are left out."""
        ...

    def instances(self, *, states: Iterable[InstanceState] | None = None, limit: int = 100) -> Sequence[JobInstance]:
        """Runs, newest first."""
        ...

    def instances_of(self, job_id: int, *, before: datetime, limit: int) -> Sequence[JobInstance]:
        """The job's runs that were due before an instant, newest first."""
        ...

    def claim(self, worker: str, lease_seconds: int, attempt_limit: int) -> JobInstance | None:
        """Take the oldest due run that is ready or whose lease has run out, by the database's clock (JOB-02)."""
        ...

    def heartbeat(self, instance_id: int, lease_token: str, lease_seconds: int) -> StopRequest | None:
        """Keep the lease and hear of a stop request; a lost lease raises Conflict."""
        ...

    def save_progress(self, instance_id: int, lease_token: str, *, position: int, records_processed: int, counts: OutcomeCounts) -> None:
        """Keep the position reached and add the chunk's counts; a lost lease raises Conflict (VRU-20).

        Progress shows that the run is not stuck, so its attempts count from zero again.
        """
        ...

    def set_record_count(self, instance_id: int, lease_token: str, record_count: int) -> None:
        """Keep the number of records that the file holds."""
        ...

    def set_without_precinct_count(self, instance_id: int, lease_token: str, count: int) -> None:
        """Keep how many registered voters have no voting precinct (VRU-21)."""
        ...

    def finish(
        self,
        instance_id: int,
        lease_token: str,
        state: InstanceState,
        *,
        error_code: str | None = None,
        error_text: str | None = None,
        error_ref: str | None = None,
    ) -> None:
        """End or pause a run and give up its lease."""
        ...

    def release(self, instance_id: int, lease_token: str, *, error_code: str, error_text: str, delay_seconds: int = 0, is_counted: bool = True) -> None:
        """Give a failed run back for another attempt, not before the delay has passed by the database's clock; `is_counted`: this one was one."""
        ...

    def hand_back(self, instance_id: int, lease_token: str) -> None:
        """Give an unharmed run back at once, its attempt not counted: its worker is going down."""
        ...

    def end_others(self, instance_id: int) -> None:
        """Complete the unfinished runs of the same job, held or not: what they shared with this one is done."""
        ...

    def request_stop(self, job_id: int, request: StopRequest | None) -> None:
        """Ask the job's unfinished runs to stop at a safe point; None takes the request back and readies a paused run."""
        ...

    def revive(self, instance_id: int) -> None:
        """Make a failed run ready as if nothing had gone wrong: it goes on after its last committed record."""
        ...

    def counts(self, job_id: int) -> OutcomeCounts:
        """Outcomes by reason so far."""
        ...

    def add_outcomes(self, job_id: int, outcomes: Sequence[RecordOutcome]) -> None:
        """Keep one outcome a record; a second for the same record raises."""
        ...

    def outcomes(self, job_id: int, after_sequence: int, limit: int) -> list[RecordOutcome]:
        """Outcomes in sequence."""
        ...
