from datetime import UTC, datetime

import pytest

from jobs.recurrence import CronRecurrence
from votecal_soap.errors import ErrorCode, InvalidRequest


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.requirement("JOB-01")
def test_a_repetition_is_in_californias_time_summer_and_winter():
    recurrence = CronRecurrence()
    assert recurrence.next_after("30 2 * * *", at("2026-01-10T00:00")) == at("2026-01-10T10:30")
    assert recurrence.next_after("30 2 * * *", at("2026-07-10T00:00")) == at("2026-07-10T09:30")


def test_the_next_time_is_strictly_after_the_instant():
    assert CronRecurrence().next_after("0 * * * *", at("2026-01-10T10:00")) == at("2026-01-10T11:00")


def test_following_the_times_through_both_changes_of_the_clock_never_stands_still():
    recurrence, instant = CronRecurrence(), at("2026-03-07T00:00")
    for _ in range(300):
        following = recurrence.next_after("30 1,2 * * *", instant)
        assert following is not None
        assert following > instant
        instant = following


def test_weekdays_go_by_name():
    assert CronRecurrence().next_after("0 20 * * mon-fri", at("2026-11-21T12:00")) == at("2026-11-24T04:00")


@pytest.mark.parametrize(
    "line",
    ["", "* * * *", "* * * * * *", "61 * * * *", "0 0 * * 1-5", "nonsense 0 * * *", "0 0 31 13 *"],
    ids=["empty", "four fields", "six fields", "minute 61", "weekdays by number", "no number", "month 13"],
)
def test_a_line_that_is_wrong_is_refused(line):
    with pytest.raises(InvalidRequest) as refused:
        CronRecurrence().next_after(line, at("2026-01-10T00:00"))
    assert refused.value.code is ErrorCode.VALUE_WRONG
    assert refused.value.ref == "repeat"


def test_a_time_that_never_comes_is_none():
    assert CronRecurrence().next_after("0 0 30 feb *", at("2026-01-10T00:00")) is None
