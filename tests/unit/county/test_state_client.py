"""The client against an HTTP adapter that answers what a test says; no socket."""

import dataclasses
import io
import re
from pathlib import Path

import pytest
import requests
from requests.adapters import BaseAdapter

from votecal_soap.contract.batch_writer import BatchFile
from votecal_soap.contract.faults import render_fault_detail
from votecal_soap.contract.namespaces import BATCH_DATA_EXCHANGE, EMS_INTEGRATION
from votecal_soap.county.state import UploadTicket
from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound, Unavailable

ADDRESS = StateAddress(url="https://state.test", username="la", password="los-angeles-SECRET")
TICKET = UploadTicket(
    upload_id=9, complete=False, next_offset=0, byte_count=6, chunk_byte_limit=3, fast_lane_url="https://state.test/upload/9", fast_lane_token="t0ken"
)


class Answers(BaseAdapter):
    def __init__(self):
        super().__init__()
        self.next = []
        self.requests = []

    def add(self, content, status=200, kind="text/xml; charset=utf-8"):
        self.next.append((content, status, kind))

    def body(self, content, namespace=BATCH_DATA_EXCHANGE, status=200):
        content = content.replace("Response>", f'Response xmlns="{namespace}">', 1)
        self.add(f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{content}</s:Body></s:Envelope>', status)

    def fault(self, error, namespace=BATCH_DATA_EXCHANGE, code="s:Client"):
        detail = f"<detail>{render_fault_detail(error, namespace, 'c-1', None)}</detail>" if error else ""
        self.body(f"<s:Fault><faultcode>{code}</faultcode><faultstring>x</faultstring>{detail}</s:Fault>", status=500)

    def send(self, request, **_):
        self.requests.append(request)
        answer = self.next.pop(0)
        if isinstance(answer, Exception):
            raise answer
        content, status, kind = answer
        response = requests.Response()
        response.status_code, response.raw, response.request, response.url = status, io.BytesIO(content.encode()), request, request.url
        response.headers["Content-Type"] = kind
        return response

    def close(self):
        pass


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def client(answers):
    made = StateClient(ADDRESS)
    made._session.mount("https://", answers)
    yield made
    made.close()


def test_each_call_carries_the_credential(client, answers):
    answers.body("<GetPendingJobsResponse><PendingJobs/></GetPendingJobsResponse>")
    assert client.get_pending_jobs() == []
    sent = answers.requests[0]
    assert sent.url == "https://state.test/soap/batch-data-exchange"
    assert b"#PasswordText" in sent.body
    assert b"los-angeles-SECRET" in sent.body


@pytest.mark.requirement("VRU-01", "VRU-02")
def test_pending_jobs_are_read(client, answers):
    kinds = "<DataKinds><DataKind>Party</DataKind><DataKind>VotingPrecinct</DataKind></DataKinds>"
    job = "<JobId>7</JobId><JobType>VoterRecordUpdate</JobType><JobState>Pending</JobState><SchemaVersion>1.0</SchemaVersion>"
    job += f"<NotBefore>2026-03-01T00:00:00Z</NotBefore><ElectionId>2026-P</ElectionId>{kinds}"
    answers.body(f"<GetPendingJobsResponse><PendingJobs><PendingJob>{job}</PendingJob></PendingJobs></GetPendingJobsResponse>")
    (pending,) = client.get_pending_jobs()
    assert (pending.job_id, pending.election_id, pending.data_kinds) == (7, "2026-P", {DataKind.PARTY, DataKind.VOTING_PRECINCT})


def test_a_file_is_announced_and_the_ticket_read(client, answers):
    progress = "<UploadProgress><UploadId>9</UploadId><UploadState>Open</UploadState><NextOffset>4</NextOffset><ByteCount>6</ByteCount></UploadProgress>"
    answers.body(f"<BeginUploadResponse>{progress}<ChunkByteLimit>1048576</ChunkByteLimit></BeginUploadResponse>")
    ticket = client.begin_upload(7, BatchFile(path=Path("x"), byte_count=6, sha256="a" * 64, record_count=1, compression=Compression.NONE))
    assert (ticket.complete, ticket.next_offset, ticket.fast_lane_url) == (False, 4, None)


def test_a_refused_file_is_told_with_code_and_text(client, answers):
    refusal = "<FileRefusal><Code>VC-1104</Code><Text>The digest is wrong.</Text></FileRefusal>"
    status = f"<JobId>7</JobId><JobState>FileRefused</JobState><RecordsProcessed>0</RecordsProcessed><OutcomeCounts/>{refusal}"
    answers.body(f"<GetJobStatusResponse>{status}</GetJobStatusResponse>")
    told = client.get_job_status(7)
    assert (told.job_state, told.outcome_counts, told.refusal_code, told.refusal_text) == ("FileRefused", (), "VC-1104", "The digest is wrong.")


@pytest.mark.requirement("EWS-04")
def test_clearing_sends_an_outcome_a_message(client, answers):
    cleared = "<ClearedMessage><MessageId>1</MessageId><ClearResult>Cleared</ClearResult></ClearedMessage>"
    answers.body(f"<ClearMessagesResponse><ClearedMessages>{cleared}</ClearedMessages></ClearMessagesResponse>", EMS_INTEGRATION)
    failed = Clearance(message_id=1, outcome=ClearOutcome.FAILED, text="No such voter.")
    assert client.clear_messages([failed, Clearance(message_id=2, outcome=ClearOutcome.PROCESSED)]) == {1: "Cleared"}
    assert answers.requests[0].body.count(b":Text>No such voter.<") == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotFound(ErrorCode.JOB_NOT_FOUND, "No such job."), NotFound),
        (NotAllowed(ErrorCode.NOT_AUTHORISED, "Not authorised."), NotAllowed),
        (Conflict(ErrorCode.JOB_NOT_OPEN, "Not open."), Conflict),
        (InvalidRequest(ErrorCode.SCHEMA_VIOLATION, "Wrong.", ref="/JobId"), InvalidRequest),
        (Unavailable(ErrorCode.BUSY, "Later.", retry_after_seconds=7), Unavailable),
    ],
)
def test_a_typed_fault_becomes_the_same_error_here(client, answers, error, kind):
    answers.fault(error)
    with pytest.raises(kind) as caught:
        client.complete_upload(9)
    told = caught.value
    assert (told.code, told.text, told.ref, told.retry_after_seconds) == (error.code, error.text, error.ref, error.retry_after_seconds)


@pytest.mark.requirement("EWS-02")
@pytest.mark.parametrize(("after", "sent"), [(None, b""), (41, b"41")])
def test_a_page_is_asked_from_the_front_or_after_an_id(client, answers, after, sent):
    answers.body("<GetMessageQueueResponse><Messages/><MessagesRemaining>3</MessagesRemaining></GetMessageQueueResponse>", EMS_INTEGRATION)
    assert client.get_message_queue(10, after) == ((), 3)
    assert b"".join(re.findall(rb"AfterMessageId>(\d+)<", answers.requests[0].body)) == sent


def test_a_fault_about_the_queue_is_not_taken_for_a_page(client, answers):
    answers.fault(NotAllowed(ErrorCode.NOT_AUTHENTICATED, "Who are you?"), EMS_INTEGRATION)
    with pytest.raises(NotAllowed):
        client.get_message_queue(10)


@pytest.mark.parametrize(("code", "kind"), [("s:Client", InvalidRequest), ("s:Server", Unavailable)])
def test_a_fault_without_detail_is_judged_by_its_code(client, answers, code, kind):
    answers.fault(None, code=code)
    with pytest.raises(kind):
        client.complete_upload(9)


@pytest.mark.parametrize(("status", "kind"), [(503, Unavailable), (502, Unavailable), (429, Unavailable), (404, InvalidRequest), (403, NotAllowed)])
def test_an_answer_of_something_in_between_is_judged_by_its_status(client, answers, status, kind):
    answers.add("", status, "text/plain")
    with pytest.raises(kind):
        client.complete_upload(9)


@pytest.mark.parametrize("error", [requests.ConnectionError(), requests.Timeout()])
def test_a_broken_connection_is_worth_another_try(client, answers, error):
    answers.next = [error, error]
    with pytest.raises(Unavailable):
        client.complete_upload(9)
    with pytest.raises(Unavailable):
        client.put_bytes(TICKET, 0, b"abc")


def test_a_page_of_a_proxy_is_worth_another_try(client, answers):
    answers.add("<html><p>Sorry", 200)
    with pytest.raises(Unavailable):
        client.complete_upload(9)


@pytest.mark.requirement("VRU-06")
def test_the_fast_lane_sends_range_and_token(client, answers):
    answers.add('{"nextOffset": 5}', 200, "application/json")
    assert client.put_bytes(TICKET, 2, b"cde") == 5
    headers = answers.requests[0].headers
    assert (headers["Content-Range"], headers["Authorization"], answers.requests[0].body) == ("bytes 2-4/6", "Bearer t0ken", b"cde")


@pytest.mark.parametrize(
    ("content", "status", "kind", "code"),
    [
        ('{"code": "VC-4002", "nextOffset": 0}', 409, Conflict, ErrorCode.UPLOAD_GAP),
        ('{"code": "VC-3004"}', 401, NotAllowed, ErrorCode.UPLOAD_TOKEN_WRONG),
        ("[]", 405, InvalidRequest, ErrorCode.INTERNAL),
        ("<html>", 503, Unavailable, ErrorCode.INTERNAL),
        ("", 302, InvalidRequest, ErrorCode.INTERNAL),
    ],
)
def test_a_refusal_of_the_fast_lane_keeps_its_code(client, answers, content, status, kind, code):
    answers.add(content, status, "application/json")
    with pytest.raises(kind) as caught:
        client.put_bytes(TICKET, 0, b"abc")
    assert caught.value.code is code


def test_a_fast_lane_in_the_clear_is_not_taken(client, answers):
    with pytest.raises(NotAllowed):
        client.put_bytes(dataclasses.replace(TICKET, fast_lane_url="http://elsewhere.test/upload/9"), 0, b"abc")
    assert answers.requests == []


@pytest.mark.parametrize("url", ["https://votecal.test", "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"])
def test_https_and_this_machine_are_good_addresses(url):
    StateClient(dataclasses.replace(ADDRESS, url=url)).close()


@pytest.mark.parametrize("url", ["http://votecal.test", "ftp://127.0.0.1", "votecal.test", "http://10.0.0.1"])
def test_any_other_address_is_refused_before_a_password_is_sent(url):
    with pytest.raises(NotAllowed):
        StateClient(dataclasses.replace(ADDRESS, url=url))


def test_the_address_does_not_show_the_password():
    assert "SECRET" not in repr(ADDRESS)
