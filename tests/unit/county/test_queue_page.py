import pytest

from votecal_soap.contract.queue_page import ReceivedFieldError, ReceivedIdvResult, ReceivedRecordResult, read_queue_page
from votecal_soap.errors import InvalidRequest

HEADER = "<MessageId>5</MessageId><MessageType>BatchRecordFailed</MessageType><EnqueuedAt>2026-03-01T00:00:00Z</EnqueuedAt>"
FAILED = """<BatchRecordResult><JobId>7</JobId><RecordSequence>3</RecordSequence><Outcome>Failed</Outcome>
<FailureReason>VoterNotFound</FailureReason><FurtherReasons><FailureReason>FailedValidation</FailureReason></FurtherReasons>
<FieldErrors><FieldError><Code>C</Code><Ref>Registration</Ref><Severity>Fatal</Severity><Text>Mend &amp; send.</Text></FieldError>
<FieldError><Code>D</Code><Severity>NonFatal</Severity><Text>T</Text></FieldError></FieldErrors></BatchRecordResult>"""


def page(messages, remaining="0"):
    answer = f"<Messages>{messages}</Messages><MessagesRemaining>{remaining}</MessagesRemaining>"
    body = f'<GetMessageQueueResponse xmlns="urn:votecal:ems-integration:v1">{answer}</GetMessageQueueResponse>'
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body></s:Envelope>'.encode()


@pytest.mark.requirement("EWS-02")
def test_an_empty_page_says_how_many_remain():
    assert read_queue_page(page("", "12")) == ((), 12)


@pytest.mark.requirement("EWS-03", "VRU-12")
def test_a_failed_record_comes_with_its_reason_and_every_error():
    (message,) = read_queue_page(page(f"<Message><MessageHeader>{HEADER}</MessageHeader>{FAILED}</Message>")).messages
    errors = (ReceivedFieldError("C", "Registration", "Fatal", "Mend & send."), ReceivedFieldError("D", None, "NonFatal", "T"))
    assert message.batch_record_result == ReceivedRecordResult("Failed", "VoterNotFound", ("FailedValidation",), None, errors)
    assert (message.message_id, message.message_type, message.state_voter_id) == (5, "BatchRecordFailed", None)


def test_a_header_without_detail_is_a_message():
    ids = "<StateVoterId>100000001</StateVoterId><VoterSequence>2</VoterSequence><EmsVoterId>LA-1</EmsVoterId><RecordVersion>4</RecordVersion>"
    jobs = "<JobId>7</JobId><RecordSequence>9</RecordSequence>"
    (message,) = read_queue_page(page(f"<Message><MessageHeader>{HEADER}{ids}{jobs}</MessageHeader></Message>")).messages
    assert message[3:9] == (100000001, 2, "LA-1", 4, 7, 9)
    assert message[9:] == (None, None, None)


def test_the_answer_of_dmv_is_read():
    told = "<IdentificationKind>Ssn4</IdentificationKind><VerificationStatus>Verified</VerificationStatus><VerifiedOn>2026-02-01</VerifiedOn>"
    idv = f"<IdvResult>{told}</IdvResult>"
    (message,) = read_queue_page(page(f"<Message><MessageHeader>{HEADER}</MessageHeader>{idv}</Message>")).messages
    assert message.idv_result == ReceivedIdvResult("Ssn4", "Verified", "2026-02-01")


def test_what_a_newer_state_adds_is_passed_over():
    newer = HEADER.replace("BatchRecordFailed", "VoterMoved")
    (message,) = read_queue_page(page(f"<Message><MessageHeader>{newer}<New/></MessageHeader><VoterMoved><X/></VoterMoved></Message>")).messages
    assert (message.message_type, message.batch_record_result) == ("VoterMoved", None)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html/>", b"not xml", page("", "many"), page("<Message/>"), page("<Message><MessageHeader/></Message>"), page("")[:-5]],
)
def test_what_is_no_page_is_refused(content):
    with pytest.raises(InvalidRequest):
        read_queue_page(content)
