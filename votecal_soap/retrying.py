"""A unit of work that the database undid is run again, whole, by the edge that it came in by (OPS-04).

Only what was `Undone` is: a deadlock's victim, a connection lost before the commit. Nothing is that has sent a commit,
whatever came after: it may have been done.
"""

import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, TypeVar

from votecal_soap.errors import Undone
from votecal_soap.log import event

logger = logging.getLogger(__name__)

RUNS: Final = 4
"""The first and three more: who loses a row to others four times in a row is better told to come again."""

FIRST_PAUSE_SECONDS: Final = 0.05

# Two that undid each other must not meet again.
_JITTER: Final = random.SystemRandom()

R = TypeVar("R")


class _Run:
    """One of the runs, in its own thread."""

    def __init__(self) -> None:
        self.has_committed = False


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


def note_commit() -> None:
    """A commit is about to be sent: what runs now is not to be run again."""
    running = _run.get()
    if running is not None:
        running.has_committed = True


def retry_undone(act: Callable[[], R], *, sleep: Callable[[float], object] = time.sleep) -> R:
    """What `act` returns; it must bear being begun again, so it reads nothing that can be read only once."""
    for runs in range(1, RUNS):
        running = _Run()
        try:
            return _under(running, act)
        except Undone:
            if running.has_committed:
                raise
            event(logger, "run again", attempt=runs, level=logging.WARNING)
        sleep(_JITTER.uniform(0.5, 1.0) * FIRST_PAUSE_SECONDS * 2.0 ** (runs - 1))
    return act()


def _under(running: _Run, act: Callable[[], R]) -> R:
    around = _run.get()
    token = _run.set(running)
    try:
        return act()
    finally:
        _run.reset(token)
        if around is not None:
            around.has_committed |= running.has_committed
