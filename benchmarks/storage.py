"""What the database grows by: rows and bytes of each table, its indexes included, for a voter, a batch record, a DMV record, a cleared message."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import Engine

from benchmarks import storage_workload
from benchmarks.batch_postgresql import POSTGRESQL
from benchmarks.reporting import Report, command
from db import schema
from db.engine import create_engine
from db.tables import metadata
from db.unit_of_work import SqlUnitOfWorkFactory

SIZES: Final = {"small": (20_000, 2_000), "full": (100_000, 10_000)}
"""Voters, each with a batch record too; and DMV records."""
SHOWN: Final = 0.01
"""Tables with less than this share of a kind of event are only in the sum."""

_SQLITE: Final = """SELECT m.tbl_name, SUM(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY m.tbl_name"""
_SERVER: Final = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


class Extent(NamedTuple):
    """What a table holds and takes."""

    rows: int
    byte_count: int


def run(scale: str) -> Report:
    """Rows and bytes that each kind of event adds, on SQLite, and on the empty PostgreSQL database that VOTECAL_BENCHMARK_POSTGRESQL names."""
    voters, dmv_records = SIZES[scale]
    report = Report(benchmark="storage", scale=scale, facts={"voters, and batch records": voters, "DMV records": dmv_records})
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": [f"sqlite:///{folder}/{name}.db" for name in ("batch", "dmv")]}
        if server := os.environ.get(POSTGRESQL):
            urls["PostgreSQL"] = [server, server]
        for database, (batch_url, dmv_url) in urls.items():
            _measure_batch(report, database, batch_url, Path(folder) / database, voters)
            _measure_dmv(report, database, dmv_url, Path(folder) / database, voters, dmv_records)
    return report


def _measure_batch(report: Report, database: str, url: str, folder: Path, voters: int) -> None:
    schema.upgrade(url)
    with closing(SqlUnitOfWorkFactory.from_url(url)) as factory:
        storage_workload.load_county(factory, voters)
        before = extents(url)
        storage_workload.run_batch(factory, folder, voters)
        after = extents(url)
        _report(report, f"{database}: a batch record", before, after, voters)
        storage_workload.clear_and_archive(factory, stay=timedelta(0))
        _report(report, f"{database}: a message cleared and archived", after, extents(url), voters)
    _empty(url)


def _measure_dmv(report: Report, database: str, url: str, folder: Path, voters: int, records: int) -> None:
    schema.upgrade(url)
    with closing(SqlUnitOfWorkFactory.from_url(url)) as factory:
        storage_workload.load_codes(factory)
        empty = extents(url)
        cases = storage_workload.load_state(factory, voters, records)
        loaded = extents(url)
        _report(report, f"{database}: a voter", empty, loaded, loaded["voter"].rows)
        storage_workload.run_dmv_file(factory, folder, cases)
        _report(report, f"{database}: a DMV record", loaded, extents(url), records)
    _empty(url)


def _empty(url: str) -> None:
    """A server's database is left as it was found."""
    if not url.startswith("sqlite"):
        schema.downgrade(url, "base")


def extents(url: str) -> Mapping[str, Extent]:
    """Each table of the product, by name."""
    engine = create_engine(url)
    try:
        _settle(engine)
        with engine.connect() as connection:
            taken = connection.exec_driver_sql(_SQLITE if engine.dialect.name == "sqlite" else _SERVER)
            bytes_of = {row[0]: int(row[1]) for row in taken}
            rows = {name: connection.exec_driver_sql(f"SELECT COUNT(*) FROM {name}").scalar_one() for name in metadata.tables}
    finally:
        engine.dispose()
    return {name: Extent(rows[name], bytes_of[name]) for name in metadata.tables}


def _settle(engine: Engine) -> None:
    """What is deleted is free for what comes next; a server does this by itself, some time later."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _report(report: Report, name: str, before: Mapping[str, Extent], after: Mapping[str, Extent], events: int) -> None:
    grown = {table: Extent(after[table].rows - before[table].rows, after[table].byte_count - before[table].byte_count) for table in after}
    whole = sum(extent.byte_count for extent in grown.values())
    report.add(f"{name}, all tables", whole / events, "bytes an event")
    for table, extent in sorted(grown.items(), key=lambda item: -item[1].byte_count):
        if extent.byte_count >= SHOWN * whole > 0:
            report.add(f"{name}, {table}: rows", extent.rows / events, "rows an event")
            report.add(f"{name}, {table}", extent.byte_count / events, "bytes an event")


if __name__ == "__main__":
    command("storage", run)
