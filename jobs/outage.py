"""What a loop waits for, told to the operator when it begins, once a minute while it lasts, and when it is over (OPS-03)."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from votecal_soap.errors import Unavailable
from votecal_soap.log import event

TOLD_EVERY_SECONDS: Final = 60.0
WAITING: Final = "the database cannot be used for now; it is waited for, nothing is to be restarted"
ANSWERS_AGAIN: Final = "the database answers again"


class Outage:
    """One for a loop; the loop outlives whatever the database does."""

    def __init__(self, logger: logging.Logger, *, only: type[Exception] = Exception) -> None:
        """Nothing is wrong yet; exceptions that are not `only` go through."""
        self._logger = logger
        self._only = only
        self._failures = 0
        self._told_at = 0.0

    @contextmanager
    def waited_for(self) -> Iterator[None]:
        """Try once; what fails is told, and left to the next try."""
        try:
            yield
        except self._only as error:
            self._note(error)
        else:
            self._end()

    def _note(self, error: Exception) -> None:
        self._failures += 1
        if self._failures > 1 and time.monotonic() - self._told_at < TOLD_EVERY_SECONDS:
            return
        self._told_at = time.monotonic()
        if isinstance(error, Unavailable):
            event(self._logger, WAITING, level=logging.ERROR, code=error.code, count=self._failures)
        else:
            event(self._logger, "claim failed", level=logging.ERROR, exc_info=True, count=self._failures)

    def _end(self) -> None:
        if self._failures:
            event(self._logger, ANSWERS_AGAIN, count=self._failures)
        self._failures = 0
