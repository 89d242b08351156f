"""The rival of the batch benchmark does the same work: a ratio against less would say nothing."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from benchmarks.batch_postgresql import fill
from benchmarks.batch_postgresql_rival import write_by_copy
from benchmarks.batch_rivals import staged_rows, write_set_based
from benchmarks.batch_workload import Workload, make_workload
from db.engine import create_engine
from db.tables import metadata
from votecal_soap.use_cases.process_voter_record_update_batch import process

TABLES = ("voter", "voter_version", "voter_activity", "audit_entry", "batch_record_outcome", "ems_message", "ems_queue", "batch_outcome_count")
ENQUEUED = re.compile("<EnqueuedAt>.*</EnqueuedAt>")
TIMES = {"updated_at", "recorded_at", "at", "enqueued_at", "effective_date", "activity_date"}


def rows(url: str, table: str) -> list[tuple[object, ...]]:
    names = [column for column in (column.name for column in metadata.tables[table].columns) if column not in TIMES]
    # The pipeline alone says in the audit that the batch is completed; the rival ends without a word.
    where = "WHERE subject_kind = 'Voter'" if table == "audit_entry" else ""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {', '.join(names)} FROM {table} {where}").fetchall()
    engine.dispose()
    return sorted((tuple(map(_alike, row)) for row in found), key=repr)


def _alike(value: object) -> object:
    """Without the instant; a day as SQLite keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return ENQUEUED.sub("", value) if isinstance(value, str) else value


@pytest.mark.requirement("VRU-10", "VRU-11")
def test_the_set_based_rival_writes_the_rows_that_the_pipeline_writes(tmp_path: Path):
    workload = make_workload(tmp_path, voters=400, records=300)
    ours, rival = tmp_path / "ours.db", tmp_path / "rival.db"
    shutil.copyfile(workload.database, ours)
    shutil.copyfile(workload.database, rival)
    work_off(workload, f"sqlite:///{ours}")
    workload.claimed(rival)
    write_set_based(rival, list(staged_rows(300)), workload.job_id)
    assert written(f"sqlite:///{ours}") == written(f"sqlite:///{rival}")
    assert len(rows(f"sqlite:///{ours}", "ems_message")) == 300


@pytest.mark.postgres
@pytest.mark.requirement("VRU-10", "VRU-11")
def test_the_rival_by_copy_writes_the_rows_that_the_pipeline_writes(tmp_path: Path, postgres_url: str):
    workload = make_workload(tmp_path, voters=400, records=300)
    work_off(workload, f"sqlite:///{workload.database}")
    fill(postgres_url, workload.file, voters=400)
    workload.claimed_on(postgres_url)
    write_by_copy(postgres_url.replace("+psycopg", ""), list(staged_rows(300)), workload.job_id)
    assert written(postgres_url) == written(f"sqlite:///{workload.database}")


def work_off(workload: Workload, url: str) -> None:
    work = workload.work_on(url, parsers=0)
    process(workload.claimed_on(url), work)
    work.unit_of_work.close()


def written(url: str) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows(url, table) for table in TABLES}
