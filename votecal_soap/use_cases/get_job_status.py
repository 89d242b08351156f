"""UC04.14.01 step 5: the county reads where its job stands, why its file was refused, and the counts (VRU-18, VRU-21)."""

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.file_exchange import FileRefusal, JobReport
from votecal_soap.domain.jobs import Job, JobInstance, JobState
from votecal_soap.errors import ErrorCode
from votecal_soap.use_cases.county_jobs import county_job
from votecal_soap.use_cases.ports import UnitOfWorkFactory


def get_job_status(job_id: int, caller: Caller, unit_of_work: UnitOfWorkFactory) -> JobReport:
    """The report on a job of the caller's county."""
    with unit_of_work(read_only=True) as uow:
        job = county_job(uow, caller, job_id)
        run = uow.jobs.latest_instance(job_id)
        upload = uow.uploads.latest(job_id)
        return JobReport(
            job=job,
            record_count=run.record_count if run else None,
            records_processed=run.records_processed if run else 0,
            counts=dict(uow.jobs.counts(job_id)),
            voters_without_voting_precinct=run.without_precinct_count if run else None,
            refusal=_refusal(job, run),
            received_at=upload.completed_at if upload else None,
            completed_at=run.finished_at if run and job.state is JobState.COMPLETED else None,
        )


def _refusal(job: Job, run: JobInstance | None) -> FileRefusal | None:
    if job.state is not JobState.FILE_REFUSED or run is None:
        return None
    return FileRefusal(run.error_code or ErrorCode.INTERNAL, run.error_ref, run.error_text or "The file was refused.")
