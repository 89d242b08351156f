"""2 CCR 19083 at county size: `votecal county compare` over SOAP beside sending whole records, and whom it keeps waiting."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.queue_workload import SECRET, USERNAME, web_process
from benchmarks.reporting import Report, command
from benchmarks.synchronisation_rivals import compare_whole_records, keep_checksums, read_rows
from benchmarks.synchronisation_workload import Workload, make_workload
from db.unit_of_work import SqlUnitOfWorkFactory

VOTERS = {"small": 20_000, "full": 1_000_000}
MINUTES = 10
WRITES_ALONE = 50
PAUSE = 0.05
WHOLE = "whole records, without HTTP and SOAP"


class Check(NamedTuple):
    """One run of the command: what it found, seconds by the clock and of its processor, its peak memory in MB."""

    found: dict[str, Any]
    seconds: float
    processor: float
    peak: float


def run(scale: str) -> Report:
    """Synchronization check of a county: time, bytes, memory, and a writer beside it."""
    report = Report(benchmark="synchronisation", scale=scale)
    with tempfile.TemporaryDirectory() as name:
        workload = make_workload(Path(name), VOTERS[scale])
        report.facts |= {"voters": workload.voters, "differences planted": workload.differences}
        ours = _measure_check(report, workload)
        _measure_rivals(report, workload, ours)
        _measure_stored(report, workload, Path(name))
    return report


def _measure_check(report: Report, workload: Workload) -> float:
    """Both sides' processor seconds for one check of whole records."""
    with closing(workload.unit_of_work()) as factory:
        alone = [_written(factory) for _ in range(WRITES_ALONE)]
    with web_process(workload.queue) as url:
        idle, _ = _child()
        status = _compare(workload, url, "--status-only")
        before, _ = _child()
        with _writer(workload) as beside:
            check = _compare(workload, url)
        after, peak = _child()
    found = sum(check.found["counts"].values())
    report.add("differences found beside those planted", found / workload.differences, "ratio", at_least=1)
    report.add("a check of whole records, by the clock", check.seconds, "s", at_most=MINUTES * 60)
    report.add("of the status alone, by the clock", status.seconds, "s", at_most=MINUTES * 60)
    report.add("the county's processor, a voter", check.processor / workload.voters * 1e6, "µs")
    report.add("the state's processor, a voter", (after - before) / workload.voters * 1e6, "µs")
    report.add("the state's processor, status alone, a voter", (before - idle) / workload.voters * 1e6, "µs")
    report.add("peak memory of the county's process", check.peak, "MB")
    report.add("peak memory of the state's web process", peak, "MB")
    report.add("a writer's commit alone, median", statistics.median(alone) * 1e3, "ms")
    report.add("a writer's commit beside the check, median", statistics.median(beside) * 1e3, "ms")
    report.add("the slowest of those", max(beside) * 1e3, "ms", at_most=1_000)
    report.facts["writes beside the check"] = len(beside)
    return check.processor + after - before


def _compare(workload: Workload, url: str, *options: str) -> Check:
    arguments = ("county", "compare", "--url", url, "--username", USERNAME, "--ems", str(workload.queue.ems), "--json", *options)
    environ = {**os.environ, "VOTECAL_COUNTY_SECRET": SECRET}
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, "-m", "votecal_soap.cli", *arguments], env=environ, stdout=output)
        ended, peak = 0, 0.0
        while not ended:
            # Its own high-water mark: what wait4 tells of memory is that of the process it was forked from.
            peak = _peak(process.pid) or peak
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            time.sleep(PAUSE)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
        output.seek(0)
        return Check(json.loads(output.read()), seconds, used.ru_utime + used.ru_stime, peak)


def _child() -> tuple[float, float]:
    """Processor seconds so far and peak memory in MB of this process's one child, the web process."""
    (child,) = map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
    ticks = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"), _peak(child)


def _peak(process: int) -> float:
    """Peak memory of a process in MB; 0 when it has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


@contextmanager
def _writer(workload: Workload) -> Iterator[list[float]]:
    """Somebody who writes into the state's database now and then; how long each transaction took, in seconds."""
    taken: list[float] = []
    stop = threading.Event()

    def write() -> None:
        with closing(workload.unit_of_work()) as factory:
            while not stop.wait(PAUSE):
                taken.append(_written(factory))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join()


def _written(factory: SqlUnitOfWorkFactory) -> float:
    begun = time.perf_counter()
    with factory() as uow:
        uow.voters.reserve_state_voter_ids(1)
        uow.commit()
    return time.perf_counter() - begun


def _measure_rivals(report: Report, workload: Workload, ours: float) -> None:
    whole = compare_whole_records(workload)
    rows = read_rows(workload)
    report.add(f"{WHOLE}: processor, a voter", whole.seconds / workload.voters * 1e6, "µs")
    report.add(f"{WHOLE}: sent", whole.bytes_sent / 1e6, "MB")
    report.add("the check, HTTP and SOAP included, beside that", ours / whole.seconds, "ratio", at_most=1)
    report.add("the rows of both sides alone, sqlite3: processor, a voter", rows / workload.voters * 1e6, "µs")
    report.add("the check beside that", ours / rows, "ratio")
    report.facts["differences that whole records show"] = whole.differences


def _measure_stored(report: Report, workload: Workload, folder: Path) -> None:
    """What it would take to keep checksums with each write (docs/adr/0012)."""
    stored = keep_checksums(workload, folder)
    report.add("a checksum kept with each write: computing both, a changed record", stored.compute, "µs")
    report.add("a checksum kept with each write: writing the row, a changed record", stored.keep, "µs")
    report.add("a checksum kept with each write: reading it for a check, a voter", stored.read, "µs")
    report.add("a checksum kept with each write: on disk, a voter", stored.table_bytes, "bytes")


if __name__ == "__main__":
    command("synchronisation", run)
