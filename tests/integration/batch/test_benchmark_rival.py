"""The rival of the batch benchmark does the same work: a ratio against less would say nothing."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from benchmarks.batch_rivals import staged_rows, write_set_based
from benchmarks.batch_workload import make_workload
from votecal_soap.use_cases.process_voter_record_update_batch import process

TABLES = ("voter", "voter_version", "voter_activity", "audit_entry", "batch_record_outcome", "ems_message", "ems_queue", "batch_outcome_count")
ENQUEUED = re.compile("<EnqueuedAt>.*</EnqueuedAt>")
TIMES = {"updated_at", "recorded_at", "at", "enqueued_at", "effective_date", "activity_date"}


def rows(database: Path, table: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})") if column[1] not in TIMES]
    # The pipeline alone says in the audit that the batch is completed; the rival ends without a word.
    where = "WHERE subject_kind = 'Voter'" if table == "audit_entry" else ""
    found = connection.execute(f"SELECT {', '.join(names)} FROM {table} {where} ORDER BY 1, 2").fetchall()
    connection.close()
    return [tuple(ENQUEUED.sub("", value) if isinstance(value, str) else value for value in row) for row in found]


@pytest.mark.requirement("VRU-10", "VRU-11")
def test_the_set_based_rival_writes_the_rows_that_the_pipeline_writes(tmp_path: Path):
    workload = make_workload(tmp_path, voters=400, records=300)
    ours, rival = tmp_path / "ours.db", tmp_path / "rival.db"
    shutil.copyfile(workload.database, ours)
    shutil.copyfile(workload.database, rival)
    work = workload.work(ours, parsers=0)
    process(workload.claimed(ours), work)
    work.unit_of_work.close()
    workload.claimed(rival)
    write_set_based(rival, list(staged_rows(300)), workload.job_id)
    assert {table: rows(ours, table) for table in TABLES} == {table: rows(rival, table) for table in TABLES}
    assert len(rows(ours, "ems_message")) == 300
