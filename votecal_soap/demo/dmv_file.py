"""DMV's file, end to end: dropped, scheduled, matched by the worker, answered by both counties over SOAP (UC03.21.01, UC03.22.01)."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from jobs.recurrence import CronRecurrence
from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.county.synchronise import SyncReport, SyncSettings, Until, synchronise
from votecal_soap.demo.dmv_planting import BLACKED_OUT_COUNTY, PROVISIONAL_COUNTY, Planted
from votecal_soap.demo.state_side import ADMINISTRATOR, SOS_USER, credential_name
from votecal_soap.domain.jobs import FINISHED_STATES, JobState, JobType
from votecal_soap.domain.matching import MatchingFunction, MatchingMode
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.use_cases import schedule_job
from votecal_soap.use_cases.blackouts import AddBlackout, add_blackout
from votecal_soap.use_cases.match_configuration import SetMatchingMode, set_matching_mode

FILE_NAME: Final = "dmv-coa.xml"
FILE_AGAIN: Final = "dmv-coa-again.xml"
FILE_MISCOUNTED: Final = "dmv-coa-miscounted.xml"
PATIENCE_SECONDS: Final = 120.0
LOOK_SECONDS: Final = 0.2
ROUNDS: Final = 6
"""More than it takes until no county has anything left to hear or to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A county that answers: its EMS and its credential."""

    county_code: str
    ems_database: Path
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the counties did: their answers by what the state said, and whether every message was taken."""

    answers: Mapping[str, int]
    all_taken: bool


def configure(application: Application) -> None:
    """One county wants moves provisional, in another an election is near (COA-12, JOB-04)."""
    unit_of_work, clock = application.unit_of_work, application.clock
    mode = SetMatchingMode(county_code=PROVISIONAL_COUNTY, function=MatchingFunction.DMV_COA, mode=MatchingMode.PROVISIONAL, acting_user=ADMINISTRATOR)
    set_matching_mode(mode, unit_of_work(), clock)
    today = legal_date(clock.now())
    days = AddBlackout(
        first_day=today, last_day=today + timedelta(days=30), reason="A local election", acting_user=ADMINISTRATOR, county_code=BLACKED_OUT_COUNTY
    )
    add_blackout(days, unit_of_work(), clock)


def process_file(application: Application, planted: Sequence[Planted]) -> int:
    """Drop the file, schedule its job and wait for the worker; the job's id."""
    path = application.config.dmv_drop_folder / FILE_NAME
    write_dmv_coa_file(path, DmvCoaHeader("DEMO-1", application.clock.now()), (item.record for item in planted))
    copy = path.read_bytes()
    job_id = _order(application, FILE_NAME)
    _await(application, job_id)
    path.with_name(FILE_AGAIN).write_bytes(copy)
    path.with_name(FILE_MISCOUNTED).write_bytes(copy.replace(b"</RecordCount>", b"0</RecordCount>"))
    return job_id


def refused_files(application: Application) -> dict[str, JobState]:
    """What becomes of the same bytes once more, and of a file whose trailer counts wrongly (COA-01)."""
    jobs = {name: _order(application, name) for name in (FILE_AGAIN, FILE_MISCOUNTED)}
    return {name: _await(application, job_id) for name, job_id in jobs.items()}


def _order(application: Application, file_name: str) -> int:
    command = schedule_job.ScheduleJob(job_type=JobType.PROCESS_DMV_COA_RECORD_FILE, acting_user=SOS_USER, file_name=file_name, confirmed=True)
    return schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job.job_id


def _await(application: Application, job_id: int) -> JobState:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with application.unit_of_work(read_only=True) as uow:
            job = uow.jobs.get(job_id)
        if job is not None and (job.state in FINISHED_STATES or job.state is JobState.FILE_REFUSED):
            return job.state
        time.sleep(LOOK_SECONDS)
    raise Unavailable(ErrorCode.BUSY, "DMV's file was not processed in time; the log in the demonstration's directory may say why.")


def let_counties_answer(application: Application, offices: Iterable[Office], work_dir: Path) -> Answered:
    """Rounds of `votecal county sync` in each county, until none has anything to hear or to say."""
    offices = tuple(offices)
    answers: Counter[str] = Counter()
    all_taken = True
    for _ in range(ROUNDS):
        reports = [_round(application, office, work_dir) for office in offices]
        for report in reports:
            answers.update(report.answered)
            all_taken = all_taken and not report.failed and not report.left_for_person
        if not any(report.imported or report.answered for report in reports):
            break
    return Answered(answers=dict(answers), all_taken=all_taken)


def _round(application: Application, office: Office, work_dir: Path) -> SyncReport:
    settings = SyncSettings(
        county_code=office.county_code,
        url=application.config.public_url,
        username=credential_name(office.county_code),
        password=office.secret,
        ems_database=office.ems_database,
        work_dir=work_dir,
        until=Until.ROUND,
    )
    return synchronise(settings, clock=application.clock)
