"""How jobs are shown."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from votecal_soap.cli import detection_view, dmv_file_view, output
from votecal_soap.domain.jobs import FINISHED_STATES, Job, JobInstance, JobState
from votecal_soap.use_cases import list_jobs
from votecal_soap.use_cases.list_jobs import JobReport
from votecal_soap.use_cases.schedule_job import ScheduledJob

if TYPE_CHECKING:
    from votecal_soap.bootstrap import Application

FOLLOW_SECONDS: Final = 1.0
_SETTLED: Final = (*FINISHED_STATES, JobState.PAUSED, JobState.FILE_REFUSED)


def show_job(job: Job, as_json: bool) -> None:
    """One job after a change."""
    if as_json:
        output.show_json(_as_json(job))
    else:
        output.show_fields(_fields(job))


def show_jobs(jobs: Sequence[Job], as_json: bool) -> None:
    """A list of jobs."""
    if as_json:
        output.show_json([_as_json(job) for job in jobs])
        return
    columns = ("Job", "Type", "State", "County", "Election", "Not before", "Repeat", "Scheduled by", "Authorised by")
    output.show_table(columns, (_row(job) for job in jobs))


def show_scheduled(scheduled: ScheduledJob, as_json: bool) -> None:
    """A new job, and what else is scheduled or running then."""
    if as_json:
        output.show_json({"job": _as_json(scheduled.job), "others": [_as_json(job) for job in scheduled.others]})
        return
    show_job(scheduled.job, as_json=False)
    if scheduled.others:
        output.console().print("\nAlso scheduled or running then:")
        show_jobs(scheduled.others, as_json=False)
    if scheduled.job.state is JobState.SCHEDULED:
        output.console().print(f"\nAn SOS administrator authorises it: votecal job authorise {scheduled.job.job_id}")


def show_report(report: JobReport, as_json: bool) -> None:
    """Everything of one job."""
    counts = [{"outcome": outcome, "reason": reason, "records": count} for (outcome, reason), count in report.counts.items()]
    if as_json and report.dmv_file is not None:
        output.show_json({**_as_json(report.job), "run": _run_as_json(report.run), "dmv_file": dmv_file_view.as_json(report.dmv_file)})
        return
    if as_json and report.detection is not None:
        output.show_json({**_as_json(report.job), "run": _run_as_json(report.run), "detection": detection_view.as_json(report.detection)})
        return
    if as_json:
        output.show_json({**_as_json(report.job), "run": _run_as_json(report.run), "counts": counts, "without_voting_precinct": report.without_voting_precinct})
        return
    output.show_fields({**_fields(report.job), **(_run_fields(report.run) if report.run else {})})
    if counts:
        output.console().print()
        output.show_table(("Outcome", "Reason", "Records"), (list(row.values()) for row in counts))
    if report.without_voting_precinct is not None:
        output.console().print(f"\nRegistered voters still without a voting precinct for the election: {report.without_voting_precinct}")
    if report.dmv_file is not None:
        dmv_file_view.show(report.dmv_file)
    if report.detection is not None:
        detection_view.show(report.detection)


def follow(application: "Application", job_id: int) -> None:
    """Draw a progress bar until the job ends or waits for a person."""
    with output.progress() as bar:
        task = bar.add_task(f"job {job_id}", total=None)
        while True:
            report = list_jobs.report(job_id, application.unit_of_work(read_only=True))
            run = report.run
            bar.update(task, description=f"job {job_id} {report.job.state}")
            if report.detection is not None:
                bar.update(task, completed=report.detection.progress.voters_done, total=report.detection.run.voter_count)
            elif run is not None:
                bar.update(task, completed=run.records_processed, total=run.record_count)
            if report.job.state in _SETTLED:
                return
            time.sleep(FOLLOW_SECONDS)


def _row(job: Job) -> tuple[object, ...]:
    return (job.job_id, job.job_type, job.state, job.county_code, job.election_id, job.not_before, job.repeat, job.scheduled_by, job.authorised_by)


def _fields(job: Job) -> dict[str, object]:
    return {
        "Job": job.job_id,
        "Type": job.job_type,
        "State": job.state,
        "County": job.county_code,
        "Election": job.election_id,
        "Kinds": ", ".join(sorted(job.data_kinds)),
        "Scope": job.scope,
        "Not before": job.not_before,
        "Repeat": job.repeat,
        "Notice": job.notice,
        "Scheduled": f"by {job.scheduled_by}, {output.text(job.scheduled_at)}",
        "Authorised": f"by {job.authorised_by}, {output.text(job.authorised_at)}" if job.authorised_by else None,
        "Remark": job.remark,
    }


def _run_fields(run: JobInstance) -> dict[str, object]:
    error = " ".join(part for part in (run.error_code, run.error_text, f"(at {run.error_ref})" if run.error_ref else None) if part)
    of_count = f" of {run.record_count}" if run.record_count is not None else ""
    return {
        "Run": run.instance_id,
        "Run state": run.state,
        "Due": run.due_at,
        "Attempt": run.attempt,
        "Stop asked": run.stop_requested,
        "Records": f"{run.records_processed}{of_count}",
        "Started": run.started_at,
        "Finished": run.finished_at,
        "Error": error,
    }


def _run_as_json(run: JobInstance | None) -> dict[str, object] | None:
    if run is None:
        return None
    # The token proves who holds the lease: it is nobody else's business.
    return {name: value for name, value in asdict(run).items() if name != "lease_token"}


def _as_json(job: Job) -> dict[str, object]:
    return {**asdict(job), "data_kinds": sorted(job.data_kinds)}
