"""How values are shown: times of day are California's, numbers have their commas, names of states and kinds are words."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Flask
from markupsafe import Markup

from votecal_soap.clock import CALIFORNIA, legal_date
from votecal_soap.console import charts, context
from votecal_soap.domain.sos_work_items import TITLES, SosItemType
from votecal_soap.domain.work_lists import WorkItemKind
from votecal_soap.use_cases.ports import AuditEntry

NOTHING: Final = "–"

_KINDS: Final = {
    WorkItemKind.DMV_COA: "DMV changes of address to decide",
    WorkItemKind.DMV_REGISTRATION: "DMV registrations to decide",
    WorkItemKind.DUPLICATE_VOTER: "Possible duplicate voters to decide",
    WorkItemKind.PROVISIONAL: "Provisional matches whose cancellation waits",
    WorkItemKind.UNRESOLVED_DMV: "DMV records of nobody, and of no county",
    WorkItemKind.REJECTED_DUPLICATE: TITLES[SosItemType.REVIEW_REJECTED_DUPLICATE],
    WorkItemKind.REJECTED_VERIFIED: "Rejections of a match on one verified DL/ID, to be read",
}

_WORDS: Final = {
    "DmvCoa": "DMV change of address",
    "DmvRegistration": "DMV registration",
    "DuplicateVoter": "Possible duplicate",
    "RejectedByUser": "Rejected by user",
    "SosAdministrator": "SOS administrator",
    "SosUser": "SOS user",
    "ProcessDmvCoaRecordFile": "Process DMV COA record file",
    "IdvExport": "Identity verification export",
    "registration_search": "Search at registration",
    "dmv_coa": "DMV change of address",
    "dmv_registration": "DMV registration",
    "duplicate_voter": "Duplicate voter",
    "drivers_license": "DL/ID",
    "ssn4": "SSN4",
    "ssn4_status": "SSN4 verification",
    "drivers_license_status": "DL/ID verification",
    "vnc_due": "Notification card due",
    "ems_voter_id": "County's own id",
    "apply": "Apply and notify",
    "provisional": "Provisional: cancellations wait",
    "cancel_and_invite": "Cancel, and invite to register again",
    "transfer": "Transfer the registration",
    "CourtOrder2166": "Confidential by court order (2166)",
    "SafeAtHome2166_5": "Safe at Home (2166.5)",
    "PublicSafety2166_7": "Public safety officer (2166.7)",
    "MistakenRejection": "The counties rejected by mistake",
    "AssignedTwice": "DMV assigned the number twice",
    "WrongBeforeVoteCal": "Wrong number before VoteCal",
}
"""Where the name itself, taken apart, would not do."""


def install(app: Flask) -> None:
    """Give the templates their filters and functions."""
    filters: dict[str, Callable[..., Any]] = {
        "instant": instant,
        "day": day,
        "number": number,
        "words": words,
        "kind_title": kind_title,
        "county": county,
        "age": age,
        "or_nothing": or_nothing,
        "came_of": came_of,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(today=_today, county_names=context.county_names)
    app.jinja_env.globals.update(contribution_bar=charts.contribution_bar, hour_chart=charts.hour_chart, score_chart=charts.score_chart)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def instant(value: datetime | None) -> str:
    """A time in California, readable by programs too."""
    if value is None:
        return NOTHING
    local = value.astimezone(CALIFORNIA)
    shown = f"{local:%b} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'} {local:%Z}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), shown)


def day(value: date | None) -> str:
    """A day, the month in letters, so that nobody takes it for another."""
    return NOTHING if value is None else f"{value:%b} {value.day}, {value.year}"


def number(value: int | None) -> str:
    """A count."""
    return NOTHING if value is None else f"{value:,}"


def words(value: object) -> str:
    """A state, kind or field in words."""
    text = str(value)
    if text in _WORDS:
        return _WORDS[text]
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ").replace("-", " ")
    return apart[:1].upper() + apart[1:].lower() if apart else NOTHING


def kind_title(kind: WorkItemKind) -> str:
    """A type of work item, as the summary calls it."""
    return _KINDS[kind]


def county(code: str | None) -> str:
    """A county's code and name."""
    return NOTHING if code is None else f"{code} {context.county_names().get(code, '')}".strip()


def age(value: datetime | None) -> str:
    """How long ago an instant was."""
    if value is None:
        return NOTHING
    seconds = int((context.services().clock.now() - value) / timedelta(seconds=1))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} s"


def or_nothing(value: object) -> object:
    """A value, or a dash where there is none."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    return NOTHING if value in (None, "") else value


def came_of(entry: AuditEntry) -> str:
    """What was decided of a case and the state that it is in since; empty where an entry tells no state."""
    after = json.loads(entry.detail or "{}").get("new") or {}
    return ": ".join(words(after[name]) for name in ("decision", "state") if after.get(name))


def _today() -> date:
    return legal_date(context.services().clock.now())
