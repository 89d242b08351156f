"""`votecal job schedule`: one command for each kind of job."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import click

from jobs.recurrence import CronRecurrence
from votecal_soap.cli import job_view, options
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import DataKind, JobType
from votecal_soap.use_cases import schedule_job
from votecal_soap.use_cases.schedule_job import ScheduleJob

_not_before = click.option("--not-before", type=options.CaliforniaTime(), help="Start; California's time unless an offset is given. Default: now.")


@click.group()
def schedule() -> None:
    """Schedule a job; the answer shows what else is scheduled or running then."""


@schedule.command("voter-record-update")
@options.county
@click.option("--kinds", required=True, multiple=True, help=f"What the county may send, with commas between: {', '.join(DataKind)}.")
@click.option("--election", "election_id", help="The election that voting precincts are for.")
@click.option("--notice", required=True, help="Who at the county gave notice, and when.")
@_not_before
@options.acting_user
@options.as_json
@pass_session
def voter_record_update(
    session: Session,
    county_code: str,
    kinds: tuple[str, ...],
    election_id: str | None,
    notice: str,
    not_before: datetime | None,
    acting_user: str,
    as_json: bool,
) -> None:
    """Schedule a county's batch of voter record updates: once, and offered only after an administrator authorised it.

    \b
    Example:
      votecal job schedule voter-record-update --county 19 --election 2026-11-03-GENERAL \\
        --kinds home-precinct,voting-precinct --not-before 2026-03-09 \\
        --notice "A. Clerk, Los Angeles, by phone on 2026-03-02"
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    command = ScheduleJob(
        job_type=JobType.VOTER_RECORD_UPDATE,
        acting_user=acting_user,
        county_code=county_code,
        election_id=election_id,
        data_kinds=schedule_job.data_kinds(_kind_names(kinds)),
        not_before=not_before,
        notice=notice,
    )
    _schedule(session, command, as_json)


def _kind_names(given: Iterable[str]) -> list[str]:
    by_plain_name = {kind.lower(): kind.value for kind in DataKind}
    names = [name.strip() for part in given for name in part.split(",") if name.strip()]
    return [by_plain_name.get(name.replace("-", "").lower(), name) for name in names]


def _state_job(name: str, job_type: JobType, about: str, example: str) -> click.Command:
    @click.command(name, help=f"{about}\n\n\b\nExamples:\n  votecal job schedule {name}\n  votecal job schedule {name} --repeat {example}")
    @click.option("--repeat", metavar="CRON", help="Repetition in California's time: minute hour day month weekday, weekdays by name.")
    @_not_before
    @options.acting_user
    @options.as_json
    @pass_session
    def command(session: Session, repeat: str | None, not_before: datetime | None, acting_user: str, as_json: bool) -> None:
        _schedule(session, ScheduleJob(job_type=job_type, acting_user=acting_user, not_before=not_before, repeat=repeat), as_json)

    return command


schedule.add_command(_state_job("idv-export", JobType.IDV_EXPORT, "Schedule the export of pending identity verifications to DMV.", '"30 20 * * mon-fri"'))
schedule.add_command(
    _state_job("match-case-deadlines", JobType.MATCH_CASE_DEADLINES, "Schedule what overdue cases, moves and confidentiality lead to.", '"0 6 * * *"')
)
schedule.add_command(_state_job("merge-match-keys", JobType.MERGE_MATCH_KEYS, "Schedule the merge of match keys that changed.", '"30 2 * * *"'))
schedule.add_command(_state_job("purge", JobType.PURGE, "Schedule the removal of files whose retention has passed.", '"0 3 * * *"'))


@schedule.command("process-dmv-coa-record-file")
@click.option("--file", "file_name", metavar="NAME", required=True, help="Name of the file in the drop folder; it may still be to come.")
@click.option("--yes", "confirmed", is_flag=True, help="Do not ask when a blackout period holds then; for scripts.")
@_not_before
@options.acting_user
@options.as_json
@pass_session
def process_dmv_coa_record_file(session: Session, file_name: str, confirmed: bool, not_before: datetime | None, acting_user: str, as_json: bool) -> None:
    """Schedule the processing of a file of DMV's; it runs once the file has arrived.

    \b
    Examples:
      votecal job schedule process-dmv-coa-record-file --file coa-2026-03-09.xml
      votecal job schedule process-dmv-coa-record-file --file coa-2026-03-09.xml --not-before 2026-03-10T20:00 --yes
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    command = ScheduleJob(
        job_type=JobType.PROCESS_DMV_COA_RECORD_FILE, acting_user=acting_user, file_name=file_name, not_before=not_before, confirmed=confirmed
    )
    _schedule(session, command if confirmed else _confirmed(session, command), as_json)


@schedule.command("duplicate-voter-detection")
@click.option("--whole", is_flag=True, help="Compare the whole roll with itself, not only voters changed since the last run.")
@click.option("--repeat", metavar="CRON", help="Repetition in California's time: minute hour day month weekday, weekdays by name.")
@click.option("--yes", "confirmed", is_flag=True, help="Do not ask when a blackout period holds then; for scripts.")
@_not_before
@options.acting_user
@options.as_json
@pass_session
def duplicate_voter_detection(
    session: Session, whole: bool, repeat: str | None, confirmed: bool, not_before: datetime | None, acting_user: str, as_json: bool
) -> None:
    """Schedule the search for voters who are registered twice: those changed since the last run against everybody, the first time all.

    \b
    Examples:
      votecal job schedule duplicate-voter-detection --repeat "0 1 * * mon-fri"
      votecal job schedule duplicate-voter-detection --whole --not-before 2026-03-14T22:00
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    scope = DetectionScope.WHOLE if whole else DetectionScope.CHANGED
    command = ScheduleJob(
        job_type=JobType.DUPLICATE_VOTER_DETECTION, acting_user=acting_user, scope=scope, repeat=repeat, not_before=not_before, confirmed=confirmed
    )
    _schedule(session, command if confirmed else _confirmed(session, command), as_json)


def _confirmed(session: Session, command: ScheduleJob) -> ScheduleJob:
    """Name the blackout periods that hold then, and ask; without any there is nothing to confirm (JOB-04)."""
    application = session.application
    with application.unit_of_work(read_only=True) as uow:
        blackouts = schedule_job.blackouts_hit(command, uow, application.clock.now())
    if not blackouts:
        return command
    for blackout in blackouts:
        where, what = blackout.county_code or "all counties", blackout.function or "all matching"
        click.echo(f"Blackout {blackout.first_day} to {blackout.last_day} ({where}, {what}): {blackout.reason}", err=True)
    click.confirm("What would cancel a registration will wait for its county. Schedule it all the same?", abort=True, err=True)
    return replace(command, confirmed=True)


def _schedule(session: Session, command: ScheduleJob, as_json: bool) -> None:
    application = session.application
    scheduled = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence())
    job_view.show_scheduled(scheduled, as_json)
