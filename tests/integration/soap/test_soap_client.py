"""A strict zeep client drives every operation over a real socket."""

import hashlib
from datetime import timedelta

import pytest
import requests
import zeep

from votecal_soap.domain.batches import FailureReason, FieldError, Outcome, RecordOutcome, Severity
from votecal_soap.domain.jobs import JobState

DOCUMENTS = ["wsdl", "wsdl12"]


@pytest.fixture
def state_url(database_url):
    """Every database in turn."""
    return database_url


@pytest.mark.requirement("EWS-12", "EWS-01")
@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("service", ["batch-data-exchange", "ems-integration"])
def test_ping_tells_version_county_and_expiry(connect, state, service, document):
    answer = connect(service, document=document).service.Ping()
    assert (answer.ContractVersion, answer.CountyCode) == ("1.4", "19")
    assert answer.ServerTime == state.clock.now()
    assert answer.CredentialExpiresAt == state.clock.now() + timedelta(days=90)


@pytest.mark.requirement("VRU-01", "VRU-02", "VRU-06")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_job_is_offered_acknowledged_and_its_file_uploaded(connect, state, document):
    job_id = state.add_job()
    service = connect("batch-data-exchange", document=document).service
    (job,) = service.GetPendingJobs()
    assert (job.JobId, job.JobType, job.JobState, job.ElectionId) == (job_id, "VoterRecordUpdate", "Pending", "E-2026-06")
    assert job.DataKinds.DataKind == ["HomePrecinct", "VotingPrecinct"]
    assert service.AcknowledgeJob(JobId=job_id, JobDecision="Started") == "Started"
    content = b"a batch file" * 1000
    begun = service.BeginUpload(JobId=job_id, ByteCount=len(content), Sha256=hashlib.sha256(content).hexdigest(), RecordCount=3, Compression="None")
    upload_id = begun.UploadProgress.UploadId
    assert begun.ChunkByteLimit == 1 << 20
    assert service.AppendChunk(UploadId=upload_id, Offset=0, Content=content[:5000]).NextOffset == 5000
    assert service.GetUploadStatus(UploadId=upload_id).NextOffset == 5000
    put = requests.put(
        begun.UploadUrl,
        data=content[5000:],
        headers={"Authorization": f"Bearer {begun.UploadToken}", "Content-Range": f"bytes 5000-{len(content) - 1}/{len(content)}"},
        timeout=10,
    )
    assert (put.status_code, put.json()) == (200, {"nextOffset": len(content)})
    completed = service.CompleteUpload(UploadId=upload_id)
    assert (completed.JobId, completed.JobState) == (job_id, "Received")
    assert state.application.spool.read(upload_id, 0, len(content) + 1) == content
    status = service.GetJobStatus(JobId=job_id)
    assert (status.JobState, status.RecordsProcessed, status.FileRefusal) == ("Received", 0, None)
    assert status.ReceivedAt == state.clock.now()
    assert service.GetPendingJobs() is None


@pytest.mark.requirement("VRU-21", "VRU-11", "VRU-12")
def test_status_and_results_of_a_processed_job_are_read(connect, state):
    job_id = state.add_job(state=JobState.COMPLETED)
    error = FieldError("NAME-1", "Registration/Name", Severity.NON_FATAL, "Kept the old value.")
    outcomes = [
        RecordOutcome(1, Outcome.APPLIED, None, (), 100000001, "LA-1", 2, (error,)),
        RecordOutcome(2, Outcome.FAILED, FailureReason.VOTER_NOT_FOUND, (FailureReason.FAILED_VALIDATION,), None, "LA-2", None, ()),
    ]
    with state.application.unit_of_work() as uow:
        uow.jobs.add_outcomes(job_id, outcomes)
        uow.jobs.add_instance(job_id, state.clock.now() - timedelta(days=3650), upload_id=None, record_count=2)
        run = uow.jobs.claim("worker", 60, 5)
        uow.jobs.set_without_precinct_count(run.instance_id, run.lease_token, 7)
        uow.commit()
    service = connect("batch-data-exchange").service
    assert service.GetJobStatus(JobId=job_id).VotersWithoutVotingPrecinct == 7
    page = service.GetJobResults(JobId=job_id, MaximumRecords=1)
    (result,) = page.BatchRecordResults.BatchRecordResult
    assert (result.RecordSequence, result.Outcome, result.RecordVersion, page.MoreResults) == (1, "Applied", 2, True)
    assert result.FieldErrors.FieldError[0].Code == "NAME-1"
    page = service.GetJobResults(JobId=job_id, AfterSequence=1)
    (result,) = page.BatchRecordResults.BatchRecordResult
    assert (result.FailureReason, result.FurtherReasons.FailureReason, page.MoreResults) == ("VoterNotFound", ["FailedValidation"], False)


@pytest.mark.requirement("EWS-02", "EWS-03", "EWS-04")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_queue_is_read_and_cleared(connect, state, document):
    state.add_messages(3)
    service = connect("ems-integration", document=document).service
    page = service.GetMessageQueue(MaximumMessages=2)
    assert [message.MessageHeader.RecordSequence for message in page.Messages.Message] == [1, 2]
    assert page.MessagesRemaining == 1
    assert page.Messages.Message[0].BatchRecordResult is None
    detailed = service.GetMessageQueue(IncludeDetail=True)
    assert [message.BatchRecordResult.Outcome for message in detailed.Messages.Message] == ["Applied"] * 3
    ids = [message.MessageHeader.MessageId for message in detailed.Messages.Message]
    found = service.GetMessages(MessageIds={"MessageId": [ids[0], 999999]})
    assert [message.MessageHeader.MessageId for message in found.Messages.Message] == [ids[0]]
    assert found.MissingMessageIds.MessageId == [999999]
    clearances = [{"MessageId": ids[0], "ClearOutcome": "Processed"}, {"MessageId": ids[1], "ClearOutcome": "Failed", "Text": "no such precinct"}]
    cleared = service.ClearMessages(Clearances={"Clearance": clearances})
    assert [(one.MessageId, one.ClearResult) for one in cleared] == [(ids[0], "Cleared"), (ids[1], "Cleared")]
    again = service.ClearMessages(Clearances={"Clearance": clearances[:1]})
    assert [one.ClearResult for one in again] == ["AlreadyCleared"]
    assert [message.MessageHeader.MessageId for message in service.GetMessageQueue().Messages.Message] == ids[2:]


@pytest.mark.requirement("EWS-02", "VRU-01")
def test_nothing_pending_and_an_empty_queue_are_normal_answers(connect):
    assert connect("batch-data-exchange").service.GetPendingJobs() is None
    page = connect("ems-integration").service.GetMessageQueue()
    assert (page.Messages, page.MessagesRemaining) == (None, 0)


@pytest.mark.requirement("EWS-13")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_client_gets_the_typed_detail_of_a_fault(connect, document):
    client = connect("batch-data-exchange", document=document)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client.service.GetJobStatus(JobId=12345)
    detail = caught.value.detail.find("{*}VoteCalFault")
    assert detail.findtext("{*}Code") == "VC-2001"
    assert detail.findtext("{*}Name") == "NotFound"
    assert detail.findtext("{*}Retryable") == "false"
    assert len(detail.findtext("{*}CorrelationId")) == 36
    assert caught.value.code.rpartition(":")[2] == ("Client" if document == "wsdl" else "Sender")
