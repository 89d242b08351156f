"""How many messages a page holds, and what remains."""

import json

import pytest
from sqlalchemy import select

from db.engine import create_engine
from db.tables import audit_entry
from votecal_soap.domain.ems_messages import MessageType

EWS = "ems-integration"
LONG = "<BatchRecordResult><JobId>7</JobId><RecordSequence>1</RecordSequence><Outcome>Applied</Outcome><FieldErrors>{}</FieldErrors></BatchRecordResult>"
ERROR = f"<FieldError><Code>NAME-1</Code><Severity>NonFatal</Severity><Text>{'long text ' * 90}</Text></FieldError>"


def ids(answer):
    return [int(element.text) for element in answer.body.iterfind(".//{*}MessageHeader/{*}MessageId")]


@pytest.mark.requirement("EWS-02")
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_page_stays_below_48_kb_unless_more_is_asked_for(state, version):
    state.add_messages(400)
    answer = state.call(EWS, "GetMessageQueue", version=version)
    assert 100 < len(ids(answer)) < 400
    assert len(answer.content) <= 48 << 10
    assert int(answer.text("MessagesRemaining")) == 400 - len(ids(answer))
    asked = state.call(EWS, "GetMessageQueue", "<MaximumMessages>300</MaximumMessages>", version=version)
    assert len(ids(asked)) == 300
    assert len(asked.content) > 48 << 10
    assert asked.text("MessagesRemaining") == "100"


@pytest.mark.requirement("EWS-02", "EWS-03")
def test_a_page_with_detail_stays_below_48_kb_too(state):
    state.add_messages(80, payload=LONG.format(ERROR))
    answer = state.call(EWS, "GetMessageQueue", "<IncludeDetail>true</IncludeDetail>")
    assert len(answer.content) <= 48 << 10
    assert 30 < len(ids(answer)) < 80
    assert len(answer.body.findall(".//{*}BatchRecordResult")) == len(ids(answer))


@pytest.mark.requirement("EWS-02")
def test_one_message_over_the_limit_is_given_alone(state):
    state.add_messages(2, payload=LONG.format(ERROR * 60))
    answer = state.call(EWS, "GetMessageQueue", "<IncludeDetail>1</IncludeDetail>")
    assert len(ids(answer)) == 1
    assert answer.text("MessagesRemaining") == "1"


@pytest.mark.requirement("EWS-02")
@pytest.mark.parametrize("wrong", ["0", "-1", "1001"])
def test_a_page_holds_1_to_1000_messages(state, wrong):
    fault = state.call(EWS, "GetMessageQueue", f"<MaximumMessages>{wrong}</MaximumMessages>").fault
    assert (fault["Code"], fault["Ref"]) == ("VC-1009", "/GetMessageQueue/MaximumMessages")


@pytest.mark.requirement("EWS-02")
def test_a_county_pages_on_past_messages_that_it_leaves_on_its_queue(state):
    state.add_messages(5)
    first, second, *behind = ids(state.call(EWS, "GetMessageQueue"))
    answer = state.call(EWS, "GetMessageQueue", f"<MaximumMessages>2</MaximumMessages><AfterMessageId>{second}</AfterMessageId>")
    assert (ids(answer), answer.text("MessagesRemaining")) == (behind[:2], "3")
    answer = state.call(EWS, "GetMessageQueue", f"<AfterMessageId>{behind[-1]}</AfterMessageId>")
    assert (ids(answer), answer.text("MessagesRemaining")) == ([], "5")
    assert ids(state.call(EWS, "GetMessageQueue", "<AfterMessageId>-1</AfterMessageId>")) == [first, second, *behind]


@pytest.mark.requirement("EWS-01", "EWS-02")
def test_an_id_of_another_countys_queue_is_only_a_number_to_page_on_from(state):
    state.add_messages(1)
    state.add_messages(1, "34")
    state.add_messages(1, state_voter_id=100000077)
    first, last = ids(state.call(EWS, "GetMessageQueue"))
    assert ids(state.call(EWS, "GetMessageQueue", f"<AfterMessageId>{last - 1}</AfterMessageId>")) == [last]
    assert last - first == 2


@pytest.mark.requirement("EWS-02")
def test_the_configured_number_is_the_most_that_anybody_gets(state):
    state.add_messages(20)
    state.reconfigure(page_message_limit=5)
    assert len(ids(state.call(EWS, "GetMessageQueue", "<MaximumMessages>10</MaximumMessages>"))) == 5
    assert len(ids(state.call(EWS, "GetMessageQueue"))) == 5


@pytest.mark.requirement("EWS-05")
def test_a_younger_message_of_a_voter_is_not_cleared_before_an_older(state):
    state.add_messages(2, state_voter_id=100000009)
    first, second = ids(state.call(EWS, "GetMessageQueue"))

    def clear(*messages):
        items = "".join(f"<Clearance><MessageId>{one}</MessageId><ClearOutcome>Processed</ClearOutcome></Clearance>" for one in messages)
        answer = state.call(EWS, "ClearMessages", f"<Clearances>{items}</Clearances>")
        return [element.text for element in answer.body.iterfind(".//{*}ClearResult")]

    assert clear(second) == ["OlderMessageOpen"]
    assert clear(first, second) == ["Cleared", "Cleared"]


@pytest.mark.requirement("EWS-04", "OPS-02")
def test_the_audit_counts_what_was_cleared_and_nothing_else(state):
    state.add_messages(3)
    first, second, third = ids(state.call(EWS, "GetMessageQueue"))

    def clear(*named):
        items = "".join(f"<Clearance><MessageId>{one}</MessageId><ClearOutcome>{outcome}</ClearOutcome></Clearance>" for one, outcome in named)
        assert state.call(EWS, "ClearMessages", f"<Clearances>{items}</Clearances>").status == 200

    clear((first, "Processed"))
    clear((first, "Processed"), (second, "Failed"), (second, "Processed"), (third, "Processed"), (999, "Failed"))
    engine = create_engine(state.application.config.effective_database_url)
    with engine.connect() as connection:
        details = connection.execute(select(audit_entry.c.detail).where(audit_entry.c.action == "ClearMessages").order_by(audit_entry.c.audit_id))
        told = [json.loads(detail)["new"] for detail in details.scalars()]
    engine.dispose()
    assert told == [{"cleared": [first], "outcomes": {"Processed": 1}}, {"cleared": [second, third], "outcomes": {"Failed": 1, "Processed": 1}}]


@pytest.mark.requirement("EWS-04")
def test_a_call_clears_at_most_1000_messages(state):
    one = "<Clearance><MessageId>1</MessageId><ClearOutcome>Processed</ClearOutcome></Clearance>"
    assert state.call(EWS, "ClearMessages", f"<Clearances>{one * 1001}</Clearances>").fault["Code"] == "VC-1005"
    assert state.call(EWS, "ClearMessages", f"<Clearances>{one * 1000}</Clearances>").text("ClearResult") == "NotFound"


@pytest.mark.requirement("EWS-03")
def test_a_stored_payload_is_given_as_it_is(state):
    payload = "<IdvResult><IdentificationKind>Ssn4</IdentificationKind><VerificationStatus>Verified</VerificationStatus></IdvResult>"
    state.add_messages(1, payload=payload, message_type=MessageType.IDV_RESULT)
    answer = state.call(EWS, "GetMessages", f"<MessageIds><MessageId>{ids(state.call(EWS, 'GetMessageQueue'))[0]}</MessageId></MessageIds>")
    assert payload.encode() in answer.content
    assert answer.text("MessageType") == "IdvResult"
