"""`votecal user password|totp|sign-out|take-login` and `votecal queue poison|requeue|skip`."""

import re
from datetime import UTC, datetime

import pytest

from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, MessageType, NewMessage
from votecal_soap.domain.sign_in import ConsoleSession

NOW = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)


@pytest.fixture
def factory(sqlite_url):
    factory = SqlUnitOfWorkFactory.from_url(sqlite_url)
    yield factory
    factory.close()


def test_a_password_is_shown_once_and_stored_as_a_hash(staffed, run_json, factory):
    given = run_json("user", "password", "sam", "--as", "ada")["password"]
    assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", given)
    with factory(read_only=True) as uow:
        assert uow.logins.login("sam").password_hash.startswith("$argon2id$")
    assert given not in staffed("user", "list").output


def test_an_authenticators_secret_is_shown_with_a_code_to_read(staffed, run_json, tmp_path):
    shown = staffed("user", "totp", "sam", "--as", "ada").output
    assert "otpauth://totp/VoteCal:sam" in shown
    assert "█" in shown or "▄" in shown
    picture = tmp_path / "sam.svg"
    staffed("user", "totp", "sam", "--svg", picture, "--as", "ada")
    assert picture.read_text().startswith("<?xml")
    assert picture.stat().st_mode & 0o777 == 0o600
    first, second = (run_json("user", "totp", "sam", "--as", "ada")["secret"] for _ in range(2))
    assert first != second


def test_logins_are_an_administrators_to_give(staffed):
    for command in (("password", "ada"), ("totp", "ada"), ("take-login", "ada"), ("sign-out", "ada")):
        assert "VC-3002" in staffed("user", *command, "--as", "sam", code=1).output
    assert "VC-2005" in staffed("user", "password", "nobody", "--as", "ada", code=1).output


@pytest.mark.parametrize("command", ["sign-out", "take-login", "password", "totp"])
def test_each_change_ends_the_persons_sessions(staffed, factory, command):
    with factory() as uow:
        uow.logins.add_session(ConsoleSession("hash", "sam", NOW, NOW))
        uow.commit()
    staffed("user", command, "sam", "--as", "ada")
    with factory(read_only=True) as uow:
        assert uow.logins.session("hash") is None


@pytest.fixture
def poison(staffed, factory):
    """A message that county 19 could not take."""
    with factory() as uow:
        uow.messages.add([NewMessage("19", MessageType.IDV_RESULT, "K1", "<x/>", 0, None, None, None, None, None, None)], NOW)
        uow.commit()
    with factory() as uow:
        (message,) = uow.messages.page("19", 1, with_payload=False)
        uow.messages.clear("19", [Clearance(message_id=message.message_id, outcome=ClearOutcome.FAILED, text="no such street")], NOW)
        uow.commit()
    return message.message_id


@pytest.mark.requirement("EWS-04")
def test_poison_is_listed_requeued_and_skipped(staffed, run_json, factory, poison):
    assert "no such street" in staffed("queue", "poison", "--county", "19").output
    assert run_json("queue", "poison", "--county", "19")[0]["message_id"] == poison
    staffed("queue", "requeue", poison, "--county", "19", "--as", "sam")
    with factory(read_only=True) as uow:
        assert uow.messages.depth("19") == 1
    assert "taken everything" in staffed("queue", "poison", "--county", "19").output
    assert "VC-2012" in staffed("queue", "skip", poison, "--county", "19", "--as", "sam", code=1).output
