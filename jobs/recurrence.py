"""Cron lines in California's time, read by APScheduler."""

from datetime import UTC, datetime
from typing import Final

from apscheduler.triggers.cron import CronTrigger

from votecal_soap.clock import CALIFORNIA
from votecal_soap.errors import ErrorCode, InvalidRequest

FIELDS: Final = 5


class CronRecurrence:
    """Five fields: minute, hour, day of the month, month, weekday by name."""

    def next_after(self, line: str, instant: datetime) -> datetime | None:
        """The first time after an instant, in UTC; None when it never comes."""
        trigger = self._trigger(line)
        # With "previous" at the same instant the trigger looks strictly after it.
        local = instant.astimezone(CALIFORNIA)
        found: datetime | None = trigger.get_next_fire_time(local, local)
        return None if found is None else found.astimezone(UTC)

    def _trigger(self, line: str) -> CronTrigger:
        fields = line.split()
        if len(fields) != FIELDS:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "A repetition has five fields: minute hour day month weekday, as in '30 2 * * mon-fri'.", ref="repeat")
        # APScheduler 3 counts weekdays from Monday, cron from Sunday: a number would mean different days to different readers.
        if any(character.isdigit() for character in fields[-1].partition("/")[0]):
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "Write weekdays by name (sun, mon-fri): their numbers differ between programs.", ref="repeat")
        try:
            return CronTrigger.from_crontab(line, timezone=CALIFORNIA)
        except ValueError as error:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, f"The repetition cannot be read: {error}", ref="repeat") from error
