"""Uploads, reference data, audit, loads and identity requests, on memory, SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from votecal_soap.domain.counties import County, Credential, Election, Precinct, Role, StaffUser
from votecal_soap.domain.jobs import InstanceState, JobState
from votecal_soap.domain.uploads import Compression, UploadState
from votecal_soap.use_cases.ports import AuditEntry, LoadProgress


def begin_upload(uow, registry, job_id, **values):
    usual = {"job_id": job_id, "county_code": "19", "byte_count": 100, "sha256": "a" * 64, "record_count": 3, "compression": Compression.GZIP}
    return uow.uploads.add(**{**usual, "begun_at": registry.now, **values})


@pytest.mark.requirement("VRU-06")
def test_an_upload_keeps_how_far_it_has_come(database, registry):
    with database() as uow:
        job_id = registry.job(uow)
        upload = begin_upload(uow, registry, job_id)
        assert (upload.state, upload.received_bytes, upload.compression, upload.begun_at) == (UploadState.OPEN, 0, Compression.GZIP, registry.now)
        uow.uploads.set_token(upload.upload_id, "t" * 64, registry.now + timedelta(hours=1))
        uow.uploads.set_received(upload.upload_id, 60)
        uow.commit()
    with database() as uow:
        kept = uow.uploads.get(upload.upload_id, lock=True)
        assert (kept.received_bytes, kept.token_hash, kept.token_expires_at) == (60, "t" * 64, registry.now + timedelta(hours=1))
        uow.uploads.complete(upload.upload_id, registry.now)
        closed = uow.uploads.get(upload.upload_id)
        assert (closed.state, closed.token_hash, closed.completed_at) == (UploadState.COMPLETE, None, registry.now)
        assert uow.uploads.get(999) is None


@pytest.mark.requirement("VRU-06")
def test_the_latest_upload_is_the_newest_that_was_not_abandoned(database, registry):
    with database() as uow:
        job_id = registry.job(uow)
        assert uow.uploads.latest(job_id) is None
        first = begin_upload(uow, registry, job_id)
        second = begin_upload(uow, registry, job_id, begun_at=registry.now + timedelta(seconds=1))
        assert uow.uploads.latest(job_id, lock=True).upload_id == second.upload_id
        uow.uploads.abandon(second.upload_id)
        assert uow.uploads.latest(job_id).upload_id == first.upload_id
        assert uow.uploads.get(second.upload_id).state is UploadState.ABANDONED


@pytest.mark.requirement("OPS-05")
def test_bytes_are_purged_once_and_only_when_nobody_needs_them(database, registry):
    old = registry.now - timedelta(days=40)
    with database() as uow:
        unfinished, finished = registry.job(uow), registry.job(uow)
        kept, purged, abandoned = (begin_upload(uow, registry, job_id, begun_at=old).upload_id for job_id in (unfinished, finished, unfinished))
        recent = begin_upload(uow, registry, finished, begun_at=old).upload_id
        for upload_id, at in ((kept, old), (purged, old), (recent, registry.now)):
            uow.uploads.complete(upload_id, at)
        uow.uploads.abandon(abandoned)
        uow.jobs.set_state(finished, JobState.COMPLETED)
        before = registry.now - timedelta(days=30)
        assert [upload.upload_id for upload in uow.uploads.finished_before(before, 10)] == [purged, abandoned]
        assert [upload.upload_id for upload in uow.uploads.finished_before(before, 1)] == [purged]
        uow.uploads.set_purged(purged, registry.now)
        assert [upload.upload_id for upload in uow.uploads.finished_before(before, 10)] == [abandoned]


@pytest.mark.requirement("OPS-05")
@pytest.mark.parametrize("state", [JobState.DECLINED, JobState.COMPLETED, JobState.CANCELLED, JobState.FAILED, JobState.FILE_REFUSED])
def test_whatever_a_job_without_need_for_it_left_is_purged(database, registry, state):
    with database() as uow:
        job_id, waiting = registry.job(uow), registry.job(uow, state=JobState.STARTED)
        left_open, complete, _ = (begin_upload(uow, registry, key, begun_at=registry.now - timedelta(days=40)).upload_id for key in (job_id, job_id, waiting))
        uow.uploads.complete(complete, registry.now - timedelta(days=39))
        uow.jobs.set_state(job_id, state)
        assert [upload.upload_id for upload in uow.uploads.finished_before(registry.now - timedelta(days=30), 10)] == [left_open, complete]


@pytest.mark.requirement("OPS-05")
@pytest.mark.parametrize("job_state", [JobState.PROCESSING, JobState.CANCELLED, JobState.FAILED, JobState.FILE_REFUSED])
def test_bytes_that_an_unfinished_run_needs_are_never_purged(database, registry, job_state):
    old = datetime.now(UTC) - timedelta(days=400)
    with database() as uow:
        job_id = registry.job(uow)
        upload = begin_upload(uow, registry, job_id, begun_at=old)
        uow.uploads.complete(upload.upload_id, old)
        uow.jobs.add_instance(job_id, old, upload_id=upload.upload_id, record_count=None)
        uow.jobs.set_state(job_id, job_state)
        uow.commit()

    def due(uow):
        return uow.uploads.finished_before(datetime.now(UTC), 10)

    with database() as uow:
        assert due(uow) == []
        run = uow.jobs.claim("w", 60, 5)
        assert due(uow) == []
        uow.jobs.finish(run.instance_id, run.lease_token, InstanceState.PAUSED)
        assert due(uow) == []
        uow.jobs.request_stop(job_id, None)
        uow.commit()
    with database() as uow:
        run = uow.jobs.claim("w", 60, 5)
        uow.jobs.finish(run.instance_id, run.lease_token, InstanceState.CANCELLED)
        uow.jobs.set_state(job_id, JobState.CANCELLED)
        assert [item.upload_id for item in due(uow)] == [upload.upload_id]


def test_reference_data_is_inserted_and_then_updated(database):
    with database() as uow:
        assert uow.reference.save_counties([County(county_code="19", name="LA", fips="06037"), County(county_code="57", name="Yolo", fips="06113")]) == 2
        assert [county.name for county in uow.reference.counties()] == ["LA", "Sacramento", "Yolo"]
        assert uow.reference.county("99") is None
        uow.reference.save_elections([Election(election_id="2028-11-07", name="General", election_date=date(2028, 11, 7))])
        assert [election.election_id for election in uow.reference.elections()] == ["2026-11-03", "2028-11-07"]
        assert uow.reference.save_precincts([Precinct(county_code="19", precinct_code=code, name=None) for code in ("P1", "P2", "P1")]) in (2, 3)
        uow.reference.save_precincts([Precinct(county_code="34", precinct_code="P9", name="Nine")])
        assert uow.reference.precinct_codes("19") == {"P1", "P2"}
        uow.reference.save_codes("party", {"DEM": "Democratic", "REP": "Republican"})
        uow.reference.save_codes("party", {"DEM": "Democratic Party"})
        uow.reference.save_codes("language", {"en": "English"})
        assert uow.reference.codes("party") == {"DEM": "Democratic Party", "REP": "Republican"}
        assert uow.reference.codes("suffix") == {}
        assert uow.reference.rules_text("00") is None
        uow.reference.save_rules_text("00", "a = 1")
        uow.reference.save_rules_text("00", "a = 2")
        assert uow.reference.rules_text("00") == "a = 2"
        uow.commit()


def test_credentials_are_found_by_name_and_by_certificate(database, registry):
    revoked = Credential(username="a", county_code="19", secret_hmac="x", expires_at=None, revoked_at=registry.now, certificate_subject="CN=la")
    ending = Credential(username="b", county_code="19", secret_hmac="y", expires_at=registry.now, revoked_at=None, certificate_subject="CN=la")
    later = replace(ending, username="c", expires_at=registry.now + timedelta(days=1))
    endless = replace(ending, username="d", expires_at=None)
    with database() as uow:
        for credential in (revoked, ending):
            uow.reference.save_credential(credential)
        assert uow.reference.credential("a") == revoked
        assert uow.reference.credential("nobody") is None
        assert uow.reference.credential_by_certificate("CN=else") is None
        assert uow.reference.credentials() == uow.reference.credentials("19") == [revoked, ending]
        assert uow.reference.credentials("34") == []
        for credential in (ending, later, endless):
            uow.reference.save_credential(credential)
            assert uow.reference.credential_by_certificate("CN=la") == credential


def test_people_are_kept_with_their_role(database):
    ada = StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None)
    cora = StaffUser(user_name="cora", role=Role.COUNTY_USER, county_code="19")
    with database() as uow:
        uow.reference.save_staff_user(cora)
        uow.reference.save_staff_user(ada)
        assert uow.reference.staff_users() == [ada, cora]
        assert uow.reference.staff_user("cora") == cora
        assert uow.reference.staff_user("nobody") is None


@pytest.mark.requirement("OPS-02")
def test_audit_entries_are_kept_with_the_change_or_not_at_all(real_database, registry):
    entry = AuditEntry(registry.now, "county:la", "UpdateVoter", "voter", "100000001", "19", "c-1", '{"old":{},"new":{}}')
    with real_database() as uow:
        uow.audit.add([entry, entry._replace(subject_id="2", detail=None)])
    with real_database() as uow:
        assert uow._connection.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar() == 0
        uow.audit.add([entry])
        uow.commit()
        row = uow._connection.exec_driver_sql("SELECT actor, action, subject_kind, subject_id, county_code, correlation_id, detail FROM audit_entry").one()
    assert tuple(row) == entry[1:]


def test_a_load_resumes_where_it_stood(database):
    with database() as uow:
        assert uow.loads.progress("19", "a" * 64) == LoadProgress()
        uow.loads.save_progress("19", "a" * 64, LoadProgress(position=1_000, records=3, loaded=3))
        uow.loads.save_progress("19", "a" * 64, LoadProgress(position=2_000, records=6, loaded=4, refused=1))
        uow.commit()
    with database() as uow:
        assert uow.loads.progress("19", "a" * 64) == (2_000, 6, 4, 1)
        assert uow.loads.progress("19", "a" * 64).already_there == 1
        assert uow.loads.progress("34", "a" * 64) == LoadProgress()


@pytest.mark.requirement("IDV-01")
def test_only_one_identity_request_of_a_kind_is_open(database, registry):
    voter = registry.voter()
    key = voter.state_voter_id
    with database() as uow:
        uow.voters.add_voters([voter], registry.now)
        (licence,) = uow.identity.add([(key, "DriversLicense"), (key, "DriversLicense")], "out-1", registry.now)
        (ssn4,) = uow.identity.add([(key, "DriversLicense"), (key, "Ssn4")], "out-2", registry.now)
        assert (licence.kind, licence.export_name, licence.answered_at, ssn4.kind) == ("DriversLicense", "out-1", None, "Ssn4")
        uow.identity.answer([(licence.request_id, "Verified")], registry.now)
        uow.identity.answer([(licence.request_id, "NotVerified"), (999, "Verified")], registry.now)
        answered = uow.identity.by_ids([licence.request_id, 999])
        assert answered == {licence.request_id: licence._replace(answered_at=registry.now, answer="Verified")}
        assert len(uow.identity.add([(key, "DriversLicense"), (key, "Ssn4")], "out-3", registry.now)) == 1
