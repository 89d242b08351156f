"""Duplicates inside the roll, scored: beside Splink and beside plain SQL in DuckDB on the same database, each load included; quality, growth, memory."""

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from math import log
from pathlib import Path
from typing import Any, Final

from benchmarks.coa_workload import Mode
from benchmarks.duplicates_job import run_job
from benchmarks.duplicates_workload import workload
from benchmarks.reporting import Report, command
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE

FITTING_SEED, SEED = 100, 1
"""The weights are fitted on a roll of their own, which is not scored."""
MODES: Final = (Mode.FULL, Mode.NO_LICENSE)
BEST_F1: Final = {Mode.FULL: 0.99, Mode.NO_LICENSE: 0.985}
MOST_MEGABYTES: Final = 3_072
_PROCESSOR: Final = ", processor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much."""

    voters: int
    fitted_on: int
    larger: int | None
    """Voters of the roll that growth and memory are measured on."""
    u_pairs: float
    """Random pairs from which Splink learns what chance alone makes agree."""


SCALES: Final = {
    "small": Scale(voters=50_000, fitted_on=50_000, larger=None, u_pairs=1e6),
    "full": Scale(voters=1_000_000, fitted_on=300_000, larger=3_000_000, u_pairs=1e7),
}


class Told:
    """What an engine's process told."""

    def __init__(self, text: str) -> None:
        """Take its last line."""
        self._told: dict[str, Any] = json.loads(text.splitlines()[-1])
        self.steps: dict[str, float] = self._told["steps"]

    def __getitem__(self, name: str) -> float:
        """A figure."""
        return float(self._told[name])

    @property
    def megabytes(self) -> float:
        """The peak."""
        return max(map(float, self._told["megabytes"].values()))

    def seconds(self, kind: str = "") -> float:
        """All steps together, by the clock or by the processor."""
        return sum(seconds for step, seconds in self.steps.items() if step.endswith(_PROCESSOR) == bool(kind))


def run(scale: str) -> Report:
    """Score all pairs of a roll, as the product and as its rivals do, each in a process of its own."""
    size = SCALES[scale]
    report = Report(benchmark="duplicates", scale=scale)
    report.facts = {"voters": size.voters, "fitted on": size.fitted_on, "seeds": [FITTING_SEED, SEED], "noise": asdict(ORDINARY_NOISE)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = _fitted(folder, size)
        _module("duplicates_workload", folder, "roll", size.voters, SEED, "--people")
        ours = {mode: Told(_module("duplicates_engine", "ours", folder, "roll", mode.name, weights)) for mode in MODES}
        for mode, told in ours.items():
            _report_quality(report, f"ours, {mode}", told, BEST_F1[mode])
            _report_steps(report, f"ours, {mode}", told)
        _compare(report, folder, ours, size)
        _report_job(report, folder, weights)
        if size.larger is not None:
            _report_growth(report, folder, weights, ours[Mode.FULL], size)
    return report


def _module(module: str, *arguments: object) -> str:
    return subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def _fitted(folder: Path, size: Scale) -> Path:
    """As `votecal match fit --function duplicate_voter` does: from pairs with two DL/IDs, which are hidden while it learns."""
    _module("duplicates_workload", folder, "fitting", size.fitted_on, FITTING_SEED)
    weights = folder / "weights.json"
    _module("duplicates_engine", "fit", folder, "fitting", Mode.FULL.name, weights)
    workload(folder, "fitting").database.unlink()
    return weights


def _report_quality(report: Report, name: str, told: Told, bar: float | None = None) -> None:
    report.add(f"{name}: pair F1", told["f1"], "share", at_least=bar)
    report.add(f"{name}: precision there", told["precision"], "share")
    report.add(f"{name}: recall there", told["recall"], "share")


def _report_steps(report: Report, name: str, told: Told) -> None:
    report.add(f"{name}: pairs", told["pairs"], "pairs")
    for step, seconds in told.steps.items():
        report.add(f"{name}: {step}", seconds, "s")
    report.add(f"{name}: peak memory", told.megabytes, "MB")


def _compare(report: Report, folder: Path, ours: dict[Mode, Told], size: Scale) -> None:
    if find_spec("splink") is None or find_spec("duckdb") is None:
        report.facts["rivals"] = "not measured: pip install 'votecal-soap[benchmark]'"
        return
    for mode, own in ours.items():
        sql = Told(_module("duplicates_engine", "duckdb", folder, "roll", mode.name))
        _report_quality(report, f"DuckDB SQL, {mode}", sql)
        _report_steps(report, f"DuckDB SQL, {mode}", sql)
        _report_ratio(report, f"ours beside DuckDB SQL, {mode}", own, sql, 3.0)
        if mode is Mode.FULL:
            splink = Told(_module("duplicates_engine", "splink", folder, "roll", mode.name, size.u_pairs))
            _report_quality(report, f"Splink, {mode}", splink)
            _report_steps(report, f"Splink, {mode}", splink)
            _report_ratio(report, f"ours beside Splink, {mode}", own, splink, 1 / 3)
            trained = splink.steps["load"] + splink.steps["score"]
            report.add(f"ours beside Splink with a model trained before, {mode}", own.seconds() / trained, "ratio")


def _report_ratio(report: Report, name: str, own: Told, other: Told, at_most: float) -> None:
    """By the clock, and by the processor, which other work on the machine disturbs less."""
    report.add(name, own.seconds() / other.seconds(), "ratio", at_most=at_most)
    report.add(f"{name}, processor seconds", own.seconds(_PROCESSOR) / other.seconds(_PROCESSOR), "ratio")


def _report_job(report: Report, folder: Path, weights: Path) -> None:
    done = run_job(workload(folder, "roll").database, weights)
    report.add("the whole job, one worker", done.seconds, "s")
    for outcome, pairs in done.outcomes.items():
        report.add(f"the whole job: pairs {outcome}", pairs, "pairs")
    report.add("the whole job: messages", done.messages, "messages")


def _report_growth(report: Report, folder: Path, weights: Path, own: Told, size: Scale) -> None:
    assert size.larger is not None  # noqa: S101 - asked before
    workload(folder, "roll").database.unlink()
    _module("duplicates_workload", folder, "larger", size.larger, SEED)
    larger = Told(_module("duplicates_engine", "ours", folder, "larger", Mode.FULL.name, weights))
    name = f"ours, {size.larger:,} voters"
    _report_quality(report, name, larger)
    _report_steps(report, name, larger)
    report.add(f"{name}: peak memory, barred", larger.megabytes, "MB", at_most=MOST_MEGABYTES)
    for kind in ("", _PROCESSOR):
        slope = log(larger.seconds(kind) / own.seconds(kind)) / log(size.larger / size.voters)
        report.add(f"growth of the time: exponent of the roll's size{kind}", slope, "exponent", at_most=None if kind else 1.45)


if __name__ == "__main__":
    command("duplicates", run)
