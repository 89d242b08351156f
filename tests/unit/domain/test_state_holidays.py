from datetime import date

import pytest

from votecal_soap.domain.state_holidays import state_holidays

PUBLISHED = {
    # As the state's personnel office published them; 2017 and 2023 have Veterans Day on a Saturday, 2013 and 2019 Chavez Day on a Sunday.
    2013: [(1, 1), (1, 21), (2, 18), (4, 1), (5, 27), (7, 4), (9, 2), (11, 11), (11, 28), (11, 29), (12, 25)],
    2019: [(1, 1), (1, 21), (2, 18), (4, 1), (5, 27), (7, 4), (9, 2), (11, 11), (11, 28), (11, 29), (12, 25)],
    2017: [(1, 2), (1, 16), (2, 20), (3, 31), (5, 29), (7, 4), (9, 4), (11, 10), (11, 23), (11, 24), (12, 25)],
    2023: [(1, 2), (1, 16), (2, 20), (3, 31), (5, 29), (7, 4), (9, 4), (11, 10), (11, 23), (11, 24), (12, 25)],
    2026: [(1, 1), (1, 19), (2, 16), (3, 31), (5, 25), (7, 4), (9, 7), (11, 11), (11, 26), (11, 27), (12, 25)],
}


@pytest.mark.requirement("COA-37")
@pytest.mark.parametrize("year", PUBLISHED)
def test_the_days_of_a_year_are_those_that_state_offices_keep(year):
    assert list(state_holidays(year)) == [date(year, *day) for day in PUBLISHED[year]]


@pytest.mark.requirement("COA-37")
def test_no_holiday_is_kept_on_a_sunday_and_veterans_day_on_no_weekend():
    for year in range(2024, 2080):
        days = state_holidays(year)
        assert len(days) == 11
        assert all(day.weekday() != 6 for day in days)
        (veterans,) = (day for day, name in days.items() if name.startswith("Veterans"))
        assert veterans.weekday() < 5


@pytest.mark.requirement("COA-37")
@pytest.mark.parametrize("day", [date(2026, 2, 12), date(2026, 4, 24), date(2026, 6, 19), date(2026, 9, 9), date(2026, 9, 25), date(2026, 10, 12)])
def test_days_of_the_holiday_list_on_which_the_state_works_are_business_days(day):
    assert day not in state_holidays(day.year)
