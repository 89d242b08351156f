"""The steps of the demonstration: told as they go, for a progress bar, and timed for the account."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

Advance = Callable[[int, int | None], None]
"""How much is done, and of how much when that is known."""


class Watcher(Protocol):
    """Whoever shows the progress."""

    def begun(self, title: str) -> None:
        """A step begins."""
        ...

    def advanced(self, title: str, done: int, total: int | None) -> None:
        """A step has come so far."""
        ...

    def ended(self, title: str, seconds: float) -> None:
        """A step is done."""
        ...


class Steps:
    """Runs steps one after the other and keeps how long each took."""

    def __init__(self, watcher: Watcher) -> None:
        """Tell this one."""
        self._watcher = watcher
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, title: str) -> Iterator[Advance]:
        """One step; the block tells how far it has come."""
        self._watcher.begun(title)
        began = time.monotonic()
        yield lambda done, total: self._watcher.advanced(title, done, total)
        self.seconds[title] = time.monotonic() - began
        self._watcher.ended(title, self.seconds[title])
