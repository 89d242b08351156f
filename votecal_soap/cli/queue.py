"""`votecal queue`: the counties' message queues."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.use_cases import queue_status


@click.group()
def queue() -> None:
    """The counties' message queues."""


@queue.command()
@options.any_county
@options.as_json
@pass_session
def status(session: Session, county_code: str | None, as_json: bool) -> None:
    """Show how deep each queue is and since when its oldest message waits.

    Example: votecal queue status --county 19
    """
    application = session.application
    found = queue_status.status(application.unit_of_work(read_only=True), county_code)
    if as_json:
        output.show_json([_as_json(item) for item in found])
    elif found:
        columns = ("County", "Name", "Open messages", "Oldest since")
        output.show_table(columns, ((item.county_code, item.county_name, item.open_messages, item.oldest_enqueued_at) for item in found))
    else:
        output.console().print("All queues are empty.")


def _as_json(item: queue_status.QueueStatus) -> dict[str, object]:
    return {
        "county_code": item.county_code,
        "county_name": item.county_name,
        "open_messages": item.open_messages,
        "oldest_enqueued_at": item.oldest_enqueued_at.isoformat() if item.oldest_enqueued_at else None,
    }
