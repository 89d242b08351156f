"""A state with people of every role, voters of two counties and open match cases; browsers are Flask's own test clients."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from typing import Any

from fakes.dmv import NEW_HOME, a_record, a_voter
from flask import Flask
from flask.testing import FlaskClient
from integration.matching.dmv_runs import DmvRuns, begin
from jinja2 import BytecodeCache
from sqlalchemy import Row

from db.tables import audit_entry
from jobs.recurrence import CronRecurrence
from votecal_soap.bootstrap import Application, dmv_exchange
from votecal_soap.config import Config
from votecal_soap.console.application import create_console
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.one_time_codes import code_at, shared_secret
from votecal_soap.spool import FileSpool
from votecal_soap.use_cases import staff_logins

KEY = "the key of the tests"
SITE = "http://localhost/console"
ADA, SAM, CORA, LEE, DAN = "ada", "sam", "cora", "lee", "dan"
PEOPLE = (
    StaffUser(user_name=ADA, role=Role.SOS_ADMINISTRATOR, county_code=None),
    StaffUser(user_name=SAM, role=Role.SOS_USER, county_code=None),
    StaffUser(user_name=CORA, role=Role.AUTHORISED_COUNTY_USER, county_code="19"),
    StaffUser(user_name=LEE, role=Role.COUNTY_USER, county_code="19"),
    StaffUser(user_name=DAN, role=Role.COUNTY_USER, county_code="37"),
)
OURS, THEIRS, HIDDEN = 100_000_001, 100_000_002, 100_000_003
"""A voter of Los Angeles, one of San Diego, and a confidential one of San Diego."""
SAN_DIEGO = NEW_HOME._replace(residence_city="SAN DIEGO", residence_zip_code="92101")


@dataclass
class Browser:
    """One person's browser."""

    site: "Site"
    client: FlaskClient

    def get(self, path: str, status: int = 200) -> str:
        """A page as text; what was asked for must be answered with this status."""
        answer = self.client.get(path, base_url=SITE)
        assert answer.status_code == status, (path, answer.status_code, answer.get_data(as_text=True)[-1500:])
        return unescape(answer.get_data(as_text=True))

    def post(self, path: str, *, page: str | None = None, status: int = 303, **values: Any) -> str:
        """Send the form of a page, with the token that the page gave."""
        token = csrf_token(self.get(page)) if page else csrf_token(self.get("/account"))
        answer = self.client.post(path, data={"csrf_token": token, **values}, base_url=SITE, headers={"Referer": SITE})
        assert answer.status_code == status, (path, answer.status_code, answer.get_data(as_text=True)[-1500:])
        return unescape(answer.get_data(as_text=True)) if status != 303 else str(answer.headers["Location"]).removeprefix("/console")

    def sign_in(self, person: str, *, status: int = 303, **wrong: str) -> str:
        """Sign in with what is right, but for what is given otherwise."""
        self.site.tick()
        if person not in self.site.passwords:
            self.site.give_login(person)
        given = {"user_name": person, "password": self.site.passwords[person], "code": self.site.code(person), **wrong}
        return self.post("/sign-in", page="/sign-in", status=status, **given)


@dataclass
class Site:
    """The console over a database of the test's own."""

    runs: DmvRuns
    app: Flask
    application: Application
    passwords: dict[str, str] = field(default_factory=dict)

    def browser(self, user_name: str | None = None) -> Browser:
        """A new browser, signed in when a person is named."""
        browser = Browser(self, self.app.test_client())
        if user_name is not None:
            browser.sign_in(user_name)
        return browser

    def tick(self, **more: float) -> None:
        """Time passes: by a minute, or as said; each code is good once."""
        self.runs.clock.instant += timedelta(**(more or {"minutes": 1}))

    def code(self, user_name: str) -> str:
        """What the person's authenticator shows now."""
        with self.runs.factory(read_only=True) as uow:
            login = uow.logins.login(user_name)
        number = str(login and login.authenticator_number)
        return code_at(shared_secret(user_name, number, KEY.encode()), self.runs.clock.now())

    def give_login(self, user_name: str) -> None:
        """A password and an authenticator."""
        command = staff_logins.ChangeLogin(user_name=user_name, acting_user=ADA)
        self.passwords[user_name] = staff_logins.give_password(command, self.runs.factory(), self.runs.clock)
        staff_logins.give_authenticator(command, self.runs.factory(), self.runs.clock, KEY.encode())

    def audit(self, **where: object) -> list[Row[Any]]:
        """Audit entries, the oldest first."""
        return sorted(self.runs.rows(audit_entry, **where), key=lambda entry: (entry.at, entry.audit_id))

    def case(self, uid: int = OURS) -> Any:
        """The case of a voter as it stands."""
        return self.runs.cases(state_voter_id=uid)[-1]


def open_site(url: str, folder: Any, templates: BytecodeCache | None = None) -> Site:
    """With a potential match for each of three voters; people get their logins when they first sign in."""
    runs = begin(url, folder / "dmv")
    config = Config(data_dir=folder, database_url=url, credential_key=KEY)
    application = Application(
        config=config,
        clock=runs.clock,
        callers_clock=runs.clock,
        unit_of_work=runs.factory,
        spool=FileSpool(config.spool_dir),
        dmv_exchange=dmv_exchange(config),
    )
    site = Site(runs, create_console(application, CronRecurrence()), application)
    site.app.jinja_env.bytecode_cache = templates
    with runs.factory() as uow:
        for person in PEOPLE:
            uow.reference.save_staff_user(person)
        for function in (MatchingFunction.DMV_COA, MatchingFunction.DMV_REGISTRATION):
            uow.matching.save_settings(MatchSettings(function=function, automatic=100, manual=1), runs.clock.now(), ADA)
        uow.commit()
    _open_cases(runs)
    return site


def _open_cases(runs: DmvRuns) -> None:
    old = NEW_HOME._replace(house_number="5", street_name="OLD", residence_city="SAN DIEGO", residence_zip_code="92101")
    lopez = {"first_name": "PEDRO", "last_name": "LOPEZ", "date_of_birth": date(1950, 5, 5)}
    quill = {"first_name": "QUENTINA", "last_name": "QUILLFEATHER", "date_of_birth": date(1961, 6, 7)}
    theirs = {"county_code": "37", "email": "somebody@example.org", "phone": "6195550123", **old._asdict()}
    runs.add_voters(
        a_voter(OURS),
        a_voter(THEIRS, **theirs, **lopez),
        a_voter(HIDDEN, **theirs, **quill, confidentiality=Confidentiality.SAFE_AT_HOME, confidential_since=date(2025, 1, 1)),
    )
    records = (
        a_record(1, drivers_license=None),
        a_record(2, drivers_license=None, new_address=SAN_DIEGO, old_address=old, **lopez),
        a_record(3, drivers_license="A0000003", new_address=SAN_DIEGO, old_address=old, **quill),
    )
    assert runs.run(*records) == {"PotentialMatch": 3}


def csrf_token(page: str) -> str:
    """The token of a page's first form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page[:2000]
    return found[1]
