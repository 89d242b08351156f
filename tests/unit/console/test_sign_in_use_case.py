"""The use case over memory: what it writes down, and what it never does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from votecal_soap.clock import FixedClock
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.sign_in import SessionTimes
from votecal_soap.errors import NotAllowed, Unavailable
from votecal_soap.one_time_codes import code_at
from votecal_soap.use_cases import console_sessions, staff_logins
from votecal_soap.use_cases.console_sessions import resume
from votecal_soap.use_cases.sign_in import SignIn, sign_in

KEY = b"the key"
TIMES = SessionTimes(idle=timedelta(minutes=30), longest=timedelta(hours=10))


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 3, 10, 20, 0, tzinfo=UTC))


@pytest.fixture
def login(fake_uow, clock):
    """Ada's right answer, whatever the time."""
    with fake_uow() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.commit()
    command = staff_logins.ChangeLogin(user_name="ada", acting_user="ada")
    password = staff_logins.give_password(command, fake_uow(), clock)
    secret = staff_logins.give_authenticator(command, fake_uow(), clock, KEY).secret
    return lambda: SignIn(user_name="ada", password=password, code=code_at(secret, clock.now()), source_address="192.0.2.1")


def test_the_token_is_kept_as_a_hash_and_opens_the_session(fake_uow, clock, login):
    token = sign_in(login(), fake_uow, clock, KEY)
    assert token not in repr(fake_uow.committed)
    assert resume(token, fake_uow, clock, KEY, TIMES).person.user_name == "ada"
    assert resume(f"{token}x", fake_uow, clock, KEY, TIMES) is None
    assert resume(token, fake_uow, clock, b"another key", TIMES) is None


def test_neither_password_nor_code_nor_address_is_written_anywhere(fake_uow, clock, login):
    command = login()
    sign_in(command, fake_uow, clock, KEY)
    for secret in (command.password, command.code, command.source_address):
        assert secret not in repr(fake_uow.committed)
        assert secret not in repr(command).replace(command.source_address, "")


def test_an_unknown_name_leaves_no_trace_of_itself(fake_uow, clock, login):
    with pytest.raises(NotAllowed):
        sign_in(replace(login(), user_name="correct horse battery staple"), fake_uow, clock, KEY)
    assert "horse" not in repr(fake_uow.committed)
    assert [entry.action for entry in fake_uow.committed.audit] == ["GivePassword", "GiveAuthenticator"]


def test_an_attempt_while_held_is_not_looked_at_and_does_not_lengthen_the_wait(fake_uow, clock, login):
    for _ in range(5):
        with pytest.raises(NotAllowed):
            sign_in(replace(login(), password="guess"), fake_uow, clock, KEY)
    before = fake_uow.committed.failures
    for _ in range(3):
        with pytest.raises(Unavailable) as held:
            sign_in(login(), fake_uow, clock, KEY)
    assert held.value.retry_after_seconds == 2
    assert fake_uow.committed.failures == before
    clock.instant += timedelta(seconds=2)
    sign_in(login(), fake_uow, clock, KEY)


def test_wrong_attempts_are_forgiven_after_a_quiet_hour(fake_uow, clock, login):
    for _ in range(4):
        with pytest.raises(NotAllowed):
            sign_in(replace(login(), password="guess"), fake_uow, clock, KEY)
    clock.instant += timedelta(hours=1, seconds=1)
    with pytest.raises(NotAllowed):
        sign_in(replace(login(), password="guess"), fake_uow, clock, KEY)
    assert {failures.in_a_row for failures, _ in fake_uow.committed.failures.values()} == {1}


def test_a_person_without_an_authenticator_does_not_sign_in(fake_uow, clock, login):
    staff_logins.take_away(staff_logins.ChangeLogin(user_name="ada", acting_user="ada"), fake_uow(), clock)
    with pytest.raises(NotAllowed):
        sign_in(login(), fake_uow, clock, KEY)


def test_only_an_administrator_gives_logins_and_ends_sessions_of_others(fake_uow, clock, login):
    with fake_uow() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="sam", role=Role.SOS_USER, county_code=None))
        uow.commit()
    command = staff_logins.ChangeLogin(user_name="ada", acting_user="sam")
    for refused in (
        lambda: staff_logins.give_password(command, fake_uow(), clock),
        lambda: staff_logins.give_authenticator(command, fake_uow(), clock, KEY),
        lambda: staff_logins.take_away(command, fake_uow(), clock),
        lambda: console_sessions.end_sessions("ada", "sam", fake_uow(), clock),
    ):
        with pytest.raises(NotAllowed):
            refused()
