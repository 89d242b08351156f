"""Runs of jobs: inserted once for each due time, looked at, asked to stop."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from db.clock import utcnow
from db.in_lists import listed as listed_keys
from db.in_lists import select_listed
from db.repositories.inserting import insert_row
from db.tables import job, job_instance
from votecal_soap.domain.jobs import InstanceState, JobInstance, JobType, StopRequest
from votecal_soap.errors import Conflict

_RUN: Final = select(job_instance)
_NEWEST_FIRST: Final = (job_instance.c.due_at.desc(), job_instance.c.instance_id.desc())


def add(connection: Connection, job_id: int, due_at: datetime, upload_id: int | None, record_count: int | None) -> int | None:
    """Insert a run; None when another scheduler has."""
    same = select(job_instance.c.instance_id).where(job_instance.c.job_id == job_id, job_instance.c.due_at == due_at)
    if connection.execute(same).first() is not None:
        return None
    job_type = select(job.c.job_type).where(job.c.job_id == job_id).scalar_subquery()
    row = {"job_id": job_id, "job_type": job_type, "due_at": due_at, "upload_id": upload_id, "record_count": record_count}
    fresh = {"state": InstanceState.READY, "attempt": 0, "position": 0, "records_processed": 0}
    try:
        # Two may come this far at once; the constraint decides, and a savepoint keeps the loser's transaction.
        with connection.begin_nested():
            return insert_row(connection, job_instance, {**row, **fresh})
    except Conflict:
        return None


def get(connection: Connection, instance_id: int) -> JobInstance | None:
    """One run."""
    row = connection.execute(_RUN.where(job_instance.c.instance_id == instance_id)).one_or_none()
    return None if row is None else _run(row)


def latest(connection: Connection, job_id: int) -> JobInstance | None:
    """The job's newest run."""
    row = connection.execute(_RUN.where(job_instance.c.job_id == job_id).order_by(*_NEWEST_FIRST).limit(1)).one_or_none()
    return None if row is None else _run(row)


def before(connection: Connection, job_id: int, due_at: datetime, limit: int) -> list[JobInstance]:
    """The job's runs that were due before an instant, newest first; by the index of the unique due times."""
    older = _RUN.where(job_instance.c.job_id == job_id, job_instance.c.due_at < due_at).order_by(*_NEWEST_FIRST).limit(limit)
    return [_run(row) for row in connection.execute(older)]


def latest_of(connection: Connection, job_ids: Sequence[int]) -> dict[int, JobInstance]:
    """The newest run of each job; the index of the unique due times finds it without its older ones."""
    other = job_instance.alias("other")
    newest = select(func.max(other.c.due_at)).where(other.c.job_id == job_instance.c.job_id).scalar_subquery()
    mine = _RUN.where(job_instance.c.job_id.in_(listed_keys()), job_instance.c.due_at == newest)
    return {row.job_id: _run(row) for row in select_listed(connection, mine, sorted(job_ids))}


def listed(connection: Connection, states: Iterable[InstanceState] | None, limit: int) -> list[JobInstance]:
    """Runs, newest first."""
    statement = _RUN.order_by(*_NEWEST_FIRST).limit(limit)
    if states is not None:
        statement = statement.where(job_instance.c.state.in_([str(state) for state in states]))
    return [_run(row) for row in connection.execute(statement)]


def request_stop(connection: Connection, job_id: int, request: StopRequest | None) -> None:
    """Keep the request where the run's holder hears it; a run that nobody holds is moved when it is claimed next."""
    runs = update(job_instance).where(job_instance.c.job_id == job_id)
    unfinished = runs.where(job_instance.c.state.in_([str(state) for state in InstanceState if not state.is_finished]))
    connection.execute(unfinished.values(stop_requested=request))
    if request is not StopRequest.PAUSE:
        # A resumed run goes on, a cancelled one is ended by the worker that claims it: both must be claimable.
        connection.execute(runs.where(job_instance.c.state == InstanceState.PAUSED).values(state=InstanceState.READY, attempt=0))


def end_others(connection: Connection, instance_id: int) -> None:
    """Complete the unfinished runs of the same job; whoever still holds one hears of it with the next heartbeat."""
    job_id = connection.execute(select(job_instance.c.job_id).where(job_instance.c.instance_id == instance_id)).scalar_one()
    unfinished = job_instance.c.state.in_([str(state) for state in InstanceState if not state.is_finished])
    others = update(job_instance).where(job_instance.c.job_id == job_id, job_instance.c.instance_id != instance_id, unfinished)
    free = dict.fromkeys(("lease_token", "lease_until", "stop_requested", "worker"))
    connection.execute(others.values(state=InstanceState.COMPLETED, finished_at=utcnow(), **free))


def revive(connection: Connection, instance_id: int) -> None:
    """Make a failed run ready, its error and its attempts forgotten."""
    nothing = dict.fromkeys(("lease_token", "lease_until", "stop_requested", "error_code", "error_text", "error_ref", "finished_at", "worker"))
    failed = update(job_instance).where(job_instance.c.instance_id == instance_id, job_instance.c.state == InstanceState.FAILED)
    connection.execute(failed.values(state=InstanceState.READY, attempt=0, **nothing))


def _run(row: Row[Any]) -> JobInstance:
    return JobInstance(
        instance_id=row.instance_id,
        job_id=row.job_id,
        job_type=JobType(row.job_type),
        due_at=row.due_at,
        state=InstanceState(row.state),
        attempt=row.attempt,
        lease_token=row.lease_token,
        position=row.position,
        records_processed=row.records_processed,
        record_count=row.record_count,
        without_precinct_count=row.without_precinct_count,
        upload_id=row.upload_id,
        stop_requested=None if row.stop_requested is None else StopRequest(row.stop_requested),
        error_code=row.error_code,
        error_text=row.error_text,
        error_ref=row.error_ref,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
