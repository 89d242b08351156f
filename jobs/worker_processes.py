"""Several worker processes under one parent that does none of their work (JOB-02).

The parent starts them, hands a stop on, and starts another for one that died. A child stops by itself when the parent is
gone, however that ended: the pipe that multiprocessing ties the two with closes then, on every system.
"""

import logging
import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final

from votecal_soap.errors import VoteCalError
from votecal_soap.log import event

logger = logging.getLogger(__name__)

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

RESTART_SECONDS: Final = 1.0
LONGEST_RESTART_SECONDS: Final = 60.0
STEADY_SECONDS: Final = 60.0
"""A process that lived so long died of something new: its successor begins at once again."""


@dataclass(slots=True)
class _Place:
    """Where one process runs, and its successors after it."""

    process: SpawnProcess | None = None
    counted: Connection | None = None
    begun_at: float = 0.0
    deaths: int = 0
    next_at: float | None = 0.0
    """When the next process begins, by the monotonic clock; None: there is one, or there will be none."""

    @property
    def is_open(self) -> bool:
        return self.process is not None or self.next_at is not None


class WorkerProcesses:
    """`count` processes that each make `work(*arguments)`, known by name to a new process; its result is a number of runs."""

    def __init__(self, work: Callable[..., int], arguments: tuple[Any, ...], count: int, *, replacing: bool) -> None:
        """Prepare; nothing is started before `run`. Not `replacing`: each process is started once, and may end by itself."""
        self._work = work
        self._arguments = arguments
        self._replacing = replacing
        self._places = [_Place() for _ in range(count)]
        self._stopping = False
        # "spawn": a fork would copy the locks of the scheduler's threads in whatever state they are.
        self._context = multiprocessing.get_context("spawn")
        self._woken, self._waking = self._context.Pipe(duplex=False)
        self.runs = 0
        self.failed = 0
        """How many processes ended badly and had no successor."""

    def stop(self) -> None:
        """Have all go down at their next safe point; may be called by a signal's handler."""
        self._stopping = True
        self._waking.send_bytes(b"stop")

    def run(self) -> None:
        """Return when no process runs and none is to be started."""
        resource_tracker.ensure_running()  # the first process would start it, and it unblocks the signals
        try:
            while any(place.is_open for place in self._places):
                self._start_due()
                wait([self._woken, *self._sentinels()], self._pause())
                if self._woken.poll():
                    self._woken.recv_bytes()
                    self._hand_stop_on()
                self._look_after()
        finally:
            self._hand_stop_on()
            for place in self._places:
                if place.process is not None:
                    place.process.join()

    def _start_due(self) -> None:
        now = time.monotonic()
        for place in self._places:
            if place.next_at is None or (place.next_at > now and not self._stopping):
                continue
            place.next_at = None
            if not self._stopping:
                self._start_or_wait(place)

    def _start_or_wait(self, place: _Place) -> None:
        try:
            self._start(place)
        except OSError:  # the machine has no memory or no process left for now: the others go on
            place.deaths += 1
            event(logger, "worker process not started", level=logging.ERROR, exc_info=True, attempt=place.deaths)
            self._follow(place, was_bad=True)

    def _start(self, place: _Place) -> None:
        counted, counting = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_child, args=(self._work, self._arguments, counting))
        # Inherited: whoever is told to stop before it listens hears of it when it does.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            process.start()
        except OSError:
            counted.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            counting.close()
        place.process, place.counted, place.begun_at = process, counted, time.monotonic()

    def _sentinels(self) -> list[int]:
        return [place.process.sentinel for place in self._places if place.process is not None]

    def _pause(self) -> float | None:
        """Until the next start; None when only an end or a stop can come, and nothing when none can."""
        if not any(place.is_open for place in self._places):
            return 0.0
        starts = [place.next_at for place in self._places if place.next_at is not None]
        return max(0.0, min(starts) - time.monotonic()) if starts else None

    def _hand_stop_on(self) -> None:
        for place in self._places:
            if place.process is not None:
                place.process.terminate()

    def _look_after(self) -> None:
        for place in self._places:
            if place.process is not None and place.process.exitcode is not None:
                self._ended(place, place.process, place.process.exitcode)

    def _ended(self, place: _Place, process: SpawnProcess, exit_code: int) -> None:
        if place.counted is not None:
            self.runs += _received(place.counted)
        place.process, place.counted = None, None
        if exit_code or (self._replacing and not self._stopping):
            place.deaths = 1 if time.monotonic() - place.begun_at >= STEADY_SECONDS else place.deaths + 1
            event(logger, "worker process died", level=logging.ERROR, worker=process.pid, status=exit_code, attempt=place.deaths)
        process.close()
        self._follow(place, was_bad=exit_code != 0)

    def _follow(self, place: _Place, *, was_bad: bool) -> None:
        """Have a successor begin after a while, or count that there is none."""
        if self._replacing and not self._stopping:
            place.next_at = time.monotonic() + restart_seconds(place.deaths)
        else:
            self.failed += was_bad


def restart_seconds(deaths: int) -> float:
    """How long a place stays empty after so many deaths in a row: doubling, up to a minute."""
    return min(RESTART_SECONDS * 2.0 ** min(deaths - 1, 10), LONGEST_RESTART_SECONDS)


def listen_to_parent(stop: Callable[[], None]) -> None:
    """In a child: have `stop` called when the parent tells it to, and when the parent is gone."""
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    threading.Thread(target=_outlive_parent, args=(stop,), name="parent", daemon=True).start()


def _outlive_parent(stop: Callable[[], None]) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        stop()


def _child(work: Callable[..., int], arguments: tuple[Any, ...], counting: Connection) -> None:
    """Multiprocessing would print an exception with its text, which may quote a value (OPS-03)."""
    try:
        counting.send(work(*arguments))
    except VoteCalError as error:
        event(logger, "worker process refused", level=logging.ERROR, code=error.code)
        sys.exit(1)
    except Exception:
        event(logger, "worker process broke", level=logging.ERROR, exc_info=True)
        sys.exit(1)


def _received(counted: Connection) -> int:
    try:
        runs: int = counted.recv() if counted.poll() else 0
    except EOFError:  # it ended before it could tell
        runs = 0
    counted.close()
    return runs
