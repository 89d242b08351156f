"""`votecal match blackout`: times before elections in which nothing is cancelled (JOB-04)."""

from datetime import datetime

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.use_cases import blackouts
from votecal_soap.use_cases.blackouts import AddBlackout
from votecal_soap.use_cases.ports import Blackout

_day = click.DateTime(["%Y-%m-%d"])


@click.group()
def blackout() -> None:
    """Times before elections in which nothing is cancelled: whatever would be waits, whatever the county has set."""


@blackout.command()
@click.option("--from", "first_day", type=_day, required=True, help="First day, in California.")
@click.option("--to", "last_day", type=_day, required=True, help="Last day, included.")
@click.option("--reason", required=True, help="Why: the election.")
@options.any_county
@click.option("--function", type=options.choice(MatchingFunction), help="Only this matching function.")
@options.acting_user
@options.as_json
@pass_session
def add(
    session: Session, first_day: datetime, last_day: datetime, reason: str, county_code: str | None, function: str | None, acting_user: str, as_json: bool
) -> None:
    """Add a blackout, of the whole state or of a county, for every matching function or for one.

    Example: votecal match blackout add --from 2026-10-05 --to 2026-11-03 --reason "General election 2026" --as ada
    """
    command = AddBlackout(
        first_day=first_day.date(),
        last_day=last_day.date(),
        reason=reason,
        county_code=county_code,
        function=MatchingFunction(function) if function else None,
        acting_user=acting_user,
    )
    application = session.application
    _show([blackouts.add_blackout(command, application.unit_of_work(), application.clock)], as_json)


@blackout.command("list")
@options.as_json
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List all blackouts."""
    _show(blackouts.blackouts(session.application.unit_of_work(read_only=True)), as_json)


@blackout.command()
@click.argument("blackout_id", type=int)
@options.acting_user
@pass_session
def remove(session: Session, blackout_id: int, acting_user: str) -> None:
    """Remove a blackout."""
    application = session.application
    blackouts.remove_blackout(blackout_id, acting_user, application.unit_of_work(), application.clock)
    output.console().print(f"Removed blackout {blackout_id}.")


def _show(found: list[Blackout], as_json: bool) -> None:
    if as_json:
        output.show_json([item._asdict() for item in found])
    elif found:
        columns = ("Id", "County", "Function", "From", "To", "Reason")
        rows = ((item.blackout_id, item.county_code or "all", item.function or "all", item.first_day, item.last_day, item.reason) for item in found)
        output.show_table(columns, rows)
    else:
        output.console().print("There are no blackouts.")
