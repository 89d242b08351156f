"""Who is signed in: the cookie holds a token, the state holds the session (T1.1)."""

from datetime import timedelta
from typing import cast

from flask import Flask, current_app, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from votecal_soap.config import Config
from votecal_soap.console import context
from votecal_soap.console.browser_safety import STATIC
from votecal_soap.domain.sign_in import SessionTimes, SignedIn
from votecal_soap.use_cases import console_sessions

_OPEN: frozenset[str | None] = STATIC | {"sign_in.ask", None}
"""Endpoints for whoever is not signed in; None is an address that there is not."""


class ConsoleUser(UserMixin):  # type: ignore[misc] # Flask-Login has no types
    """A signed-in person as Flask-Login knows them: by the session's token, never by name."""

    def __init__(self, token: str, signed_in: SignedIn | None = None) -> None:
        """Keep who it is; None right after signing in, when nobody asks yet."""
        self._token = token
        self.signed_in = signed_in

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self._token


def keep_sessions(app: Flask) -> None:
    """Have every page but the sign-in ask who is there."""
    manager = LoginManager(app)
    manager.session_protection = None  # the state's own session decides
    manager.login_view = "sign_in.ask"
    manager.login_message = None
    manager.user_loader(_resume)

    app.before_request(_require_signed_in)


def _require_signed_in() -> ResponseReturnValue | None:
    if request.endpoint in _OPEN or current_user.is_authenticated:
        _note_county()
        return None
    answer = cast(ResponseReturnValue, current_app.login_manager.unauthorized())  # type: ignore[attr-defined] # Flask-Login puts it there
    if request.method != "GET":
        session.pop("next", None)  # what a form was sent to is no page to come back to
    return answer


def session_times(config: Config) -> SessionTimes:
    """As configured."""
    return SessionTimes(idle=timedelta(minutes=config.console_idle_minutes), longest=timedelta(hours=config.console_session_hours))


def _resume(token: str) -> ConsoleUser | None:
    if context.is_nobodys():
        return None
    services = context.services()
    found = console_sessions.resume(token, services.unit_of_work, services.clock, context.key(), session_times(services.config))
    return None if found is None else ConsoleUser(token, found)


def _note_county() -> None:
    record = context.call_record()
    if record is not None and current_user.is_authenticated:
        record.county_code = context.person().county_code
