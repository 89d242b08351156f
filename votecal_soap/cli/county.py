"""`votecal county`: the county's side, a client like any vendor's."""

import signal
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from votecal_soap.cli import county_clerk, county_compare, county_register, county_voter, options, output
from votecal_soap.cli.county_connection import Connection, connection
from votecal_soap.domain.uploads import Compression

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from votecal_soap.county.progress import Progress as Told
    from votecal_soap.county.progress import Step
    from votecal_soap.county.synchronise import SyncReport


@click.group()
def county() -> None:
    """The county's side: exchange agent, queue consumer, a clerk's work on matches and new voters, the monthly check, and a small reference EMS.

    It speaks SOAP and knows no state database.
    """


for _command in (*county_clerk.COMMANDS, *county_register.COMMANDS, *county_voter.COMMANDS, *county_compare.COMMANDS):
    county.add_command(_command)


@county.command()
@options.county
@connection
@click.option("--work-dir", type=click.Path(file_okay=False, path_type=Path), help="Where batch files are made. Default: beside the EMS database.")
@click.option("--until", type=click.Choice(["round", "done", "stopped"]), default="done", show_default=True, help="One round; until all is done; for ever.")
@click.option("--poll-seconds", type=click.FloatRange(min=0.1), default=15.0, show_default=True)
@click.option("--compression", type=options.choice(Compression), default=Compression.NONE.value, show_default=True)
@options.as_json
def sync(
    county_code: str,
    connection: Connection,
    work_dir: Path | None,
    until: str,
    poll_seconds: float,
    compression: str,
    as_json: bool,
) -> None:
    """Do the county's pending jobs, drain its queue into its EMS, and answer match cases by the county's rule.

    \b
    Examples:
      votecal county sync --county 19 --url https://votecal.example --username county19-ems --secret-file secret --ems county19.db
      votecal county sync ... --until stopped --poll-seconds 15
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from votecal_soap.county.synchronise import SyncSettings, Until, synchronise  # zeep takes a while to import

    settings = SyncSettings(
        county_code=county_code,
        url=connection.url,
        username=connection.username,
        password=connection.secret,
        ems_database=connection.ems,
        work_dir=work_dir or connection.ems.parent,
        until=Until[until.upper()],
        poll_seconds=poll_seconds,
        compression=Compression(compression),
    )
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with output.progress() as bar:
        report = synchronise(settings, tell=_Bars(bar).tell, stop=stop)
    _show(report, as_json)


@county.command()
@click.option("--ems", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="The county's EMS database.")
@click.option("--election", help="Voting precincts for this election follow.")
@click.argument("moves", nargs=-1, required=True, metavar="OLD=NEW...")
def reprecinct(ems: Path, election: str | None, moves: tuple[str, ...]) -> None:
    """Move whole precincts in the EMS: the mass change that a Voter Record Update batch then carries to the state.

    Example: votecal county reprecinct --ems county19.db --election 2026-GENERAL 19-0001=19-0002
    """
    from votecal_soap.county.ems_database import EmsDatabase
    from votecal_soap.county.reprecincting import reprecinct as move_precincts

    if any("=" not in move for move in moves):
        raise click.UsageError("Write each move as OLD=NEW.")
    pairs = dict(move.split("=", 1) for move in moves)
    with EmsDatabase(ems) as database:
        moved = move_precincts(database, {(old, None): (new, None) for old, new in pairs.items()}, election)
    output.console().print(f"{moved} voters moved.")


class _Bars:
    """One progress bar for each step of each job."""

    def __init__(self, bar: "Progress") -> None:
        self._bar = bar
        self._tasks: dict[tuple[Step, int | None], TaskID] = {}

    def tell(self, told: "Told") -> None:
        key = (told.step, told.job_id)
        if key not in self._tasks:
            self._tasks[key] = self._bar.add_task(f"{told.step}{f' job {told.job_id}' if told.job_id else ''}", total=told.total)
        self._bar.update(self._tasks[key], completed=told.done, total=told.total)


def _show(report: "SyncReport", as_json: bool) -> None:
    jobs = [asdict(job) for job in report.jobs]
    if as_json:
        counts = {"imported": dict(report.imported), "failed": dict(report.failed), "answered": dict(report.answered), "recovered": report.recovered}
        counts["merged_items"] = report.merged_items
        output.show_json({"jobs": jobs, **counts, "left_for_person": report.left_for_person})
        return
    if jobs:
        rows = [(job.job_id, job.stage, job.job_state, job.records_sent, job.error) for job in report.jobs]
        output.show_table(("Job", "Stage", "State", "Records sent", "Error"), rows)
    counted = (("imported", report.imported), ("failed", report.failed))
    messages = [(kind, outcome, count) for outcome, counts in counted for kind, count in counts.items()]
    if messages:
        output.show_table(("Message", "Outcome", "Count"), messages)
    if report.answered:
        output.show_table(("Answer", "Count"), report.answered.items())
    if report.recovered:
        output.console().print(f"Match cases that the EMS had lost: {report.recovered}")
    if report.merged_items:
        output.console().print(f"Merged data pulled: {report.merged_items} items")
    output.console().print(f"Left for a person to look at: {report.left_for_person}")
