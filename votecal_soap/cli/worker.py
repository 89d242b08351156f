"""`votecal worker`: the scheduler, with a worker in the same process or several in processes of their own."""

import signal
from collections.abc import Callable

import click

from votecal_soap import log
from votecal_soap.cli import output
from votecal_soap.cli.session import Session, pass_session

MOST_PROCESSES = 64


@click.command()
@click.option("--drain", is_flag=True, help="Run what is due now, then end.")
@click.option("--processes", type=click.IntRange(1, MOST_PROCESSES), default=1, show_default=True, help="Workers; several have a process each.")
@click.pass_context
@pass_session
def worker(session: Session, ctx: click.Context, drain: bool, processes: int) -> None:
    """Run the scheduler and a worker, or several.

    Any number may run, on any number of machines, over one database: each run is made once. SIGTERM and Ctrl-C stop
    at the next safe point, and another worker goes on from there.

    Several processes make several runs at a time; one run is made by one of them, but for the detection of duplicates,
    which all may share. One that dies is replaced, and with --drain it is not: what it held is due again when its lease
    has run out. A processor for each is enough, with one more for a large file. SQLite has one writer at a time:
    several processes search and read side by side there, and wait for each other when they write.

    Exit codes: 0 stopped as told, or drained; 1 a process died at the end, or while draining.

    \b
    Examples:
      votecal worker
      votecal worker --processes 4
      votecal worker --drain
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from jobs.scheduler import JobScheduler  # APScheduler and the batch readers take a while to import

    scheduler = JobScheduler(session.application)
    if drain:
        scheduler.make_all_due()
        runs, failed = _work_in(processes, session, drain=True)
        output.console().print(f"{runs} runs.")
    else:
        scheduler.start()
        try:
            _, failed = _work_in(processes, session, drain=False)
        finally:
            scheduler.stop()
    if failed:
        ctx.exit(1)


def _work_in(processes: int, session: Session, *, drain: bool) -> tuple[int, int]:
    """Work until there is nothing or a stop comes; (runs made, processes that ended badly)."""
    if processes == 1:
        return _work(session, drain, _stop_at_signals), 0
    from jobs.worker_processes import WorkerProcesses

    several = WorkerProcesses(_work_in_child, (session, drain), processes, replacing=not drain)
    _stop_at_signals(several.stop)
    several.run()
    return several.runs, several.failed


def _work_in_child(session: Session, drain: bool) -> int:
    from jobs.worker_processes import listen_to_parent

    log.configure(session.config.log_level)
    try:
        return _work(session, drain, listen_to_parent)
    finally:
        session.close()


def _work(session: Session, drain: bool, listen: Callable[[Callable[[], None]], None]) -> int:
    from jobs.worker import Worker

    runner = Worker(session.application)
    listen(runner.stop)
    if drain:
        return runner.drain()
    runner.run()
    return 0


def _stop_at_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
