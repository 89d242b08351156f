"""The EMS's memory of the state's jobs: enough to go on with any of them after a crash (UC01.19.01)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from votecal_soap.contract.batch_writer import BatchFile
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.state import JobStatus, PendingJob
from votecal_soap.domain.jobs import DataKind, JobState
from votecal_soap.domain.uploads import Compression


class JobStage(StrEnum):
    """How far the county has come with a job."""

    TAKEN = "Taken"  # noted here; the state may not know yet
    ACKNOWLEDGED = "Acknowledged"  # the state knows; the file is to be made
    FILE_READY = "FileReady"  # the file is whole on the disk: this one is sent, and no other
    SENT = "Sent"  # the state has it all
    REFUSED = "Refused"  # the state refused the file; a person mends the data
    DONE = "Done"  # nothing more to do, whatever the outcome


UNFINISHED: tuple[JobStage, ...] = (JobStage.TAKEN, JobStage.ACKNOWLEDGED, JobStage.FILE_READY, JobStage.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyJob:
    """A job as the county keeps it. `change_no` is the county's last change when the extract began.

    `resendings` counts how often the file was sent again because it did not arrive as it was.
    """

    job_id: int
    schema_version: str
    election_code: str | None
    data_kinds: frozenset[DataKind]
    stage: JobStage
    change_no: int
    file: BatchFile | None
    next_offset: int
    resendings: int
    job_state: str | None
    result: str | None


class CountyJobs:
    """The table of jobs; each method is one transaction."""

    def __init__(self, ems: EmsDatabase, work_dir: Path) -> None:
        """Keep where files are."""
        self._ems = ems
        self._work_dir = work_dir

    def take(self, job: PendingJob, now: datetime) -> None:
        """Note a job, or begin one anew whose file was refused: the state knows of that one already."""
        kinds = " ".join(sorted(job.data_kinds))
        stage = JobStage.ACKNOWLEDGED if job.job_state == JobState.FILE_REFUSED else JobStage.TAKEN
        with self._ems.transaction() as connection:
            connection.execute(_TAKE, (job.job_id, job.schema_version, job.election_id, kinds, stage, now.isoformat()))

    def get(self, job_id: int) -> CountyJob | None:
        """One job."""
        row = self._ems.connection.execute(f"{_SELECT} WHERE job_id = ?", (job_id,)).fetchone()
        return None if row is None else self._job(row)

    def unfinished(self) -> list[CountyJob]:
        """Jobs with something left to do, oldest first."""
        marks = ", ".join("?" * len(UNFINISHED))
        rows = self._ems.connection.execute(f"{_SELECT} WHERE stage IN ({marks}) ORDER BY job_id", UNFINISHED)
        return [self._job(row) for row in rows.fetchall()]

    def set_stage(self, job_id: int, stage: JobStage, now: datetime) -> None:
        """Move a job on."""
        self._update(job_id, now, stage=stage)

    def set_file(self, job_id: int, file: BatchFile, change_no: int, now: datetime) -> None:
        """Fix the file that is sent for this job: from now on no other is."""
        self._update(
            job_id,
            now,
            stage=JobStage.FILE_READY,
            change_no=change_no,
            next_offset=0,
            file_name=file.path.name,
            byte_count=file.byte_count,
            sha256=file.sha256,
            record_count=file.record_count,
            compression=file.compression,
        )

    def set_sending(self, job_id: int, upload_id: int, next_offset: int, now: datetime) -> None:
        """Keep how far the sending has come; the state's word counts, this is for people."""
        self._update(job_id, now, upload_id=upload_id, next_offset=next_offset)

    def set_result(self, job_id: int, stage: JobStage, status: JobStatus, now: datetime) -> None:
        """Keep what the state says of the job."""
        self._update(job_id, now, stage=stage, job_state=status.job_state, result=json.dumps(asdict(status)))

    def send_again(self, job: CountyJob, status: JobStatus, now: datetime) -> None:
        """Keep what the state says of the job, and that its file is to be sent once more."""
        result = json.dumps(asdict(status))
        self._update(job.job_id, now, stage=JobStage.FILE_READY, job_state=status.job_state, result=result, next_offset=0, resendings=job.resendings + 1)

    def _update(self, job_id: int, now: datetime, **values: str | int) -> None:
        assignments = ", ".join(f"{name} = ?" for name in values)
        with self._ems.transaction() as connection:
            connection.execute(f"UPDATE state_jobs SET {assignments}, updated_at = ? WHERE job_id = ?", (*values.values(), now.isoformat(), job_id))  # noqa: S608 - our own column names

    def _job(self, row: Sequence[str | int | None]) -> CountyJob:
        job_id, version, election, kinds, stage, change_no, *file, next_offset, resendings, job_state, result = row
        return CountyJob(
            job_id=int(job_id or 0),
            schema_version=str(version),
            election_code=None if election is None else str(election),
            data_kinds=frozenset(map(DataKind, str(kinds).split())),
            stage=JobStage(str(stage)),
            change_no=int(change_no or 0),
            file=self._file(file),
            next_offset=int(next_offset or 0),
            resendings=int(resendings or 0),
            job_state=None if job_state is None else str(job_state),
            result=None if result is None else str(result),
        )

    def _file(self, columns: Sequence[str | int | None]) -> BatchFile | None:
        name, byte_count, sha256, record_count, compression = columns
        if name is None:
            return None
        return BatchFile(
            path=self._work_dir / str(name),
            byte_count=int(byte_count or 0),
            sha256=str(sha256),
            record_count=int(record_count or 0),
            compression=Compression(str(compression)),
        )


_TAKE = """
INSERT INTO state_jobs (job_id, schema_version, election_cd, kinds, stage, updated_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (job_id) DO UPDATE SET schema_version = excluded.schema_version, election_cd = excluded.election_cd, kinds = excluded.kinds,
    stage = excluded.stage, file_name = NULL, upload_id = NULL, next_offset = 0, resendings = 0, job_state = NULL, updated_at = excluded.updated_at
"""
_SELECT = """
SELECT job_id, schema_version, election_cd, kinds, stage, change_no,
       file_name, byte_count, sha256, record_count, compression, next_offset, resendings, job_state, result
FROM state_jobs
"""
