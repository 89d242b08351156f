"""The claim loop: take a due run under a lease, run it, keep what came of it (JOB-02, JOB-03)."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from jobs import run_endings
from jobs.catalogue import CATALOGUE, CatalogueEntry
from jobs.lease import Lease, WorkerStopping
from jobs.outage import Outage
from votecal_soap.domain.jobs import JobInstance, JobType, StopRequest
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound, Unavailable, VoteCalError
from votecal_soap.log import correlation_id, event
from votecal_soap.retrying import retry_undone
from votecal_soap.storage import DISK_CODES, told_by
from votecal_soap.use_cases.ports import Application, UnitOfWork

logger = logging.getLogger(__name__)

R = TypeVar("R")

_HOPELESS: Final = (InvalidRequest, NotFound, NotAllowed)
"""Errors that another attempt would only repeat."""


def worker_name() -> str:
    """Machine, process and a random part: unique among all workers."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"[:100]


class Worker:
    """Claims runs one after the other until it is told to stop."""

    def __init__(self, application: Application, catalogue: Mapping[JobType, CatalogueEntry] = CATALOGUE, name: str | None = None) -> None:
        """Prepare; nothing is claimed before `run`."""
        self._application = application
        self._catalogue = catalogue
        self.name = name or worker_name()
        self._stopping = threading.Event()
        self._outage = Outage(logger)

    def stop(self) -> None:
        """Go down at the next safe point; the run is handed back unharmed."""
        self._stopping.set()

    def run(self) -> None:
        """Claim and run until `stop`; a database that is away is waited for."""
        event(logger, "worker up", worker=self.name)
        while not self._stopping.is_set():
            if not self._run_one_or_none():
                self._stopping.wait(self._application.config.worker_poll_seconds)
        event(logger, "worker down", worker=self.name)

    def drain(self) -> int:
        """Run what is due now and return how many runs that were."""
        runs = 0
        while not self._stopping.is_set() and self.run_one():
            runs += 1
        return runs

    def run_one(self) -> bool:
        """Claim and run one; False when nothing is due."""
        instance, began = self._in_unit_of_work(self._claim)
        if instance is not None and began:
            self._run(instance)
        return instance is not None

    def _claim(self, uow: UnitOfWork) -> tuple[JobInstance | None, bool]:
        config = self._application.config
        instance = uow.jobs.claim(self.name, config.lease_seconds, config.attempt_limit)
        return instance, instance is not None and run_endings.begin(uow, self._application.clock, instance)

    def _in_unit_of_work(self, act: Callable[[UnitOfWork], R]) -> R:
        """Run again when undone: who claims, who ends a run and who stops a job take the same rows in different orders."""

        def run() -> R:
            with self._application.unit_of_work() as uow:
                result = act(uow)
                uow.commit()
            return result

        return retry_undone(run)

    def _run_one_or_none(self) -> bool:
        with self._outage.waited_for():
            return self.run_one()
        return False

    def _run(self, instance: JobInstance) -> None:
        token = correlation_id.set(f"run-{instance.instance_id}")
        _tell("run begun", instance, job_type=instance.job_type, attempt=instance.attempt, worker=self.name)
        try:
            self._run_under_lease(instance)
        finally:
            correlation_id.reset(token)

    def _run_under_lease(self, instance: JobInstance) -> None:
        try:
            with Lease(self._application, instance, self._stopping) as lease:
                self._catalogue[instance.job_type].run(self._application, instance, lease.should_stop)
        except WorkerStopping:
            self._hand_back(instance)
        except VoteCalError as error:
            self._failed(instance, error)
        except Exception as error:  # here an unknown fault becomes one that is kept and shown
            _tell("run broke", instance, level=logging.ERROR, exc_info=True)
            unknown = Unavailable(ErrorCode.INTERNAL, f"The run ended with {type(error).__name__}; the log says where.")
            self._failed(instance, told_by(error) or unknown)
        else:
            self._ended(instance, lease.told)

    def _ended(self, instance: JobInstance, told: StopRequest | None) -> None:
        """Settle a run that returned, unless the job has settled it in its own last transaction."""
        clock = self._application.clock

        def settle(uow: UnitOfWork) -> None:
            if told is None:
                run_endings.complete(uow, clock, instance)
            else:
                run_endings.stop(uow, clock, instance, told)

        self._settle(instance, settle)
        _tell("run ended", instance)

    def _hand_back(self, instance: JobInstance) -> None:
        self._settle(instance, lambda uow: uow.jobs.hand_back(instance.instance_id, instance.lease_token or ""))
        _tell("run handed back", instance)

    def _failed(self, instance: JobInstance, error: VoteCalError) -> None:
        _tell("run failed", instance, code=error.code, attempt=instance.attempt, level=logging.ERROR)
        if error.code is ErrorCode.LEASE_LOST:
            return  # another worker has it: nothing here is ours to write
        self._settle(instance, lambda uow: self._end_or_try_again(uow, instance, error))

    def _end_or_try_again(self, uow: UnitOfWork, instance: JobInstance, error: VoteCalError) -> None:
        # The run may have made progress, which counts its attempts anew.
        current = uow.jobs.instance(instance.instance_id) or instance
        if error.code in DISK_CODES:
            run_endings.wait_for_disk(uow, current, error)
        elif isinstance(error, _HOPELESS) or current.attempt >= self._application.config.attempt_limit:
            run_endings.fail(uow, self._application.clock, instance, error)
        else:
            run_endings.try_again(uow, current, error)

    def _settle(self, instance: JobInstance, write: Callable[[UnitOfWork], object]) -> None:
        """Keep what became of a run, unless it is another's by now. A database that is away is waited for while the lease would have lasted."""
        config = self._application.config
        outage, until = Outage(logger, only=Unavailable), time.monotonic() + config.lease_seconds
        while True:
            with outage.waited_for():
                self._in_unit_of_work(lambda uow: run_endings.is_held(uow, instance) and write(uow))
                return
            if time.monotonic() >= until or self._stopping.wait(config.worker_poll_seconds):
                return


def _tell(name: str, instance: JobInstance, **more: Any) -> None:  # noqa: ANN401 - what `event` takes
    event(logger, name, job_id=instance.job_id, instance_id=instance.instance_id, **more)
