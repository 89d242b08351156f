import hashlib
import os
from datetime import timedelta

import pytest

from jobs.purge import purge
from votecal_soap.domain.jobs import JobState, JobType
from votecal_soap.domain.uploads import Compression, UploadState

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
    assert run(application) == (0, 0)
    assert bytes_of(application, upload) == b"bytes"
    application.clock.instant += timedelta(days=application.config.spool_retention_days, seconds=1)
    assert run(application) == (1, 0)
    assert bytes_of(application, upload) == b""
    assert run(application) == (0, 0)
    assert [(row.actor, row.action, row.subject_id) for row in audit_rows()] == [("job:7", "PurgeUpload", str(upload.upload_id))]


@pytest.mark.requirement("OPS-05")
def test_the_bytes_of_a_job_that_is_not_finished_stay(application, upload):
    with application.unit_of_work() as uow:
        uow.jobs.set_state(upload.job_id, JobState.PAUSED)
        uow.commit()
    application.clock.instant += timedelta(days=365)
    assert run(application) == (0, 0)
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
    assert run(application) == (2, 0)
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
    assert run(application) == (0, 1)
    assert [path.name for path in export_dir.iterdir()] == ["young.xml"]
    assert [(row.action, row.subject_id) for row in audit_rows()] == [("PurgeExport", "old.xml")]


def test_a_purge_that_is_stopped_leaves_the_rest_for_the_next(application, upload):
    application.clock.instant += timedelta(days=365)
    assert purge(application, "job:7", lambda: True) == (0, 0)
    assert run(application) == (1, 0)
