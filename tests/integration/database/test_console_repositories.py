"""Logins, sessions, counters of attempts, poison and hours of the queues: the same in memory and on every database."""

from datetime import UTC, datetime, timedelta

import pytest

from votecal_soap.domain.counties import County, Role, StaffUser
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, MessageType, NewMessage, QueueHour
from votecal_soap.domain.sign_in import ConsoleSession, Failures, StaffLogin

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
HOUR = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def staffed(uow_factory):
    with uow_factory() as uow:
        uow.reference.save_counties([County(county_code=code, name=code, fips=f"060{code}") for code in ("19", "34")])
        for name in ("ada", "sam"):
            uow.reference.save_staff_user(StaffUser(user_name=name, role=Role.SOS_USER, county_code=None))
        uow.commit()
    return uow_factory


def done(factory, act):
    with factory() as uow:
        result = act(uow)
        uow.commit()
    return result


def seen(factory, look):
    with factory(read_only=True) as uow:
        return look(uow)


def test_a_login_is_saved_whole_and_over_the_one_before(staffed):
    assert seen(staffed, lambda uow: uow.logins.login("ada")) is None
    login = StaffLogin(user_name="ada", password_hash="h", password_set_at=NOW, authenticator_number="n", authenticator_set_at=NOW, last_step=5)
    done(staffed, lambda uow: uow.logins.save_login(login))
    assert seen(staffed, lambda uow: uow.logins.login("ada")) == login
    done(staffed, lambda uow: uow.logins.save_login(StaffLogin(user_name="ada")))
    assert seen(staffed, lambda uow: uow.logins.login("ada")) == StaffLogin(user_name="ada")


def test_a_time_step_is_used_once_and_none_before_it(staffed):
    done(staffed, lambda uow: uow.logins.save_login(StaffLogin(user_name="ada")))
    assert [done(staffed, lambda uow, step=step: uow.logins.use_step("ada", step)) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_attempts_are_counted_forgiven_and_begun_anew(staffed):
    forgiven = NOW - timedelta(hours=1)
    for _ in range(3):
        done(staffed, lambda uow: uow.logins.note_failure("a", NOW, forgiven_before=forgiven))
    done(staffed, lambda uow: uow.logins.note_success("b", NOW))
    assert seen(staffed, lambda uow: uow.logins.failures(["a", "b", "c"])) == {"a": Failures(3, NOW, None), "b": Failures(0, None, NOW)}
    done(staffed, lambda uow: uow.logins.note_failure("a", LATER, forgiven_before=LATER - timedelta(hours=1)))
    done(staffed, lambda uow: uow.logins.note_failure("b", LATER, forgiven_before=LATER - timedelta(hours=1)))
    assert seen(staffed, lambda uow: uow.logins.failures(["a", "b"])) == {"a": Failures(1, LATER, None), "b": Failures(1, LATER, NOW)}


def test_sessions_are_kept_touched_and_ended(staffed):
    for key, name in (("x", "ada"), ("y", "ada"), ("z", "sam")):
        done(staffed, lambda uow, key=key, name=name: uow.logins.add_session(ConsoleSession(key, name, NOW, NOW)))
    done(staffed, lambda uow: uow.logins.touch_session("z", LATER))
    assert seen(staffed, lambda uow: uow.logins.session("z")) == ConsoleSession("z", "sam", NOW, LATER)
    done(staffed, lambda uow: uow.logins.end_session("x"))
    assert done(staffed, lambda uow: uow.logins.end_sessions_of("ada")) == 1
    done(staffed, lambda uow: uow.logins.end_session("x"))
    assert seen(staffed, lambda uow: uow.logins.session("y")) is None
    assert seen(staffed, lambda uow: uow.logins.session("z")) is not None


@pytest.mark.requirement("OPS-05")
def test_old_sessions_and_counters_are_forgotten(staffed):
    done(staffed, lambda uow: uow.logins.add_session(ConsoleSession("x", "ada", NOW, NOW)))
    done(staffed, lambda uow: uow.logins.note_success("a", NOW))
    done(staffed, lambda uow: uow.logins.purge(sessions_before=NOW, counters_before=NOW))
    assert seen(staffed, lambda uow: (uow.logins.session("x") is not None, set(uow.logins.failures(["a"])))) == (True, {"a"})
    done(staffed, lambda uow: uow.logins.purge(sessions_before=LATER, counters_before=LATER))
    assert seen(staffed, lambda uow: (uow.logins.session("x"), uow.logins.failures(["a"]))) == (None, {})


def a_message(number, county="19", uid=100_000_001):
    return NewMessage(county, MessageType.IDV_RESULT, f"K{number}", "<x/>", 0, uid, number, None, 1, None, None)


def fail(factory, number, at=NOW):
    """The county cannot take its oldest message; its id."""

    def act(uow):
        (message, *_) = uow.messages.page("19", 10, with_payload=False)
        uow.messages.clear("19", [Clearance(message_id=message.message_id, outcome=ClearOutcome.FAILED, text=f"reason {number}")], at)
        return message.message_id

    return done(factory, act)


@pytest.mark.requirement("EWS-04", "EWS-05")
def test_a_requeued_message_comes_at_its_voters_place(staffed):
    done(staffed, lambda uow: uow.messages.add([a_message(1), a_message(2)], NOW))
    first = fail(staffed, 1)
    (poison,) = seen(staffed, lambda uow: uow.messages.poison("19", 10))
    assert (poison.message_id, poison.text, poison.failed_at, poison.state_voter_id) == (first, "reason 1", NOW, 100_000_001)
    assert seen(staffed, lambda uow: (uow.messages.poison_counts(), uow.messages.poison("34", 10))) == ({"19": 1}, [])
    assert done(staffed, lambda uow: uow.messages.requeue("34", first, LATER)) is False
    assert done(staffed, lambda uow: uow.messages.requeue("19", first, LATER)) is True
    assert done(staffed, lambda uow: uow.messages.requeue("19", first, LATER)) is False
    page = seen(staffed, lambda uow: uow.messages.page("19", 10, with_payload=False))
    assert page[0].message_id == first
    assert seen(staffed, lambda uow: (uow.messages.depth("19"), uow.messages.poison_counts())) == (2, {})


@pytest.mark.requirement("EWS-04")
def test_a_skipped_message_is_gone_from_queue_and_poison(staffed):
    done(staffed, lambda uow: uow.messages.add([a_message(1)], NOW))
    message_id = fail(staffed, 1)
    assert done(staffed, lambda uow: uow.messages.skip("19", message_id)) is True
    assert done(staffed, lambda uow: uow.messages.skip("19", message_id)) is False
    assert seen(staffed, lambda uow: (uow.messages.depth("19"), uow.messages.poison("19", 10), uow.messages.page("19", 10, with_payload=False))) == (0, [], [])


@pytest.mark.requirement("OPS-01")
def test_each_hour_counts_what_it_added_and_cleared(staffed):
    done(staffed, lambda uow: uow.messages.add([a_message(1), a_message(2), a_message(3, "34")], NOW))
    fail(staffed, 1, NOW)
    message_id = fail(staffed, 2, LATER)
    done(staffed, lambda uow: uow.messages.requeue("19", message_id, LATER))
    two_on = HOUR + timedelta(hours=2)
    assert seen(staffed, lambda uow: uow.messages.hours("19", HOUR)) == [QueueHour(HOUR, 2, 1), QueueHour(two_on, 1, 1)]
    assert seen(staffed, lambda uow: uow.messages.hours("34", HOUR)) == [QueueHour(HOUR, 1, 0)]
    done(staffed, lambda uow: uow.messages.purge_hours(two_on))
    assert seen(staffed, lambda uow: uow.messages.hours("19", HOUR)) == [QueueHour(two_on, 1, 1)]
