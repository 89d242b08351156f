"""What a page has at hand: the joined-up application, who asks, and what the log will say."""

from typing import Final, cast

from flask import Flask, current_app, g, request
from flask_login import current_user

from votecal_soap.call_record import RECORD_KEY, CallRecord
from votecal_soap.config import Config
from votecal_soap.domain.counties import StaffUser
from votecal_soap.domain.sign_in import SignedIn
from votecal_soap.use_cases import reference_lists
from votecal_soap.use_cases.ports import Application, UnitOfWork
from votecal_soap.use_cases.schedule_job import Recurrence

_EXTENSION: Final = "votecal_soap"
_RECURRENCE: Final = "votecal_soap.recurrence"


def install(app: Flask, services: Application, recurrence: Recurrence) -> None:
    """Keep the application where pages find it, and name each request in the log."""
    app.extensions[_EXTENSION] = services
    app.extensions[_RECURRENCE] = recurrence
    app.before_request(_name_request)


def services() -> Application:
    """The joined-up application."""
    return cast(Application, current_app.extensions[_EXTENSION])


def recurrence() -> Recurrence:
    """Reads cron lines."""
    return cast(Recurrence, current_app.extensions[_RECURRENCE])


def config() -> Config:
    """Every setting."""
    return services().config


def reading() -> UnitOfWork:
    """A unit of work that only reads."""
    return services().unit_of_work(read_only=True)


def writing() -> UnitOfWork:
    """A unit of work that may write."""
    return services().unit_of_work()


def key() -> bytes:
    """The key of the keyed hashes."""
    return config().credential_key.encode()


def signed_in() -> SignedIn:
    """Who asks, and in which session."""
    return cast(SignedIn, current_user.signed_in)


def person() -> StaffUser:
    """Who asks."""
    return signed_in().person


def answer_as_nobodys() -> None:
    """Do not ask who makes this request: it cannot be looked up now."""
    g.nobody = True


def is_nobodys() -> bool:
    """Whether this request is answered without asking who makes it."""
    return bool(g.get("nobody", False))


def county_names() -> dict[str, str]:
    """Every county's name by its code, read once for a page."""
    if "county_names" not in g:
        g.county_names = {county.county_code: county.name for county in reference_lists.counties(reading())}
    return cast(dict[str, str], g.county_names)


def call_record() -> CallRecord | None:
    """What the log will say; None when the application runs without the log around it."""
    return cast(CallRecord | None, request.environ.get(RECORD_KEY))


def _name_request() -> None:
    record = call_record()
    if record is not None:
        record.operation = f"console {request.endpoint}"
