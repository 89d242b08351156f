"""The sandbox's clock: it goes as the machine's does, and is moved forward in whole days."""

from datetime import datetime, timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.errors import ErrorCode, InvalidRequest

MOST_DAYS: Final = 3_650
"""In all: beyond the state holidays that are known, no deadline is right."""


class SandboxClock:
    """Never goes back: what was written would then lie in the future."""

    def __init__(self, clock: Clock) -> None:
        """Begin where that clock is."""
        self._clock = clock
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._clock.now() + self._ahead

    def move(self, days: int) -> None:
        """Go forward by days."""
        if not 0 <= days <= MOST_DAYS - self._ahead.days:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, f"The clock goes forward only, by at most {MOST_DAYS} days in all.", ref="days")
        self._ahead += timedelta(days=days)
