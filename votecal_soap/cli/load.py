"""`votecal load`: reference data, elections, precincts, voters, and what hangs on voters."""

from contextlib import ExitStack
from pathlib import Path

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.use_cases import load_reference_data

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def load() -> None:
    """Load reference data, elections, precincts and voters: the state's beforehand, never through a batch."""


@load.command()
@options.acting_user
@options.as_json
@pass_session
def reference(session: Session, acting_user: str, as_json: bool) -> None:
    """Load what the product ships: counties, code tables, holidays, and ZIP codes unless the state has loaded its own.

    Example: votecal load reference
    """
    session.require_administrator(acting_user)
    application = session.application
    _show(load_reference_data.load_reference(acting_user, application.unit_of_work(), application.clock), as_json)


@load.command()
@click.argument("file", type=_file)
@options.acting_user
@options.as_json
@pass_session
def elections(session: Session, file: Path, acting_user: str, as_json: bool) -> None:
    """Load elections from CSV: election_id,name,election_date and, if you like, federal (yes or no).

    Example: votecal load elections elections.csv
    """
    session.require_administrator(acting_user)
    application = session.application
    _show(load_reference_data.load_elections(file, acting_user, application.unit_of_work(), application.clock), as_json)


@load.command()
@click.argument("file", type=_file)
@options.acting_user
@options.as_json
@pass_session
def precincts(session: Session, file: Path, acting_user: str, as_json: bool) -> None:
    """Load precincts of one county or several from CSV: county_code,precinct_code,name.

    Example: votecal load precincts precincts.csv
    """
    session.require_administrator(acting_user)
    application = session.application
    _show(load_reference_data.load_precincts(file, acting_user, application.unit_of_work(), application.clock), as_json)


@load.command("zip-counties")
@click.argument("file", type=_file)
@options.acting_user
@options.as_json
@pass_session
def zip_counties(session: Session, file: Path, acting_user: str, as_json: bool) -> None:
    """Load the counties of all ZIP codes from CSV: first_zip_code,last_zip_code,county_code. It takes the place of the table there is.

    Example: votecal load zip-counties zip-counties.csv
    """
    session.require_administrator(acting_user)
    application = session.application
    _show(load_reference_data.load_zip_counties(file, acting_user, application.unit_of_work(), application.clock), as_json)


@load.command()
@click.argument("file", type=_file)
@click.option("--replace", is_flag=True, help="The file has all holidays of its years: other days of those years are business days.")
@options.acting_user
@options.as_json
@pass_session
def holidays(session: Session, file: Path, replace: bool, acting_user: str, as_json: bool) -> None:
    """Load state holidays from CSV: holiday,name. No county's due date falls on one.

    Example: votecal load holidays holidays.csv
    """
    session.require_administrator(acting_user)
    application = session.application
    _show(load_reference_data.load_holidays(file, acting_user, application.unit_of_work(), application.clock, replace=replace), as_json)


def _show(report: load_reference_data.LoadReport, as_json: bool) -> None:
    if as_json:
        output.show_json({"read": report.read, "changed": report.changed})
    else:
        output.show_fields({"Read": report.read, "New or changed": report.changed})


@load.command()
@options.county
@click.argument("file", type=_file)
@click.option("--refusals", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write refused records here, as CSV, instead of to stderr.")
@options.acting_user
@options.as_json
@pass_session
def voters(session: Session, county_code: str, file: Path, refusals: Path | None, acting_user: str, as_json: bool) -> None:
    """Load a county's voters from a file of the batch format with BatchType InitialLoad.

    Killed and started again, it goes on after the last committed chunk, and so does the list of refusals. A file that
    was loaded to its end is gone through again: records that were refused are loaded if the rules take them now, and
    voters who are there already are counted apart. Each refused record is reported with all its errors; no messages
    are queued.

    Example: votecal load voters --county 19 county19.xml --refusals refused.csv
    """
    from votecal_soap.cli.load_report import RefusalList  # the XML library takes a while to import
    from votecal_soap.use_cases.load_voters import LoadCommand, load_voters

    session.require_administrator(acting_user)
    application = session.application
    with ExitStack() as stack:
        refused = stack.enter_context(RefusalList(refusals))
        bar = stack.enter_context(output.progress())
        task = bar.add_task(f"county {county_code}", total=None)
        command = LoadCommand(
            county_code=county_code,
            file=file,
            actor=acting_user,
            on_refusal=refused.add,
            on_progress=lambda done, of: bar.update(task, completed=done, total=of),
            on_begin=refused.begin,
        )
        report = load_voters(command, application.unit_of_work, application.clock)
    found = {"records": report.record_count, "loaded": report.loaded, "refused": report.refused, "already_there": report.already_there}
    found |= {f"{name}_before": getattr(report.before, name) for name in ("loaded", "refused", "already_there")}
    if as_json:
        output.show_json(found)
    else:
        output.show_fields({name.replace("_", " ").capitalize(): count for name, count in found.items()})


@load.command()
@options.county
@click.argument("file", type=_file)
@options.acting_user
@options.as_json
@pass_session
def histories(session: Session, county_code: str, file: Path, acting_user: str, as_json: bool) -> None:
    """Load past addresses, participation, images, documents, contacts and custom data of a county's voters, a JSON object a line.

    The voters and the elections are loaded before. Killed and started again, it goes on after the last committed chunk;
    a file that was loaded to its end changes nothing.

    Example: votecal load histories --county 19 county19.histories.jsonl
    """
    from votecal_soap.use_cases.load_histories import LoadHistories, load_histories

    session.require_administrator(acting_user)
    application = session.application
    with output.progress() as bar:
        task = bar.add_task(f"county {county_code}", total=None)
        command = LoadHistories(county_code=county_code, file=file, actor=acting_user, on_progress=lambda done, of: bar.update(task, completed=done, total=of))
        report = load_histories(command, application.unit_of_work, application.clock)
    found = {"lines": report.lines, "loaded": report.loaded, "voters_not_found": report.voters_not_found}
    if as_json:
        output.show_json(found)
    else:
        output.show_fields({name.replace("_", " ").capitalize(): count for name, count in found.items()})
