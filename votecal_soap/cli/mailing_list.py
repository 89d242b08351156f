"""`votecal list`: letters that are due, as files for the printer, and match cases that are overdue."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.clock import legal_date
from votecal_soap.domain.mailing_lists import LetterSettings
from votecal_soap.domain.match_cases import MailingKind

if TYPE_CHECKING:
    from votecal_soap.use_cases.export_mailing_list import ExportMailingList

_NAMES = {"".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("-"): kind for kind in MailingKind}


@click.group("list")
def list_() -> None:
    """Lists for mailings (COA-35), and match cases whose day has passed (COA-37)."""


@list_.command()
@options.any_county
@options.acting_user
@options.as_json
@pass_session
def show(session: Session, county_code: str | None, acting_user: str, as_json: bool) -> None:
    """Show how many letters wait on each list.

    Example: votecal list show --county 34
    """
    from votecal_soap.use_cases.mailing_subjects import waiting_lines

    session.require_sos(acting_user)
    with session.application.unit_of_work(read_only=True) as uow:
        waiting = waiting_lines(uow, county_code)
    rows = [(name, waiting[kind]) for name, kind in _NAMES.items()]
    if as_json:
        output.show_json(dict(rows))
    else:
        output.show_table(("List", "Waiting"), rows)


@list_.command()
@options.acting_user
@options.as_json
@pass_session
def overdue(session: Session, acting_user: str, as_json: bool) -> None:
    """Show how many open match cases of each county are past their day.

    Example: votecal list overdue
    """
    session.require_sos(acting_user)
    with session.application.unit_of_work(read_only=True) as uow:
        counts = uow.match_cases.overdue_counts(legal_date(session.clock.now()))
    if as_json:
        output.show_json(dict(sorted(counts.items())))
    elif counts:
        output.show_table(("County", "Overdue cases"), sorted(counts.items()))
    else:
        output.console().print("No case is overdue.")


@list_.command()
@click.argument("kind", type=click.Choice(list(_NAMES)))
@options.any_county
@click.option("--output", "directory", type=click.Path(file_okay=False, path_type=Path), help="Folder for the file. Default: the export directory.")
@click.option("--again", "file_name", metavar="FILE", help="Write a list anew that was exported under this name: nothing is marked.")
@options.acting_user
@options.as_json
@pass_session
def export(session: Session, kind: str, county_code: str | None, directory: Path | None, file_name: str | None, acting_user: str, as_json: bool) -> None:
    """Write the letters of a list that wait, as CSV, and mark them: each is in one file.

    \b
    Examples:
      votecal list export vnc-due --county 34
      votecal list export non-match-notice --output /mnt/printer
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from votecal_soap.use_cases.export_mailing_list import export_again, export_mailing_list

    session.require_sos(acting_user)
    application = session.application
    command = _command(session, _NAMES[kind], county_code, directory, acting_user)
    parts = (application.unit_of_work, application.clock)
    exported = export_mailing_list(command, *parts) if file_name is None else export_again(command, file_name, *parts)
    lines = 0 if exported is None else exported.line_count
    if as_json:
        output.show_json({"file": exported and str(exported.path), "lines": lines})
    elif exported is None:
        output.console().print("No letter of this list waits.")
    else:
        output.show_fields({"File": exported.path, "Lines": lines})


def _command(session: Session, kind: MailingKind, county_code: str | None, directory: Path | None, acting_user: str) -> "ExportMailingList":
    from votecal_soap.use_cases.export_mailing_list import ExportMailingList
    from votecal_soap.use_cases.reference_files import read_polling_places

    config = session.application.config
    settings = LetterSettings(
        today=legal_date(session.clock.now()),
        registration_link=config.registration_url,
        blank_form=config.invitation_blank_form,
        polling_places=read_polling_places(Path(config.polling_places_file)) if config.polling_places_file else None,
    )
    return ExportMailingList(kind=kind, directory=directory or config.export_dir, actor=acting_user, settings=settings, county_code=county_code)
