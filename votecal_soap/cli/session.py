"""What every command needs: the environment's configuration, the application joined up, who acts."""

import os
import pwd
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from votecal_soap.clock import Clock, SystemClock
from votecal_soap.config import Config
from votecal_soap.credentials import load_or_create_key
from votecal_soap.domain.counties import Role
from votecal_soap.retrying import retry_undone
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, SOS_ROLES, require_role

if TYPE_CHECKING:
    from votecal_soap.bootstrap import Application

P = ParamSpec("P")
R = TypeVar("R")


class Session:
    """One run of the command line; read lazily, so that help needs no database."""

    def __init__(self, environ: Mapping[str, str] | None = None, clock: Clock | None = None) -> None:
        """Keep the environment; tests bring their own clock."""
        self._environ = os.environ if environ is None else environ
        self.clock = clock or SystemClock()

    def __reduce__(self) -> tuple[type["Session"], tuple[Mapping[str, str], Clock]]:
        """Go to another process as what it was made of: that joins an application of its own."""
        return type(self), (dict(self._environ), self.clock)

    @cached_property
    def config(self) -> Config:
        """The configuration, read once."""
        return Config.from_environ(self._environ)

    @cached_property
    def application(self) -> "Application":
        """Database, spool and clock, joined once. Keys of the credentials are those configured, else those of files."""
        from db import schema  # the database library takes a while to import
        from votecal_soap.bootstrap import build

        schema.check(self.config.effective_database_url)

        key = self.config.credential_key or load_or_create_key(self.config.data_dir / "credential.key").decode()
        digest_keys = self.config.digest_keys or (load_or_create_key(self.config.data_dir / "digest.key").decode(),)
        return build(replace(self.config, credential_key=key, digest_keys=digest_keys), self.clock)

    def close(self) -> None:
        """Give the database's connections back, if there are any."""
        if "application" in vars(self):
            self.application.unit_of_work.close()

    @property
    def credential_key(self) -> bytes:
        """The key of the keyed hashes."""
        return self.application.config.credential_key.encode()

    def require_administrator(self, user_name: str) -> None:
        """Refuse whoever is no SOS administrator."""
        self._require_role(user_name, ADMINISTRATORS)

    def require_sos(self, user_name: str) -> None:
        """Refuse whoever is not of SOS."""
        self._require_role(user_name, SOS_ROLES)

    def _require_role(self, user_name: str, roles: tuple[Role, ...]) -> None:
        with self.application.unit_of_work(read_only=True) as uow:
            require_role(uow, user_name, roles)


_hand_over = click.make_pass_decorator(Session, ensure=True)


def pass_session(command: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """Hand a command its session, and run it again when the database undid it before anything was saved (OPS-04)."""

    @wraps(command)
    def run(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return retry_undone(lambda: command(session, *args, **kwargs))

    return _hand_over(run)


def operating_system_user() -> str:
    """Who runs this process, from the system's own account data: environment variables are anybody's to set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"
