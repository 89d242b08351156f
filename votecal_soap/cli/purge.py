"""`votecal purge`."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session

_NAMES = {
    "uploads": "Uploads removed",
    "exports": "Exports removed",
    "dmv_files": "DMV files removed",
    "replies": "Stored replies removed",
    "signatures": "Signatures of nobody removed",
    "payload_logs": "Payload logs removed",
    "archived_messages": "Cleared messages archived",
    "messages": "Archived messages removed",
}


@click.command()
@options.acting_user
@options.as_json
@pass_session
def purge(session: Session, acting_user: str, as_json: bool) -> None:
    """Remove files and kept data whose retention has passed, and archive cleared messages, now.

    A regular purge is a job: votecal job schedule purge --repeat "0 3 * * *"
    """
    from jobs.purge import purge as remove_old_files

    application = session.application
    session.require_sos(acting_user)
    removed = remove_old_files(application, acting_user, lambda: False)._asdict()
    if as_json:
        output.show_json(removed)
    else:
        output.show_fields({_NAMES[kind]: count for kind, count in removed.items()})
