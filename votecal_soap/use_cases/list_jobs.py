"""JOB-03, VRU-21 What is scheduled, what runs, how far it has come, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.domain.batches import RecordOutcome
from votecal_soap.domain.dmv_files import DmvFile, by_bucket
from votecal_soap.domain.duplicate_runs import DetectionRun
from votecal_soap.domain.jobs import Job, JobInstance, JobState
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.ports import OutcomeCounts, RunProgress, UnitOfWork

SHOWN_RUNS: Final = 20
"""Earlier runs on a page."""
SHOWN_RECORDS: Final = 20
"""Records that could not be read are listed up to this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvFileReport:
    """A file of DMV's: its records by outcome, the histogram of their best matches' confidence, and the first that could not be read."""

    file: DmvFile
    outcomes: Mapping[str, int]
    scores: Mapping[int, int]
    unreadable: Sequence[RecordOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionReport:
    """The newest run of duplicate detection, and how far it has come, whoever works on it."""

    run: DetectionRun
    progress: RunProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """A job with its newest run, its counts, and the registered voters still without a voting precinct; a page of its runs before, newest first."""

    job: Job
    run: JobInstance | None
    counts: OutcomeCounts
    without_voting_precinct: int | None
    dmv_file: DmvFileReport | None = None
    detection: DetectionReport | None = None
    earlier_runs: Sequence[JobInstance] = ()
    more_runs: bool = False


def existing_job(uow: UnitOfWork, job_id: int, *, lock: bool = False) -> Job:
    """The job, or NotFound."""
    job = uow.jobs.get(job_id, lock=lock)
    if job is None:
        raise NotFound(ErrorCode.JOB_NOT_FOUND, f"There is no job {job_id}.", ref=str(job_id))
    return job


def listed(uow: UnitOfWork, *, county_code: str | None = None, states: Iterable[JobState] | None = None, limit: int = 100) -> Sequence[Job]:
    """Jobs, newest first."""
    with uow:
        return uow.jobs.listed(county_code=county_code, states=states, limit=limit)


def report(job_id: int, uow: UnitOfWork, *, runs_before: int | None = None) -> JobReport:
    """Everything that SOS wants to see of one job; its earlier runs from before a run (its id), or from before the newest."""
    with uow:
        job = existing_job(uow, job_id)
        run = uow.jobs.latest_instance(job_id)
        earlier = _runs_before(run if runs_before is None else uow.jobs.instance(runs_before), job_id, uow)
        return JobReport(
            job=job,
            run=run,
            earlier_runs=earlier[:SHOWN_RUNS],
            more_runs=len(earlier) > SHOWN_RUNS,
            counts=uow.jobs.counts(job_id),
            without_voting_precinct=_without_voting_precinct(job, uow),
            dmv_file=_dmv_file(job, uow) if job.job_type.is_file_job else None,
            detection=_detection(job, uow) if job.scope is not None else None,
        )


def _runs_before(run: JobInstance | None, job_id: int, uow: UnitOfWork) -> Sequence[JobInstance]:
    """One more than a page; none before a run that there is not."""
    return uow.jobs.instances_of(job_id, before=run.due_at, limit=SHOWN_RUNS + 1) if run is not None else ()


def _dmv_file(job: Job, uow: UnitOfWork) -> DmvFileReport | None:
    file = uow.dmv_files.of_job(job.job_id)
    if file is None:
        return None
    return DmvFileReport(
        file=file,
        outcomes=uow.dmv_files.counts(file.file_id),
        scores=by_bucket(uow.dmv_files.scores(file.file_id)),
        unreadable=uow.jobs.outcomes(job.job_id, 0, SHOWN_RECORDS),
    )


def _detection(job: Job, uow: UnitOfWork) -> DetectionReport | None:
    run = uow.detection_runs.newest(job.job_id)
    return None if run is None else DetectionReport(run=run, progress=uow.detection_runs.progress(run.run_id))


def _without_voting_precinct(job: Job, uow: UnitOfWork) -> int | None:
    # The count walks the county's voters: it is made once the batch is through, not at each look at its progress.
    if job.county_code is None or job.election_id is None or job.state is not JobState.COMPLETED:
        return None
    return uow.voters.count_without_voting_precinct(job.county_code, job.election_id)
