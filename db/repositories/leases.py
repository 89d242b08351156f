"""Runs are claimed under a lease, by the database's clock (JOB-02).

The same steps on every database: candidates in order without a lock, then a lock on the first that nobody holds, then an
update that says what it expects. `FETCH FIRST ... FOR UPDATE` in one step is refused by Oracle.
"""

import uuid
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, insert, null, or_, select, update

from db.clock import utcnow
from db.repositories import job_runs
from db.tables import audit_entry, job, job_instance
from votecal_soap.domain.jobs import InstanceState, JobInstance, JobState, StopRequest
from votecal_soap.errors import Conflict, ErrorCode

_CANDIDATES: Final = 32
"""While they are looked at one after the other, other workers take some of them; so many workers at once always leave one."""


class RunError(NamedTuple):
    """Why a run ended or is tried again."""

    code: str | None
    text: str | None
    ref: str | None


_BEFORE_THIS_CLAIM: Final = case((job_instance.c.attempt > 0, job_instance.c.attempt - 1), else_=0)
_LONGEST_SECONDS: Final = 900
"""No run rests for longer, nor does a lease last longer unless it is configured so: one that would was given by a clock that has been set back since."""


def _is_due(lease_seconds: int) -> ColumnElement[bool]:
    """And nobody's: neither under a lease nor resting after a failure. What a file was sent for is due whatever the clock has come to say."""
    until = job_instance.c.lease_until
    return and_(
        or_(job_instance.c.due_at <= utcnow(), job_instance.c.upload_id.is_not(None)),
        or_(until.is_(None), until <= utcnow(), until > utcnow(max(_LONGEST_SECONDS, 2 * lease_seconds))),
    )


def _claimable(lease_seconds: int) -> ColumnElement[bool]:
    return and_(job_instance.c.state.in_([str(InstanceState.READY), str(InstanceState.RUNNING)]), _is_due(lease_seconds))


def _oldest(lease_seconds: int) -> Select[Any]:
    return (
        select(job_instance.c.due_at, job_instance.c.instance_id)
        .where(job_instance.c.state == bindparam("of_state"), _is_due(lease_seconds))
        # Not by the key as well, for the index ends with the due time: a database would sort all that wait before it counts to the limit.
        # By the state, which is constant: naming it lets every planner see that the index has this order.
        .order_by(job_instance.c.state, job_instance.c.due_at)
        .limit(_CANDIDATES)
    )


def claim(connection: Connection, worker: str, lease_seconds: int, attempt_limit: int) -> JobInstance | None:
    """Take the oldest; one that broke its workers too often is ended as failed instead."""
    for instance_id in _candidates(connection, lease_seconds):
        attempt = _locked(connection, instance_id, lease_seconds)
        if attempt is None:
            continue
        if attempt >= attempt_limit:
            _end_exhausted(connection, instance_id, attempt_limit)
        elif _taken(connection, instance_id, worker, lease_seconds):
            return job_runs.get(connection, instance_id)
    return None


def heartbeat(connection: Connection, instance_id: int, lease_token: str, lease_seconds: int) -> StopRequest | None:
    """Keep the lease; what SOS asks."""
    change(connection, instance_id, lease_token, lease_until=utcnow(lease_seconds))
    asked = connection.execute(select(job_instance.c.stop_requested).where(job_instance.c.instance_id == instance_id)).scalar_one()
    return None if asked is None else StopRequest(asked)


def finish(connection: Connection, instance_id: int, lease_token: str, state: InstanceState, error: RunError) -> None:
    """End or pause a run."""
    ended = utcnow() if state.is_finished else null()
    _give_up(connection, instance_id, lease_token, error, state=state, lease_until=None, stop_requested=None, finished_at=ended)


def release(connection: Connection, instance_id: int, lease_token: str, error: RunError, delay_seconds: int, *, is_counted: bool) -> None:
    """Let the run rest, then let anybody claim it."""
    attempt = job_instance.c.attempt if is_counted else _BEFORE_THIS_CLAIM
    _give_up(connection, instance_id, lease_token, error, state=InstanceState.READY, lease_until=utcnow(delay_seconds), attempt=attempt)


def hand_back(connection: Connection, instance_id: int, lease_token: str) -> None:
    """Let anybody claim the run at once, as if this claim had not been."""
    free = {"lease_token": None, "lease_until": None, "worker": None}
    change(connection, instance_id, lease_token, state=InstanceState.READY, attempt=_BEFORE_THIS_CLAIM, **free)


def change(connection: Connection, instance_id: int, held_token: str, /, **values: Any) -> None:  # noqa: ANN401 - values of any column
    """Change a run that this token still holds."""
    held = and_(
        job_instance.c.instance_id == instance_id,
        job_instance.c.lease_token == held_token,
        job_instance.c.state == InstanceState.RUNNING,
    )
    if connection.execute(update(job_instance).where(held).values(values)).rowcount != 1:
        raise Conflict(ErrorCode.LEASE_LOST, "The lease of this run is lost: another worker may hold it.", ref=str(instance_id))


def _give_up(connection: Connection, instance_id: int, lease_token: str, error: RunError, **values: Any) -> None:  # noqa: ANN401 - values of any column
    # What goes wrong may say more than a column holds, and must not fail for that.
    told = {"error_code": error.code, "error_text": error.text and error.text[:1000], "error_ref": error.ref and error.ref[:200]}
    change(connection, instance_id, lease_token, **values, **told, lease_token=None, worker=None)


def _candidates(connection: Connection, lease_seconds: int) -> list[int]:
    """The oldest that could be claimed, as just now; one query for each state, so that the index of state and due time has their order."""
    oldest = _oldest(lease_seconds)
    rows = [row for state in (InstanceState.READY, InstanceState.RUNNING) for row in connection.execute(oldest, {"of_state": str(state)})]
    return [row.instance_id for row in sorted(rows, key=attrgetter("due_at", "instance_id"))]


def _locked(connection: Connection, instance_id: int, lease_seconds: int) -> int | None:
    """Lock one; the attempts that count against it, or None when another worker has it, or had.

    One at a time: a worker that locked them all would keep the others from claiming until it commits.
    """
    counted = select(job_instance.c.attempt, job_instance.c.stop_requested)
    row = connection.execute(counted.where(job_instance.c.instance_id == instance_id, _claimable(lease_seconds)).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    # One that is to stop is claimed however often it was begun: whoever claims it ends it as it was asked to, and begins nothing.
    attempts: int = row.attempt if row.stop_requested is None else 0
    return attempts


def _taken(connection: Connection, instance_id: int, worker: str, lease_seconds: int) -> bool:
    taken = (
        update(job_instance)
        .where(job_instance.c.instance_id == instance_id, _claimable(lease_seconds))
        .values(
            state=InstanceState.RUNNING,
            worker=worker,
            lease_token=uuid.uuid4().hex,
            lease_until=utcnow(lease_seconds),
            attempt=job_instance.c.attempt + 1,
            started_at=func.coalesce(job_instance.c.started_at, utcnow()),
        )
    )
    return connection.execute(taken).rowcount == 1


def _end_exhausted(connection: Connection, instance_id: int, attempt_limit: int) -> None:
    """End a run whose workers died each time: nobody else is left to say so."""
    values = {
        "state": InstanceState.FAILED,
        "finished_at": utcnow(),
        "lease_token": None,
        "lease_until": None,
        "error_code": ErrorCode.INTERNAL,
        "error_text": f"The run was begun {attempt_limit} times without progress, and each time its worker was lost.",
    }
    connection.execute(update(job_instance).where(job_instance.c.instance_id == instance_id).values(values))
    job_id = select(job_instance.c.job_id).where(job_instance.c.instance_id == instance_id).scalar_subquery()
    jobs = update(job).where(job.c.job_id == job_id)
    connection.execute(jobs.where(job.c.repeat_cron.is_(None)).values(state=JobState.FAILED))
    connection.execute(jobs.where(job.c.repeat_cron.is_not(None)).values(state=JobState.PENDING))
    connection.execute(insert(audit_entry).values(at=utcnow(), actor="workers", action="FailRun", subject_kind="run", subject_id=str(instance_id)))
