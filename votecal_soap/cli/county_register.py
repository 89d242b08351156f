"""`votecal county register|pull`: a clerk registers a voter as new, and pulls what a merge added, over SOAP."""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from votecal_soap.cli import county_clerk_view, options, output
from votecal_soap.cli.county_connection import Connection, clerk_at, connection
from votecal_soap.clock import SystemClock, legal_date

FORM: Final = {
    "first_name": "nm_first",
    "middle_name": "nm_mid",
    "last_name": "nm_last",
    "suffix": "nm_sfx",
    "born": "birth_dt",
    "license": "dl_num",
    "ssn4": "ssn_last4",
    "sex": "sex_cd",
    "language": "lang_cd",
    "party": "pty_cd",
    "phone": "phone_no",
    "email": "email_addr",
    "house_number": "res_house_no",
    "street": "res_street",
    "street_type": "res_street_typ",
    "unit": "res_unit_no",
    "city": "res_city",
    "state": "res_state",
    "zip": "res_zip",
    "mailing_line": "mail_line1",
    "mailing_city": "mail_city",
    "mailing_state": "mail_state",
    "mailing_zip": "mail_zip",
    "precinct": "home_pct",
    "precinct_part": "home_pct_part",
    "registered": "reg_dt",
}
"""Fields of the form, and the EMS's columns."""

_DAYS: Final = ("born", "registered")


def form(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each field of the form."""
    for name in reversed(FORM):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar="YYYY-MM-DD" if name in _DAYS else None)(command)
    return command


@click.command()
@connection
@click.option("--form", "form_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TOML file with the fields named as the options.")
@form
@click.option("--number", help="The county's own number of the new voter. Default: the next.")
@click.option("--voter", "entered", metavar="NUMBER", help="Send a voter again who is in the EMS already, in place of a form.")
@click.option("--none-of-them", is_flag=True, help="With --voter: none of the candidates shown so far is this person.")
@options.as_json
def register(
    connection: Connection, form_file: Path | None, number: str | None, entered: str | None, none_of_them: bool, as_json: bool, **fields: str | None
) -> None:
    """Register a voter as new, in the county's own codes. If the state finds whom it may be, look at them, then say that it is none.

    A form file keeps numbers of licences out of the shell's history. The day of registration is today unless it is given.

    \b
    Examples:
      votecal county register --form affidavit.toml --url https://votecal.example --username county19-ems --secret-file secret --ems county19.db
      votecal county register --first-name Ana --last-name Garcia --born 1970-01-02 --house-number 7 --street Main --city Burbank --zip 91501 --url ...
      votecal county register --voter 19-N00000301 --none-of-them --url ...
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    given = {name: value for name, value in fields.items() if value}
    if entered is not None and (given or form_file or number):
        raise click.UsageError("Give either a form or --voter.")
    if none_of_them and entered is None:
        raise click.UsageError("--none-of-them goes with --voter.")
    row = {} if entered else new_row({**read_form(form_file), **given})
    with clerk_at(connection) as clerk:
        voter = clerk.entered(entered) if entered else clerk.enter(row, number)
        result = clerk.register(voter, none_of_them=none_of_them)
        county_clerk_view.show_registration(clerk.entered(voter.number), result, clerk.candidates(voter), as_json)


def read_form(form_file: Path | None) -> dict[str, Any]:
    """The fields of a form file; none without one."""
    if form_file is None:
        return {}
    try:
        return tomllib.loads(form_file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"The form is not TOML: {error}") from error


def new_row(form: dict[str, Any]) -> dict[str, str | None]:
    """A new voter in the EMS's columns: the day of registration is today unless it is given."""
    row = row_of({"state": "CA", "registered": legal_date(SystemClock().now()).isoformat(), **form})
    if not form.get("last_name"):
        raise click.UsageError("A voter has a last name, at least: --last-name.")
    return row


def row_of(form: dict[str, Any]) -> dict[str, str | None]:
    """The fields of a form in the EMS's columns; an empty one empties its column."""
    if unknown := sorted(set(form) - set(FORM)):
        raise click.UsageError(f"The form has no field {unknown[0]}; it has {', '.join(FORM)}.")
    return {FORM[name]: _checked(name, str(value)) if value else None for name, value in form.items()}


def _checked(name: str, text: str) -> str:
    if name in _DAYS:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise click.UsageError(f"Write {name} as 1970-01-02.") from error
    return text


@click.command()
@click.argument("case_id", type=int)
@connection
@options.as_json
def pull(case_id: int, connection: Connection, as_json: bool) -> None:
    """Pull what a merge added to this county's record into the EMS, again if it was refused or pulled before.

    Example: votecal county pull 24 --url ... --username ... --secret-file secret --ems county19.db
    """
    with clerk_at(connection) as clerk:
        items = clerk.pull(case_id)
    if as_json:
        output.show_json({"case_id": case_id, "items": items})
    else:
        output.console().print(f"Match case {case_id}: {items} items pulled.")


COMMANDS = (register, pull)
