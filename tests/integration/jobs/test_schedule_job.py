import json
from datetime import UTC, datetime, timedelta

import pytest

from jobs.recurrence import CronRecurrence
from votecal_soap.domain.jobs import DataKind, JobState, JobType
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases import authorise_job, schedule_job
from votecal_soap.use_cases.schedule_job import ScheduleJob

BATCH = {
    "job_type": JobType.VOTER_RECORD_UPDATE,
    "acting_user": "sam",
    "county_code": "19",
    "election_id": "2026-11-03",
    "data_kinds": frozenset({DataKind.HOME_PRECINCT, DataKind.VOTING_PRECINCT}),
    "notice": "A. Clerk, by phone, 2026-03-01",
}


def schedule(application, **changed):
    return schedule_job.schedule(ScheduleJob(**{**BATCH, **changed}), application.unit_of_work(), application.clock, CronRecurrence())


def authorise(application, job_id, user="ada", **more):
    return authorise_job.authorise(authorise_job.AuthoriseJob(job_id=job_id, acting_user=user, **more), application.unit_of_work(), application.clock)


@pytest.mark.requirement("VRU-03")
def test_a_county_batch_waits_for_an_administrator_and_is_not_offered_before(application):
    job = schedule(application).job
    assert job.state is JobState.SCHEDULED
    assert job.notice == "A. Clerk, by phone, 2026-03-01"
    with application.unit_of_work(read_only=True) as uow:
        assert not uow.jobs.offered("19", application.clock.now())
    authorised = authorise(application, job.job_id)
    assert (authorised.state, authorised.authorised_by) == (JobState.PENDING, "ada")
    with application.unit_of_work(read_only=True) as uow:
        assert [offered.job_id for offered in uow.jobs.offered("19", application.clock.now())] == [job.job_id]
        assert not uow.jobs.offered("37", application.clock.now())


@pytest.mark.requirement("VRU-03")
@pytest.mark.parametrize("user", ["sam", "cora", "nobody"])
def test_only_an_sos_administrator_authorises(application, user):
    job = schedule(application).job
    with pytest.raises(NotAllowed) as refused:
        authorise(application, job.job_id, user)
    assert refused.value.code is ErrorCode.NOT_AUTHORISED


@pytest.mark.requirement("VRU-03", "JOB-01")
@pytest.mark.parametrize("user", ["cora", "nobody"])
def test_only_sos_schedules(application, user):
    with pytest.raises(NotAllowed):
        schedule(application, acting_user=user)


@pytest.mark.requirement("JOB-01")
def test_scheduler_and_authoriser_can_be_required_to_differ(application):
    job = schedule(application, acting_user="ada").job
    with pytest.raises(NotAllowed):
        authorise(application, job.job_id, "ada", second_person=True)
    assert authorise(application, job.job_id, "abe", second_person=True).authorised_by == "abe"


def test_a_job_is_authorised_once(application):
    job = schedule(application).job
    authorise(application, job.job_id)
    with pytest.raises(Conflict) as refused:
        authorise(application, job.job_id)
    assert refused.value.code is ErrorCode.JOB_NOT_OPEN


def test_a_job_that_is_not_there_is_not_found(application):
    with pytest.raises(NotFound) as refused:
        authorise(application, 999)
    assert refused.value.code is ErrorCode.JOB_NOT_FOUND


@pytest.mark.requirement("VRU-03")
def test_a_county_batch_is_never_repeated(application):
    with pytest.raises(InvalidRequest) as refused:
        schedule(application, repeat="0 3 * * *")
    assert refused.value.ref == "repeat"


@pytest.mark.parametrize(
    ("changed", "error", "code", "ref"),
    [
        ({"county_code": "99"}, NotFound, ErrorCode.COUNTY_NOT_FOUND, "county"),
        ({"election_id": "1066"}, NotFound, ErrorCode.ELECTION_NOT_FOUND, "election"),
        ({"election_id": None}, InvalidRequest, ErrorCode.VALUE_WRONG, "election"),
        ({"county_code": None}, InvalidRequest, ErrorCode.VALUE_WRONG, "county"),
        ({"data_kinds": frozenset()}, InvalidRequest, ErrorCode.VALUE_WRONG, "kinds"),
        ({"notice": "  "}, InvalidRequest, ErrorCode.VALUE_WRONG, "notice"),
        ({"notice": "x" * 401}, InvalidRequest, ErrorCode.VALUE_WRONG, "notice"),
        ({"job_type": JobType.PURGE}, InvalidRequest, ErrorCode.VALUE_WRONG, "county_code"),
    ],
    ids=["unknown county", "unknown election", "no election", "no county", "no kinds", "no notice", "long notice", "county of a state job"],
)
def test_what_is_wrong_is_named_and_nothing_is_scheduled(application, changed, error, code, ref):
    with pytest.raises(error) as refused:
        schedule(application, **changed)
    assert (refused.value.code, refused.value.ref) == (code, ref)
    with application.unit_of_work(read_only=True) as uow:
        assert not uow.jobs.listed()


def test_an_unknown_kind_is_answered_with_those_that_exist():
    with pytest.raises(InvalidRequest) as refused:
        schedule_job.data_kinds(["ShoeSize"])
    assert "HomePrecinct" in refused.value.text


def test_a_repetition_that_never_comes_is_refused(application):
    with pytest.raises(InvalidRequest):
        schedule_job.schedule(
            ScheduleJob(job_type=JobType.PURGE, acting_user="sam", repeat="0 0 30 feb *"), application.unit_of_work(), application.clock, CronRecurrence()
        )


def test_a_start_in_the_past_means_now(application):
    job = schedule(application, not_before=datetime(2001, 1, 1, tzinfo=UTC)).job
    assert job.not_before == application.clock.now()


@pytest.mark.requirement("JOB-01")
def test_scheduling_shows_what_else_is_scheduled_or_running_then(application):
    now = application.clock.now()
    first = schedule(application).job
    later = schedule(application, county_code="37", not_before=now + timedelta(days=3))
    assert [job.job_id for job in later.others] == [first.job_id]
    soon = schedule(application, county_code="37", not_before=now + timedelta(hours=1))
    assert [job.job_id for job in soon.others] == [first.job_id]


@pytest.mark.requirement("OPS-02")
def test_scheduling_and_authorising_are_in_the_audit_with_who_and_what(application, audit_rows):
    job = schedule(application).job
    authorise(application, job.job_id)
    rows = audit_rows()
    assert [(row.actor, row.action, row.subject_kind, row.subject_id) for row in rows] == [
        ("sam", "ScheduleJob", "job", str(job.job_id)),
        ("ada", "AuthoriseJob", "job", str(job.job_id)),
    ]
    detail = json.loads(rows[1].detail)
    assert (detail["old"]["state"], detail["new"]["state"]) == ("Scheduled", "Pending")
