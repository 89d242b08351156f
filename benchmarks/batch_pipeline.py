"""UC04.14.01 at speed: from CompleteUpload to the last message visible, beside each stage alone and two rivals."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import batch_postgresql
from benchmarks.batch_objects import write_by_objects
from benchmarks.batch_postgresql import POSTGRESQL
from benchmarks.batch_rivals import staged_rows, write_set_based
from benchmarks.batch_workload import CHUNK, COUNTY, Workload, make_workload
from benchmarks.reporting import Report, command
from votecal_soap.clock import legal_date
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_integrity import check_digest
from votecal_soap.contract.batch_source import BatchSource, ReadingRules, open_batch, read_blocks
from votecal_soap.domain.batches import BatchRecord
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.judgement import AfterSteps, Circumstances
from votecal_soap.use_cases.apply_batch_chunk import apply_chunk
from votecal_soap.use_cases.process_voter_record_update_batch import not_collecting, process, reading_rules

SCALES = {"small": (50_000, 40_000), "full": (1_000_000, 1_000_000)}
OBJECT_RECORDS = 4_000


def run(scale: str) -> Report:
    """Voter record update batch: a re-precincting of a county, file in county order. VOTECAL_BENCHMARK_POSTGRESQL may name an empty database."""
    report = Report(benchmark="batch_pipeline", scale=scale)
    voters, records = SCALES[scale]
    with tempfile.TemporaryDirectory() as name:
        workload = make_workload(Path(name), voters=voters, records=records)
        _measure(report, workload, Path(name), records)
        if server := os.environ.get(POSTGRESQL):
            batch_postgresql.measure(report, server, workload, voters=voters, records=records)
    _measure_growth(report, scale)
    return report


def _measure(report: Report, workload: Workload, folder: Path, records: int) -> None:
    source, rules = _opened(workload)
    integrity = _timed(lambda: _integrity(workload))
    parse = _timed(lambda: _drain(source, rules))
    apply = _on_copy(workload, folder, lambda database: _apply_alone(workload, database, source, rules))
    beside = _on_copy(workload, folder, lambda database: _end_to_end(workload, database, parsers=1))
    alone = _on_copy(workload, folder, lambda database: _end_to_end(workload, database, parsers=0))
    set_based = _on_copy(workload, folder, lambda database: _set_based(database, workload.job_id, records))
    objects = _on_copy(workload, folder, lambda database: _objects(workload, database))
    for name, seconds in (("integrity pass", integrity), ("parse, validate, translate", parse), ("apply", apply)):
        report.add(f"stage alone: {name}", seconds / records * 1e6, "µs/record")
    report.add("end to end, parsing process beside the writer", beside / records * 1e6, "µs/record")
    report.add("end to end, one process", alone / records * 1e6, "µs/record")
    report.add("rival: sqlite3 set-based, writes only", set_based / records * 1e6, "µs/record")
    report.add("rival: Spyne objects and ORM unit of work", objects * 1e6, "µs/record")
    slowest = max(integrity, parse, apply)
    report.add("speed beside the slowest stage alone, with a parsing process", slowest / beside, "ratio", at_least=0.85)
    report.add("speed beside the slowest stage alone, one process", slowest / alone, "ratio", at_least=0.6)
    report.add("speed beside sqlite3 set-based", set_based / beside, "ratio", at_least=0.5)
    report.add("speed beside Spyne objects and ORM", objects * records / beside, "ratio", at_least=8)


def _opened(workload: Workload) -> tuple[BatchSource, ReadingRules]:
    work = workload.work(workload.database, parsers=0)
    with work.unit_of_work(read_only=True) as uow:
        rules = reading_rules(uow, COUNTY, work.clock, batch_type="VoterRecordUpdate", kinds=frozenset(DataKind), election_id=None)
    return _integrity(workload), rules


def _integrity(workload: Workload) -> BatchSource:
    check_digest(workload.file.path, workload.file.sha256)
    expected = BatchExpectation(county_code=COUNTY, batch_type="VoterRecordUpdate", job_id=workload.job_id, record_count=workload.file.record_count)
    return open_batch(workload.file.path, expected)


def _drain(source: BatchSource, rules: ReadingRules) -> None:
    for _ in read_blocks(source, rules, 0, 0):
        pass


def _apply_alone(workload: Workload, database: Path, source: BatchSource, rules: ReadingRules) -> float:
    """The time inside the transactions only: reading goes on between them, uncounted."""
    work, instance = workload.work(database, parsers=0), workload.claimed(database)
    with work.unit_of_work(read_only=True) as uow:
        job = uow.jobs.get(workload.job_id)
    if job is None:
        raise RuntimeError("the job is gone")
    now = work.clock.now()
    circumstances = Circumstances(county_code=COUNTY, after_steps=AfterSteps(rules.book), now=now, today=legal_date(now))
    seconds = 0.0
    with not_collecting():  # as the batch itself runs: a stage measured slower than it is would flatter the whole
        for chunk, position in _chunks(source, rules):
            begun = time.perf_counter()
            with work.unit_of_work() as uow:
                apply_chunk(uow, instance, job, circumstances, chunk, position)
                uow.commit()
            seconds += time.perf_counter() - begun
    return seconds


def _chunks(source: BatchSource, rules: ReadingRules) -> Iterator[tuple[list[BatchRecord], int]]:
    waiting: list[BatchRecord] = []
    position = 0
    for block in read_blocks(source, rules, 0, 0):
        waiting += block.records
        position = block.position
        if len(waiting) >= CHUNK:
            yield waiting, position
            waiting = []
    if waiting:
        yield waiting, position


def _end_to_end(workload: Workload, database: Path, *, parsers: int) -> float:
    work, instance = workload.work(database, parsers=parsers), workload.claimed(database)
    return _timed(lambda: process(instance, work))


def _objects(workload: Workload, database: Path) -> float:
    begun = time.perf_counter()
    done = write_by_objects(database, workload.file.path, workload.job_id, OBJECT_RECORDS)
    return (time.perf_counter() - begun) / done


def _set_based(database: Path, job_id: int, records: int) -> float:
    rows = list(staged_rows(records))
    gc.collect()
    gc.freeze()
    return _timed(lambda: write_set_based(database, rows, job_id))


def _on_copy(workload: Workload, folder: Path, measure: Callable[[Path], float]) -> float:
    database = folder / "run.db"
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(workload.database, database)
    gc.collect()
    return measure(database)


def _timed(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _measure_growth(report: Report, scale: str) -> None:
    sizes = (100_000, 1_000_000) if scale == "full" else (5_000, 40_000)
    small, large = (_child(size, max(sizes)) for size in sizes)
    report.add(f"peak memory, {sizes[0]} records", small[0], "MB")
    report.add(f"peak memory, {sizes[1]} records", large[0], "MB")
    report.add("peak memory, larger beside smaller", large[0] / small[0], "ratio", at_most=1.2)
    report.add("time a record, larger beside smaller", large[1] / small[1], "ratio", at_most=1.2)


def _child(records: int, voters: int) -> tuple[float, float]:
    """Peak megabytes and µs a record of one batch in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        _batch_memory("prepare", folder, str(records), str(voters))
        output = _batch_memory("run", folder).split()
    return float(output[0]), float(output[1])


def _batch_memory(*arguments: str) -> str:
    return subprocess.run([sys.executable, "-m", "benchmarks.batch_memory", *arguments], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    command("batch_pipeline", run)
