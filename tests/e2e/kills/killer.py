"""Keeps workers up, and a web process where a county sends its file, and kills them at random points of a job's work."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from db.tables import duplicate_partition, job, job_instance
from votecal_soap.domain.jobs import JobState
from votecal_soap.errors import Unavailable

from ..installation import Installation
from .nursery import Nursery, is_alive, kill

ENDS_IN = 300.0

LOOKS = 0.01
"""Seconds between two looks at what a job does: more often would take the processor from it."""

LONGEST_CHUNK = 0.03
"""Seconds: a kill falls anywhere between two commits."""


def wait_for(condition: Callable[[], object], seconds: float = ENDS_IN):
    """What the condition gives once it gives something; a database that is away is waited for too."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(Unavailable):
            if found := condition():
                return found
        time.sleep(LOOKS)
    raise AssertionError("what was waited for never came")


@dataclass
class Killer:
    """Kills what works on a job, and starts another in its place; `hits` counts what was killed."""

    installation: Installation
    nursery: Nursery
    rng: random.Random
    job_id: int
    size: int
    worker_count: int
    hits: Counter[str] = field(default_factory=Counter)
    web: int | None = None
    workers: set[int] = field(default_factory=set)
    _started: int = 0

    def start_workers(self) -> None:
        """As many as there are to be: some hold runs, the others wait for a lease to end."""
        while len(self.workers) < self.worker_count:
            self.workers.add(self._fork("worker"))

    def stop(self) -> None:
        """End all that runs."""
        for pid in [*self.workers, *([] if self.web is None else [self.web])]:
            kill(pid)

    def serve(self) -> None:
        """A web process that answers."""
        self.web = self._fork("serve")
        self.wait_for(self.installation.answers)

    def kill_web(self) -> None:
        """The web process, at once."""
        assert self.web is not None
        kill(self.web)
        self.hits["web"] += 1
        self.serve()

    def wait_for(self, condition: Callable[[], object]):
        """What the condition gives; meanwhile what ended by itself is started again, as a service manager does: without a database nothing starts."""

        def looked():
            self._keep_up()
            return condition()

        return wait_for(looked)

    def _keep_up(self) -> None:
        self.workers = set(filter(is_alive, self.workers))
        self.start_workers()
        if self.web is not None and not is_alive(self.web):
            self.web = self._fork("serve")

    def _fork(self, command: str) -> int:
        self._started += 1
        self.installation.logs.mkdir(exist_ok=True)
        log = self.installation.logs / f"{self._started:03d}-{command}.log"
        return self.nursery.fork(command, environ=self.installation.environ, folder=self.installation.folder, log=log)

    def kill_holder(self, longest_life: int) -> bool:
        """Let the job handle a random number of records, then kill a worker that has it in hand; False when the job has ended meanwhile."""
        begun_at = self.wait_for(lambda: self.is_completed() or (self._holders() and (self.progress(),)))
        if begun_at is True:
            return False
        last = min(begun_at[0] + self.rng.randrange(longest_life), self.size)
        self.wait_for(lambda: self.is_completed() or self.progress() >= last)
        time.sleep(self.rng.uniform(0, LONGEST_CHUNK))
        holders = self.wait_for(lambda: self.is_completed() or self._holders())
        if holders is True:
            return False
        victim = self.rng.choice(sorted(holders))
        kill(victim)
        self.workers.remove(victim)
        self.hits["worker"] += 1
        self.start_workers()
        return True

    def _holders(self) -> set[int]:
        return self.installation.holders(self.job_id) & self.workers

    def is_completed(self) -> bool:
        """Whether the job has ended."""
        return self._one(select(job.c.state).where(job.c.job_id == self.job_id)) == JobState.COMPLETED

    def progress(self) -> int:
        """Records handled; of detection, about how many voters."""
        runs = self._one(select(func.max(job_instance.c.records_processed)).where(job_instance.c.job_id == self.job_id))
        done = select(func.sum(duplicate_partition.c.voter_count)).where(duplicate_partition.c.done == 1)
        return int(self._one(done) or runs or 0)

    def _one(self, statement):
        with self.installation.engine.connect() as connection:
            return connection.execute(statement).scalar()
