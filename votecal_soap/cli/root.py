"""`votecal`: the table of commands, and the one place where errors become exit codes."""

import errno
import logging

import click

from votecal_soap import log
from votecal_soap.cli.lazy_group import LazyGroup
from votecal_soap.cli.session import Session
from votecal_soap.errors import ErrorCode, VoteCalError
from votecal_soap.log import event
from votecal_soap.storage import told_by

logger = logging.getLogger(__name__)

REFUSED = 1

_HERE = "votecal_soap.cli"
_COMMANDS = {
    "demo": (f"{_HERE}.demo", "demo", "Show the whole line at work, on made-up voters."),
    "db": (f"{_HERE}.db", "db", "Create, upgrade and check the database."),
    "user": (f"{_HERE}.user", "user", "People who act, and their roles."),
    "load": (f"{_HERE}.load", "load", "Load reference data, elections, precincts and voters."),
    "credential": (f"{_HERE}.credential", "credential", "Machine credentials of the counties."),
    "rules": (f"{_HERE}.rules", "rules", "Translation and filtering rules."),
    "job": (f"{_HERE}.job", "job", "Schedule, authorise, watch and stop jobs."),
    "serve": (f"{_HERE}.serve", "serve", "Run the SOAP services."),
    "worker": (f"{_HERE}.worker", "worker", "Run the scheduler and a worker."),
    "queue": (f"{_HERE}.queue", "queue", "The counties' message queues."),
    "payload-log": (f"{_HERE}.payload_log", "payload_log", "A county's calls, masked, in files."),
    "voter": (f"{_HERE}.voter", "voter", "Single voters: who is confidential."),
    "idv": (f"{_HERE}.idv", "idv", "Exchange identity verifications with DMV."),
    "list": (f"{_HERE}.mailing_list", "list_", "Lists for mailings, and cases that are overdue."),
    "contract": (f"{_HERE}.contract", "contract", "The contract for EMS vendors."),
    "vendor-check": (f"{_HERE}.vendor_check", "vendor_check", "Check a service as a county's program meets it."),
    "county": (f"{_HERE}.county", "county", "The county's side: exchange agent and queue consumer."),
    "generate": (f"{_HERE}.generate", "generate", "Make synthetic voters and batches."),
    "match": (f"{_HERE}.match", "match", "Matching: configuration, keys, weights, explanations."),
    "purge": (f"{_HERE}.purge", "purge", "Remove files whose retention has passed."),
    "version": (f"{_HERE}.version", "version", "Print the version."),
}


class Root(LazyGroup):
    """Turns every error into one line and an exit code; a traceback may quote a voter's data, so none is shown (OPS-03)."""

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; refused ends with 1, wrong usage with 2."""
        try:
            super().invoke(ctx)
            return
        except VoteCalError as error:
            click.echo(str(error), err=True)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            if (told := told_by(error)) is not None:
                click.echo(str(told), err=True)
                ctx.exit(REFUSED)
            place = f" (at {error.filename})" if error.filename else ""
            click.echo(f"{ErrorCode.INTERNAL}: {error.strerror or type(error).__name__}{place}", err=True)
        except Exception as error:  # the edge of the process
            event(logger, "command broke", level=logging.ERROR, exc_info=True)
            click.echo(f"{ErrorCode.INTERNAL}: The command ended with {type(error).__name__}; the log above says where.", err=True)
        ctx.exit(REFUSED)


@click.group(cls=Root, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def votecal(ctx: click.Context) -> None:
    """The state's voter registration system and the counties' EMS, joined by SOAP.

    \b
    A new installation:
      votecal db upgrade
      votecal user add "$USER" --role SosAdministrator
      votecal load reference
      votecal credential add county19-ems --county 19
      votecal serve &  votecal worker &

    \b
    A county's batch, from notice to results:
      votecal job schedule voter-record-update --county 19 --kinds HomePrecinct --notice "A. Clerk, by phone, 2026-03-02"
      votecal job authorise 1
      votecal job show 1 --follow

    Exit codes: 0 done, 1 refused (the code and the reason are printed), 2 wrong usage.
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    session = ctx.ensure_object(Session)
    ctx.call_on_close(session.close)
    log.configure(session.config.log_level)
