"""EWS-01, OPS-03: every operation called with another county's ids answers as if they did not exist, and nothing of them is in fault or log."""

import io
import json
import logging
from datetime import date
from importlib.resources import files

import pytest
from lxml import etree

from db.tables import audit_entry, metadata
from votecal_soap.domain.match_cases import Disposition
from votecal_soap.log import JsonFormatter

from .match_situations import RECORD, UID, Situations
from .soap_requests import OTHER_SECRET, security

EMS = "ems-integration"
UNKNOWN = 987_654_321
PLANTED = {
    "last_name": "PLANTEDNAME",
    "first_name": "PLANTEDFIRST",
    "drivers_license": "Z7654321",
    "ssn4": "8642",
    "phone": "2135557777",
    "email": "planted@example.org",
}
STREET = "PLANTEDSTREET"
CHANGING = "<TransactionId>T-1</TransactionId>"
GIVEN = "<Registration><Name><FirstName>NO</FirstName><LastName>BODY</LastName></Name><RegistrationDate>2026-03-01</RegistrationDate></Registration>"
IMAGE = (
    "<DocumentKind>SignatureImage</DocumentKind><MediaType>image/gif</MediaType><ReceivedOn>2026-02-01</ReceivedOn><ByteCount>6</ByteCount>"
    f"<Sha256>{'0' * 64}</Sha256><Content>R0lGODlh</Content>"
)


@pytest.fixture
def los_angeles(state):
    """What Los Angeles has: ids by kind."""
    situations = Situations(state)
    transfer_id = situations.add_transfer()
    with state.application.unit_of_work(read_only=True) as uow:
        moved = uow.match_cases.transfer(transfer_id)
    # Sacramento's own part in that move is not what is looked at here: this one is between two other people's counties.
    other = situations.add_voter(state_voter_id=UID + 1, street_name=STREET, confidentiality="CourtOrder2166", **PLANTED)
    record = RECORD._replace(last_name=PLANTED["last_name"], drivers_license=PLANTED["drivers_license"], ssn4=PLANTED["ssn4"])
    item_id = situations.add_item(Disposition.NO_MATCH, record=record)
    case_id = situations.add_case(situations.add_item(record=record._replace(transaction_date=date(2026, 2, 21))), state_voter_id=other.state_voter_id)
    state.add_messages(1, "19", state_voter_id=other.state_voter_id)
    with state.application.unit_of_work(read_only=True) as uow:
        (message,) = uow.messages.page("19", 10, with_payload=False)
    return {
        "case": case_id,
        "item": item_id,
        "message": message.message_id,
        "transfer": transfer_id,
        "moved_case": moved.case_id,
        "ems": other.ems_voter_id,
        "uid": other.state_voter_id,
    }


CALLS = {
    "Ping": ("", None),
    "GetMessageQueue": ("", None),
    "GetMessages": ("<MessageIds><MessageId>{}</MessageId></MessageIds>", "message"),
    "ClearMessages": ("<Clearances><Clearance><MessageId>{}</MessageId><ClearOutcome>Processed</ClearOutcome></Clearance></Clearances>", "message"),
    "ListMatchCases": ("<CaseTypes><CaseType>DmvRegistration</CaseType></CaseTypes>", None),
    "GetMatchCase": ("<MatchCaseId>{}</MatchCaseId>", "case"),
    "DecideMatchCase": (
        CHANGING + "<MatchCaseId>{}</MatchCaseId><ExpectedVersion>1</ExpectedVersion><Decision>Accept</Decision><Basis>b</Basis>",
        "case",
    ),
    "UndoMatchCase": (CHANGING + "<MatchCaseId>{}</MatchCaseId><ExpectedVersion>1</ExpectedVersion><Basis>b</Basis>", "case"),
    "ReportUnresolvedCoa": (CHANGING + "<WorkItemId>{}</WorkItemId><Finding>NonMatch</Finding><Basis>b</Basis>", "item"),
    "AcceptTransferOut": (CHANGING + "<TransferId>{}</TransferId>", "transfer"),
    "ReverseTransferOut": (CHANGING + "<TransferId>{}</TransferId><Basis>b</Basis>", "transfer"),
    "SearchVoters": ("<EmsVoterId>{}</EmsVoterId>", "ems"),
    "RegisterVoter": (
        "<TransactionId>T-{0}</TransactionId><EmsVoterId>S-{0}</EmsVoterId><Registration><Name><LastName>NOBODY</LastName></Name>"
        "<RegistrationDate>2026-03-01</RegistrationDate></Registration><SeenCandidates><StateVoterId>{0}</StateVoterId></SeenCandidates>",
        None,
    ),
    "PullMergedData": ("<MatchCaseId>{}</MatchCaseId>", "case"),
    "GetReferenceData": ("", None),
    "GetSynchronizationDigest": ("<SynchronizationScope>Record</SynchronizationScope><GroupSize>1</GroupSize>", None),
    "ListDifferences": (
        "<SynchronizationScope>Record</SynchronizationScope><CountyRecords><CountyRecord><StateVoterId>{}</StateVoterId>"
        "<Checksum>0123456789abcdef</Checksum></CountyRecord></CountyRecords>",
        "uid",
    ),
    "GetVoter": ("<EmsVoterId>{}</EmsVoterId>", "ems"),
    "UpdateVoter": ("<TransactionId>U-{0}</TransactionId><StateVoterId>{0}</StateVoterId><BaseVersion>1</BaseVersion>" + GIVEN, None),
    "TransferVoter": (
        "<TransactionId>M-{0}</TransactionId><StateVoterId>{0}</StateVoterId><BaseVersion>1</BaseVersion><EmsVoterId>S-{0}</EmsVoterId>" + GIVEN,
        None,
    ),
    "UndoTransferOut": (CHANGING + "<TransferId>{}</TransferId><Basis>b</Basis>", "transfer"),
    "EnterDeclinedVoter": (CHANGING + "<EmsVoterId>{}</EmsVoterId>" + GIVEN + "<DeclineReason>Not Signed</DeclineReason>", None),
    "AddVoterActivity": (
        CHANGING + "<StateVoterId>{}</StateVoterId><CountyActivity>MailReturned</CountyActivity><ActivityDate>2026-02-01</ActivityDate>",
        "uid",
    ),
    "ConfirmVncPrinted": (
        "<TransactionId>C-{0}</TransactionId><PrintedOn>2026-02-01</PrintedOn><PrintedCards><PrintedCard><StateVoterId>{0}</StateVoterId></PrintedCard></PrintedCards>",
        None,
    ),
    "AttachImage": (CHANGING + "<StateVoterId>{}</StateVoterId>" + IMAGE, "uid"),
    "GetImage": ("<StateVoterId>{}</StateVoterId><VoterEntryId>Document:1</VoterEntryId>", "uid"),
}
"""Operation to its request, and to the kind of id of another county's that it names."""


def call(state, operation, request, named):
    return state.call(EMS, operation, request.format(named), header=security("sac-ems", OTHER_SECRET))


def without_ids(answer, named):
    """The answer as far as it must not depend on whether the thing exists."""
    texts = [(etree.QName(element).localname, (element.text or "").strip()) for element in answer.body.iter()]
    return answer.status, [(name, "#" if text == str(named) else text) for name, text in texts if name != "CorrelationId"]


def rows(state):
    told = metadata.tables.keys() - {"audit_entry", "queue_poll", "queue_state", "sign_in_counter"}
    with state.application.unit_of_work(read_only=True) as uow:
        return {name: [tuple(row) for row in uow._connection.execute(metadata.tables[name].select())] for name in told}


@pytest.fixture
def logged():
    """All that is logged meanwhile."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


def test_every_operation_of_the_contract_is_looked_at():
    wsdl = etree.fromstring(files("wsdl").joinpath("ems-integration.wsdl").read_bytes())
    assert set(CALLS) == {operation.get("name") for operation in wsdl.findall(".//{*}portType/{*}operation")}


@pytest.mark.requirement("EWS-01", "EWS-13", "OPS-03")
@pytest.mark.parametrize("operation", [name for name, (_, kind) in CALLS.items() if kind])
def test_another_countys_id_is_not_told_apart_from_none_and_changes_nothing(state, los_angeles, logged, operation):
    request, kind = CALLS[operation]
    before = rows(state)
    unknown = "LA-NONE" if kind == "ems" else UNKNOWN
    foreign, nothing = call(state, operation, request, los_angeles[kind]), call(state, operation, request, unknown)
    assert without_ids(foreign, los_angeles[kind]) == without_ids(nothing, unknown)
    assert rows(state)["match_case"] == before["match_case"]
    assert {name: found for name, found in rows(state).items() if found != before[name]} == {}
    told = foreign.content.decode() + logged()
    assert [value for value in (*PLANTED.values(), STREET) if value in told] == []


# A county that compares its records names whomever it has: one who moved away is missing at the state, and nothing of her is told.
REFUSING = [name for name, (_, kind) in CALLS.items() if kind not in (None, "ems") and name != "ListDifferences"]


@pytest.mark.requirement("EWS-01", "OPS-02")
@pytest.mark.parametrize("operation", REFUSING)
def test_the_attempt_is_written_down_with_the_id_that_it_named_and_no_value(state, los_angeles, operation):
    request, kind = CALLS[operation]
    call(state, operation, request, los_angeles[kind])
    with state.application.unit_of_work(read_only=True) as uow:
        (entry,) = uow._connection.execute(audit_entry.select().where(audit_entry.c.action == "AccessRefused")).all()
    assert (entry.actor, entry.county_code) == ("county:sac-ems", "34")
    told = f"{entry.subject_kind} {entry.subject_id} {entry.detail}"
    assert str(los_angeles[kind]) in told
    assert operation in told
    assert [value for value in (*PLANTED.values(), STREET) if value in told] == []


@pytest.mark.requirement("EWS-01", "OPS-02")
def test_a_call_for_ones_own_is_no_refusal(state, los_angeles):
    state.call(EMS, "GetMatchCase", f"<MatchCaseId>{los_angeles['case']}</MatchCaseId>")
    state.call(EMS, "GetMessages", f"<MessageIds><MessageId>{los_angeles['message']}</MessageId></MessageIds>")
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow._connection.execute(audit_entry.select().where(audit_entry.c.action == "AccessRefused")).all() == []


@pytest.mark.requirement("EWS-01", "EWS-09")
def test_a_candidate_that_is_not_one_is_passed_over_whether_it_exists_or_not(state, los_angeles):
    before = rows(state)
    answers = [call(state, "RegisterVoter", CALLS["RegisterVoter"][0], uid) for uid in (los_angeles["uid"], UNKNOWN)]
    assert [(answer.text("RegistrationOutcome"), answer.text("MatchCaseIds")) for answer in answers] == [("Registered", None)] * 2
    assert (rows(state)["match_case"], rows(state)["ems_message"]) == (before["match_case"], before["ems_message"])


@pytest.mark.requirement("EWS-01", "EWS-02", "EWS-11")
@pytest.mark.parametrize("operation", ["Ping", "GetMessageQueue", "ListMatchCases", "GetReferenceData", "GetSynchronizationDigest"])
def test_what_names_no_id_shows_the_callers_own_county_alone(state, los_angeles, operation):
    answer = call(state, operation, CALLS[operation][0], "")
    assert answer.status == 200
    content = answer.content.decode()
    assert [value for value in (*PLANTED.values(), STREET, str(UID + 1)) if value in content] == []


@pytest.mark.requirement("EWS-01", "EWS-08", "EWS-14", "OPS-03")
def test_a_search_for_another_countys_voter_shows_what_search_may_show_and_logs_nothing_of_it(state, los_angeles, logged):
    sought = {"FirstName": "first_name", "LastName": "last_name", "DriversLicense": "drivers_license"}
    by_name = "".join(f"<{name}>{PLANTED[field]}</{name}>" for name, field in sought.items())
    answer = call(state, "SearchVoters", by_name, "")
    assert answer.text("StateVoterId") == str(UID + 1)
    content = answer.content.decode()
    hidden = [STREET, *(PLANTED[name] for name in ("drivers_license", "ssn4", "phone", "email")), los_angeles["ems"]]
    assert [value for value in hidden if value in content] == []
    lines = logged()
    assert [value for value in (*PLANTED.values(), STREET) if value in lines] == []
    assert all(json.loads(line) for line in lines.splitlines())


@pytest.mark.requirement("EWS-01", "EWS-11")
def test_the_county_that_gained_a_voter_reads_the_case_but_neither_decides_it_nor_ends_the_move(state, los_angeles):
    moved = {**los_angeles, "case": los_angeles["moved_case"]}
    assert call(state, "GetMatchCase", CALLS["GetMatchCase"][0], moved["case"]).status == 200
    for operation, code in (("DecideMatchCase", "VC-2007"), ("AcceptTransferOut", "VC-2009"), ("ReverseTransferOut", "VC-2009")):
        request, kind = CALLS[operation]
        assert call(state, operation, request, moved[kind]).fault["Code"] == code


@pytest.mark.requirement("EWS-01", "VRU-14", "EWS-12")
def test_a_change_of_another_countys_voter_is_told_to_be_that_and_nothing_more(state, los_angeles, logged):
    before = rows(state)
    uid = los_angeles["uid"]
    answers = {operation: call(state, operation, CALLS[operation][0], uid) for operation in ("UpdateVoter", "TransferVoter", "ConfirmVncPrinted")}
    assert answers["UpdateVoter"].text("FailureReason") == "VoterDoesNotBelongToJurisdiction"
    assert answers["TransferVoter"].text("FailureReason") == "FailedValidation"
    assert answers["ConfirmVncPrinted"].text("PrintedCardOutcome") == "VoterNotFound"
    told = "".join(answer.content.decode() for answer in answers.values()) + logged()
    assert [value for value in (*PLANTED.values(), STREET, los_angeles["ems"]) if value in told] == []
    assert {name for name, found in rows(state).items() if found != before[name]} == {"stored_reply"}


@pytest.mark.requirement("EWS-01", "EWS-10", "EWS-14", "OPS-03")
def test_a_record_of_another_county_shows_what_search_may_show_and_logs_nothing_of_it(state, los_angeles, logged):
    answer = call(state, "GetVoter", "<StateVoterId>{}</StateVoterId>", los_angeles["uid"])
    content = answer.content.decode()
    hidden = [STREET, *(PLANTED[name] for name in ("drivers_license", "ssn4", "phone", "email")), los_angeles["ems"]]
    assert (answer.text("OwnVoter"), [value for value in hidden if value in content]) == ("false", [])
    assert [value for value in (*PLANTED.values(), STREET) if value in logged()] == []
