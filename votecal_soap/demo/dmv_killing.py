"""A worker is killed in the middle of one of DMV's files, and another goes on after the last committed record (COA-36)."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Final

from votecal_soap.bootstrap import Application
from votecal_soap.demo.dmv_file import schedule_file
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvFileNumber
from votecal_soap.demo.job_orders import PATIENCE_SECONDS, await_end
from votecal_soap.demo.services import Services
from votecal_soap.errors import ErrorCode, Unavailable

_LOOK_SECONDS: Final = 0.002
_LEASE_SECONDS: Final = 3
"""How soon another worker goes on: the demonstration's own has the usual lease, lest a slow machine loses it."""
_LOG_FILE: Final = "killed-worker.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """The job, and how many of its records were done when its worker was killed."""

    job_id: int
    done: int
    records: int

    @property
    def in_the_middle(self) -> bool:
        """Whether some were done and some were not."""
        return 0 < self.done < self.records


def kill_in_the_middle(application: Application, services: Services, planted: Sequence[Planted]) -> Killed:
    """Have a process of its own begin the file, kill it (SIGKILL), and let the demonstration's worker end it when the lease has run out."""
    file = DmvFileNumber.KILLED
    with services.without_worker(), (application.config.data_dir / _LOG_FILE).open("w") as lines:
        worker = _start_worker(application, lines)
        try:
            job_id = schedule_file(application, file, planted)
            _await_progress(application, job_id)
        finally:
            worker.kill()
            worker.wait()
        done = _done(application, job_id)
    await_end(application, job_id)
    return Killed(job_id=job_id, done=done, records=sum(item.file is file for item in planted))


def _start_worker(application: Application, lines: IO[str]) -> "subprocess.Popen[str]":
    """`votecal worker` on the demonstration's own database, with its settings."""
    config = application.config
    settings = {
        "DATA_DIR": config.data_dir,
        "DATABASE_URL": "",
        "CONFIG_FILE": "",
        "LEASE_SECONDS": _LEASE_SECONDS,
        "WORKER_POLL_SECONDS": config.worker_poll_seconds,
        "DMV_CHUNK_RECORDS": config.dmv_chunk_records,
        "DMV_SETTLE_SECONDS": config.dmv_settle_seconds,
    }
    environ = os.environ | {f"VOTECAL_{name}": str(value) for name, value in settings.items()}
    return subprocess.Popen([sys.executable, "-m", "votecal_soap.cli", "worker"], env=environ, stdout=lines, stderr=lines, text=True)


def _await_progress(application: Application, job_id: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if _done(application, job_id):
            return
        time.sleep(_LOOK_SECONDS)
    raise Unavailable(ErrorCode.BUSY, f"No worker began DMV's file in time; {_LOG_FILE} in the demonstration's directory may say why.")


def _done(application: Application, job_id: int) -> int:
    with application.unit_of_work(read_only=True) as uow:
        run = uow.jobs.latest_instance(job_id)
    return 0 if run is None else run.records_processed
