"""`votecal purge`."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session


@click.command()
@options.acting_user
@options.as_json
@pass_session
def purge(session: Session, acting_user: str, as_json: bool) -> None:
    """Remove uploads and exports whose retention has passed, now.

    A regular purge is a job: votecal job schedule purge --repeat "0 3 * * *"
    """
    from jobs.purge import purge as remove_old_files

    application = session.application
    session.require_sos(acting_user)
    uploads, exports = remove_old_files(application, acting_user, lambda: False)
    found = {"uploads": uploads, "exports": exports}
    if as_json:
        output.show_json(found)
    else:
        output.show_fields({"Uploads removed": uploads, "Exports removed": exports})
