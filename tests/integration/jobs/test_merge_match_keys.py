from datetime import date

import pytest
from sqlalchemy import func, select

from db.tables import voter_match_key, voter_match_key_recent
from jobs.catalogue import CATALOGUE
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from jobs.worker import Worker
from votecal_soap.domain.jobs import JobState, JobType
from votecal_soap.domain.voters import Voter
from votecal_soap.search.match_keys import match_keys
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.use_cases import schedule_job
from votecal_soap.use_cases.ports import VoterChange
from votecal_soap.use_cases.schedule_job import ScheduleJob

ADA = Voter(**dict.fromkeys(Voter._fields))._replace(
    state_voter_id=100_000_001,
    county_code="19",
    version=1,
    effective_date=date(2024, 1, 1),
    first_name="ADA",
    last_name="LOVELACE",
    date_of_birth=date(1960, 12, 10),
    status="Active",
    vnc_due=0,
    message_sequence=0,
)


@pytest.mark.requirement("COA-05", "JOB-01")
def test_the_scheduled_merge_takes_recent_keys_over(application, engine):
    now = application.clock.now()
    changed = ADA._replace(last_name="BYRON", version=2)
    with application.unit_of_work() as uow:
        uow.voters.add_voters([ADA], now)
        uow.voters.save_changes([VoterChange(ADA, changed, ("last_name",))], now)
        uow.commit()
    command = ScheduleJob(job_type=JobType.MERGE_MATCH_KEYS, acting_user="sam")
    job = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job
    JobScheduler(application).make_all_due()
    assert Worker(application, CATALOGUE, "worker-1").run_one()
    with application.unit_of_work(read_only=True) as uow:
        assert uow.jobs.get(job.job_id).state is JobState.COMPLETED
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(voter_match_key_recent)).scalar_one() == 0
        assert set(connection.execute(select(voter_match_key.c.match_key)).scalars()) == set(match_keys(standardise(voter_person(changed))))
