"""Rounds of several jobs at once on one back end, until enough was killed: leases run out side by side, so a kill costs little time."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .backends import Backend
from .job_under_fire import JobUnderFire
from .nursery import Nursery
from .rounds import Fire, Prepared, RoundReport, prepare, run_round, run_undisturbed


@dataclass
class Campaign:
    """On one back end: `kills` in all, in rounds of `kills_a_round` about; in each the server fails `server_fails` times.

    A batch is judged by what is known of each record; without `undisturbed_batch` by that alone, which saves a web process and a county.
    """

    backend: Backend
    folder: Path
    nursery: Nursery
    seed: int
    kills: int
    kills_a_round: int = 10
    server_fails: int = 0
    undisturbed_batch: bool = True
    tell: Callable[[RoundReport], None] = lambda report: None
    reports: list[RoundReport] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def wage(self, *jobs: JobUnderFire) -> list[RoundReport]:
        """Each job once undisturbed, then all under fire until enough was killed; what was found."""
        with ThreadPoolExecutor(len(jobs)) as threads:
            # No server fails before all are prepared: that is not under test.
            prepared = list(threads.map(self._prepare, jobs))
            list(threads.map(self._fight, prepared))
        return self.reports

    @property
    def killed(self) -> int:
        """Workers and web processes so far."""
        return sum(report.kills for report in self.reports)

    def _prepare(self, job: JobUnderFire) -> Prepared:
        prepared = prepare(job, self.backend, self._folder(job) / "prepared")
        if self.backend.copy is not None and prepared.planted.county is None:
            self._note(run_undisturbed(prepared, self._folder(job) / "undisturbed"))
        elif self.backend.copy is not None and self.undisturbed_batch:
            self._round(prepared, self._folder(job) / "undisturbed", self._random(job, "undisturbed"), Fire(kills=0))
        return prepared

    def _fight(self, prepared: Prepared) -> None:
        job, rng = prepared.job, self._random(prepared.job, "under fire")
        number = 0
        while number == 0 or self.killed < self.kills:
            number += 1
            if self.backend.copy is None and number > 1:
                prepared = prepare(job, self.backend, self._folder(job) / f"prepared-{number}")
            kills = rng.randint(max(self.kills_a_round * 2 // 3, 1), self.kills_a_round * 4 // 3)
            self._round(prepared, self._folder(job) / f"round-{number}", rng, Fire(kills=kills, server_fails=self.server_fails))

    def _folder(self, job: JobUnderFire) -> Path:
        return self.folder / job.name.replace(" ", "-")

    def _random(self, job: JobUnderFire, part: str) -> random.Random:
        return random.Random(f"{self.seed} {self.backend.name} {job.name} {part}")

    def _round(self, prepared: Prepared, folder: Path, rng: random.Random, fire: Fire) -> None:
        self._note(run_round(prepared, folder, self.nursery, rng, fire))

    def _note(self, report: RoundReport) -> None:
        with self._counting:
            self.reports.append(report)
            self.tell(report)
