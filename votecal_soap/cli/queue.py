"""`votecal queue`: the counties' message queues."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.use_cases import poison_messages, queue_status
from votecal_soap.use_cases.poison_messages import SettlePoison


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


@queue.command()
@options.county
@click.option("--limit", type=click.IntRange(1, 1000), default=poison_messages.SHOWN, show_default=True)
@options.as_json
@pass_session
def poison(session: Session, county_code: str, limit: int, as_json: bool) -> None:
    """List the messages that a county could not take, with its own words.

    Example: votecal queue poison --county 19
    """
    found = poison_messages.listed(session.application.unit_of_work(read_only=True), county_code, limit)
    if as_json:
        output.show_json([item._asdict() for item in found])
    elif found:
        columns = ("Message", "Type", "Voter", "Queued", "Failed", "The county's words")
        rows = ((item.message_id, item.message_type, item.state_voter_id, item.enqueued_at, item.failed_at, item.text) for item in found)
        output.show_table(columns, rows)
    else:
        output.console().print("The county has taken everything.")


@queue.command()
@click.argument("message_id", type=int)
@options.county
@options.acting_user
@pass_session
def requeue(session: Session, message_id: int, county_code: str, acting_user: str) -> None:
    """Offer a message that a county could not take to it again.

    Example: votecal queue requeue 4711 --county 19
    """
    application = session.application
    command = SettlePoison(county_code=county_code, message_id=message_id, acting_user=acting_user)
    poison_messages.requeue(command, application.unit_of_work(), application.clock)
    output.show_fields({"Message": message_id, "State": "Open"})


@queue.command()
@click.argument("message_id", type=int)
@options.county
@options.acting_user
@pass_session
def skip(session: Session, message_id: int, county_code: str, acting_user: str) -> None:
    """Put a message that a county could not take aside for good.

    Example: votecal queue skip 4711 --county 19
    """
    application = session.application
    command = SettlePoison(county_code=county_code, message_id=message_id, acting_user=acting_user)
    poison_messages.skip(command, application.unit_of_work(), application.clock)
    output.show_fields({"Message": message_id, "State": "Skipped"})


def _as_json(item: queue_status.QueueStatus) -> dict[str, object]:
    return {
        "county_code": item.county_code,
        "county_name": item.county_name,
        "open_messages": item.open_messages,
        "oldest_enqueued_at": item.oldest_enqueued_at.isoformat() if item.oldest_enqueued_at else None,
    }
