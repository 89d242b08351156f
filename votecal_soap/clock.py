"""Time: aware UTC everywhere inside; the legal day is California's."""

from datetime import UTC, date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

CALIFORNIA: Final = ZoneInfo("America/Los_Angeles")


class Clock(Protocol):
    """Tells the time; passed to whoever needs it."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands where it is put, for tests and sandboxes."""

    def __init__(self, instant: datetime) -> None:
        """Start at an aware instant."""
        self.instant = instant

    def now(self) -> datetime:
        """The instant it was put at."""
        return self.instant


def legal_date(instant: datetime) -> date:
    """The calendar day in California at an aware instant."""
    return instant.astimezone(CALIFORNIA).date()
