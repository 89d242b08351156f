"""Jobs, their runs and what became of their records."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, or_, select, update

from db.bulk import BulkWriter
from db.repositories import batch_outcomes, job_runs, leases
from db.repositories.inserting import insert_row
from db.tables import job
from votecal_soap.domain.batches import RecordOutcome
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import OFFERED_STATES, DataKind, InstanceState, Job, JobInstance, JobState, JobType, StopRequest
from votecal_soap.use_cases.ports import OutcomeCounts

_JOB: Final = select(job)


class SqlJobRepository:
    """The tables job, job_instance, batch_outcome_count and batch_record_outcome."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk

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
        row = {
            "job_type": job_type,
            "state": state,
            "county_code": county_code,
            "election_id": election_id,
            "data_kinds": sorted(str(kind) for kind in data_kinds),
            "not_before": not_before,
            "repeat_cron": repeat,
            "notice": notice,
            "scheduled_by": scheduled_by,
            "scheduled_at": scheduled_at,
            "scope": scope,
        }
        return insert_row(self._connection, job, row)

    def get(self, job_id: int, *, lock: bool = False) -> Job | None:
        """One job."""
        statement = _JOB.where(job.c.job_id == job_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else _job(row)

    def listed(self, *, county_code: str | None = None, states: Iterable[JobState] | None = None, limit: int = 100) -> Sequence[Job]:
        """Jobs, newest first."""
        statement = _JOB.order_by(job.c.scheduled_at.desc(), job.c.job_id.desc()).limit(limit)
        if county_code is not None:
            statement = statement.where(job.c.county_code == county_code)
        if states is not None:
            statement = statement.where(job.c.state.in_([str(state) for state in states]))
        return self._jobs(statement)

    def set_state(self, job_id: int, state: JobState, *, remark: str | None = None) -> None:
        """Move a job; a remark that is not given leaves the one that is there."""
        moved = update(job).where(job.c.job_id == job_id).values(state=state, remark=func.coalesce(remark and remark[:1000], job.c.remark))
        self._connection.execute(moved)

    def authorise(self, job_id: int, by: str, at: datetime) -> None:
        """Record the authorisation and set Pending."""
        self._connection.execute(update(job).where(job.c.job_id == job_id).values(state=JobState.PENDING, authorised_by=by, authorised_at=at))

    def offered(self, county_code: str, now: datetime) -> Sequence[Job]:
        """Authorised jobs of the county that are due, or were begun, and have no complete file (VRU-02)."""
        open_to_county = job.c.state.in_([str(state) for state in OFFERED_STATES])
        due = or_(job.c.not_before <= now, job.c.state != JobState.PENDING)
        offered = _JOB.where(job.c.county_code == county_code, open_to_county, job.c.authorised_at.is_not(None), due)
        return self._jobs(offered.order_by(job.c.not_before, job.c.job_id))

    def add_instance(self, job_id: int, due_at: datetime, *, upload_id: int | None, record_count: int | None) -> int | None:
        """Insert a run, unique per job and due time; None when it is there already (JOB-02)."""
        return job_runs.add(self._connection, job_id, due_at, upload_id, record_count)

    def instance(self, instance_id: int) -> JobInstance | None:
        """One run."""
        return job_runs.get(self._connection, instance_id)

    def latest_instance(self, job_id: int) -> JobInstance | None:
        """The job's newest run."""
        return job_runs.latest(self._connection, job_id)

    def instances_of(self, job_id: int, *, before: datetime, limit: int) -> Sequence[JobInstance]:
        """The job's runs that were due before an instant, newest first."""
        return job_runs.before(self._connection, job_id, before, limit)

    def latest_instances(self, job_ids: Sequence[int]) -> Mapping[int, JobInstance]:
        """The newest run of each of these jobs; jobs without a run are left out."""
        return job_runs.latest_of(self._connection, job_ids)

    def instances(self, *, states: Iterable[InstanceState] | None = None, limit: int = 100) -> Sequence[JobInstance]:
        """Runs, newest first."""
        return job_runs.listed(self._connection, states, limit)

    def claim(self, worker: str, lease_seconds: int, attempt_limit: int) -> JobInstance | None:
        """Take the oldest due run that is ready or whose lease has run out, by the database's clock (JOB-02)."""
        return leases.claim(self._connection, worker, lease_seconds, attempt_limit)

    def heartbeat(self, instance_id: int, lease_token: str, lease_seconds: int) -> StopRequest | None:
        """Keep the lease and hear of a stop request; a lost lease raises Conflict."""
        return leases.heartbeat(self._connection, instance_id, lease_token, lease_seconds)

    def save_progress(self, instance_id: int, lease_token: str, *, position: int, records_processed: int, counts: OutcomeCounts) -> None:
        """Keep the position reached and add the chunk's counts; a lost lease raises Conflict (VRU-20)."""
        leases.change(self._connection, instance_id, lease_token, position=position, records_processed=records_processed, attempt=0)
        run = job_runs.get(self._connection, instance_id)
        if run is not None:
            batch_outcomes.add_counts(self._connection, run.job_id, counts)

    def set_record_count(self, instance_id: int, lease_token: str, record_count: int) -> None:
        """Keep the number of records that the file holds."""
        leases.change(self._connection, instance_id, lease_token, record_count=record_count)

    def set_without_precinct_count(self, instance_id: int, lease_token: str, count: int) -> None:
        """Keep how many registered voters have no voting precinct."""
        leases.change(self._connection, instance_id, lease_token, without_precinct_count=count)

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
        leases.finish(self._connection, instance_id, lease_token, state, leases.RunError(error_code, error_text, error_ref))

    def release(self, instance_id: int, lease_token: str, *, error_code: str, error_text: str, delay_seconds: int = 0, is_counted: bool = True) -> None:
        """Give a failed run back for another attempt, not before the delay has passed by the database's clock; `is_counted`: this one was one."""
        leases.release(self._connection, instance_id, lease_token, leases.RunError(error_code, error_text, None), delay_seconds, is_counted=is_counted)

    def hand_back(self, instance_id: int, lease_token: str) -> None:
        """Give an unharmed run back at once, its attempt not counted: its worker is going down."""
        leases.hand_back(self._connection, instance_id, lease_token)

    def end_others(self, instance_id: int) -> None:
        """Complete the unfinished runs of the same job, held or not."""
        job_runs.end_others(self._connection, instance_id)

    def request_stop(self, job_id: int, request: StopRequest | None) -> None:
        """Ask the job's unfinished runs to stop at a safe point; None takes the request back and readies a paused run."""
        job_runs.request_stop(self._connection, job_id, request)

    def revive(self, instance_id: int) -> None:
        """Make a failed run ready as if nothing had gone wrong."""
        job_runs.revive(self._connection, instance_id)

    def counts(self, job_id: int) -> OutcomeCounts:
        """Outcomes by reason so far."""
        return batch_outcomes.counts(self._connection, job_id)

    def add_outcomes(self, job_id: int, outcomes: Sequence[RecordOutcome]) -> None:
        """Keep one outcome a record; a second for the same record raises."""
        batch_outcomes.add(self._bulk, job_id, outcomes)

    def outcomes(self, job_id: int, after_sequence: int, limit: int) -> list[RecordOutcome]:
        """Outcomes in sequence."""
        return batch_outcomes.listed(self._connection, job_id, after_sequence, limit)

    def _jobs(self, statement: Select[Any]) -> list[Job]:
        return [_job(row) for row in self._connection.execute(statement)]


def _job(row: Row[Any]) -> Job:
    return Job(
        job_id=row.job_id,
        job_type=JobType(row.job_type),
        state=JobState(row.state),
        county_code=row.county_code,
        election_id=row.election_id,
        data_kinds=frozenset(DataKind(kind) for kind in row.data_kinds),
        not_before=row.not_before,
        repeat=row.repeat_cron,
        notice=row.notice,
        scheduled_by=row.scheduled_by,
        scheduled_at=row.scheduled_at,
        authorised_by=row.authorised_by,
        authorised_at=row.authorised_at,
        remark=row.remark,
        scope=None if row.scope is None else DetectionScope(row.scope),
    )
