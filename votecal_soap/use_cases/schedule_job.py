"""UC05.20.01 Schedule a job; for a county batch, the SOS half of UC04.14.01 (JOB-01, VRU-03)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from votecal_soap.clock import Clock
from votecal_soap.domain.jobs import FINISHED_STATES, DataKind, Job, JobState, JobType
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

NOTICE_LENGTH: Final = 400
NEAR: Final = timedelta(days=1)
"""Another job counts as scheduled at the same time when it is due by a day after this one and is not finished."""


class Recurrence(Protocol):
    """Reads cron lines; which library does is the business of `jobs`."""

    def next_after(self, line: str, instant: datetime) -> datetime | None:
        """The first time after an instant; a line that is wrong raises InvalidRequest."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleJob:
    """What SOS wants to run, and when. `not_before` None or past means now."""

    job_type: JobType
    acting_user: str
    county_code: str | None = None
    election_id: str | None = None
    data_kinds: frozenset[DataKind] = frozenset()
    not_before: datetime | None = None
    repeat: str | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """The job, and what else is scheduled or running then."""

    job: Job
    others: tuple[Job, ...]


def schedule(command: ScheduleJob, uow: UnitOfWork, clock: Clock, recurrence: Recurrence) -> ScheduledJob:
    """Insert the job: a county batch waits for an administrator, any other is due from its start on."""
    now = clock.now()
    _check_shape(command)
    if command.repeat is not None and recurrence.next_after(command.repeat, now) is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This repetition never comes.", ref="repeat")
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        _check_references(command, uow)
        job = _insert(command, uow, now)
        others = scheduled_near(uow, job)
        uow.commit()
    return ScheduledJob(job=job, others=others)


def scheduled_near(uow: UnitOfWork, job: Job) -> tuple[Job, ...]:
    """Other unfinished jobs that are due by a day after this one, repeating and running ones included (JOB-01)."""
    unfinished = [state for state in JobState if state not in FINISHED_STATES]
    listed: Sequence[Job] = uow.jobs.listed(states=unfinished)
    return tuple(other for other in listed if other.job_id != job.job_id and other.not_before < job.not_before + NEAR)


def data_kinds(names: Iterable[str]) -> frozenset[DataKind]:
    """Kinds of data by name; an unknown one is named with those that exist."""
    try:
        return frozenset(DataKind(name) for name in names)
    except ValueError as error:
        allowed = ", ".join(DataKind)
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"There is no such kind of data; kinds: {allowed}.", ref="kinds") from error


def _check_shape(command: ScheduleJob) -> None:
    if command.repeat is not None and not command.job_type.is_repeatable:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A county batch runs once; it cannot be repeated.", ref="repeat")
    if command.job_type.is_county_batch:
        _check_county_batch(command)
        return
    for name in ("county_code", "election_id", "data_kinds", "notice"):
        if getattr(command, name):
            raise InvalidRequest(ErrorCode.VALUE_WRONG, f"Only county batches have this; {command.job_type} has not.", ref=name)


def _check_county_batch(command: ScheduleJob) -> None:
    if not command.county_code:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A county batch names its county.", ref="county")
    if not command.data_kinds:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Name the kinds of data that the county may send.", ref="kinds")
    if not (command.notice or "").strip():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Say who at the county gave notice, and when.", ref="notice")
    if len(command.notice or "") > NOTICE_LENGTH:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"The notice is longer than {NOTICE_LENGTH} characters.", ref="notice")
    if DataKind.VOTING_PRECINCT in command.data_kinds and not command.election_id:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Voting precincts are for an election: name it.", ref="election")


def _check_references(command: ScheduleJob, uow: UnitOfWork) -> None:
    if command.county_code and uow.reference.county(command.county_code) is None:
        raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}; is reference data loaded?", ref="county")
    if command.election_id and command.election_id not in {election.election_id for election in uow.reference.elections()}:
        raise NotFound(ErrorCode.ELECTION_NOT_FOUND, f"There is no election {command.election_id}; load it first.", ref="election")


def _insert(command: ScheduleJob, uow: UnitOfWork, now: datetime) -> Job:
    state = JobState.SCHEDULED if command.job_type.is_county_batch else JobState.PENDING
    job_id = uow.jobs.add(
        job_type=command.job_type,
        state=state,
        county_code=command.county_code,
        election_id=command.election_id,
        data_kinds=command.data_kinds,
        not_before=max(command.not_before or now, now),
        repeat=command.repeat,
        notice=command.notice,
        scheduled_by=command.acting_user,
        scheduled_at=now,
    )
    job = uow.jobs.get(job_id)
    if job is None:
        raise NotFound(ErrorCode.JOB_NOT_FOUND, "The job is not there after it was inserted.", ref=str(job_id))
    record_change(
        uow,
        at=now,
        actor=command.acting_user,
        action="ScheduleJob",
        subject=("job", job_id),
        county_code=command.county_code,
        new={
            "type": job.job_type,
            "election": job.election_id,
            "kinds": sorted(job.data_kinds),
            "not_before": job.not_before,
            "repeat": job.repeat,
            "notice": job.notice,
        },
    )
    return job
