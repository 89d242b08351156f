"""Typed faults: what they say, and that they never say a value (EWS-13, OPS-03)."""

import logging
import threading

import pytest

from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.log import JsonFormatter

from .soap_requests import NAMESPACES, envelope, security

BATCH = "batch-data-exchange"
FIELDS = ["Code", "Name", "Severity", "Ref", "Text", "Retryable", "CorrelationId"]


@pytest.mark.requirement("EWS-13")
def test_a_fault_has_code_name_severity_place_text_and_correlation_id(state):
    answer = state.call(BATCH, "GetJobStatus", "<JobId>12345</JobId>")
    assert list(answer.fault) == FIELDS
    assert answer.fault["Name"] == "NotFound"
    assert answer.fault["Severity"] == "Fatal"
    assert answer.fault["Ref"] == "/GetJobStatus/JobId"
    assert answer.fault["CorrelationId"] == answer.headers["X-Correlation-Id"]
    assert answer.body.findtext("faultstring") == answer.fault["Text"]


@pytest.mark.requirement("EWS-13", "OPS-03")
def test_a_schema_violation_names_rule_line_and_place_not_the_value(state):
    fault = state.call(BATCH, "GetJobStatus", "\n<JobId>D1234567 SECRET</JobId>").fault
    assert (fault["Code"], fault["Ref"]) == ("VC-1005", "/GetJobStatus/JobId")
    assert fault["Text"] == "The value does not have the required type. (line 2)"


@pytest.mark.requirement("EWS-13", "OPS-03")
def test_an_unexpected_failure_tells_its_correlation_id_alone(state, monkeypatch, caplog):
    def fail(*_arguments):
        raise RuntimeError("internals with SECRET")

    monkeypatch.setattr("votecal_soap.soap.batch_data_exchange.pending", fail)
    with caplog.at_level(logging.DEBUG):
        answer = state.call(BATCH, "GetPendingJobs")
    assert answer.fault["Code"] == "VC-5002"
    assert answer.fault["Retryable"] == "true"
    assert answer.body.findtext("faultcode") == "soapenv:Server"
    assert b"SECRET" not in answer.content
    lines = [JsonFormatter().format(record) for record in caplog.records]
    (error,) = [line for line in lines if "unexpected error" in line]
    assert "RuntimeError" in error
    assert " fail" in error
    assert "SECRET" not in "".join(lines)


@pytest.mark.requirement("EWS-13")
def test_what_is_busy_says_when_to_come_again(state, monkeypatch):
    def busy(*_arguments):
        raise Unavailable(ErrorCode.BUSY, "Too much at once.", retry_after_seconds=7)

    monkeypatch.setattr("votecal_soap.soap.batch_data_exchange.pending", busy)
    answer = state.call(BATCH, "GetPendingJobs", version="1.2")
    assert answer.status == 500
    assert (answer.fault["RetryAfterSeconds"], answer.fault["Retryable"]) == ("7", "true")
    assert answer.body.findtext("{*}Code/{*}Value") == "soapenv:Receiver"


@pytest.mark.requirement("EWS-13", "OPS-03")
def test_no_client_gets_another_clients_value_or_place(state):
    """Eight threads send 200 bad requests each, with a value of their own in a field of their own."""
    wrong: list[str] = []
    fields = ["Sha256", "Compression"]

    def send(thread: int) -> None:
        field = fields[thread % 2]
        values = {"Sha256": "0" * 64, "Compression": "None"} | {field: f"SECRET-{thread}"}
        content = f"<JobId>1</JobId><ByteCount>1</ByteCount><Sha256>{values['Sha256']}</Sha256><RecordCount>1</RecordCount>"
        body = f'<BeginUpload xmlns="{NAMESPACES[BATCH]}">{content}<Compression>{values["Compression"]}</Compression></BeginUpload>'
        for _ in range(200):
            answer = state.post(BATCH, envelope(body, security()))
            if answer.fault["Ref"] != f"/BeginUpload/{field}" or b"SECRET" in answer.content:
                wrong.append(answer.fault["Ref"])

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
