"""The batch itself, end to end over SOAP: SOS schedules and authorises, the county sends, the state works, the county imports."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jobs.recurrence import CronRecurrence
from votecal_soap.bootstrap import Application
from votecal_soap.county.data_exchange_service import DataExchangeService
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_jobs import CountyJob, JobStage
from votecal_soap.county.extract import Extract
from votecal_soap.county.office import Office
from votecal_soap.county.progress import Progress, Step, Tell
from votecal_soap.county.queue_consumer import Drained, QueueConsumer
from votecal_soap.county.retry import Retry
from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.demo.population import COUNTY
from votecal_soap.demo.state_side import ADMINISTRATOR, ELECTION, SOS_USER, credential_name
from votecal_soap.demo.steps import Advance, Steps
from votecal_soap.domain.jobs import DataKind, JobType
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.use_cases import authorise_job, schedule_job

KINDS: Final = frozenset({DataKind.CONTACT, DataKind.HOME_PRECINCT, DataKind.NAME, DataKind.VOTING_PRECINCT})
NOTICE: Final = "A. Clerk, Los Angeles county, by telephone: precincts are drawn anew"
PATIENCE_SECONDS: Final = 600.0
LOOK_SECONDS: Final = 0.2
_TITLES: Final = {
    Step.CREATE_FILE: "County: make the batch file",
    Step.SEND_FILE: "County: upload it",
    Step.AWAIT_RESULT: "State: process the batch",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """The county's means: its EMS, where files are made, its credential, and the extract of its program."""

    ems_database: Path
    work_dir: Path
    url: str
    secret: str
    extract: Extract


def order_batch(application: Application) -> int:
    """SOS schedules the county's batch and an administrator authorises it; the job's id."""
    command = schedule_job.ScheduleJob(
        job_type=JobType.VOTER_RECORD_UPDATE, acting_user=SOS_USER, county_code=COUNTY, election_id=ELECTION, data_kinds=KINDS, notice=NOTICE
    )
    job = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job
    authorise_job.authorise(authorise_job.AuthoriseJob(job_id=job.job_id, acting_user=ADMINISTRATOR), application.unit_of_work(), application.clock)
    return job.job_id


def send_batch(application: Application, county: County, steps: Steps) -> CountyJob:
    """The exchange agent polls, makes the file and sends it, and the worker processes it, until the job is done."""
    with _told_by_stage(steps) as tell, at_the_county(application, county, tell) as (office, client):
        service = DataExchangeService(office, client)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            jobs = service.run()
            for error in service.errors.values():
                raise error
            ended = [job for job in jobs if job.stage in (JobStage.DONE, JobStage.REFUSED)]
            if ended:
                return ended[0]
            time.sleep(LOOK_SECONDS)
    raise Unavailable(ErrorCode.BUSY, "The batch was not processed in time; the log in the demonstration's directory may say why.")


@contextmanager
def _told_by_stage(steps: Steps) -> Iterator[Tell]:
    """A step of the account for each step of the exchange, as they follow one another."""
    with ExitStack() as current:
        titles: list[Step] = []
        advances: list[Advance] = []

        def tell(told: Progress) -> None:
            if titles[-1:] != [told.step]:
                current.close()
                titles.append(told.step)
                advances.append(current.enter_context(steps.step(_TITLES[told.step])))
            advances[-1](told.done, told.total)

        yield tell


def drain_queue(application: Application, county: County, advance: Advance) -> Drained:
    """The consumer polls, imports and clears until nothing is left."""
    depth = queue_depth(application, COUNTY)
    with at_the_county(application, county, lambda told: advance(told.done, depth)) as (office, client):
        drained = QueueConsumer(office, client).drain()
    advance(drained.imported.total(), depth)
    return drained


def queue_depth(application: Application, county_code: str) -> int:
    """Open messages of a county."""
    with application.unit_of_work(read_only=True) as uow:
        return uow.messages.depth(county_code)


@contextmanager
def at_the_county(application: Application, county: County, tell: Tell) -> Iterator[tuple[Office, StateClient]]:
    """The county's office with its EMS open, and its line to the state."""
    address = StateAddress(url=county.url, username=credential_name(COUNTY), password=county.secret)
    with EmsDatabase(county.ems_database) as ems, closing(StateClient(address)) as client:
        retry = Retry(sleep=time.sleep)
        yield Office(ems=ems, work_dir=county.work_dir, clock=application.clock, retry=retry, tell=tell, extract=county.extract), client
