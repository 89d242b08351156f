"""Days on which the offices of the State of California are closed, by rule: Government Code 19853.

Government Code 6700 names more days (Lincoln Day, Juneteenth, Native American Day, Admission Day ...), which state employees may
take but on which the state works: they are business days. A day that the Governor appoints is data: SOS loads it.
"""

from datetime import date, timedelta
from typing import Final

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6

_FIXED: Final = {
    (1, 1): "New Year's Day",
    (3, 31): "Cesar Chavez Day",
    (7, 4): "Independence Day",
    (11, 11): "Veterans Day",
    (12, 25): "Christmas Day",
}
_MONDAYS: Final = {(1, 3): "Martin Luther King Jr. Day", (2, 3): "Presidents' Day", (9, 1): "Labor Day"}
"""Month and which Monday of it."""

_VETERANS: Final = (11, 11)


def state_holidays(year: int) -> dict[date, str]:
    """A year's holidays by the day on which they are kept; one that falls on a Saturday is there too, and changes nothing."""
    kept = [_kept(date(year, *day), name) for day, name in _FIXED.items()]
    kept += [(_weekday(year, month, _MONDAY, place), name) for (month, place), name in _MONDAYS.items()]
    thanksgiving = _weekday(year, 11, _THURSDAY, 4)
    kept += [(thanksgiving, "Thanksgiving Day"), (thanksgiving + timedelta(days=1), "Day after Thanksgiving")]
    last_of_may = date(year, 5, 31)
    kept.append((last_of_may - timedelta(days=last_of_may.weekday()), "Memorial Day"))
    return dict(sorted(kept))


def _kept(day: date, name: str) -> tuple[date, str]:
    """19853(b): from Sunday to Monday; Veterans Day also from Saturday to Friday."""
    if day.weekday() == _SUNDAY:
        return day + timedelta(days=1), f"{name} (observed)"
    if day.weekday() == _SATURDAY and (day.month, day.day) == _VETERANS:
        return day - timedelta(days=1), f"{name} (observed)"
    return day, name


def _weekday(year: int, month: int, weekday: int, place: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (place - 1))
