"""The job "Process DMV COA Record File", from the drop folder to the last message, beside the writing of its rows alone; and what keys cost."""

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.coa_job_matching import report_keys, report_search
from benchmarks.coa_job_rival import deltas, write_set_based
from benchmarks.coa_job_workload import JobWorkload, claimed, make_job_workload
from benchmarks.reporting import Report, command, peak_megabytes
from votecal_soap.config import Config
from votecal_soap.domain.jobs import InstanceState
from votecal_soap.use_cases.process_dmv_coa_record_file import process

SIZES: Final = {"small": (50_000, 2_000), "full": (1_000_000, 20_000)}
"""Voters and records."""
AT_ONCE: Final = Config().dmv_chunk_records
"""Records a transaction: the shipped setting."""


def run(scale: str) -> Report:
    """Process a DMV file over a table of voters, once as the product does and once as its rows alone."""
    voters, records = SIZES[scale]
    report = Report(benchmark="coa_job", scale=scale, facts={"voters": voters, "records": records, "records a transaction": AT_ONCE})
    with tempfile.TemporaryDirectory() as folder:
        workload = make_job_workload(Path(folder), voters=voters, records=records)
        gc.freeze()  # the made-up people stay, and no collection need walk over them
        report_search(report, workload, AT_ONCE)
        report_keys(report, workload, AT_ONCE)
        _report_job(report, workload)
    gc.unfreeze()
    report.add("peak memory, this process", peak_megabytes(), "MB")
    return report


def _seconds(function: Callable[..., object], *arguments: object) -> float:
    begun = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begun


def _report_job(report: Report, workload: JobWorkload) -> None:
    records = len(workload.cases)
    ours = workload.copy("ours.db")
    work = workload.work(ours, chunk_records=AT_ONCE)
    instance = claimed(work.unit_of_work)
    begun, cpu = time.perf_counter(), time.process_time()
    ended = process(instance, work)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    work.unit_of_work.close()
    if ended is not InstanceState.COMPLETED:
        raise RuntimeError(f"the job ended as {ended}")
    written = deltas(workload.database, ours, records_at_once=AT_ONCE)
    empty, rival_cpu = workload.copy("rival.db"), time.process_time()
    rival = _seconds(write_set_based, empty, written)
    rival_cpu = time.process_time() - rival_cpu
    report.add("the job, end to end", records / seconds, "records/s")
    report.add("rows that it writes", sum(delta.rows for delta in written) / records, "rows a record")
    report.add("rival: those rows alone, set-based", records / rival, "records/s")
    report.add("the job beside the rows alone", rival / seconds, "ratio", at_least=0.5)
    # Of the process that writes; on a machine with other work this says more than the clock.
    report.add("CPU time of the writing process", cpu / records * 1e6, "µs a record")
    report.add("CPU time of the rival", rival_cpu / records * 1e6, "µs a record")
    report.add("the job beside the rows alone, by CPU time of the writing process", rival_cpu / cpu, "ratio")


if __name__ == "__main__":
    command("coa_job", run)
