"""`votecal demo`: a county's batch, DMV's files and duplicates, on made-up voters, in a directory of its own."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from votecal_soap import log
from votecal_soap.cli import demo_view, options, output
from votecal_soap.cli.root import REFUSED
from votecal_soap.cli.session import Session, pass_session

if TYPE_CHECKING:
    from votecal_soap.demo.demonstration import Stage

LOG_FILE = "demo.log"


@click.command()
@click.option("--once", is_flag=True, help="Play it once and end: exit code 0 only if every count is exactly what was planted.")
@click.option("--voters", type=click.IntRange(1_000), default=10_000, show_default=True, help="Made-up voters of Los Angeles county.")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep everything here: a new or empty directory, or an earlier demo's.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, show_default="a free one", help="Port of the services, on 127.0.0.1.")
@options.as_json
@pass_session
def demo(session: Session, once: bool, voters: int, data_dir: Path | None, port: int, as_json: bool) -> None:
    """Show a county's re-precincting go all the way: EMS, file, upload, rules, new versions, queue, and back; then four files of DMV's; then duplicates.

    DMV's files take twenty days: the demonstration begins three weeks ago and sets its clock forward to the present.

    A database and a county EMS are made and filled with people whom nobody has ever met; services and worker run on
    127.0.0.1. The services stay up, and the county goes on polling, until Ctrl-C. No database of yours is touched.

    \b
    Examples:
      votecal demo
      votecal demo --once
      votecal demo --data-dir /tmp/votecal-demo --voters 100000
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from votecal_soap.demo.demonstration import perform, stage  # everything is imported here, zeep and Spyne included
    from votecal_soap.demo.directory import demo_directory

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        demo_directory(data_dir) as directory,
        _logging_to(directory / LOG_FILE, session.config.log_level),
        output.progress() as bar,
        stage(directory, voters, port, session.clock, demo_view.StepBars(bar)) as set_up,
    ):
        account = perform(set_up)
        bar.stop()
        demo_view.show_account(account, as_json)
        if not once:
            _stay_up(set_up, as_json=as_json)
        elif not as_json:
            demo_view.show_what_is_left(data_dir)
    if not account.is_exact:
        click.get_current_context().exit(REFUSED)


@contextmanager
def _logging_to(file: Path, level: str) -> Iterator[None]:
    """Log lines go to a file: on the terminal they would tear the bars apart."""
    with file.open("w") as lines:
        log.configure(level, lines)
        try:
            yield
        finally:
            log.configure(level)


def _stay_up(stage: "Stage", *, as_json: bool) -> None:
    from votecal_soap.demo.demonstration import keep_polling

    if not as_json:
        demo_view.show_where_to_look(stage)
    stop = threading.Event()
    try:
        keep_polling(stage, stop, demo_view.tell_of_messages)
    except KeyboardInterrupt:
        stop.set()
        output.console(stderr=True).print("The demonstration ends.")
