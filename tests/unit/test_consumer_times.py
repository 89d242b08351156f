"""Who polls and clears is remembered with the call and written apart from it (OPS-01)."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from fakes.unit_of_work import FakeDatabase

from votecal_soap import consumer_times
from votecal_soap.clock import FixedClock
from votecal_soap.consumer_times import ConsumerTimes
from votecal_soap.domain.ems_messages import HeardOf
from votecal_soap.errors import ErrorCode, InvalidRequest, Unavailable

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CALL = SimpleNamespace(caller=SimpleNamespace(county_code="19"))


def answer(call):
    return "<Answer/>"


def refuse(call):
    raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, "no")


@pytest.fixture
def database():
    return FakeDatabase()


def kept(database):
    with database() as uow:
        return dict(uow.messages.consumers())


@pytest.mark.requirement("OPS-01")
def test_a_poll_writes_nothing_by_itself_and_is_written_later(database):
    times = ConsumerTimes(database, FixedClock(NOON))
    operations = times.watched({"GetMessageQueue": answer, "ClearMessages": answer, "Ping": answer})
    assert [operation(CALL) for operation in operations.values()] == ["<Answer/>"] * 3
    assert kept(database) == {}
    times.write()
    assert kept(database) == {"19": HeardOf(NOON, NOON)}


def test_a_call_that_is_refused_is_not_remembered(database):
    times = ConsumerTimes(database, FixedClock(NOON))
    with pytest.raises(InvalidRequest):
        times.watched({"GetMessageQueue": refuse})["GetMessageQueue"](CALL)
    times.write()
    assert kept(database) == {}


def test_a_poll_says_nothing_about_the_last_clearing(database):
    with database() as uow:
        uow.messages.note_consumers({"19": HeardOf(None, NOON - timedelta(hours=1))})
        uow.commit()
    times = ConsumerTimes(database, FixedClock(NOON))
    times.watched({"GetMessageQueue": answer})["GetMessageQueue"](CALL)
    times.write()
    assert kept(database) == {"19": HeardOf(NOON, NOON - timedelta(hours=1))}


def test_what_a_database_that_is_away_does_not_take_is_written_the_next_time(database):
    away = [True]

    def unit_of_work():
        if away.pop():
            raise Unavailable(ErrorCode.BUSY, "away")
        return database()

    times = ConsumerTimes(unit_of_work, FixedClock(NOON))
    times.watched({"GetMessageQueue": answer})["GetMessageQueue"](CALL)
    times.write()
    assert kept(database) == {}
    away.append(False)
    times.write()
    assert kept(database) == {"19": HeardOf(NOON, None)}


@pytest.mark.requirement("OPS-01", "OPS-03")
def test_a_fault_of_the_program_is_told_with_its_place_and_the_thread_goes_on(database, monkeypatch, caplog):
    monkeypatch.setattr(consumer_times, "WRITE_SECONDS", 0.001)
    faults, written = [ZeroDivisionError("19 polled")], threading.Event()

    def unit_of_work():
        if faults:
            raise faults.pop()
        written.set()
        return database()

    times = ConsumerTimes(unit_of_work, FixedClock(NOON))
    times.watched({"GetMessageQueue": answer})["GetMessageQueue"](CALL)
    times.begin()
    assert written.wait(10), "the next try was made by the same thread"
    times.end()
    assert kept(database) == {"19": HeardOf(NOON, None)}
    (line,) = caplog.records
    assert (line.msg, line.levelname, line.exc_info[0]) == ("consumer times not written", "ERROR", ZeroDivisionError)


def test_what_was_not_taken_is_kept_beside_what_was_heard_since(database):
    away = [False, True]

    def unit_of_work():
        if away.pop():
            raise Unavailable(ErrorCode.BUSY, "away")
        return database()

    times = ConsumerTimes(unit_of_work, FixedClock(NOON))
    heard_while_away = times.watched({"GetMessageQueue": answer, "ClearMessages": answer})
    heard_while_away["ClearMessages"](CALL)

    def poll_and_be_away():
        # The next poll comes while the database is being asked in vain.
        heard_while_away["GetMessageQueue"](CALL)
        return unit_of_work()

    times._unit_of_work = poll_and_be_away
    times.write()
    times._unit_of_work = unit_of_work
    times.write()
    assert kept(database) == {"19": HeardOf(NOON, NOON)}


def test_a_thread_writes_again_and_again_until_it_is_ended(database, monkeypatch):
    monkeypatch.setattr(consumer_times, "WRITE_SECONDS", 0.001)
    times = ConsumerTimes(database, FixedClock(NOON))
    times.begin()
    times.watched({"GetMessageQueue": answer})["GetMessageQueue"](CALL)
    times.end()
    assert kept(database) == {"19": HeardOf(NOON, None)}
