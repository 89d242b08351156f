"""`votecal rules`: translation and filtering rules, as data."""

from pathlib import Path

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases import import_rules, try_rules

_county = click.option("--county", "county_code", metavar="NN", default="00", show_default=True, help="County code, 01 to 58; 00 is the whole state.")
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def rules() -> None:
    """Translation and filtering rules, as TOML: a county's run first, then the statewide ones (00)."""


@rules.command()
@_county
@pass_session
def show(session: Session, county_code: str) -> None:
    """Print the rules in force.

    Example: votecal rules show --county 19 > county19.toml
    """
    text = import_rules.rules_text(county_code, session.application.unit_of_work(read_only=True))
    click.echo(text if text is not None else f"# County {county_code} has no rules of its own: the statewide ones (00) hold.")


@rules.command("import")
@click.argument("file", type=_file)
@_county
@options.acting_user
@pass_session
def import_(session: Session, file: Path, county_code: str, acting_user: str) -> None:
    """Check a rules file and replace the rules with it; batches that begin later use it.

    Example: votecal rules import county19.toml --county 19
    """
    command = import_rules.ImportRules(county_code=county_code, text=_text(file), acting_user=acting_user)
    book = import_rules.import_rules(command, session.application.unit_of_work(), session.application.clock)
    output.console().print(f"Imported; {len(book.rules)} rules are in force for {county_code}.")


@rules.command()
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@_county
@click.option("--initial-load", is_flag=True, help="Try the rules of the first load of voters instead of a batch's.")
@click.option("--file", "file", type=_file, help="Try these rules instead of the county's stored ones.")
@options.as_json
@pass_session
def test(session: Session, values: tuple[str, ...], county_code: str, initial_load: bool, file: Path | None, as_json: bool) -> None:
    """Show what the rules make of values, step by step; nothing is stored.

    \b
    Examples:
      votecal rules test --county 19 party=DEM "last_name= o'brien "
      votecal rules test --county 19 --file county19.toml party=D
      votecal rules test --county 19 --initial-load status=A
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    command = try_rules.TryRules(county_code=county_code, values=_pairs(values), text=_text(file) if file else None, initial_load=initial_load)
    steps = try_rules.trace(command, session.application.unit_of_work(read_only=True), session.application.clock)
    if as_json:
        output.show_json([{"field": step.field, "action": step.action, "value": step.value, "passed": step.passed} for step in steps])
    else:
        output.show_table(("Field", "Step", "Value", "Passed"), ((step.field, step.action, step.value, "yes" if step.passed else "NO") for step in steps))


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(value.partition("=")[::2] for value in values)
    if any("=" not in value for value in values):
        raise click.UsageError("Write each value as FIELD=VALUE.")
    return pairs


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(ErrorCode.RULES_WRONG, "The file is not UTF-8.", ref=str(file)) from error
