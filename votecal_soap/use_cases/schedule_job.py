"""UC05.20.01 Schedule a job; for a county batch, the SOS half of UC04.14.01 (JOB-01, VRU-03)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import FINISHED_STATES, DataKind, Job, JobState, JobType
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.matching_circumstances import blackout_holds
from votecal_soap.use_cases.ports import Blackout, UnitOfWork

NOTICE_LENGTH: Final = 400
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,195}\.xml")
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
    file_name: str | None = None
    scope: DetectionScope | None = None
    """Of duplicate detection; None are the voters changed since its last run."""
    confirmed: bool = False
    """Whether the user wants it though a blackout holds then (JOB-04)."""


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
        _check_blackouts(command, uow, now)
        job = _insert(command, uow, now)
        others = scheduled_near(uow, job)
        uow.commit()
    return ScheduledJob(job=job, others=others)


def scheduled_near(uow: UnitOfWork, job: Job) -> tuple[Job, ...]:
    """Other unfinished jobs that are due by a day after this one, repeating and running ones included (JOB-01)."""
    unfinished = [state for state in JobState if state not in FINISHED_STATES]
    listed: Sequence[Job] = uow.jobs.listed(states=unfinished)
    near = (other for other in listed if other.job_id != job.job_id and other.not_before < job.not_before + NEAR)
    # A mended file of DMV's comes with a job of its own; a county's comes for the same job.
    return tuple(other for other in near if not (other.job_type.is_file_job and other.state is JobState.FILE_REFUSED))


def blackouts_hit(command: ScheduleJob, uow: UnitOfWork, now: datetime) -> tuple[Blackout, ...]:
    """Blackouts that hold on the day on which this job would run, in the transaction of `uow` (JOB-04)."""
    functions = command.job_type.matching_functions
    if not functions:
        return ()
    day = legal_date(max(command.not_before or now, now))
    return tuple(blackout for blackout in uow.matching.blackouts() if blackout_holds(blackout, day, (), functions))


def data_kinds(names: Iterable[str]) -> frozenset[DataKind]:
    """Kinds of data by name; an unknown one is named with those that exist."""
    try:
        return frozenset(DataKind(name) for name in names)
    except ValueError as error:
        allowed = ", ".join(DataKind)
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"There is no such kind of data; kinds: {allowed}.", ref="kinds") from error


def _check_shape(command: ScheduleJob) -> None:
    if command.repeat is not None and not command.job_type.is_repeatable:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A job for a county's or DMV's file runs once; it cannot be repeated.", ref="repeat")
    if command.scope is not None and command.job_type is not JobType.DUPLICATE_VOTER_DETECTION:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"Only duplicate detection has this; {command.job_type} has not.", ref="scope")
    if command.job_type.is_county_batch:
        _check_county_batch(command)
        return
    if command.job_type.is_file_job != (command.file_name is not None):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A job for a file names it, and no other job does.", ref="file")
    if command.file_name is not None and not _FILE_NAME.fullmatch(command.file_name):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Give the name of a file in the drop folder, without a path; it ends in .xml.", ref="file")
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


def _check_blackouts(command: ScheduleJob, uow: UnitOfWork, now: datetime) -> None:
    if not command.confirmed and blackouts_hit(command, uow, now):
        text = "A blackout period holds then: what would cancel a registration waits for the counties. Confirm that you want it so."
        raise InvalidRequest(ErrorCode.VALUE_WRONG, text, ref="confirmed")


def _scope(command: ScheduleJob) -> DetectionScope | None:
    return (command.scope or DetectionScope.CHANGED) if command.job_type is JobType.DUPLICATE_VOTER_DETECTION else None


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
        scope=_scope(command),
    )
    if command.file_name is not None:
        uow.dmv_files.expect(job_id, command.file_name, now)
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
            "file": command.file_name,
            "scope": job.scope,
        },
    )
    return job
