"""A plain zeep client, as any vendor may use one, drives every operation over a real socket; each answer is held against the XSD."""

import hashlib
from collections import Counter
from importlib.resources import files

import pytest
import requests
import zeep
from fixtures.databases import SLOW_ON_SERVERS
from lxml import etree
from zeep.exceptions import Fault
from zeep.plugins import Plugin
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from votecal_soap.contract.batch_writer import write_batch_file
from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.synthetic.batch_truth import count_outcomes
from votecal_soap.synthetic.files import batch_header

from .history_checker import faults, read_history, read_voters
from .installation import COUNTY, ELECTION, KINDS, SECRET, USERNAME, install
from .planted_batch import planted_batch

CHUNK = 1 << 20
RECORDS = 4_000
PAGE_BYTES = 48 << 10


class Judged(Plugin):
    """Holds the body of every answer against the committed schema, and keeps the size of the last."""

    def __init__(self, service):
        self._schema = etree.XMLSchema(etree.parse(str(files("xsd") / f"{service}.xsd")))
        self.size = 0

    def ingress(self, envelope, http_headers, operation):
        self.size = len(etree.tostring(envelope))
        (body,) = envelope.xpath("/*/*[local-name() = 'Body']/*")
        if etree.QName(body).localname != "Fault":
            self._schema.assertValid(etree.fromstring(etree.tostring(body)))
        return envelope, http_headers


pytestmark = pytest.mark.parametrize("database_url", SLOW_ON_SERVERS, indirect=True)


@pytest.fixture
def installation(database_url, tmp_path):
    installed = install(database_url, tmp_path, batch_chunk_records=1_000)
    yield installed
    installed.stop()


@pytest.fixture
def connect(installation):
    installation.serve()
    session = requests.Session()

    def client(service):
        judged = Judged(service)
        transport = Transport(session=session, operation_timeout=30)
        settings = zeep.Settings(strict=True)
        made = zeep.Client(
            f"{installation.url}/soap/{service}?wsdl", wsse=UsernameToken(USERNAME, SECRET), transport=transport, settings=settings, plugins=[judged]
        )
        return made.service, judged

    yield client
    session.close()


def announcement(file):
    return {"ByteCount": file.byte_count, "Sha256": file.sha256, "RecordCount": file.record_count, "Compression": "None"}


def send_in_chunks(exchange, upload_id, content):
    """Every chunk, one of them twice, as a client does that lost an answer."""
    offset = 0
    while offset < len(content):
        chunk = content[offset : offset + CHUNK]
        for _ in range(2 if offset == 0 else 1):
            told = exchange.AppendChunk(UploadId=upload_id, Offset=offset, Content=chunk)
            assert (told.NextOffset, told.UploadState) == (offset + len(chunk), "Open")
        assert exchange.GetUploadStatus(UploadId=upload_id).NextOffset == told.NextOffset
        offset = told.NextOffset


@pytest.mark.requirement("VRU-01", "VRU-02", "VRU-05", "VRU-06", "VRU-11", "VRU-12", "VRU-21", "EWS-02", "EWS-03", "EWS-04", "EWS-05")
def test_a_zeep_client_drives_a_batch_from_the_first_poll_to_the_last_message(installation, connect, tmp_path):
    (exchange, _), (queue, page) = connect("batch-data-exchange"), connect("ems-integration")
    assert exchange.Ping().CountyCode == queue.Ping().CountyCode == COUNTY
    assert not exchange.GetPendingJobs()
    assert queue.GetMessageQueue().MessagesRemaining == 0

    job_id = installation.schedule()
    records, truths, _ = planted_batch(installation, job_id, RECORDS)
    before = read_voters(installation.engine)
    (job,) = exchange.GetPendingJobs()
    assert (job.JobId, job.JobType, job.JobState, job.ElectionId) == (job_id, "VoterRecordUpdate", "Pending", ELECTION)
    assert set(job.DataKinds.DataKind) == KINDS
    assert exchange.AcknowledgeJob(JobId=job_id, JobDecision="Started") == "Started"

    header = batch_header(COUNTY, "VoterRecordUpdate", job_id, installation.application.clock.now())
    file = write_batch_file(tmp_path / "batch.xml", header, records)
    upload_id = exchange.BeginUpload(JobId=job_id, **announcement(file)).UploadProgress.UploadId
    content = file.path.read_bytes()
    assert len(content) > CHUNK
    send_in_chunks(exchange, upload_id, content)
    for _ in range(2):
        assert exchange.CompleteUpload(UploadId=upload_id).JobState == "Received"
    assert exchange.GetJobStatus(JobId=job_id).RecordsProcessed == 0

    installation.work()
    status = exchange.GetJobStatus(JobId=job_id)
    assert (status.JobState, status.RecordCount, status.RecordsProcessed, status.FileRefusal) == ("Completed", RECORDS, RECORDS, None)
    assert status.VotersWithoutVotingPrecinct > 0
    told = {(Outcome(item.Outcome), item.FailureReason and FailureReason(item.FailureReason)): item.Count for item in status.OutcomeCounts.OutcomeCount}
    assert told == count_outcomes(truths)
    assert {reason for _, reason in told} == {None, *FailureReason}

    results = all_results(exchange, job_id)
    assert [(result.RecordSequence, result.Outcome, result.FailureReason) for result in results] == [
        (truth.sequence, truth.outcome, truth.reason) for truth in truths
    ]
    drain(queue, page, job_id, {truth.sequence: truth for truth in truths})
    assert faults(read_history(installation.engine, job_id), RECORDS, before) == []
    assert hashlib.sha256(installation.application.spool.path(upload_id).read_bytes()).hexdigest() == file.sha256


def all_results(exchange, job_id):
    results = []
    while True:
        answer = exchange.GetJobResults(JobId=job_id, AfterSequence=results[-1].RecordSequence if results else None)
        results += answer.BatchRecordResults.BatchRecordResult
        if not answer.MoreResults:
            return results


def drain(queue, page, job_id, truths):
    """Headers first, then their detail by id, then clear, a page at a time and each below 48 KB."""
    seen = Counter()
    last = {}
    remaining = 1
    while remaining:
        answer = queue.GetMessageQueue()
        assert page.size < PAGE_BYTES
        headers = [message.MessageHeader for message in answer.Messages.Message]
        remaining = answer.MessagesRemaining
        for header in headers:
            assert last.get(header.StateVoterId, 0) < (header.VoterSequence or 1)
            last[header.StateVoterId] = header.VoterSequence
        ids = [header.MessageId for header in headers]
        found = queue.GetMessages(MessageIds={"MessageId": ids})
        assert (len(found.Messages.Message), found.MissingMessageIds) == (len(ids), None)
        for message in found.Messages.Message:
            if message.BatchRecordResult is not None:
                result = message.BatchRecordResult
                assert (result.JobId, result.Outcome, result.FailureReason) == (job_id, *truths[result.RecordSequence][2:4])
                seen[result.RecordSequence] += 1
        cleared = queue.ClearMessages(Clearances={"Clearance": [{"MessageId": one, "ClearOutcome": "Processed"} for one in ids]})
        assert {item.ClearResult for item in cleared} == {"Cleared"}
    assert seen == Counter(truths.keys())


@pytest.mark.requirement("EWS-05", "EWS-13", "VRU-03")
def test_a_zeep_client_gets_a_typed_fault(installation, connect):
    exchange, _ = connect("batch-data-exchange")
    with pytest.raises(Fault) as caught:
        exchange.GetJobStatus(JobId=1)
    (detail,) = caught.value.detail
    told = {etree.QName(child).localname: child.text for child in detail}
    assert etree.QName(detail).localname == "VoteCalFault"
    assert (told["Code"], told["Retryable"]) == ("VC-2001", "false")
