"""How people sign in to the console: their login, their sessions, and the time that guessing costs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from votecal_soap.domain.counties import StaffUser


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLogin:
    """What a person signs in with. `authenticator_number` goes into the app's secret; `last_step` is the last time step accepted."""

    user_name: str
    password_hash: str | None = field(default=None, repr=False)
    password_set_at: datetime | None = None
    authenticator_number: str | None = field(default=None, repr=False)
    authenticator_set_at: datetime | None = None
    last_step: int | None = None


STEPS_AHEAD: Final = 20
"""A code whose step is so far ahead of the next one was accepted before the clock was set back; ten minutes."""


class ConsoleSession(NamedTuple):
    """A signed-in browser; its token is kept as a keyed hash only."""

    token_hash: str
    user_name: str
    begun_at: datetime
    last_seen_at: datetime


class SignedIn(NamedTuple):
    """Who a session belongs to."""

    person: StaffUser
    session: ConsoleSession


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """When a session ends by itself: after so long without a page, and so long after its begin."""

    idle: timedelta
    longest: timedelta

    def has_ended(self, session: ConsoleSession, now: datetime) -> bool:
        """Whether it is over."""
        return now - session.last_seen_at >= self.idle or now - session.begun_at >= self.longest


class Failures(NamedTuple):
    """Wrong attempts of one counter."""

    in_a_row: int
    last_at: datetime | None
    succeeded_at: datetime | None
    """When somebody last signed in by it."""


NO_FAILURES: Final = Failures(0, None, None)
FORGIVEN_AFTER: Final = timedelta(hours=1)
"""Wrong attempts are forgotten when none followed for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """Attempts that cost nothing, then a wait that doubles from one second; never for good, lest anybody be locked out."""

    free: int
    longest: timedelta

    def held_until(self, failures: Failures, now: datetime) -> datetime | None:
        """Before this instant no attempt is looked at; None when the next may come at once."""
        if failures.last_at is None or failures.in_a_row < self.free:
            return None
        seconds = min(2.0 ** min(failures.in_a_row - self.free, 30), self.longest.total_seconds())
        until = failures.last_at + timedelta(seconds=seconds)
        # Nobody waits for longer: the clock was set back since, and what it said before tells nothing.
        return None if until > now + self.longest else until


OF_PAIR: Final = BackOff(free=5, longest=timedelta(minutes=15))
"""One account from one source address."""
OF_SOURCE: Final = BackOff(free=20, longest=timedelta(minutes=15))
"""Any account from one source address: an office shares one."""
OF_ACCOUNT: Final = BackOff(free=20, longest=timedelta(minutes=1))
"""One account from everywhere. It does not hold a source from which the person has signed in before."""
