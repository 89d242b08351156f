"""How the commands of the county's side name the state, the credential and the EMS."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import click

from votecal_soap.errors import ErrorCode, InvalidRequest

if TYPE_CHECKING:
    from votecal_soap.county.clerk import Clerk
    from votecal_soap.county.office import Office
    from votecal_soap.county.progress import Tell
    from votecal_soap.county.state_client import StateClient


class Connection(NamedTuple):
    """Where the state is, who calls, and the county's EMS."""

    url: str
    username: str
    secret: str
    ems: Path


_OPTIONS = (
    click.option("--url", required=True, help="The state's public URL."),
    click.option("--username", required=True, help="The county's credential."),
    click.option("--secret-file", type=click.File(), help="File with the credential's secret."),
    click.option("--secret", envvar="VOTECAL_COUNTY_SECRET", show_envvar=True, help="The secret itself; a file or the variable is safer."),
    click.option("--ems", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="The county's EMS database."),
)


def connection(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, as one `connection`."""

    @wraps(command)
    def run(*args: Any, url: str, username: str, secret_file: TextIO | None, secret: str | None, ems: Path, **options: Any) -> None:  # noqa: ANN401 - click's
        given = secret_file.read() if secret_file else secret
        command(*args, connection=Connection(url, username, checked_secret(given), ems), **options)

    decorated: Callable[..., None] = run
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


@contextmanager
def clerk_at(connected: Connection) -> Iterator["Clerk"]:
    """A clerk of the county that the EMS belongs to."""
    from votecal_soap.county.clerk import Clerk
    from votecal_soap.county.progress import tell_nobody

    with office_at(connected, tell_nobody) as (office, client):
        yield Clerk(office, client)


@contextmanager
def office_at(connected: Connection, tell: "Tell") -> Iterator[tuple["Office", "StateClient"]]:
    """The county's office and its way to the state; `tell` hears of progress."""
    import time

    from votecal_soap.clock import SystemClock  # zeep takes a while to import
    from votecal_soap.county.ems_database import EmsDatabase
    from votecal_soap.county.office import Office
    from votecal_soap.county.retry import Retry
    from votecal_soap.county.state_client import StateAddress, StateClient

    address = StateAddress(url=connected.url, username=connected.username, password=connected.secret)
    with EmsDatabase(connected.ems) as ems, closing(StateClient(address)) as client:
        yield Office(ems=ems, work_dir=connected.ems.parent, clock=SystemClock(), retry=Retry(sleep=time.sleep), tell=tell), client


def checked_secret(given: str | None) -> str:
    """The secret without blanks around it; none raises InvalidRequest."""
    if not given or not given.strip():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Give the credential's secret: --secret-file or VOTECAL_COUNTY_SECRET.", ref="secret")
    return given.strip()
