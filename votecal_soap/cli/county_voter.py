"""`votecal county voter|update|transfer|undo-move|decline|activity|vnc-printed|attach|image`: a clerk's work on one voter's record, over SOAP."""

from datetime import date
from pathlib import Path

import click

from votecal_soap.cli import county_clerk_view, options, output
from votecal_soap.cli.county_clerk import basis
from votecal_soap.cli.county_connection import Connection, clerk_at, connection
from votecal_soap.cli.county_register import form, new_row, read_form, row_of
from votecal_soap.clock import SystemClock, legal_date
from votecal_soap.domain.county_activities import CountyActivity
from votecal_soap.domain.voter_children import DocumentKind
from votecal_soap.domain.voter_records import VoterSection

form_file = click.option(
    "--form", "form_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TOML file with the fields named as the options."
)
new_number = click.option("--number", help="The county's own number of the new voter. Default: the next.")


@click.command()
@click.argument("state_uid", type=int, metavar="UID")
@connection
@click.option("--section", "sections", type=options.choice(VoterSection), multiple=True, help="Only this part; without it the usual ones. May be repeated.")
@click.option("--as-of", type=options.DAY, help="As it was in force on that day.")
@click.option("--version", type=int, help="This version of the record.")
@options.as_json
def voter(state_uid: int, connection: Connection, sections: tuple[str, ...], as_of: date | None, version: int | None, as_json: bool) -> None:
    """Show a voter's record as the state has it: this county's own in full, another's as a search shows it.

    \b
    Examples:
      votecal county voter 100000301 --url https://votecal.example --username county19-ems --secret-file secret --ems county19.db
      votecal county voter 100000301 --section Activity --section Documents --url ...
      votecal county voter 100000301 --as-of 2024-11-05 --url ...
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    with clerk_at(connection) as clerk:
        record = clerk.voter(state_uid, [VoterSection(section) for section in sections], as_of=as_of, version=version)
    county_clerk_view.show_record(record, as_json)


@click.command()
@click.argument("number")
@connection
@form
@form_file
@click.option("--clear", "cleared", multiple=True, metavar="FIELD", help="Empty this field. May be repeated.")
@basis
@options.as_json
def update(number: str, connection: Connection, form_file: Path | None, cleared: tuple[str, ...], basis: str, as_json: bool, **fields: str | None) -> None:
    """Change a voter of the county, in its own codes, and tell the state at once. Without a field, what was refused before is sent again.

    \b
    Examples:
      votecal county update 19-00000301 --last-name Lopez --basis "Married, form of 3 May" --url ...
      votecal county update 19-00000301 --clear phone --basis "Asked by letter" --url ...
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    given = {**read_form(form_file), **{name: value for name, value in fields.items() if value}, **dict.fromkeys(cleared)}
    row = row_of(given)
    with clerk_at(connection) as clerk:
        result = clerk.update(number, row, basis)
    _show(f"Voter {number}", result, as_json)


@click.command()
@click.argument("state_uid", type=int, metavar="UID")
@connection
@form
@form_file
@new_number
@basis
@options.as_json
def transfer(state_uid: int, connection: Connection, form_file: Path | None, number: str | None, basis: str, as_json: bool, **fields: str | None) -> None:
    """Take a voter of another county over, with the new affidavit. The other county accepts, or says that it is somebody else.

    Find her first: votecal county search, or register, which shows whom the state finds.

    Example: votecal county transfer 100000301 --form affidavit.toml --basis "Chosen from the candidates" --url ...
    """
    row = new_row({**read_form(form_file), **{name: value for name, value in fields.items() if value}})
    with clerk_at(connection) as clerk:
        entered, result = clerk.transfer(state_uid, row, number, basis)
    _show(f"Voter {entered.number}", result, as_json)


@click.command("undo-move")
@click.argument("transfer_id", type=int)
@connection
@basis
@options.as_json
def undo_move(transfer_id: int, connection: Connection, basis: str, as_json: bool) -> None:
    """Say after the acceptance that the person who moved away is somebody else: the voter is this county's again.

    Example: votecal county undo-move 12 --basis "Her sister-in-law, of the same name" --url ...
    """
    with clerk_at(connection) as clerk:
        result = clerk.undo_move(transfer_id, basis)
    _show(f"Move {transfer_id}", result, as_json)


@click.command()
@connection
@form
@form_file
@new_number
@click.option("--reason", required=True, help="Why the affidavit is declined, such as Not Signed.")
@options.as_json
def decline(connection: Connection, form_file: Path | None, number: str | None, reason: str, as_json: bool, **fields: str | None) -> None:
    """Enter an affidavit that is declined: it is kept, apart from all registrations.

    Example: votecal county decline --form affidavit.toml --reason "Not Signed" --url ...
    """
    row = new_row({**read_form(form_file), **{name: value for name, value in fields.items() if value}})
    with clerk_at(connection) as clerk:
        entered, result = clerk.decline(row, number, reason)
    _show(f"Voter {entered.number}", result, as_json)


@click.command()
@click.argument("number")
@click.argument("activity", type=options.choice(CountyActivity))
@connection
@click.option("--on", type=options.DAY, help="The day. Default: today.")
@click.option("--basis", help="Which letter, or what was said.")
@options.as_json
def activity(number: str, activity: str, connection: Connection, on: date | None, basis: str | None, as_json: bool) -> None:
    """Enter something in a voter's activity history at the state: a mailing, one that came back, a contact.

    Example: votecal county activity 19-00000301 ResidencyConfirmationMailed --on 2026-03-01 --url ...
    """
    with clerk_at(connection) as clerk:
        result = clerk.note_activity(number, CountyActivity(activity), on or _today(), basis)
    _show(f"Voter {number}", result, as_json)


@click.command("vnc-printed")
@click.argument("numbers", nargs=-1, required=True)
@connection
@click.option("--on", type=options.DAY, help="The day. Default: today.")
@options.as_json
def vnc_printed(numbers: tuple[str, ...], connection: Connection, on: date | None, as_json: bool) -> None:
    """Say that voter notification cards were printed, as the EMS knows these voters.

    Example: votecal county vnc-printed 19-00000301 19-00000302 --url ...
    """
    with clerk_at(connection) as clerk:
        results = clerk.cards_printed(numbers, on or _today())
    if as_json:
        output.show_json(results)
    else:
        output.show_table(("Voter", "Card"), results.items())


@click.command()
@click.argument("number")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@connection
@click.option("--kind", type=options.choice(DocumentKind), default=DocumentKind.AFFIDAVIT.value, show_default=True)
@click.option("--title")
@click.option("--received", type=options.DAY, help="The day on which it came. Default: today.")
@options.as_json
def attach(number: str, file: Path, connection: Connection, kind: str, title: str | None, received: date | None, as_json: bool) -> None:
    """Send an image or another document of a voter: GIF, JPEG, PNG, TIFF, and but for a signature PDF; up to 20 MiB.

    Example: votecal county attach 19-00000301 affidavit.pdf --url ...
    """
    with clerk_at(connection) as clerk:
        entry_id = clerk.attach(number, file, DocumentKind(kind), title, received or _today())
    _show(f"Voter {number}", f"kept as {entry_id}", as_json)


@click.command()
@click.argument("state_uid", type=int, metavar="UID")
@click.argument("entry_id")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@connection
def image(state_uid: int, entry_id: str, file: Path, connection: Connection) -> None:
    """Fetch an image into a file, readable for its owner alone; its id stands in `votecal county voter UID --section Documents`.

    Example: votecal county image 100000301 Document:7 affidavit.pdf --url ...
    """
    with clerk_at(connection) as clerk:
        content = clerk.image(state_uid, entry_id)
    file.touch(mode=0o600, exist_ok=True)
    file.chmod(0o600)
    file.write_bytes(content)
    output.console().print(f"{len(content)} bytes in {file}.", markup=False)


def _today() -> date:
    return legal_date(SystemClock().now())


def _show(subject: str, result: str, as_json: bool) -> None:
    if as_json:
        output.show_json({"subject": subject, "result": result})
    else:
        output.console().print(f"{subject}: {result}.", markup=False)


COMMANDS = (voter, update, transfer, undo_move, decline, activity, vnc_printed, attach, image)
