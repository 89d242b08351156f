"""A loop that waits tells of it once, now and then, and when it is over."""

import logging

import pytest

from jobs import outage as outage_module
from jobs.outage import ANSWERS_AGAIN, WAITING, Outage
from votecal_soap.errors import ErrorCode, Unavailable


@pytest.fixture
def outage():
    return Outage(logging.getLogger("jobs"))


def fail(outage, error=None):
    with outage.waited_for():
        raise error or Unavailable(ErrorCode.BUSY, "away")


@pytest.mark.requirement("OPS-03")
def test_an_outage_is_told_once_and_its_end_with_how_often_it_was_tried(outage, caplog):
    caplog.set_level(logging.INFO)
    for _ in range(5):
        fail(outage)
    assert [(line.msg, line.code) for line in caplog.records] == [(WAITING, ErrorCode.BUSY)]
    for _ in range(2):
        with outage.waited_for():
            pass
    assert [(line.msg, line.count) for line in caplog.records[1:]] == [(ANSWERS_AGAIN, 5)]


def test_it_is_told_again_while_it_lasts(outage, caplog, monkeypatch):
    monkeypatch.setattr(outage_module, "TOLD_EVERY_SECONDS", 0.0)
    for _ in range(3):
        fail(outage)
    assert [line.count for line in caplog.records] == [1, 2, 3]


def test_what_is_no_outage_is_told_with_its_place_and_the_loop_goes_on(outage, caplog):
    fail(outage, ZeroDivisionError())
    (line,) = caplog.records
    assert (line.msg, line.exc_info[0]) == ("claim failed", ZeroDivisionError)


def test_only_what_is_waited_for_is_kept_back():
    with pytest.raises(ZeroDivisionError):
        fail(Outage(logging.getLogger("jobs"), only=Unavailable), ZeroDivisionError())
