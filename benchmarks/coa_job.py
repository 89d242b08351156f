"""The job "Process DMV COA Record File", from the drop folder to the last message, beside the writing of its rows alone; and what keys cost."""

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import update

from benchmarks.coa_job_rival import deltas, write_set_based
from benchmarks.coa_job_workload import NOW, JobWorkload, claimed, make_job_workload, unit_of_work
from benchmarks.coa_workload import FIRST_UID
from benchmarks.reporting import Report, command, peak_megabytes
from db.bulk import bulk_writer
from db.engine import create_engine
from db.repositories.match_keys import keep_match_rows
from db.repositories.voter_versions import copy_versions
from db.tables import voter
from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.domain.jobs import InstanceState
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.search.service import SearchService
from votecal_soap.search.standardising import standard_old_address, standardise
from votecal_soap.search.weights import expert_weights
from votecal_soap.use_cases.ports import VoterChange
from votecal_soap.use_cases.process_dmv_coa_record_file import process
from votecal_soap.use_cases.search_for_drivers import driver

SIZES: Final = {"small": (50_000, 2_000), "full": (1_000_000, 20_000)}
"""Voters and records."""
AT_ONCE: Final = 2_000
"""Records a transaction: the shipped setting."""
ADDRESS: Final = ResidenceAddress._fields
"""The fields of a residence, by the names of `Voter`."""


def run(scale: str) -> Report:
    """Process a DMV file over a table of voters, once as the product does and once as its rows alone."""
    voters, records = SIZES[scale]
    report = Report(benchmark="coa_job", scale=scale, facts={"voters": voters, "records": records, "records a transaction": AT_ONCE})
    with tempfile.TemporaryDirectory() as folder:
        workload = make_job_workload(Path(folder), voters=voters, records=records)
        gc.freeze()  # the made-up people stay, and no collection need walk over them
        _report_search(report, workload)
        _report_keys(report, workload)
        _report_job(report, workload)
    gc.unfreeze()
    report.add("peak memory, this process", peak_megabytes(), "MB")
    return report


def _report_search(report: Report, workload: JobWorkload) -> None:
    """From the candidate fetch, by one join in the database, to explained matches; the texts are standardised."""
    settings = MatchSettings(function=MatchingFunction.DMV_COA)
    people = [driver(case.record) for case in workload.cases]
    cpu = 0.0
    with unit_of_work(workload.database)(read_only=True) as uow:
        service = SearchService(expert_weights(), roll_size=uow.matching.roll_size())
        for start in range(0, len(people), AT_ONCE):
            part = people[start : start + AT_ONCE]
            for person in part:  # kept by the caches that the search asks
                standardise(person)
                standard_old_address(person)
            begun = time.process_time()
            service.search(part, uow.matching, settings)
            cpu += time.process_time() - begun
    report.add("records a second and core, from candidate fetch in the database to explained matches", len(people) / cpu, "records/s", at_least=10_000)


def _report_keys(report: Report, workload: JobWorkload) -> None:
    """What a changed address costs: the person as compared with the keys, beside the version row."""
    changes = _moves(workload)
    versions = keys = 0.0
    engine = create_engine(f"sqlite:///{workload.copy('keys.db')}")
    for start in range(0, len(changes), AT_ONCE):
        part = changes[start : start + AT_ONCE]
        numbers = [change.after.state_voter_id for change in part]
        with engine.begin() as connection:
            connection.execute(update(voter).where(voter.c.state_voter_id.in_(numbers)).values(version=voter.c.version + 1))
            versions += _seconds(copy_versions, connection, numbers, NOW, None)
            keys += _seconds(keep_match_rows, connection, bulk_writer(connection), part)
    engine.dispose()
    report.add("version row of a changed voter", versions / len(changes) * 1e6, "µs")
    report.add("person as compared and keys of a changed voter", keys / len(changes) * 1e6, "µs")
    report.add("key upkeep beside the version row", keys / versions, "ratio", at_most=2.0)


def _moves(workload: JobWorkload) -> list[VoterChange]:
    """One voter in ten takes another's address, in the order of UIDs, as the product writes."""
    numbers = range(FIRST_UID, FIRST_UID + 10 * len(workload.cases), 10)
    with unit_of_work(workload.database)(read_only=True) as uow:
        before = uow.voters.by_state_id(numbers)
    return [
        VoterChange(person, person._replace(**{name: getattr(other, name) for name in ADDRESS}), ADDRESS)
        for person, other in zip(before, before[::-1], strict=True)
    ]


def _seconds(function: Callable[..., object], *arguments: object) -> float:
    begun = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begun


def _report_job(report: Report, workload: JobWorkload) -> None:
    records = len(workload.cases)
    ours = workload.copy("ours.db")
    work = workload.work(ours, chunk_records=AT_ONCE)
    instance = claimed(work.unit_of_work)
    begun = time.perf_counter()
    ended = process(instance, work)
    seconds = time.perf_counter() - begun
    work.unit_of_work.close()
    if ended is not InstanceState.COMPLETED:
        raise RuntimeError(f"the job ended as {ended}")
    written = deltas(workload.database, ours)
    rival = _seconds(write_set_based, workload.copy("rival.db"), written, -(-records // AT_ONCE))
    report.add("the job, end to end", records / seconds, "records/s")
    report.add("rows that it writes", sum(delta.rows for delta in written) / records, "rows a record")
    report.add("rival: those rows alone, set-based", records / rival, "records/s")
    report.add("the job beside the rows alone", rival / seconds, "ratio", at_least=0.5)


if __name__ == "__main__":
    command("coa_job", run)
