"""Sending again: a county keeps its work and tries until the state has it (UC01.19.01, EWS-07)."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from votecal_soap.errors import Unavailable, VoteCalError

Answer = TypeVar("Answer")

# Fifty-eight counties that lost the same state must not come back in step.
_JITTER: Final = random.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Exponential backoff with jitter; only `Unavailable` is tried again, and a hint of the state is heeded."""

    sleep: Callable[[float], object]
    attempts: int = 6
    first_seconds: float = 0.5
    longest_seconds: float = 60.0

    def call(self, action: Callable[[], Answer]) -> Answer:
        """The action's answer; after the last attempt its error."""
        for failures in range(1, self.attempts):
            try:
                return action()
            except Unavailable as error:
                self.pause(failures, error)
        return action()

    def pause(self, failures: int, error: VoteCalError) -> None:
        """Wait after so many failures in a row."""
        ceiling = min(self.longest_seconds, self.first_seconds * 2 ** (failures - 1))
        self.sleep(max(float(error.retry_after_seconds or 0), _JITTER.uniform(ceiling / 2, ceiling)))
