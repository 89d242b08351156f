"""When each county asked for its queue or cleared messages last: kept in memory, written by a thread of its own (OPS-01).

58 counties poll every 15 seconds. A write in each call would make the cheapest call of all wait for a commit; a DBA wants
to know whether a county is away, to the minute.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.ems_messages import HeardOf
from votecal_soap.errors import VoteCalError
from votecal_soap.log import event
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.use_cases.ports import UnitOfWorkFactory

logger = logging.getLogger(__name__)

WRITE_SECONDS: Final = 60.0
_NOTHING: Final = HeardOf(None, None)


class ConsumerTimes:
    """One for a web process."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        """Nobody was heard of yet."""
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._heard: dict[str, HeardOf] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def watched(self, operations: Mapping[str, Operation]) -> dict[str, Operation]:
        """The same operations; who polls or clears is remembered once the call is answered."""
        watching = {"GetMessageQueue": self._polled, "ClearMessages": self._cleared}
        return {name: _then(operation, watching[name]) if name in watching else operation for name, operation in operations.items()}

    def begin(self) -> None:
        """Write once a minute, from now on."""
        self._thread = threading.Thread(target=self._write_each_minute, name="consumer-times", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Write what is left, and no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.write()

    def write(self) -> None:
        """Write what was heard since the last time; without a database it is kept for the next."""
        with self._lock:
            heard, self._heard = self._heard, {}
        if not heard:
            return
        try:
            with self._unit_of_work() as uow:
                uow.messages.note_consumers(heard)
                uow.commit()
        except VoteCalError as error:
            event(logger, "consumer times not written", code=error.code)
            self._keep(heard)
        except Exception:  # whatever it is, the next minute is another try: a thread that ended here would leave every county silent for good
            event(logger, "consumer times not written", level=logging.ERROR, exc_info=True)
            self._keep(heard)

    def _keep(self, heard: Mapping[str, HeardOf]) -> None:
        with self._lock:
            self._heard = {county: _later(heard.get(county, _NOTHING), self._heard.get(county, _NOTHING)) for county in heard.keys() | self._heard}

    def _write_each_minute(self) -> None:
        while not self._stop.wait(WRITE_SECONDS):
            self.write()

    def _polled(self, county_code: str) -> None:
        with self._lock:
            self._heard[county_code] = self._heard.get(county_code, _NOTHING)._replace(polled_at=self._clock.now())

    def _cleared(self, county_code: str) -> None:
        with self._lock:
            self._heard[county_code] = self._heard.get(county_code, _NOTHING)._replace(cleared_at=self._clock.now())


def _later(before: HeardOf, since: HeardOf) -> HeardOf:
    return HeardOf(since.polled_at or before.polled_at, since.cleared_at or before.cleared_at)


def _then(operation: Operation, remember: Callable[[str], None]) -> Operation:
    def answered(call: Call) -> str:
        answer = operation(call)
        remember(call.caller.county_code)
        return answer

    return answered
