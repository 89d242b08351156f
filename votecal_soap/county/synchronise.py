"""One county's round with the state: do its jobs, drain its queue, answer what waits; once, until all is done, or for ever (UC01.19.01)."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from votecal_soap.clock import Clock, SystemClock
from votecal_soap.county.case_answers import CaseAnswers
from votecal_soap.county.data_exchange_service import DataExchangeService
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_jobs import UNFINISHED, CountyJob, JobStage
from votecal_soap.county.merged_data import pull_merged_data
from votecal_soap.county.office import Office
from votecal_soap.county.progress import Tell, tell_nobody
from votecal_soap.county.queue_consumer import PAGE_MESSAGES, Drained, QueueConsumer
from votecal_soap.county.reconciliation import reconcile
from votecal_soap.county.retry import Retry
from votecal_soap.county.state import State
from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.county.upload import PIECE_BYTES
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import ErrorCode, InvalidRequest, Unavailable, VoteCalError
from votecal_soap.log import event

_LOGGER: Final = logging.getLogger(__name__)


class Until(StrEnum):
    """When a synchronisation ends."""

    ROUND = "Round"  # one look at the jobs and the queue, nothing awaited
    DONE = "Done"  # no job is left that the state still works on, and the queue is drained
    STOPPED = "Stopped"  # when told: a service, polling


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncSettings:
    """What a county's synchronisation needs to know. `attempts` is how often one call is tried before the round gives up."""

    county_code: str
    url: str
    username: str
    password: str = field(repr=False)
    ems_database: Path
    work_dir: Path
    until: Until = Until.DONE
    poll_seconds: float = 15.0
    timeout_seconds: float = 60.0
    attempts: int = 6
    first_retry_seconds: float = 0.5
    page_messages: int = PAGE_MESSAGES
    piece_bytes: int = PIECE_BYTES
    compression: Compression = Compression.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """What became of one job; `result` is the state's last word on it, as JSON, `error` what a person has to look at."""

    job_id: int
    stage: JobStage
    job_state: str | None
    records_sent: int
    result: str | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a synchronisation did."""

    jobs: tuple[JobReport, ...]
    imported: Mapping[str, int]
    failed: Mapping[str, int]
    left_for_person: int
    answered: Mapping[str, int] = field(default_factory=dict)
    """What the county said of matches, moves and DMV records, with the state's answer."""
    recovered: int = 0
    """Match cases that the EMS had lost, or had otherwise than the state."""
    merged_items: int = 0
    """What merges added to the county's records, pulled in this run."""

    @property
    def records_sent(self) -> int:
        """Records in the files that the state has."""
        return sum(job.records_sent for job in self.jobs)


def synchronise(
    settings: SyncSettings,
    *,
    tell: Tell = tell_nobody,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
    connect: Callable[[StateAddress], State] = StateClient,
) -> SyncReport:
    """Work rounds, each the jobs, the queue and the county's answers, the first also what the EMS lost, until the settings' end is reached or `stop` is set.

    A state that is down ends the run with `Unavailable`, but a service waits and goes on: the work stays in the EMS.
    """
    stop = stop or threading.Event()
    state = connect(StateAddress(url=settings.url, username=settings.username, password=settings.password, timeout_seconds=settings.timeout_seconds))
    with closing(state), EmsDatabase(settings.ems_database) as ems:
        if ems.county_code != settings.county_code:
            raise InvalidRequest(ErrorCode.SETTING_WRONG, "The EMS database belongs to another county.")
        office = _office(settings, ems, clock or SystemClock(), stop, tell)
        return _Synchronisation(settings, office, state, stop).run()


def _office(settings: SyncSettings, ems: EmsDatabase, clock: Clock, stop: threading.Event, tell: Tell) -> Office:
    retry = Retry(sleep=stop.wait, attempts=settings.attempts, first_seconds=settings.first_retry_seconds)
    return Office(
        ems=ems,
        work_dir=settings.work_dir,
        clock=clock,
        retry=retry,
        tell=tell,
        compression=settings.compression,
        piece_bytes=settings.piece_bytes,
    )


class _Synchronisation:
    """Rounds, and what they came to."""

    def __init__(self, settings: SyncSettings, office: Office, state: State, stop: threading.Event) -> None:
        self._settings = settings
        self._office = office
        self._state = state
        self._stop = stop
        self._service = DataExchangeService(office, state)
        self._consumer = QueueConsumer(office, state, settings.page_messages)
        self._answers = CaseAnswers(office, state)
        self._jobs: dict[int, CountyJob] = {}
        self._imported: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._answered: Counter[str] = Counter()
        self._left_for_person = 0
        self._recovered: int | None = None
        self._merged_items = 0

    def run(self) -> SyncReport:
        while not self._stop.is_set():
            awaited = self._round()
            if self._settings.until is Until.ROUND or (self._settings.until is Until.DONE and not awaited):
                break
            self._stop.wait(self._settings.poll_seconds)
        return self._report()

    def _round(self) -> bool:
        """The jobs, the queue, the answers; whether the state still works on something of ours."""
        try:
            jobs = self._service.run()
            self._jobs.update({job.job_id: job for job in jobs})
            self._add(self._consumer.drain())
            if self._recovered is None:
                self._recovered = reconcile(self._office, self._state)
            self._answered += self._answers.answer()
            self._merged_items += pull_merged_data(self._office, self._state)
        except Unavailable as error:
            if self._settings.until is not Until.STOPPED:
                raise
            event(_LOGGER, "state unavailable", level=logging.WARNING, county_code=self._settings.county_code, code=error.code)
            return True
        return any(map(self._is_awaited, jobs))

    def _is_awaited(self, job: CountyJob) -> bool:
        # A paused job and one with an error move only when a person has acted.
        return job.stage in UNFINISHED and job.job_state != JobState.PAUSED and job.job_id not in self._service.errors

    def _add(self, drained: Drained) -> None:
        self._imported += drained.imported
        self._failed += drained.failed
        self._left_for_person = drained.left_for_person

    def _report(self) -> SyncReport:
        return SyncReport(
            jobs=tuple(_job_report(job, self._service.errors.get(job.job_id)) for job in self._jobs.values()),
            imported=MappingProxyType(dict(self._imported)),
            failed=MappingProxyType(dict(self._failed)),
            left_for_person=self._left_for_person,
            answered=MappingProxyType(dict(self._answered)),
            recovered=self._recovered or 0,
            merged_items=self._merged_items,
        )


def _job_report(job: CountyJob, error: VoteCalError | None) -> JobReport:
    is_sent = job.stage is JobStage.SENT or job.job_state in (JobState.COMPLETED, JobState.FILE_REFUSED)
    records_sent = job.file.record_count if job.file is not None and is_sent else 0
    text = None if error is None else str(error)
    return JobReport(job_id=job.job_id, stage=job.stage, job_state=job.job_state, records_sent=records_sent, result=job.result, error=text)
