"""Codes, passwords, back-off: what signing in is made of."""

from datetime import UTC, datetime, timedelta

import pytest

from votecal_soap.domain.sign_in import NO_FAILURES, OF_ACCOUNT, OF_PAIR, OF_SOURCE, ConsoleSession, Failures, SessionTimes
from votecal_soap.one_time_codes import STEP_SECONDS, app_address, code_at, shared_secret, step_of
from votecal_soap.passwords import generate_password, hash_password, is_password

NOW = datetime(2026, 3, 10, 20, 0, 15, tzinfo=UTC)
SECRET = shared_secret("ada", "1", b"the key")
STEP = int(NOW.timestamp()) // STEP_SECONDS


def test_a_code_is_right_for_a_step_before_and_after():
    for steps in (-1, 0, 1):
        assert step_of(code_at(SECRET, NOW + timedelta(seconds=steps * STEP_SECONDS)), SECRET, NOW) == STEP + steps


@pytest.mark.parametrize("steps", [-2, 2])
def test_an_older_or_younger_code_is_wrong(steps):
    assert step_of(code_at(SECRET, NOW + timedelta(seconds=steps * STEP_SECONDS)), SECRET, NOW) is None


@pytest.mark.parametrize("code", ["", "abc", "12345", "１２３４５６", "0" * 1000])
def test_what_is_no_code_is_wrong(code):
    assert step_of(code, SECRET, NOW) is None


def test_blanks_that_an_app_shows_do_not_matter():
    code = code_at(SECRET, NOW)
    assert step_of(f" {code[:3]} {code[3:]} ", SECRET, NOW) == STEP


def test_the_codes_are_those_of_rfc_6238():
    # Appendix B, SHA-1: the key "12345678901234567890" at 59 seconds; the last six of 94287082.
    assert code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime.fromtimestamp(59, UTC)) == "287082"


@pytest.mark.parametrize("other", [("sam", "1", b"the key"), ("ada", "2", b"the key"), ("ada", "1", b"another key")])
def test_the_secret_depends_on_person_number_and_key(other):
    assert shared_secret(*other) != SECRET


def test_apps_read_person_and_issuer_from_the_address():
    assert app_address("ada", SECRET).startswith("otpauth://totp/VoteCal:ada?secret=")


def test_a_password_is_kept_as_a_salted_hash():
    password = generate_password()
    assert hash_password(password) != hash_password(password)
    assert password not in hash_password(password)
    assert is_password(password, hash_password(password))
    assert not is_password(password.upper(), hash_password(password))
    assert not is_password(password, "no hash at all")


@pytest.mark.parametrize("back_off", [OF_PAIR, OF_SOURCE, OF_ACCOUNT])
def test_the_wait_doubles_up_to_its_longest_and_never_is_for_good(back_off):
    waits = [back_off.held_until(Failures(count, NOW, None), NOW) for count in range(back_off.free, back_off.free + 60)]
    seconds = [(wait - NOW).total_seconds() for wait in waits]
    assert seconds[:3] == [1, 2, 4]
    assert max(seconds) == back_off.longest.total_seconds()
    assert seconds == sorted(seconds)


def test_the_first_attempts_cost_nothing():
    assert OF_PAIR.held_until(NO_FAILURES, NOW) is None
    assert OF_PAIR.held_until(Failures(OF_PAIR.free - 1, NOW, None), NOW) is None


@pytest.mark.parametrize(("idle", "age", "ended"), [(29, 29, False), (30, 30, True), (1, 600, True), (1, 599, False)])
def test_a_session_ends_when_idle_or_old(idle, age, ended):
    session = ConsoleSession("hash", "ada", NOW - timedelta(minutes=age), NOW - timedelta(minutes=idle))
    assert SessionTimes(idle=timedelta(minutes=30), longest=timedelta(hours=10)).has_ended(session, NOW) is ended
