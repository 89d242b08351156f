"""A county batch from the schedule to its counts, as SOS sees it."""

import hashlib
import json
from collections import Counter

import pytest

from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import SystemClock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.file_exchange import Chunk, FileAnnouncement
from votecal_soap.domain.uploads import Compression
from votecal_soap.spool import FileSpool
from votecal_soap.use_cases.append_chunk import UploadStore, append_chunk
from votecal_soap.use_cases.begin_upload import UploadTerms, begin_upload
from votecal_soap.use_cases.complete_upload import complete_upload

CALLER = Caller(username="c19", county_code="19", credential_expires_at=None)
RECORDS = 200


@pytest.fixture
def send(environ, tmp_path):
    """Uploads a file for job 1, as the services do for the county."""
    factory = SqlUnitOfWorkFactory.from_url(environ["VOTECAL_DATABASE_URL"])

    def sent(content, record_count=RECORDS):
        digest = hashlib.sha256(content).hexdigest()
        announced = FileAnnouncement(job_id=1, byte_count=len(content), sha256=digest, record_count=record_count, compression=Compression.NONE)
        terms = UploadTerms(byte_limit=1 << 30, token_seconds=60, key=b"a key")
        ticket = begin_upload(announced, CALLER, terms, factory, SystemClock())
        store = UploadStore(unit_of_work=factory, spool=FileSpool(tmp_path / "data" / "spool"))
        append_chunk(Chunk(upload_id=ticket.upload.upload_id, offset=0, content=content), CALLER, store, SystemClock())
        complete_upload(ticket.upload.upload_id, CALLER, factory, SystemClock())

    yield sent
    factory.close()


@pytest.fixture
def batch(staffed, tmp_path):
    """An authorised job with a batch that answers it, and the truth about each record."""
    staffed("generate", "precincts", "--county", "19", tmp_path / "precincts.csv")
    staffed("load", "precincts", tmp_path / "precincts.csv", "--as", "ada")
    for county, count in (("19", 300), ("37", 20)):
        staffed("generate", "voters", "--county", county, "--count", count, tmp_path / f"{county}.xml")
        staffed("load", "voters", "--county", county, tmp_path / f"{county}.xml", "--as", "ada")
    kinds = "HomePrecinct,VotingPrecinct,Contact,Name"
    arguments = ("--county", "19", "--kinds", kinds, "--election", "2026-GENERAL", "--notice", "by phone", "--as", "sam")
    staffed("job", "schedule", "voter-record-update", *arguments)
    staffed("job", "authorise", 1, "--as", "ada")
    staffed("generate", "batch", "--job", 1, "--count", RECORDS, "--other-county", "37", "--plant", tmp_path / "batch.xml")
    truths = [json.loads(line) for line in (tmp_path / "batch.xml.truth.jsonl").read_text().splitlines()]
    return (tmp_path / "batch.xml").read_bytes(), Counter((truth["outcome"], truth["reason"]) for truth in truths)


@pytest.mark.requirement("VRU-21", "JOB-03")
def test_sos_sees_counts_by_outcome_and_reason_and_who_is_without_a_voting_precinct(staffed, run_json, batch, send):
    content, truth = batch
    send(content)
    assert run_json("job", "show", 1)["state"] == "Received"
    staffed("worker", "--drain")
    shown = run_json("job", "show", 1)
    assert (shown["state"], shown["run"]["records_processed"], shown["run"]["record_count"]) == ("Completed", RECORDS, RECORDS)
    assert {(count["outcome"], count["reason"]): count["records"] for count in shown["counts"]} == truth
    assert shown["without_voting_precinct"] > 0
    printed = staffed("job", "show", 1, "--follow").stdout
    assert "still without a voting precinct" in printed
    assert "VoterPendingTransfer" in printed


@pytest.mark.requirement("JOB-01")
def test_a_received_batch_that_is_paused_runs_only_after_it_is_resumed(staffed, run_json, batch, send):
    send(batch[0])
    staffed("job", "pause", 1, "--as", "sam")
    staffed("worker", "--drain")
    assert run_json("job", "show", 1)["state"] == "Paused"
    assert run_json("job", "show", 1)["counts"] == []
    assert "Received" in staffed("job", "resume", 1, "--as", "sam").stdout
    staffed("worker", "--drain")
    assert run_json("job", "show", 1)["state"] == "Completed"


@pytest.mark.requirement("JOB-03")
def test_a_refused_file_shows_its_reason(staffed, run_json, batch, send):
    send(batch[0][:-30])
    staffed("worker", "--drain")
    shown = run_json("job", "show", 1)
    assert (shown["state"], shown["run"]["state"], shown["counts"]) == ("FileRefused", "Refused", [])
    assert shown["run"]["error_code"].startswith("VC-11")
    assert shown["run"]["error_code"] in staffed("job", "show", 1).stdout
    send(batch[0])
    staffed("worker", "--drain")
    assert run_json("job", "show", 1)["state"] == "Completed"
