"""`votecal payload-log`: a county's calls, masked, in files."""

from datetime import timedelta

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.use_cases import payload_logging
from votecal_soap.use_cases.payload_logging import SwitchPayloadLog


@click.group("payload-log")
def payload_log() -> None:
    """Write a county's calls down for a while, without voters' data: to find out what a vendor's client really sends.

    Files are in the folder payload/ of the data directory, one JSON object a call, and are purged after VOTECAL_PAYLOAD_LOG_RETENTION_DAYS.
    """


@payload_log.command()
@options.county
@click.option("--hours", type=click.IntRange(1, 24 * 14), default=24, show_default=True, help="It ends by itself after so many hours.")
@options.acting_user
@pass_session
def on(session: Session, county_code: str, hours: int, acting_user: str) -> None:
    """Begin, within a quarter of a minute.

    Example: votecal payload-log on --county 19 --hours 4
    """
    _switch(session, SwitchPayloadLog(county_code=county_code, acting_user=acting_user, lasting=timedelta(hours=hours)))


@payload_log.command()
@options.county
@options.acting_user
@pass_session
def off(session: Session, county_code: str, acting_user: str) -> None:
    """End, within a quarter of a minute. Files stay until they are purged."""
    _switch(session, SwitchPayloadLog(county_code=county_code, acting_user=acting_user, lasting=None))


@payload_log.command("list")
@options.acting_user
@options.as_json
@pass_session
def list_(session: Session, acting_user: str, as_json: bool) -> None:
    """List counties whose calls are, or were, written down."""
    found = payload_logging.listed(acting_user, session.application.unit_of_work(read_only=True))
    if as_json:
        output.show_json([setting._asdict() for setting in found])
    else:
        output.show_table(("County", "Until", "By", "On"), found)


def _switch(session: Session, command: SwitchPayloadLog) -> None:
    setting = payload_logging.switch(command, session.application.unit_of_work(), session.application.clock)
    output.show_fields({"County": setting.county_code, "Written until": setting.logged_until})
