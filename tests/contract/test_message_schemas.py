"""Schema violations: the rule and the place, never the value."""

import threading

import pytest
from lxml import etree

from votecal_soap.contract.schemas import MessageSchema

NAMESPACE = "urn:votecal:batch-data-exchange:v1"
SCHEMA = MessageSchema("batch-data-exchange.xsd")
BEGIN = "<JobId>1</JobId><ByteCount>1</ByteCount><Sha256>{digest}</Sha256><RecordCount>1</RecordCount><Compression>{compression}</Compression>"


def request(operation: str, content: str) -> etree._Element:
    return etree.fromstring(f'<{operation} xmlns="{NAMESPACE}">{content}</{operation}>')


WRONG = {
    "type": ("GetJobStatus", "<JobId>SECRET</JobId>", "/GetJobStatus/JobId"),
    "pattern": ("BeginUpload", BEGIN.format(digest="SECRET", compression="None"), "/BeginUpload/Sha256"),
    "enumeration": ("BeginUpload", BEGIN.format(digest="0" * 64, compression="SECRET"), "/BeginUpload/Compression"),
    "length": (
        "AcknowledgeJob",
        f"<JobId>1</JobId><JobDecision>Started</JobDecision><Remark>{'SECRET' * 200}</Remark>",
        "/AcknowledgeJob/Remark",
    ),
    "base64": ("AppendChunk", "<UploadId>1</UploadId><Offset>0</Offset><Content>SECRET!</Content>", "/AppendChunk/Content"),
    "attribute": ("GetJobStatus", "<JobId a='SECRET'>1</JobId>", "/GetJobStatus/JobId"),
    "unknown element": ("GetJobStatus", "<JobId>1</JobId><SECRET/>", "/GetJobStatus/*"),
    "missing element": ("GetJobStatus", "", "/GetJobStatus"),
    "text between": ("GetPendingJobs", "SECRET", "/GetPendingJobs"),
    "nil": ("GetJobStatus", '<JobId xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>', "/GetJobStatus/JobId"),
    "other namespace": ("GetJobStatus", "<JobId xmlns='urn:SECRET'>1</JobId>", "/GetJobStatus/JobId"),
}


@pytest.mark.requirement("EWS-13", "OPS-03")
@pytest.mark.parametrize("name", WRONG)
def test_a_violation_has_a_place_and_no_value(name):
    operation, content, ref = WRONG[name]
    violation = SCHEMA.violations(request(operation, content))[0]
    assert violation.ref == ref
    assert violation.line == 1
    assert "SECRET" not in repr(violation)


def test_a_missing_element_is_named():
    assert "Expected here: JobId." in SCHEMA.violations(request("GetJobStatus", ""))[0].text


def test_nil_for_an_optional_element_is_told_where_and_what_to_do():
    content = '<JobId>1</JobId><AfterSequence xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    violation = SCHEMA.violations(request("GetJobResults", content))[0]
    assert (violation.ref, violation.text) == ("/GetJobResults/AfterSequence", "xsi:nil is not allowed here; leave an optional element out.")


def test_a_repeated_element_is_numbered():
    schema = MessageSchema("ems-integration.xsd")
    ids = "<MessageId>1</MessageId><MessageId>2</MessageId><MessageId>SECRET</MessageId>"
    message = etree.fromstring(f'<GetMessages xmlns="urn:votecal:ems-integration:v1"><MessageIds>{ids}</MessageIds></GetMessages>')
    assert schema.violations(message)[0].ref == "/GetMessages/MessageIds/MessageId[3]"


def test_a_valid_message_has_no_violation():
    assert SCHEMA.violations(request("BeginUpload", BEGIN.format(digest="aB" * 32, compression="Gzip"))) == ()


def test_threads_do_not_get_each_others_violations():
    wrong: list[str] = []

    def validate(operation: str, content: str, ref: str) -> None:
        wrong.extend(found.ref for _ in range(300) for found in SCHEMA.violations(request(operation, content))[:1] if found.ref != ref)

    threads = [threading.Thread(target=validate, args=arguments) for arguments in WRONG.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
