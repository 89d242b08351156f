"""Rounds of several jobs at once on one back end, until enough was killed: leases run out side by side, so a kill costs little time."""

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .backends import Backend
from .jobs_under_fire import JobUnderFire
from .nursery import Nursery
from .rounds import Fire, Prepared, RoundReport, prepare, run_round


@dataclass
class Campaign:
    """On one back end: `kills` in all, in rounds of `kills_a_round` about; in `server_fails` of the rounds of the first job the server fails too."""

    backend: Backend
    folder: Path
    nursery: Nursery
    seed: int
    kills: int
    kills_a_round: int = 10
    server_fails: int = 0
    tell: Callable[[RoundReport], None] = lambda report: None
    reports: list[RoundReport] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def wage(self, jobs: Sequence[JobUnderFire], size: Callable[[JobUnderFire], int] = lambda job: job.sizes) -> list[RoundReport]:
        """Each job once undisturbed, then all under fire until enough was killed; what was found."""
        with ThreadPoolExecutor(len(jobs)) as threads:
            list(threads.map(lambda job: self._fight(job, size(job)), jobs))
        return self.reports

    @property
    def killed(self) -> int:
        """Workers and web processes so far."""
        return sum(report.kills for report in self.reports)

    def _fight(self, job: JobUnderFire, size: int) -> None:
        folder = self.folder / job.name.replace(" ", "-")
        rng = random.Random(f"{self.seed} {self.backend.name} {job.name}")
        prepared = prepare(job, self.backend, folder / "prepared", size)
        if self.backend.copy is not None:
            self._round(prepared, folder / "undisturbed", rng, Fire(kills=0))
        number = 0
        while number == 0 or self.killed < self.kills:
            number += 1
            if self.backend.copy is None and number > 1:
                prepared = prepare(job, self.backend, folder / f"prepared-{number}", size)
            kills = rng.randint(max(self.kills_a_round * 2 // 3, 1), self.kills_a_round * 4 // 3)
            self._round(prepared, folder / f"round-{number}", rng, Fire(kills=kills, server_fails=self.server_fails))

    def _round(self, prepared: Prepared, folder: Path, rng: random.Random, fire: Fire) -> None:
        report = run_round(prepared, folder, self.nursery, rng, fire)
        with self._counting:
            self.reports.append(report)
            self.tell(report)
