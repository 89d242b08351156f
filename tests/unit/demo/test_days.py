"""The demonstration's days pass one way, and end in the present."""

from datetime import UTC, date, datetime, timedelta

import pytest

from votecal_soap.clock import FixedClock
from votecal_soap.demo.days import DAY_OF_DEADLINES, DAY_OF_FILE, DAYS, DaysClock
from votecal_soap.demo.dmv_situations import DmvFileNumber
from votecal_soap.domain.due_dates import due_on

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_the_first_day_lies_behind_and_the_last_is_today():
    clock = DaysClock(FixedClock(NOW))
    assert clock.now() == NOW - timedelta(days=DAYS)
    clock.set_forward(DAYS)
    assert clock.now() == NOW


def test_no_day_comes_back_and_none_lies_ahead():
    clock = DaysClock(FixedClock(NOW))
    clock.set_forward(3)
    for day in (2, DAYS + 1):
        with pytest.raises(ValueError, match=str(day)):
            clock.set_forward(day)


@pytest.mark.requirement("COA-37")
def test_deadlines_have_passed_whatever_the_day_on_which_it_is_played():
    between_the_years = frozenset({date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 25), date(2027, 1, 1)})
    for start in (date(2026, 11, 20) + timedelta(days=number) for number in range(60)):
        last_waiting = start + timedelta(days=DAY_OF_FILE[DmvFileNumber.CLOSED])
        assert due_on(last_waiting, between_the_years) < start + timedelta(days=DAY_OF_DEADLINES)
