"""A login for the console, ready to be used; it exists in the demonstration's database alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.one_time_codes import STEP_SECONDS, code_at
from votecal_soap.use_cases import staff_logins

CODES: Final = 10
"""Codes for five minutes: whoever reads a long account comes to them late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleLogin:
    """What a person types; `codes` follow one another, each good from its instant on for about a minute, and once."""

    user_name: str
    password: str = field(repr=False)
    secret: str = field(repr=False)
    codes: Sequence[tuple[datetime, str]] = field(repr=False)


def give_login(application: Application, user_name: str) -> ConsoleLogin:
    """A password and an authenticator for an SOS administrator, with the codes that an app would show from now on."""
    command = staff_logins.ChangeLogin(user_name=user_name, acting_user=user_name)
    password = staff_logins.give_password(command, application.unit_of_work(), application.clock)
    key = application.config.credential_key.encode()
    secret = staff_logins.give_authenticator(command, application.unit_of_work(), application.clock, key).secret
    now = application.clock.now()
    began = now - timedelta(seconds=now.timestamp() % STEP_SECONDS)
    instants = [began + timedelta(seconds=STEP_SECONDS * step) for step in range(CODES)]
    return ConsoleLogin(user_name=user_name, password=password, secret=secret, codes=[(instant, code_at(secret, instant)) for instant in instants])
