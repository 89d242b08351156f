"""`votecal job`: schedule, authorise, list, show, pause, resume, cancel."""

from collections.abc import Callable, Sequence

import click

from votecal_soap.cli import job_view, options, output
from votecal_soap.cli.job_schedule import schedule
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.clock import Clock
from votecal_soap.domain.jobs import Job, JobState
from votecal_soap.use_cases import authorise_job, list_jobs, stop_job
from votecal_soap.use_cases.ports import UnitOfWork

_Stop = Callable[[stop_job.StopJob, UnitOfWork, Clock], Job]


@click.group()
def job() -> None:
    """Schedule, authorise, watch and stop jobs.

    An SOS user schedules; a county batch then waits for an SOS administrator, and after that for the county's file.
    """


job.add_command(schedule)


@job.command()
@click.argument("job_id", type=int)
@options.acting_user
@options.as_json
@pass_session
def authorise(session: Session, job_id: int, acting_user: str, as_json: bool) -> None:
    """Authorise a county batch, so that the county is offered it.

    Example: votecal job authorise 7 --as maria
    """
    command = authorise_job.AuthoriseJob(job_id=job_id, acting_user=acting_user, second_person=session.config.second_person_authorises)
    job_view.show_job(authorise_job.authorise(command, session.application.unit_of_work(), session.application.clock), as_json)


@job.command("list")
@options.any_county
@click.option("--state", "states", multiple=True, type=options.choice(JobState), help="Only jobs in this state; may be given again.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@options.as_json
@pass_session
def list_(session: Session, county_code: str | None, states: Sequence[str], limit: int, as_json: bool) -> None:
    """List jobs, newest first.

    Example: votecal job list --county 19 --state Processing
    """
    uow = session.application.unit_of_work(read_only=True)
    job_view.show_jobs(list_jobs.listed(uow, county_code=county_code, states=[JobState(state) for state in states] or None, limit=limit), as_json)


@job.command()
@click.argument("job_id", type=int)
@click.option("--follow", is_flag=True, help="Stay until the job ends, with a progress bar.")
@options.as_json
@pass_session
def show(session: Session, job_id: int, follow: bool, as_json: bool) -> None:
    """Show one job: how far it has come, its counts by outcome and reason, its error.

    \b
    Examples:
      votecal job show 7
      votecal job show 7 --follow
      votecal job show 7 --json
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    if follow:
        job_view.follow(session.application, job_id)
    job_view.show_report(list_jobs.report(job_id, session.application.unit_of_work(read_only=True)), as_json)


def _stopping_command(name: str, act: _Stop, about: str) -> click.Command:
    @click.command(name, help=about)
    @click.argument("job_id", type=int)
    @options.acting_user
    @options.as_json
    @pass_session
    def command(session: Session, job_id: int, acting_user: str, as_json: bool) -> None:
        application = session.application
        after = act(stop_job.StopJob(job_id=job_id, acting_user=acting_user), application.unit_of_work(), application.clock)
        job_view.show_job(after, as_json)
        if after.state is JobState.PROCESSING and not as_json:
            output.console().print("A worker holds the job: it stops after the chunk that it is committing.")

    return command


job.add_command(_stopping_command("pause", stop_job.pause, "Pause a job; a running one stops at its next safe point."))
job.add_command(_stopping_command("resume", stop_job.resume, "Let a paused or failed job go on after its last committed record."))
job.add_command(_stopping_command("cancel", stop_job.cancel, "Cancel a job for good; what it has committed stays."))
