import hashlib
import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.purge import Purged, purge
from votecal_soap.domain.dmv_records import SignatureImage
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, MessageType, NewMessage
from votecal_soap.domain.jobs import JobState, JobType
from votecal_soap.domain.uploads import Compression, UploadState
from votecal_soap.use_cases import archive_messages
from votecal_soap.use_cases.ports import StoredReply

DAY = 86_400


@pytest.fixture
def upload(application):
    """A complete upload of a completed job."""
    now = application.clock.now()
    with application.unit_of_work() as uow:
        job_id = uow.jobs.add(
            job_type=JobType.VOTER_RECORD_UPDATE,
            state=JobState.COMPLETED,
            county_code="19",
            election_id=None,
            data_kinds=(),
            not_before=now,
            repeat=None,
            notice="by phone",
            scheduled_by="sam",
            scheduled_at=now,
        )
        digest = hashlib.sha256(b"bytes").hexdigest()
        begun = uow.uploads.add(job_id=job_id, county_code="19", byte_count=5, sha256=digest, record_count=1, compression=Compression.NONE, begun_at=now)
        uow.uploads.set_received(begun.upload_id, 5)
        uow.uploads.complete(begun.upload_id, now)
        uow.commit()
    application.spool.write(begun.upload_id, 0, b"bytes")
    return begun


def bytes_of(application, upload):
    return application.spool.read(upload.upload_id, 0, 100)


def run(application):
    return purge(application, "job:7", lambda: False)


@pytest.mark.requirement("OPS-05")
def test_an_uploads_bytes_go_when_their_retention_has_passed_and_once(application, upload, audit_rows):
    assert run(application) == Purged()
    assert bytes_of(application, upload) == b"bytes"
    application.clock.instant += timedelta(days=application.config.spool_retention_days, seconds=1)
    assert run(application) == Purged(uploads=1)
    assert bytes_of(application, upload) == b""
    assert run(application) == Purged()
    assert [(row.actor, row.action, row.subject_id) for row in audit_rows()] == [("job:7", "PurgeUpload", str(upload.upload_id))]


@pytest.mark.requirement("OPS-05")
def test_the_bytes_of_a_job_that_is_not_finished_stay(application, upload):
    with application.unit_of_work() as uow:
        uow.jobs.set_state(upload.job_id, JobState.PAUSED)
        uow.commit()
    application.clock.instant += timedelta(days=365)
    assert run(application) == Purged()
    assert bytes_of(application, upload) == b"bytes"


@pytest.mark.requirement("OPS-05")
def test_an_upload_that_was_never_completed_goes_with_its_job_and_takes_no_more(application, upload):
    now = application.clock.now()
    said = {"byte_count": 9, "sha256": "a" * 64, "record_count": 1, "compression": Compression.NONE}
    with application.unit_of_work() as uow:
        left = uow.uploads.add(job_id=upload.job_id, county_code="19", begun_at=now, **said)
        uow.commit()
    application.spool.write(left.upload_id, 0, b"half")
    application.clock.instant += timedelta(days=application.config.spool_retention_days, seconds=1)
    assert run(application) == Purged(uploads=2)
    assert bytes_of(application, left) == b""
    with application.unit_of_work(read_only=True) as uow:
        assert uow.uploads.get(left.upload_id).state is UploadState.ABANDONED


@pytest.mark.requirement("OPS-05")
def test_old_exports_go_and_young_ones_stay(application, audit_rows):
    export_dir = application.config.export_dir
    export_dir.mkdir()
    now = application.clock.now().timestamp()
    for name, age in (("old.xml", 31), ("young.xml", 29)):
        (export_dir / name).write_text("x")
        os.utime(export_dir / name, (now - age * DAY,) * 2)
    assert run(application) == Purged(exports=1)
    assert [path.name for path in export_dir.iterdir()] == ["young.xml"]
    assert [(row.action, row.subject_id) for row in audit_rows()] == [("PurgeExport", "old.xml")]


def test_a_purge_that_is_stopped_leaves_the_rest_for_the_next(application, upload):
    application.clock.instant += timedelta(days=365)
    assert purge(application, "job:7", lambda: True) == Purged()
    assert run(application) == Purged(uploads=1)


def dmv_job(uow, state, now):
    """A job for a DMV file."""
    nothing = dict.fromkeys(("county_code", "election_id", "repeat", "notice"))
    job_type = JobType.PROCESS_DMV_COA_RECORD_FILE
    return uow.jobs.add(job_type=job_type, state=state, data_kinds=(), not_before=now, scheduled_by="sam", scheduled_at=now, **nothing)


@pytest.fixture
def dmv_file(application):
    """A DMV file that was processed."""
    now = application.clock.now()
    (application.config.dmv_drop_folder / "coa.xml").write_text("<DmvCoaFile/>")
    with application.unit_of_work() as uow:
        job_id = dmv_job(uow, JobState.COMPLETED, now)
        file_id = uow.dmv_files.expect(job_id, "coa.xml", now)
        uow.dmv_files.take(file_id, "a" * 64, 13, now)
        uow.dmv_files.complete(file_id, now)
        uow.commit()
    application.dmv_exchange.take("coa.xml", file_id)
    return file_id


@pytest.mark.requirement("OPS-05")
def test_a_dmv_file_goes_when_its_retention_has_passed_and_once(application, dmv_file, audit_rows):
    path = application.dmv_exchange.path(dmv_file)
    assert run(application) == Purged()
    assert path.stat().st_mode & 0o777 == 0o600
    application.clock.instant += timedelta(days=application.config.dmv_retention_days, seconds=1)
    assert run(application) == Purged(dmv_files=1)
    assert not path.exists()
    assert run(application) == Purged()
    assert [(row.action, row.subject_id) for row in audit_rows()] == [("PurgeDmvFile", str(dmv_file))]


@pytest.mark.requirement("OPS-05")
def test_a_dropped_file_that_no_job_wants_goes_with_its_retention_and_one_that_is_awaited_stays(application, dmv_file, audit_rows):
    now = application.clock.now()
    drop = application.config.dmv_drop_folder
    with application.unit_of_work() as uow:
        uow.dmv_files.expect(dmv_job(uow, JobState.PENDING, now), "awaited.xml", now)
        uow.commit()
    limit = now.timestamp() - application.config.dmv_retention_days * DAY
    for name, written in (("forgotten.xml", limit - 1), ("awaited.xml", limit - 1), ("young.xml", limit + 60)):
        (drop / name).write_text("<DmvCoaFile/>")
        os.utime(drop / name, (written, written))
    assert run(application) == Purged(dmv_files=1)
    assert sorted(path.name for path in drop.iterdir()) == ["awaited.xml", "young.xml"]
    (row,) = audit_rows()
    assert (row.action, row.subject_id, hashlib.sha256(b"<DmvCoaFile/>").hexdigest() in row.detail) == ("PurgeDroppedFile", "forgotten.xml", True)


@pytest.mark.requirement("OPS-05")
def test_the_file_of_a_job_that_failed_goes_with_its_retention(application, dmv_file):
    with application.unit_of_work() as uow:
        failed = uow.dmv_files.expect(dmv_job(uow, JobState.FAILED, application.clock.now()), "b.xml", application.clock.now())
        uow.dmv_files.take(failed, "b" * 64, 13, application.clock.now())
        uow.commit()
    application.dmv_exchange.path(failed).write_text("<DmvCoaFile/>")
    application.clock.instant += timedelta(days=application.config.dmv_retention_days, seconds=1)
    assert run(application) == Purged(dmv_files=2)
    assert not application.dmv_exchange.path(failed).exists()


@pytest.mark.requirement("OPS-05", "EWS-07")
def test_answers_and_signatures_of_nobody_are_forgotten_when_their_retention_has_passed(application, audit_rows):
    now, config = application.clock.now(), application.config
    with application.unit_of_work() as uow:
        uow.replies.keep("19", "t-1", StoredReply("d" * 64, "<Response/>"), now)
        uow.work_items.add_signatures([(1, SignatureImage("image/png", b"x"))], now)
        uow.commit()
    application.clock.instant += timedelta(days=config.reply_retention_days)
    assert run(application) == Purged()
    application.clock.instant += timedelta(seconds=1)
    assert run(application) == Purged(replies=1)
    application.clock.instant = now + timedelta(days=config.signature_retention_days, seconds=1)
    assert run(application) == Purged(signatures=1)
    with application.unit_of_work(read_only=True) as uow:
        assert (uow.replies.find("19", "t-1"), uow.work_items.signature(1)) == (None, None)
    assert [(row.action, row.subject_id, row.detail) for row in audit_rows()] == [
        ("PurgeKeptData", "replies", '{"new": {}, "old": {"count": 1}}'),
        ("PurgeKeptData", "signatures", '{"new": {}, "old": {"count": 1}}'),
    ]


def queue(application, count):
    """Messages of Los Angeles, the first cleared as failed, the others as processed."""
    told = {"county_code": "19", "message_type": MessageType.IDV_RESULT, "payload": "<X/>", "blocks_updates": 0}
    about = dict.fromkeys(("state_voter_id", "voter_sequence", "ems_voter_id", "record_version", "job_id", "record_sequence"))
    with application.unit_of_work() as uow:
        uow.messages.add([NewMessage(**told, **about, dedup_key=f"key:{key}") for key in range(count)], application.clock.now())
        first, *others = (message.message_id for message in uow.messages.page("19", count, with_payload=False))
        outcomes = {first: ClearOutcome.FAILED} | dict.fromkeys(others, ClearOutcome.PROCESSED)
        clearances = [Clearance(message_id=message_id, outcome=outcome) for message_id, outcome in outcomes.items()]
        uow.messages.clear("19", clearances, application.clock.now())
        uow.commit()
    return [first, *others]


@pytest.mark.requirement("OPS-05", "EWS-04")
def test_cleared_messages_go_to_the_archive_chunk_by_chunk_and_stay_there_for_good(application, audit_rows, monkeypatch):
    monkeypatch.setattr(archive_messages, "CHUNK", 2)
    message_ids = queue(application, 6)
    application.clock.instant += timedelta(days=application.config.message_archive_days)
    assert run(application) == Purged()
    application.clock.instant += timedelta(seconds=1)
    looks = iter([False] * 4 + [True] * 99)
    assert purge(application, "job:7", lambda: next(looks)).archived_messages == 0
    looks = iter([False] * 6 + [True] * 99)
    assert 0 < purge(application, "job:7", lambda: next(looks)).archived_messages < 5
    run(application)
    application.clock.instant += timedelta(days=9_999)
    assert run(application).messages == 0
    with application.unit_of_work(read_only=True) as uow:
        assert uow.messages.over_before(application.clock.now(), 10) == []
        assert [message[0] for message in uow.messages.by_ids("19", message_ids)] == message_ids
    told = [json.loads(row.detail)["old"]["count"] for row in audit_rows() if row.action == "ArchiveMessages"]
    assert (sum(told), max(told)) == (5, 2)


@pytest.mark.requirement("OPS-05")
def test_archived_messages_are_forgotten_where_a_retention_is_set_but_never_before_they_are_archived(application, audit_rows):
    short = replace(application, config=replace(application.config, message_retention_days=1))
    queue(short, 3)
    short.clock.instant += timedelta(days=29)
    assert run(short) == Purged(replies=0)
    short.clock.instant += timedelta(days=2)
    assert run(short) == Purged(archived_messages=2, messages=2)
    assert [row.action for row in audit_rows()] == ["ArchiveMessages", "PurgeMessages"]
