"""The state's processes during the soak, and what memory each holds over time."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.own_process import await_answer, settings_of_its_own
from benchmarks.queue_workload import KEY
from benchmarks.soak_workload import SoakState

_WARNING_LEVELS: Final = ("ERROR", "CRITICAL")


@dataclass(slots=True, kw_only=True)
class Watched:
    """A process, its log, and the megabytes that it held at moments of the monotonic clock.

    Anonymous memory: pages of the database's file that the system maps are given back whenever anybody else needs the room.
    """

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    samples: list[tuple[float, float]] = field(default_factory=list)

    def sample(self) -> None:
        """Look once."""
        megabytes = _anonymous_megabytes(self.process.pid)
        if megabytes is not None:
            self.samples.append((time.monotonic(), megabytes))

    @property
    def peak(self) -> float:
        """Megabytes at most."""
        return max((megabytes for _, megabytes in self.samples), default=0.0)

    def slope(self) -> float:
        """By how much of its mean the memory grows over the last half of the time, by a line fitted to it."""
        return slope_share(self.samples)

    def errors_logged(self) -> int:
        """Lines of the log that an operator would have to look at."""
        return sum(line.startswith("{") and json.loads(line).get("level") in _WARNING_LEVELS for line in self.log.read_text().splitlines())


def slope_share(samples: Sequence[tuple[float, float]]) -> float:
    """Growth over the last half of the samples as a share of its mean; 0 for fewer than three."""
    half = samples[len(samples) // 2 :]
    if len(half) < 3:
        return 0.0
    at, megabytes = np.array(half).T
    slope, _ = np.polyfit(at - at[0], megabytes, 1)
    return float(slope * (at[-1] - at[0]) / megabytes.mean())


def _anonymous_megabytes(pid: int) -> float | None:
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = next((line for line in told.splitlines() if line.startswith("RssAnon:")), None)
    return None if found is None else int(found.split()[1]) / 1024


@contextmanager
def running(state: SoakState, workers: int) -> Iterator[tuple[str, list[Watched]]]:
    """`votecal serve` and so many `votecal worker`; the services' URL, and each process."""
    address, environ = _environment(state)
    with ExitStack() as stack:
        web = stack.enter_context(_process(state.folder, "serve", "web process", environ))
        await_answer(address, web.process)
        names = [f"worker {number}" for number in range(1, workers + 1)]
        yield f"http://{address}", [web, *(stack.enter_context(_process(state.folder, "worker", name, environ)) for name in names)]


def _environment(state: SoakState) -> tuple[str, dict[str, str]]:
    settings = {"DATA_DIR": state.folder, "DATABASE_URL": state.database_url, "CREDENTIAL_KEY": KEY, "ADMIN_LISTEN": "", "DMV_SETTLE_SECONDS": 1}
    return settings_of_its_own(settings)


@contextmanager
def _process(folder: Path, command: str, name: str, environ: dict[str, str]) -> Iterator[Watched]:
    log = folder / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-m", "votecal_soap.cli", command], env=environ, stdout=stream, stderr=stream)
        try:
            yield Watched(name=name, process=process, log=log)
        finally:
            process.terminate()
            process.wait()
