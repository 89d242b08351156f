"""Files from DMV: each is processed once; what became of their records, and how sure the matches were (COA-01)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, and_, insert, or_, select, update

from db.repositories.inserting import insert_row
from db.tables import dmv_file, dmv_file_count, dmv_file_score, job
from votecal_soap.domain.dmv_files import DmvFile, DmvFileState
from votecal_soap.domain.jobs import FINISHED_STATES, JobState

_FILE: Final = select(*(dmv_file.c[name] for name in DmvFile._fields))
_ENDED: Final = (DmvFileState.COMPLETED, DmvFileState.REFUSED)


class SqlDmvFileRepository:
    """The tables dmv_file, dmv_file_count and dmv_file_score."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def expect(self, job_id: int, file_name: str, at: datetime) -> int:
        """A job waits for a file of this name; its id."""
        return insert_row(self._connection, dmv_file, {"job_id": job_id, "file_name": file_name, "state": DmvFileState.EXPECTED, "expected_at": at})

    def get(self, file_id: int) -> DmvFile | None:
        """One file."""
        return self._one(dmv_file.c.file_id == file_id)

    def of_job(self, job_id: int) -> DmvFile | None:
        """The file of a job."""
        return self._one(dmv_file.c.job_id == job_id)

    def taken(self, sha256: str) -> DmvFile | None:
        """The file with these bytes that is or was processed."""
        return self._one(dmv_file.c.taken_key == sha256)

    def take(self, file_id: int, sha256: str, byte_count: int, at: datetime) -> None:
        """It is out of the drop folder; the same bytes taken by another job raise Conflict ALREADY_EXISTS."""
        self._change(file_id, state=DmvFileState.TAKEN, sha256=sha256, taken_key=sha256, byte_count=byte_count, taken_at=at)

    def set_record_count(self, file_id: int, record_count: int) -> None:
        """Keep how many records its trailer tells."""
        self._change(file_id, record_count=record_count)

    def complete(self, file_id: int, at: datetime) -> None:
        """All its records are processed."""
        self._change(file_id, state=DmvFileState.COMPLETED, finished_at=at)

    def refuse(self, file_id: int, code: str, text: str, at: datetime, *, sha256: str | None = None, byte_count: int | None = None) -> None:
        """Nothing of it was applied; the same bytes may come again, should the reason be mended here."""
        told = {"sha256": sha256, "byte_count": byte_count}
        refused = {"state": DmvFileState.REFUSED, "error_code": code, "error_text": text, "finished_at": at, "taken_key": None}
        self._change(file_id, **refused, **{name: value for name, value in told.items() if value is not None})

    def add_counts(self, file_id: int, counts: Mapping[str, int]) -> None:
        """Add to the records by outcome; the run's lease keeps others away."""
        self._add(dmv_file_count, "outcome", file_id, counts)

    def counts(self, file_id: int) -> dict[str, int]:
        """Records by outcome so far."""
        rows = self._connection.execute(select(dmv_file_count).where(dmv_file_count.c.file_id == file_id).order_by(dmv_file_count.c.outcome))
        return {row.outcome: row.record_count for row in rows}

    def add_scores(self, file_id: int, scores: Mapping[int, int]) -> None:
        """Add to the histogram: confidence to records."""
        self._add(dmv_file_score, "confidence_from", file_id, scores)

    def scores(self, file_id: int) -> dict[int, int]:
        """The histogram of the records' best candidates; files of the first releases have it by tens."""
        rows = self._connection.execute(select(dmv_file_score).where(dmv_file_score.c.file_id == file_id).order_by(dmv_file_score.c.confidence_from))
        return {row.confidence_from: row.record_count for row in rows}

    def expected_names(self) -> set[str]:
        """Names of the files that jobs still wait for."""
        ended = select(job.c.job_id).where(job.c.state.in_([str(state) for state in FINISHED_STATES]))
        waiting = select(dmv_file.c.file_name).where(dmv_file.c.state == DmvFileState.EXPECTED, dmv_file.c.job_id.not_in(ended))
        return set(self._connection.execute(waiting).scalars())

    def last_completed(self) -> DmvFile | None:
        """The file that was completed last."""
        done = _FILE.where(dmv_file.c.state == DmvFileState.COMPLETED).order_by(dmv_file.c.finished_at.desc(), dmv_file.c.file_id.desc()).limit(1)
        row = self._connection.execute(done).one_or_none()
        return None if row is None else _file(row)

    def finished_before(self, instant: datetime, limit: int) -> list[DmvFile]:
        """Files processed or refused before that, or taken before that by a job that has failed, whose bytes are there (OPS-05)."""
        failed = select(job.c.job_id).where(job.c.state == str(JobState.FAILED))
        ended = and_(dmv_file.c.state.in_(_ENDED), dmv_file.c.finished_at < instant)
        given_up = and_(dmv_file.c.state == DmvFileState.TAKEN, dmv_file.c.taken_at < instant, dmv_file.c.job_id.in_(failed))
        due = _FILE.where(dmv_file.c.purged_at.is_(None), or_(ended, given_up))
        return [_file(row) for row in self._connection.execute(due.order_by(dmv_file.c.file_id).limit(limit))]

    def set_purged(self, file_id: int, at: datetime) -> None:
        """Keep that the bytes are gone."""
        self._change(file_id, purged_at=at)

    def _one(self, condition: Any) -> DmvFile | None:  # noqa: ANN401 - a comparison of a column
        row = self._connection.execute(_FILE.where(condition)).one_or_none()
        return None if row is None else _file(row)

    def _change(self, file_id: int, **values: object) -> None:
        self._connection.execute(update(dmv_file).where(dmv_file.c.file_id == file_id).values(values))

    def _add(self, table: Table, key: str, file_id: int, counts: Mapping[str, int] | Mapping[int, int]) -> None:
        for name, count in counts.items():
            counted = update(table).where(table.c.file_id == file_id, table.c[key] == name)
            if self._connection.execute(counted.values(record_count=table.c.record_count + count)).rowcount == 0:
                self._connection.execute(insert(table).values({"file_id": file_id, key: name, "record_count": count}))


def _file(row: Row[Any]) -> DmvFile:
    return DmvFile._make(row)._replace(state=DmvFileState(row.state))
