"""What a job is that is killed, and the made-up roll that it works on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from benchmarks.coa_workload import voter_record
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from votecal_soap.domain.matching import MatchingFunction, MatchingMode
from votecal_soap.domain.voters import Voter
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.synthetic.registration_noise import as_registered
from votecal_soap.synthetic.voters import generate_voters
from votecal_soap.use_cases.schedule_job import ScheduleJob, schedule

from ..installation import COUNTY, OTHER_COUNTY, SEED, Installation
from .rows import Rows

FIRST_UID = 100_000_001


@dataclass(frozen=True, kw_only=True)
class Planted:
    """What was prepared, and all that its checker must know; `county` is what the county's office works with, in a batch."""

    job_id: int
    size: int
    known: Any
    county: Any = None


@dataclass(frozen=True, kw_only=True)
class JobUnderFire:
    """One kind of job. `faults` needs the rows and, for a batch, the installation; `size` records or voters are made."""

    name: str
    prepare: Callable[[Installation, int], Planted]
    faults: Callable[[Installation, Rows, Planted], list[str]]
    size: int
    workers: int = 2
    settings: Mapping[str, object] = field(default_factory=dict)


def schedule_now(installation: Installation, **command: Any) -> int:
    """A job that is due; its number."""
    application = installation.application
    job = schedule(ScheduleJob(acting_user="ada", **command), application.unit_of_work(), application.clock, CronRecurrence()).job
    JobScheduler(application).make_all_due()
    return job.job_id


def registered(count: int, county_code: str, first_uid: int = FIRST_UID, twice: float = ORDINARY_NOISE.registered_twice) -> list[Voter]:
    """A county's voters with the errors of real rolls; so large a share of them is registered twice."""
    voters = as_registered(generate_voters(count, SEED, county_code), SEED, county_code, replace(ORDINARY_NOISE, registered_twice=twice))
    return [voter_record(item, first_uid + number) for number, item in enumerate(voters)]


def load(installation: Installation, voters: list[Voter], function: MatchingFunction) -> None:
    """The voters, long ago; one county's matches are applied, another's wait for it."""
    application = installation.application
    with application.unit_of_work() as uow:
        uow.voters.add_voters(voters, application.clock.now() - timedelta(days=400))
        uow.matching.save_mode(COUNTY, function, MatchingMode.APPLY, application.clock.now(), "ada")
        uow.matching.save_mode(OTHER_COUNTY, function, MatchingMode.PROVISIONAL, application.clock.now(), "ada")
        uow.commit()
