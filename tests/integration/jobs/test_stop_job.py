import pytest

from jobs.recurrence import CronRecurrence
from votecal_soap.domain.jobs import DataKind, JobState, JobType
from votecal_soap.errors import Conflict, NotAllowed
from votecal_soap.use_cases import authorise_job, schedule_job, stop_job
from votecal_soap.use_cases.stop_job import StopJob


@pytest.fixture
def job(application):
    command = schedule_job.ScheduleJob(
        job_type=JobType.VOTER_RECORD_UPDATE,
        acting_user="sam",
        county_code="19",
        data_kinds=frozenset({DataKind.HOME_PRECINCT}),
        notice="by phone",
    )
    return schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job


def act(application, what, job, user="sam"):
    return what(StopJob(job_id=job.job_id, acting_user=user), application.unit_of_work(), application.clock)


@pytest.mark.requirement("JOB-01")
def test_a_paused_county_batch_is_not_offered_and_resumes_where_it_stood(application, job):
    assert act(application, stop_job.pause, job).state is JobState.PAUSED
    assert act(application, stop_job.resume, job).state is JobState.SCHEDULED
    authorise_job.authorise(authorise_job.AuthoriseJob(job_id=job.job_id, acting_user="ada"), application.unit_of_work(), application.clock)
    act(application, stop_job.pause, job)
    with application.unit_of_work(read_only=True) as uow:
        assert not uow.jobs.offered("19", application.clock.now())
    assert act(application, stop_job.resume, job).state is JobState.PENDING


@pytest.mark.requirement("JOB-01")
def test_a_cancelled_job_stays_cancelled(application, job):
    assert act(application, stop_job.cancel, job).state is JobState.CANCELLED
    for what in (stop_job.cancel, stop_job.pause, stop_job.resume):
        with pytest.raises(Conflict):
            act(application, what, job)


def test_a_paused_job_can_be_cancelled(application, job):
    act(application, stop_job.pause, job)
    assert act(application, stop_job.cancel, job).state is JobState.CANCELLED


@pytest.mark.parametrize("what", [stop_job.pause, stop_job.cancel, stop_job.resume])
@pytest.mark.parametrize("user", ["cora", "nobody"])
def test_only_sos_stops_jobs(application, job, what, user):
    with pytest.raises(NotAllowed):
        act(application, what, job, user)


@pytest.mark.requirement("OPS-02")
def test_who_stopped_a_job_is_in_the_audit(application, job, audit_rows):
    act(application, stop_job.pause, job, "ada")
    act(application, stop_job.resume, job)
    act(application, stop_job.cancel, job)
    assert [(row.actor, row.action) for row in audit_rows()][1:] == [("ada", "PauseJob"), ("sam", "ResumeJob"), ("sam", "CancelJob")]
