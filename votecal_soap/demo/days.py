"""The demonstration's clock: it begins some weeks ago and is set forward, so that days may pass and it ends in the present."""

from datetime import datetime, timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.demo.dmv_situations import DmvFileNumber

DAYS: Final = 20
"""How long the demonstration lasts."""

DAY_OF_FILE: Final = {DmvFileNumber.FIRST: 0, DmvFileNumber.CLOSED: 1, DmvFileNumber.INVITING: 2, DmvFileNumber.KILLED: DAYS}
"""On which day each of DMV's files comes."""

DAY_OF_DEADLINES: Final = 17
"""More than five business days between holidays have passed, and more than the ten of a move that waits."""


class DaysClock:
    """Goes as another clock does, some days behind it."""

    def __init__(self, clock: Clock) -> None:
        """Begin on the first day."""
        self._clock = clock
        self._day = 0

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._clock.now() - timedelta(days=DAYS - self._day)

    def set_forward(self, day: int) -> None:
        """It is this day now, counted from 0; the last one is the present."""
        if not self._day <= day <= DAYS:
            raise ValueError(day)
        self._day = day
