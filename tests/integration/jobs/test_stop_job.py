import pytest

from jobs.catalogue import CatalogueEntry
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from jobs.worker import Worker
from votecal_soap.domain.jobs import DataKind, InstanceState, JobState, JobType
from votecal_soap.domain.uploads import Compression, UploadState
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed
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


class Chunks:
    """A run of four chunks that goes on from its position, and breaks after the second the first time."""

    def __init__(self):
        self.done = []

    def __call__(self, application, instance, should_stop):
        for position in range(instance.position + 1, 5):
            with application.unit_of_work() as uow:
                uow.jobs.save_progress(instance.instance_id, instance.lease_token, position=position, records_processed=position, counts={})
                uow.commit()
            self.done.append(position)
            if self.done == [1, 2]:
                raise InvalidRequest(ErrorCode.VALUE_WRONG, "This is wrong.", ref="there")


def begin_upload(application, job_id):
    said = {"byte_count": 5, "sha256": "a" * 64, "record_count": 1, "compression": Compression.NONE}
    with application.unit_of_work() as uow:
        upload = uow.uploads.add(job_id=job_id, county_code="19", begun_at=application.clock.now(), **said)
        uow.commit()
    return upload.upload_id


@pytest.fixture
def work(application):
    """Drains the workers' work with a run of four chunks."""
    chunks = Chunks()
    entry = CatalogueEntry(run=chunks, about="a test")

    def drain():
        Worker(application, {JobType.VOTER_RECORD_UPDATE: entry, JobType.PURGE: entry}, "worker-1").drain()
        return chunks.done

    return drain


@pytest.fixture
def failed(application, job, work):
    """The county's batch, received and given up after its second chunk; its upload."""
    authorise_job.authorise(authorise_job.AuthoriseJob(job_id=job.job_id, acting_user="ada"), application.unit_of_work(), application.clock)
    upload_id = begin_upload(application, job.job_id)
    with application.unit_of_work() as uow:
        uow.uploads.complete(upload_id, application.clock.now())
        uow.jobs.set_state(job.job_id, JobState.RECEIVED)
        uow.jobs.add_instance(job.job_id, application.clock.now(), upload_id=upload_id, record_count=4)
        uow.commit()
    assert work() == [1, 2]
    return upload_id


def run_of(application, job):
    with application.unit_of_work(read_only=True) as uow:
        return uow.jobs.get(job.job_id).state, uow.jobs.latest_instance(job.job_id)


@pytest.mark.requirement("JOB-03", "VRU-20")
def test_a_failed_county_batch_that_is_resumed_goes_on_after_its_last_committed_record(application, job, failed, work, audit_rows):
    state, run = run_of(application, job)
    assert (state, run.state, run.error_code) == (JobState.FAILED, InstanceState.FAILED, "VC-1010")
    resumed = act(application, stop_job.resume, job)
    _, run = run_of(application, job)
    assert (resumed.state, resumed.remark) == (JobState.RECEIVED, "Resumed by sam.")
    assert (run.state, run.attempt, run.error_code, run.error_text, run.error_ref, run.finished_at) == (InstanceState.READY, 0, None, None, None, None)
    assert (audit_rows()[-1].actor, audit_rows()[-1].action, "Failed" in audit_rows()[-1].detail) == ("sam", "ResumeJob", True)
    assert work() == [1, 2, 3, 4]
    assert run_of(application, job)[0] is JobState.COMPLETED


@pytest.mark.requirement("JOB-03")
def test_a_failed_job_of_the_state_is_resumed_with_the_run_that_it_had(application, work):
    command = schedule_job.ScheduleJob(job_type=JobType.PURGE, acting_user="sam")
    job = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job
    JobScheduler(application).make_all_due()
    work()
    assert act(application, stop_job.resume, job).state is JobState.PENDING
    JobScheduler(application).make_all_due()
    assert work() == [1, 2, 3, 4]
    assert run_of(application, job)[0] is JobState.COMPLETED


def test_a_failed_job_can_be_cancelled_but_not_paused(application, job, failed):
    with pytest.raises(Conflict):
        act(application, stop_job.pause, job)
    assert act(application, stop_job.cancel, job).state is JobState.CANCELLED
    with pytest.raises(Conflict):
        act(application, stop_job.resume, job)


def test_a_failed_job_whose_bytes_were_purged_is_not_resumed(application, job, failed):
    with application.unit_of_work() as uow:
        uow.uploads.set_purged(failed, application.clock.now())
        uow.commit()
    with pytest.raises(Conflict, match="purged"):
        act(application, stop_job.resume, job)
    assert run_of(application, job)[1].state is InstanceState.FAILED


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize(("what", "left"), [(stop_job.cancel, UploadState.ABANDONED), (stop_job.pause, UploadState.OPEN)])
def test_a_cancelled_job_takes_no_more_bytes_and_a_paused_one_keeps_what_it_has(application, job, what, left):
    upload_id = begin_upload(application, job.job_id)
    act(application, what, job)
    with application.unit_of_work(read_only=True) as uow:
        assert uow.uploads.get(upload_id).state is left
