"""Days by which a county decides (COA-37, DUP-05), and on which confidentiality ends (EWS-14); all days are California's."""

from collections.abc import Container
from datetime import date, timedelta
from typing import Final

from votecal_soap.domain.match_cases import DECISION_DAYS

_SATURDAY: Final = 5
_LEAP_DAY: Final = (2, 29)
PUBLIC_SAFETY_YEARS: Final = 2
"""How long a public safety officer's application holds (Elections Code 2166.7)."""


def due_on(opened: date, holidays: Container[date], business_days: int = DECISION_DAYS) -> date:
    """The last day that a county has: so many business days after the day on which the case was opened (2 CCR 19077(b))."""
    day = opened
    while business_days:
        day += timedelta(days=1)
        business_days -= is_business_day(day, holidays)
    return day


def is_business_day(day: date, holidays: Container[date]) -> bool:
    """Whether it is neither a weekend nor a state holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def public_safety_end(applied: date) -> date:
    """The first day on which a public safety officer's status holds no more: two years after the application."""
    year = applied.year + PUBLIC_SAFETY_YEARS
    return date(year, 3, 1) if (applied.month, applied.day) == _LEAP_DAY else applied.replace(year=year)


def applied_by(ended_by: date) -> date:
    """The latest day of application whose public safety status has ended on this day or before."""
    year = ended_by.year - PUBLIC_SAFETY_YEARS
    return date(year, 2, 28) if (ended_by.month, ended_by.day) == _LEAP_DAY else ended_by.replace(year=year)
