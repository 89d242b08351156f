"""`votecal idv`: identity verification with DMV, by files."""

from pathlib import Path

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.clock import legal_date

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def idv() -> None:
    """Exchange identity verifications with DMV: pending ones go out in files, answers come back in files."""


@idv.command()
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), help="Where to. Default: the export directory of the data directory.")
@options.acting_user
@options.as_json
@pass_session
def export(session: Session, directory: Path | None, acting_user: str, as_json: bool) -> None:
    """Write what waits for DMV and was not asked before; a regular export is a job.

    Example: votecal idv export
    """
    from votecal_soap.use_cases.export_identity_requests import ExportIdentityRequests, export_identity_requests

    session.require_sos(acting_user)
    application = session.application
    command = ExportIdentityRequests(directory=directory or application.config.export_dir, digest_key=session.credential_key, actor=acting_user)
    exports = export_identity_requests(command, application.unit_of_work, application.clock)
    if as_json:
        output.show_json([{"file": str(path), "requests": count} for path, count in exports])
    elif exports:
        output.show_table(("File", "Requests"), exports)
    else:
        output.console().print("Nothing waits for DMV.")


@idv.command("import")
@click.argument("file", type=_file)
@options.acting_user
@options.as_json
@pass_session
def import_(session: Session, file: Path, acting_user: str, as_json: bool) -> None:
    """Apply DMV's answers: each updates its voter and tells the county. The same file again changes nothing.

    Example: votecal idv import answers.xml
    """
    from votecal_soap.use_cases.import_identity_answers import ImportIdentityAnswers, import_identity_answers

    session.require_sos(acting_user)
    application = session.application
    command = ImportIdentityAnswers(file=file, digest_key=session.credential_key, actor=acting_user)
    report = import_identity_answers(command, application.unit_of_work, application.clock)
    if as_json:
        not_applied = [{"request_id": request_id, "outcome": outcome} for request_id, outcome in report.not_applied]
        output.show_json({"counts": report.counts, "not_applied": not_applied})
        return
    output.show_table(("Answer", "Count"), sorted(report.counts.items()))
    if report.not_applied:
        output.show_table(("Request", "Not applied because"), report.not_applied)


@idv.command()
@click.argument("requests", type=_file)
@click.argument("answers", type=click.Path(dir_okay=False, path_type=Path))
@pass_session
def simulate(session: Session, requests: Path, answers: Path) -> None:
    """Play DMV: answer a file of requests by a fixed rule on the number's last digit, for demo and tests.

    Example: votecal idv simulate var/export/identity-requests-....xml answers.xml
    """
    from votecal_soap.synthetic.dmv_simulator import answer_requests

    now = session.clock.now()
    output.console().print(f"{answer_requests(requests, answers, now, legal_date(now))} answers.")
