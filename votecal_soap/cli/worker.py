"""`votecal worker`: the scheduler and a worker in one process."""

import signal

import click

from votecal_soap.cli import output
from votecal_soap.cli.session import Session, pass_session


@click.command()
@click.option("--drain", is_flag=True, help="Run what is due now, then end.")
@pass_session
def worker(session: Session, drain: bool) -> None:
    """Run the scheduler and a worker.

    Any number may run, on any number of machines, over one database: each run is made once. SIGTERM and Ctrl-C stop
    at the next safe point, and another worker goes on from there.

    \b
    Examples:
      votecal worker
      votecal worker --drain
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from jobs.scheduler import JobScheduler  # APScheduler and the batch readers take a while to import
    from jobs.worker import Worker

    application = session.application
    runner, scheduler = Worker(application), JobScheduler(application)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: runner.stop())
    if drain:
        scheduler.make_all_due()
        output.console().print(f"{runner.drain()} runs.")
        return
    scheduler.start()
    try:
        runner.run()
    finally:
        scheduler.stop()
