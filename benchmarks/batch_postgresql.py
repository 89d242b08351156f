"""The batch on a PostgreSQL server beside COPY and set-based SQL alone; part of `benchmarks.batch_pipeline` where a server is named."""

import gc
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import psycopg
from sqlalchemy.engine import URL, make_url

from benchmarks.batch_postgresql_rival import write_by_copy
from benchmarks.batch_rivals import staged_rows
from benchmarks.batch_workload import Workload, load_batch_reference, load_batch_voters, receive_batch
from benchmarks.reporting import Report
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.contract.batch_writer import BatchFile
from votecal_soap.use_cases.process_voter_record_update_batch import process

POSTGRESQL: Final = "VOTECAL_BENCHMARK_POSTGRESQL"
"""The variable with the URL of an empty database, `postgresql://...`; its user may create databases."""


def measure(report: Report, url: str, workload: Workload, *, voters: int, records: int) -> None:
    """The same file and voters on the server: each run on a copy of the database that is filled once."""
    filled = make_url(url).set(drivername="postgresql+psycopg")
    upgrade(_text(filled))
    job_id = fill(_text(filled), workload.file, voters=voters)
    rows = list(staged_rows(records))
    gc.collect()
    gc.freeze()
    with _copy_of(filled) as run:
        ours = _end_to_end(run, workload)
    with _copy_of(filled) as run:
        begun = time.perf_counter()
        write_by_copy(_text(run.set(drivername="postgresql")), rows, job_id)
        rival = time.perf_counter() - begun
    report.add("PostgreSQL: end to end, parsing process beside the writer", ours / records * 1e6, "µs/record")
    report.add("PostgreSQL: rival, COPY and set-based SQL, writes only", rival / records * 1e6, "µs/record")
    report.add("PostgreSQL: speed beside COPY and set-based SQL", rival / ours, "ratio", at_least=0.6)


def fill(url: str, file: BatchFile, *, voters: int) -> int:
    """Load the county and its voters, and receive the file; the job's id."""
    with closing(SqlUnitOfWorkFactory.from_url(url)) as factory:
        load_batch_reference(factory)
        load_batch_voters(factory, voters)
        return receive_batch(factory, file)


def _end_to_end(url: URL, workload: Workload) -> float:
    work = workload.work_on(_text(url), parsers=1)
    instance = workload.claimed_on(_text(url))
    begun = time.perf_counter()
    process(instance, work)
    seconds = time.perf_counter() - begun
    work.unit_of_work.close()
    return seconds


@contextmanager
def _copy_of(filled: URL) -> Iterator[URL]:
    """A database made of the filled one, ANALYZEd as a server's own care would have it, dropped afterwards."""
    copy = filled.set(database=f"{filled.database}_run")
    with psycopg.connect(_text(filled.set(drivername="postgresql", database="postgres")), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {copy.database}")
        server.execute(f"CREATE DATABASE {copy.database} TEMPLATE {filled.database}")
        with psycopg.connect(_text(copy.set(drivername="postgresql")), autocommit=True) as fresh:
            fresh.execute("VACUUM ANALYZE")
            fresh.execute("CHECKPOINT")
        yield copy
        server.execute(f"DROP DATABASE {copy.database} WITH (FORCE)")


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
