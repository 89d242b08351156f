from datetime import date, timedelta

import pytest

from votecal_soap.domain.due_dates import due_on, is_business_day

CHAVEZ, THANKSGIVING, DAY_AFTER = date(2026, 3, 31), date(2026, 11, 26), date(2026, 11, 27)
HOLIDAYS = frozenset({CHAVEZ, THANKSGIVING, DAY_AFTER})


@pytest.mark.requirement("COA-37")
@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (date(2026, 3, 2), date(2026, 3, 9)),  # a Monday: the next Monday
        (date(2026, 3, 6), date(2026, 3, 13)),  # a Friday
        (date(2026, 3, 7), date(2026, 3, 13)),  # a Saturday: the week after it
        (date(2026, 3, 8), date(2026, 3, 13)),
        (date(2026, 3, 30), date(2026, 4, 7)),  # a holiday between
        (date(2026, 3, 31), date(2026, 4, 7)),  # opened on a holiday
        (date(2026, 11, 25), date(2026, 12, 4)),  # two holidays and a weekend
    ],
)
def test_a_county_has_five_business_days_after_the_day_of_opening(opened, due):
    assert due_on(opened, HOLIDAYS) == due


@pytest.mark.requirement("COA-37")
def test_no_case_is_due_on_a_weekend_or_a_holiday():
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert all(is_business_day(due_on(day, HOLIDAYS), HOLIDAYS) for day in days)
    assert [day for day in days if day.weekday() < 5 and not is_business_day(day, HOLIDAYS)] == sorted(HOLIDAYS)
