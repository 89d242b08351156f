"""Keeps a run's lease alive from a thread of its own, and tells the run between chunks whether to go on (JOB-02)."""

import logging
import threading
import time
from types import TracebackType
from typing import Final, Self

from votecal_soap.domain.jobs import JobInstance, StopRequest
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.log import event
from votecal_soap.use_cases.ports import Application

logger = logging.getLogger(__name__)

BEATS_PER_LEASE: Final = 3
"""Two heartbeats may fail before a lease is lost."""

BEATS_MISSED: Final = 2
"""After so many the run itself makes the next: SQLite has no queue of writers, and a heartbeat may not get in between chunk and chunk."""

LONGEST_BEAT_SECONDS: Final = 5.0
"""A stop request is heard with the next heartbeat: nobody waits longer than this for it."""


class WorkerStopping(Exception):
    """The worker goes down: the run stops at its safe point and another worker goes on with it."""


class Lease:
    """`with Lease(...) as lease:` keeps the lease; `lease.should_stop` is what the run asks."""

    def __init__(self, application: Application, instance: JobInstance, stopping: threading.Event) -> None:
        """Take over a claimed instance; `stopping` is set when the worker goes down."""
        self._application = application
        self._instance_id = instance.instance_id
        self._token = instance.lease_token or ""
        self._stopping = stopping
        self._requested = instance.stop_requested
        self._ended = threading.Event()
        self._kept_until = time.monotonic() + application.config.lease_seconds
        self._beat_seconds = min(application.config.lease_seconds / BEATS_PER_LEASE, LONGEST_BEAT_SECONDS)
        self._overdue_at = time.monotonic() + BEATS_MISSED * self._beat_seconds
        self._beating = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{self._instance_id}", daemon=True)
        self.told: StopRequest | None = None

    def __enter__(self) -> Self:
        """Begin the heartbeats."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the heartbeats."""
        self._ended.set()
        self._thread.join()

    @property
    def lost(self) -> bool:
        """Whether another worker may hold the run by now."""
        return time.monotonic() >= self._kept_until

    def should_stop(self) -> StopRequest | None:
        """What SOS asks of the run; raises when the lease is lost or the worker goes down. Asked between chunks, where the run locks nothing."""
        if self._is_overdue:
            with self._beating:  # the heartbeat that waits for us gets in now
                if self._is_overdue:
                    self._beat()
        if self.lost:
            raise Conflict(ErrorCode.LEASE_LOST, "The lease of this run is lost: another worker may hold it.", ref=str(self._instance_id))
        if self._requested is not None:
            self.told = self._requested
        elif self._stopping.is_set():
            raise WorkerStopping
        return self.told

    @property
    def _is_overdue(self) -> bool:
        return time.monotonic() >= self._overdue_at and not self.lost

    def _keep(self) -> None:
        while not self._ended.wait(self._beat_seconds) and not self.lost:
            with self._beating:
                self._beat()

    def _beat(self) -> None:
        begun = time.monotonic()
        seconds = self._application.config.lease_seconds
        try:
            with self._application.unit_of_work() as uow:
                self._requested = uow.jobs.heartbeat(self._instance_id, self._token, seconds)
                uow.commit()
        except Conflict:
            self._kept_until = begun
            event(logger, "lease lost", instance_id=self._instance_id, level=logging.WARNING)
        except Exception:  # a database that is away for a moment: the next heartbeat may reach it
            event(logger, "heartbeat failed", instance_id=self._instance_id, level=logging.WARNING, exc_info=True)
        else:
            self._kept_until = begun + seconds
            self._overdue_at = begun + BEATS_MISSED * self._beat_seconds
