"""One line a call, and nothing that a voter or a county gave (OPS-03)."""

import io
import json
import logging

import pytest

from votecal_soap.log import JsonFormatter, correlation_id

from .soap_requests import NAMESPACES, SECRET, envelope, security

BATCH = "batch-data-exchange"
PLANTED = ["D1234567", "Nguyen-PLANTED", SECRET, "wrong-password-PLANTED", "PLANTED"]


@pytest.fixture
def lines(caplog):
    """The log as it is written, one object a line."""
    caplog.set_level(logging.DEBUG)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    # The sandbox that other tests share has a scheduler in this process, which says at this level that it looks for jobs.
    handler.addFilter(lambda record: not record.name.startswith("apscheduler"))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.requirement("OPS-03")
def test_each_call_is_one_line_with_identifiers_alone(state, lines):
    answer = state.call(BATCH, "GetJobStatus", "<JobId>5</JobId>")
    (line,) = lines()
    assert line.pop("duration_ms") >= 0
    assert line.pop("at")
    assert line == {
        "level": "INFO",
        "event": "call",
        "correlation_id": answer.headers["X-Correlation-Id"],
        "operation": "GetJobStatus",
        "county_code": "19",
        "status": "500",
        "fault": "VC-2001",
    }


@pytest.mark.requirement("OPS-03")
def test_nothing_planted_in_a_request_reaches_log_or_fault(state, lines, caplog):
    planted = "<JobId>D1234567</JobId><Name>Nguyen-PLANTED</Name>"
    requests = [
        envelope(f'<BeginUpload xmlns="{NAMESPACES[BATCH]}">{planted}</BeginUpload>', security()),
        envelope(f'<BeginUpload xmlns="{NAMESPACES[BATCH]}">{planted}</BeginUpload>', security("PLANTED", "wrong-password-PLANTED")),
        envelope(f'<PLANTED xmlns="{NAMESPACES[BATCH]}">{planted}</PLANTED>', security()),
        envelope(planted, security())[:-30],
        envelope("", security() + '<PLANTED s:mustUnderstand="1"/>'),
        b'<!DOCTYPE PLANTED SYSTEM "PLANTED">' + envelope(planted, security()),
        b"PLANTED",
        b"",
    ]
    answers = [state.post(BATCH, request) for request in requests]
    answers += [state.request("GET", "/PLANTED"), state.request("PUT", "/upload/1", b"PLANTED", HTTP_AUTHORIZATION="Bearer PLANTED")]
    logged = json.dumps(lines()) + caplog.text + "".join(str(vars(record)) for record in caplog.records)
    for secret in PLANTED:
        assert secret not in logged
        assert all(secret.encode() not in answer.content for answer in answers)
    assert len(lines()) == len(answers)


@pytest.mark.requirement("OPS-03")
def test_every_answer_has_its_correlation_id(state):
    ids = {state.request("GET", path).headers["X-Correlation-Id"] for path in ("/", "/upload/1", f"/soap/{BATCH}")}
    assert len(ids) == 3


def test_spyne_says_nothing(caplog):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("spyne.protocol.soap.soap11.invalid").critical("whole request")
    assert caplog.records == []


@pytest.mark.requirement("EWS-13")
def test_a_message_carries_the_id_of_the_call_that_queued_it(state):
    token = correlation_id.set("a-call-of-sos")
    state.add_messages(1)
    correlation_id.reset(token)
    state.add_messages(1, state_voter_id=100000900)
    page = state.call("ems-integration", "GetMessageQueue")
    assert [header.findtext("{*}CorrelationId") for header in page.body.iter("{*}MessageHeader")] == ["a-call-of-sos", None]
