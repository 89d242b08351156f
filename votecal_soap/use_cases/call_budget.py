"""How much may be called: a county's calls and those of all together have a budget for each minute, over all processes (ADR 13).

A process has a tenth of each budget to itself, so that a county that polls never costs a write. Whoever calls more takes blocks
of a tenth out of the minute's row in the database, which all processes share.
"""

import threading
from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.call_guard import ALL_COUNTIES, CallLimits
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.use_cases.ports import UnitOfWorkFactory
from votecal_soap.use_cases.wrong_secrets import WrongSecrets

_MINUTE: Final = 60
_SHARE: Final = 10


@dataclass(slots=True)
class _Minute:
    """What is left of a minute in this process; `is_spent`: the database has no more either."""

    number: int
    left: int
    is_spent: bool = False


class CallBudget:
    """The budgets as one process sees them."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, limits: CallLimits) -> None:
        """Begin with nothing called."""
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._limits = limits
        self._minutes: dict[str, _Minute] = {}
        self._lock = threading.Lock()

    def take(self, county_code: str, calls: int = 1) -> None:
        """Count a call of an authenticated county; a costly one counts as several.

        Raises:
            Unavailable: TOO_MANY_CALLS, with the seconds to the next minute.
        """
        instant = int(self._clock.now().timestamp())
        for scope, limit in ((county_code, self._limits.of_county), (ALL_COUNTIES, self._limits.of_all)):
            if not self._take(scope, limit, instant // _MINUTE, max(1, min(calls, limit))):
                raise too_many_calls(_MINUTE - instant % _MINUTE)

    def _take(self, scope: str, limit: int, minute: int, calls: int) -> bool:
        with self._lock:
            mine = self._minutes.get(scope)
            if mine is None or mine.number != minute:
                mine = self._minutes[scope] = _Minute(minute, limit // _SHARE)
            if mine.left >= calls:
                mine.left -= calls
                return True
            if mine.is_spent:
                return False
        # Outside the lock: a database that is slow must not hold up other counties.
        granted = self._block(scope, limit, minute, calls)
        with self._lock:
            mine.is_spent = granted == 0
            mine.left += granted
            if mine.left < calls:
                return False
            mine.left -= calls
            return True

    def _block(self, scope: str, limit: int, minute: int, calls: int) -> int:
        wanted = max(calls, limit // _SHARE)
        try:
            with self._unit_of_work() as uow:
                granted = uow.call_guard.take_calls(scope, minute, wanted, limit)
                uow.commit()
        except Unavailable:
            return wanted  # a database that is busy must not make the budget refuse anybody
        return granted


class AddressBudget:
    """Before a body is read: what one address may send to this process.

    Addresses from which no county has called share a budget, and none has more than a tenth of it: whoever floods the services
    without a secret is in company of his own kind. An address of a county may send as much as all counties may call.
    """

    def __init__(self, wrong_secrets: WrongSecrets, clock: Clock, limits: CallLimits) -> None:
        """Begin with nobody counted."""
        self._wrong_secrets = wrong_secrets
        self._clock = clock
        self._limits = limits
        self._minute = 0
        self._strangers = 0
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, source_address: str) -> None:
        """Count a request by its address.

        Raises:
            Unavailable: TOO_MANY_CALLS, with the seconds to the next minute.
        """
        instant, is_known = int(self._clock.now().timestamp()), self._wrong_secrets.remembers(source_address)
        has_room = self._has_room(source_address, instant // _MINUTE, is_known=is_known)
        if not has_room and (is_known or not self._wrong_secrets.is_known(source_address)):
            raise too_many_calls(_MINUTE - instant % _MINUTE)

    def _has_room(self, source_address: str, minute: int, *, is_known: bool) -> bool:
        limit = self._limits.of_all if is_known else max(1, self._limits.of_strangers // _SHARE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._strangers, self._counts = minute, 0, {}
            mine = self._counts.get(source_address, 0)
            if mine >= limit or (not is_known and self._strangers >= self._limits.of_strangers):
                return False
            self._strangers += not is_known
            self._counts[source_address] = mine + 1
            return True


def too_many_calls(wait: int) -> Unavailable:
    """The refusal of a call that nothing was looked at of."""
    return Unavailable(ErrorCode.TOO_MANY_CALLS, f"Too many calls. Send the same again in {wait} s.", retry_after_seconds=wait)
