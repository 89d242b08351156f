"""What the state said of a job's records, as the EMS has imported it: a clerk's work list (UC04.14.01, VRU-11, VRU-12)."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from votecal_soap.county.ems_database import ROWS_AT_ONCE, EmsDatabase


class RecordResult(NamedTuple):
    """One record's result by the county's own id; `codes` are those of its errors or warnings."""

    voter_num: str | None
    outcome: str
    reason: str | None
    codes: tuple[str, ...]


def record_results(ems: EmsDatabase, job_id: int) -> Iterator[RecordResult]:
    """Results of a job's records in file order; messages that are not imported yet are missing."""
    cursor = ems.connection.execute(_RESULTS, (job_id,))
    cursor.arraysize = ROWS_AT_ONCE
    while rows := cursor.fetchmany():
        for voter_num, outcome, reason, errors in rows:
            yield RecordResult(voter_num, outcome, reason, tuple(error["code"] for error in json.loads(errors)))


_RESULTS = "SELECT voter_num, outcome, reason, errors FROM state_messages WHERE job_id = ? AND outcome IS NOT NULL ORDER BY record_sequence"
