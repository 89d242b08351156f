"""A round: one job from its begin to its end, under fire, on a copy of what was prepared; then everything is judged."""

import random
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jobs.worker import Worker
from votecal_soap.synthetic.scenarios import Scenario

from ..county_office import CountyOffice
from ..installation import Installation, install, open_installation
from . import standing
from .backends import Backend
from .end_result import differences, end_result
from .job_under_fire import JobUnderFire, Planted
from .killer import Killer
from .nursery import Nursery
from .rows import read_rows

SETTINGS = {"lease_seconds": 1, "worker_poll_seconds": 0.2, "attempt_limit": 1000}

WEB_KILL_SHARE = 0.15
"""Of kills of a batch's worker: the web process is killed as well."""


@dataclass
class Prepared:
    """A job ready to run: its database and folder, and how it ended when it ran first, without a kill."""

    job: JobUnderFire
    backend: Backend
    url: str
    folder: Path
    planted: Planted
    right: Mapping[str, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Fire:
    """How a round is shot at: kills of workers at most, and whether the server fails as well."""

    kills: int
    server_fails: int = 0


@dataclass(frozen=True, kw_only=True)
class RoundReport:
    """What was hit, and everything that is wrong."""

    job: str
    backend: str
    hits: Counter[str]
    faults: list[str]
    seconds: float

    @property
    def kills(self) -> int:
        """Workers and web processes."""
        return self.hits["worker"] + self.hits["web"]


def prepare(job: JobUnderFire, backend: Backend, folder: Path) -> Prepared:
    """Load and schedule once."""
    folder.mkdir(parents=True)
    url = backend.new(folder)
    installation = install(url, folder, **SETTINGS, **job.settings)
    planted = job.prepare(installation, job.size)
    installation.stop()
    return Prepared(job, backend, url, folder, planted)


def run_undisturbed(prepared: Prepared, folder: Path) -> RoundReport:
    """The job on a copy, by one worker in this process, as it is to end; of a job that no county has a part in."""
    begun = time.monotonic()
    installation = _copied(prepared, folder, lease_seconds=60)
    try:
        Worker(installation.application).drain()
        faults = _judged(prepared, installation)
    finally:
        installation.stop()
    return RoundReport(job=prepared.job.name, backend=prepared.backend.name, hits=Counter(), faults=faults, seconds=time.monotonic() - begun)


def run_round(prepared: Prepared, folder: Path, nursery: Nursery, rng: random.Random, fire: Fire) -> RoundReport:
    """The job on a copy, from begin to end."""
    begun = time.monotonic()
    installation = _copied(prepared, folder)
    killer = Killer(installation, nursery, rng, prepared.planted.job_id, prepared.planted.size, prepared.job.workers)
    try:
        faults = _live_through(prepared, killer, fire)
    except AssertionError as broken:
        faults = [f"the round came to no end: {broken}"]
    finally:
        killer.stop()
        installation.stop()
    return RoundReport(job=prepared.job.name, backend=prepared.backend.name, hits=killer.hits, faults=faults, seconds=time.monotonic() - begun)


def _copied(prepared: Prepared, folder: Path, **settings: object) -> Installation:
    shutil.copytree(prepared.folder, folder, ignore=shutil.ignore_patterns("votecal.db*", "logs"))
    with prepared.backend.steady:
        url = prepared.backend.copy(prepared.url, folder) if prepared.backend.copy else prepared.url
    return open_installation(url, folder, **{**SETTINGS, **prepared.job.settings, **settings})


def _live_through(prepared: Prepared, killer: Killer, fire: Fire) -> list[str]:
    killer.start_workers()
    if prepared.planted.county is None:
        _kill_workers(prepared, killer, fire)
        killer.wait_for(killer.is_completed)
    else:
        _under_a_county(prepared, killer, fire)
    return _judged(prepared, killer.installation)


def _kill_workers(prepared: Prepared, killer: Killer, fire: Fire) -> None:
    """Lives are measured in records, not in seconds: a fast machine must not end the job before it has been hit often."""
    longest_life = max(prepared.planted.size // max(fire.kills, 1), 2)
    fails = set(killer.rng.sample(range(max(fire.kills, 1)), min(fire.server_fails, fire.kills)))
    for shot in range(fire.kills):
        if shot in fails and prepared.backend.fail():
            killer.hits["server"] += 1
        if not killer.kill_holder(longest_life):
            return
        if killer.web is not None and killer.rng.random() < WEB_KILL_SHARE:
            killer.kill_web()


def _under_a_county(prepared: Prepared, killer: Killer, fire: Fire) -> None:
    """The county sends its file and takes its messages meanwhile; the web process is killed in both."""
    wire_records, voters = prepared.planted.county
    truths, _ = prepared.planted.known
    office = CountyOffice(killer.installation, wire_records, voters)
    office.create_ems()
    killer.serve()
    thread = office.open()
    try:
        if fire.kills:
            sent = killer.rng.uniform(0.02, 0.9)
            killer.wait_for(lambda: office.sent >= sent or office.error)
            killer.kill_web()
        _kill_workers(prepared, killer, fire)
        killer.wait_for(lambda: killer.is_completed() or office.error)
        office.drain.set()
        everything = prepared.planted.size + sum(truth.scenario is Scenario.MESSAGE_OPEN for truth in truths)
        if fire.kills:
            imported = killer.rng.uniform(0.01, 0.45) * everything
            killer.wait_for(lambda: office.imported >= imported or office.error)
            killer.kill_web()
        killer.wait_for(lambda: office.message_counts() == (everything, everything) or office.error)
    finally:
        office.stop.set()
        thread.join(30)
    assert office.error is None, office.error


def _judged(prepared: Prepared, installation: Installation) -> list[str]:
    with prepared.backend.steady:
        rows = read_rows(installation.engine)
        found = prepared.job.faults(installation, rows, prepared.planted)
    found += standing.faults(rows)
    result = end_result(rows)
    if not prepared.right:
        prepared.right = result
        return found
    return [*found, *differences(result, prepared.right)]
