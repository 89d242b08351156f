"""DMV's files at the state: dropped, scheduled, taken once they are whole, matched by the worker (UC03.21.01, COA-01)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jobs.scheduler import JobScheduler
from votecal_soap.bootstrap import Application
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvFileNumber
from votecal_soap.demo.job_orders import await_end, order
from votecal_soap.domain.jobs import JobState, JobType

UNFINISHED: Final = "dmv-coa-unfinished.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How the first file came: left alone before it was there and while half of it was, then taken; which job processed it."""

    job_id: int
    waited_for: bool
    left_alone_half_written: bool


def receive_slowly(application: Application, planted: Iterable[Planted]) -> Arrival:
    """Schedule the job of the first file, write half of the file, then all of it, and wait for the worker."""
    content = _content(application, DmvFileNumber.FIRST, planted)
    name = _name(DmvFileNumber.FIRST)
    job_id = order(application, JobType.PROCESS_DMV_COA_RECORD_FILE, name)
    waited_for = _is_waiting(application, job_id)
    drop(application, name, content[: len(content) // 2])
    left_alone = _is_waiting(application, job_id) and (application.config.dmv_drop_folder / name).exists()
    drop(application, name, content)
    await_end(application, job_id)
    return Arrival(job_id=job_id, waited_for=waited_for, left_alone_half_written=left_alone)


def receive(application: Application, file: DmvFileNumber, planted: Iterable[Planted]) -> int:
    """Drop a file, schedule its job and wait for the worker; the job's id."""
    job_id = schedule_file(application, file, planted)
    await_end(application, job_id)
    return job_id


def schedule_file(application: Application, file: DmvFileNumber, planted: Iterable[Planted]) -> int:
    """Drop a file and schedule its job; the job's id."""
    drop(application, _name(file), _content(application, file, planted))
    return order(application, JobType.PROCESS_DMV_COA_RECORD_FILE, _name(file))


def refused_files(application: Application, planted: Iterable[Planted]) -> dict[str, JobState]:
    """What becomes of the first file once more, and of files that are broken as a whole (COA-01)."""
    content = _content(application, DmvFileNumber.FIRST, planted)
    wrong = {
        "dmv-coa-again.xml": content,
        "dmv-coa-miscounted.xml": content.replace(b"</RecordCount>", b"0</RecordCount>"),
        "dmv-coa-broken.xml": content.replace(b"</DmvRecord>", b"</DmvRecords>", 1),
        "dmv-coa-other-schema.xml": content.replace(b"<SchemaVersion>1.0<", b"<SchemaVersion>9.9<"),
    }
    for name, text in wrong.items():
        drop(application, name, text)
    jobs = {name: order(application, JobType.PROCESS_DMV_COA_RECORD_FILE, name) for name in wrong}
    return {name: await_end(application, job_id) for name, job_id in jobs.items()}


def leave_unfinished(application: Application, planted: Iterable[Planted]) -> int:
    """Half a file whose other half never comes; its job's id."""
    content = _content(application, DmvFileNumber.FIRST, planted)
    drop(application, UNFINISHED, content[: len(content) // 2])
    return order(application, JobType.PROCESS_DMV_COA_RECORD_FILE, UNFINISHED)


def drop(application: Application, name: str, content: bytes) -> None:
    """Write into the drop folder, by the demonstration's own clock."""
    path = application.config.dmv_drop_folder / name
    path.write_bytes(content)
    os.utime(path, (application.clock.now().timestamp(),) * 2)


def _is_waiting(application: Application, job_id: int) -> bool:
    """Whether the scheduler, asked now, finds nothing to run."""
    JobScheduler(application).make_all_due()
    with application.unit_of_work(read_only=True) as uow:
        job = uow.jobs.get(job_id)
        return job is not None and job.state is JobState.PENDING and uow.jobs.latest_instance(job_id) is None


def _name(file: DmvFileNumber) -> str:
    return f"dmv-coa-{file}.xml"


def _content(application: Application, file: DmvFileNumber, planted: Iterable[Planted]) -> bytes:
    path: Path = application.config.data_dir / _name(file)
    if not path.exists():
        write_dmv_coa_file(path, DmvCoaHeader(f"DEMO-{file}", application.clock.now()), (item.record for item in planted if item.file is file))
    return path.read_bytes()
