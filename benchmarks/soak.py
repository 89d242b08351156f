"""All at once, for ten minutes: 58 counties poll, a batch and a DMV file are processed, people click in the console, and nothing may fail or grow."""

import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.reporting import Report, database_command
from benchmarks.soak_load import Tally, start_users
from benchmarks.soak_processes import Watched, running
from benchmarks.soak_workload import COUNTY_CODES, SoakSize, SoakState, make_state
from votecal_soap.domain.jobs import InstanceState, JobInstance

SIZES: Final = {
    "small": SoakSize(seconds=15, batch_records=10_000, dmv_records=500, dmv_voters=5_000, poll_seconds=3),
    "full": SoakSize(seconds=600, batch_records=1_000_000, dmv_records=20_000, dmv_voters=100_000, poll_seconds=15),
}
WORKERS: Final = 2
SAMPLE_SECONDS: Final = 1.0
MOST_POLL_MILLISECONDS: Final = {"sqlite": 2_000, "postgresql": 500}
MOST_SLOPE: Final = 0.02


def run(scale: str, database_url: str | None = None) -> Report:
    """Web process and two workers over one database, with everybody at work; --database names an empty PostgreSQL one."""
    size = SIZES[scale]
    with tempfile.TemporaryDirectory(prefix="votecal-soak-") as name:
        state = make_state(Path(name), database_url, size)
        tally = Tally()
        with running(state, WORKERS) as (url, processes):
            stop = start_users(state, COUNTY_CODES, url, tally, size.poll_seconds)
            watch = _watch(state, size, processes, tally)
            stop()
        return _report(scale, size, state, processes, tally, watch)


@dataclass(slots=True)
class _Watch:
    """What was seen from outside, by the monotonic clock: when all began, when the runs had all ended; and how many processes had died at the end."""

    begun: float
    runs_ended: float
    died: int = 0


def _watch(state: SoakState, size: SoakSize, processes: list[Watched], tally: Tally) -> _Watch:
    """Look at every process each second until the time is over."""
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeRemainingColumn(), console=Console(file=sys.stderr))
    begun = time.monotonic()
    watch = _Watch(begun=begun, runs_ended=begun)
    with bar, closing(state.unit_of_work()) as factory:
        task = bar.add_task("soak", total=size.seconds, told="")
        while (passed := time.monotonic() - begun) < size.seconds:
            for watched in processes:
                watched.sample()
            with factory(read_only=True) as uow:
                runs = uow.jobs.instances()
            if not all(run.state is InstanceState.COMPLETED for run in runs):
                watch.runs_ended = time.monotonic()
            done = [f"{run.job_type}: {run.records_processed:,}" for run in runs]
            told = f"{', '.join(done)}; {tally.cleared:,} messages cleared; {tally.errors.total()} errors"
            bar.update(task, completed=passed, told=told)
            time.sleep(SAMPLE_SECONDS)
    watch.died = sum(watched.process.poll() is not None for watched in processes)
    return watch


def _report(scale: str, size: SoakSize, state: SoakState, processes: list[Watched], tally: Tally, watch: _Watch) -> Report:
    database = state.database_url.partition(":")[0].partition("+")[0]
    facts = {"database": database, "seconds": size.seconds, "counties": len(COUNTY_CODES), "a county polls every, s": size.poll_seconds, "workers": WORKERS}
    report = Report(benchmark="soak", scale=scale, facts=facts)
    for what, count in sorted(tally.errors.items()):
        report.facts[f"errors, {what}"] = count
    _add_times(report, tally, watch.runs_ended, MOST_POLL_MILLISECONDS[database])
    report.add("until both runs had ended", watch.runs_ended - watch.begun, "s")
    _add_runs(report, state)
    report.add("messages cleared by counties", tally.cleared, "messages")
    report.add("errors that a caller saw", tally.errors.total(), "errors", at_most=0)
    report.add("errors in the logs", sum(watched.errors_logged() for watched in processes), "lines", at_most=0)
    report.add("processes that died", watch.died, "processes", at_most=0)
    for watched in processes:
        report.add(f"{watched.name}, memory at most", watched.peak, "MB")
        report.add(f"{watched.name}, memory grows over the last half", watched.slope(), "share", at_most=MOST_SLOPE if scale == "full" else None)
    return report


def _add_times(report: Report, tally: Tally, runs_ended: float, most_milliseconds: int) -> None:
    for operation, calls in sorted(tally.calls.items()):
        report.facts[f"{operation}, times"] = len(calls)
        _add_percentiles(report, operation, [seconds for _, seconds in calls], most_milliseconds if operation == "poll" else None)
        # The calm after the runs is most of the time: what callers met beside them is told apart.
        if beside := [seconds for begun, seconds in calls if begun < runs_ended]:
            report.facts[f"{operation} beside the runs, times"] = len(beside)
            _add_percentiles(report, f"{operation} beside the runs", beside, None)


def _add_percentiles(report: Report, name: str, seconds: list[float], most_milliseconds: int | None) -> None:
    median, p99 = np.percentile(seconds, [50, 99]) * 1e3
    report.add(f"{name}, median", float(median), "ms")
    report.add(f"{name}, p99", float(p99), "ms", at_most=most_milliseconds)


def _add_runs(report: Report, state: SoakState) -> None:
    with closing(state.unit_of_work()) as factory, factory(read_only=True) as uow:
        runs = uow.jobs.instances()
    for run in sorted(runs, key=lambda run: run.job_id):
        report.add(f"{run.job_type}, records processed", run.records_processed, "records", at_least=1)
        report.facts[f"{run.job_type}"] = f"{run.state}, {run.records_processed:,} of {run.record_count or 0:,} records"
    report.add("runs that failed or were tried again", sum(_has_failed(run) for run in runs), "runs", at_most=0)


def _has_failed(run: JobInstance) -> bool:
    return run.error_code is not None or run.state in {InstanceState.FAILED, InstanceState.REFUSED}


if __name__ == "__main__":
    database_command("soak", run)
