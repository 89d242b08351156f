"""The messages about matches, moves and DMV records keep the schema, and tell each county no more than it may know."""

from datetime import date

import pytest
from lxml import etree

from votecal_soap.contract.match_payloads import (
    render_confidentiality_changed,
    render_confidentiality_ending,
    render_dmv_registration_pending,
    render_match_notice,
    render_overdue,
    render_transfer_notice,
    render_unresolved_dmv_coa,
)
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.voter_markup import CONFIDENTIALITIES, MATCH_FIELDS
from votecal_soap.domain.dmv_records import SignatureImage
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, CaseType, Decision, Disposition, PotentialReason, TransferState
from votecal_soap.domain.match_notices import DmvRecordNotice, TransferNotice
from votecal_soap.domain.voters import Confidentiality

from .dmv_samples import BARE, MOVE, REGISTRATION
from .match_samples import CASE, MERGE_NOTICE, NOTICE, PAIR_NOTICE, REGISTERED_MOVE, TRANSFER, VOTER

SCHEMA = MessageSchema("ems-integration.xsd")
N = f"{{{EMS_INTEGRATION}}}"
XS = "{http://www.w3.org/2001/XMLSchema}"
RESIDENCE_NEVER_GIVEN = dict.fromkeys(("house_number", "street_name", "residence_city", "residence_zip_code", "phone", "email"))

PAYLOADS = {
    MessageType.POTENTIAL_MATCH: render_match_notice(NOTICE, reader_county="19"),
    MessageType.AUTOMATIC_MATCH_APPLIED: render_match_notice(NOTICE._replace(case_state=CaseState.ACCEPTED, basis="A & B", cap=None), reader_county="19"),
    MessageType.PROVISIONAL_MATCH_APPLIED: render_match_notice(NOTICE._replace(withheld_by_blackout=True, potential_reason=None), reader_county="34"),
    MessageType.MATCH_CASE_REPLACED: render_match_notice(NOTICE._replace(case_state=CaseState.REPLACED), reader_county="19"),
    MessageType.MATCH_CASE_DECIDED: render_match_notice(
        NOTICE._replace(new_address=None, new_mailing_address=None, new_county=None, due_on=None, criteria=()), reader_county="34"
    ),
    MessageType.CONFIDENTIALITY_CHANGED: render_confidentiality_changed(VOTER),
    MessageType.POTENTIAL_DUPLICATE: render_match_notice(PAIR_NOTICE, reader_county="19"),
    MessageType.DUPLICATE_CASE_DECIDED: render_match_notice(PAIR_NOTICE._replace(case_state=CaseState.REJECTED, basis="Fraud"), reader_county="34"),
    MessageType.MERGED_INTO_NEWER: render_match_notice(MERGE_NOTICE, reader_county="19"),
    MessageType.MERGE_PROVISIONAL: render_match_notice(MERGE_NOTICE._replace(case_state=CaseState.PROVISIONAL, withheld_by_blackout=True), reader_county="19"),
    MessageType.MERGE_RECEIVED: render_match_notice(MERGE_NOTICE, reader_county="34"),
    MessageType.MERGE_UNDONE: render_match_notice(PAIR_NOTICE._replace(case_state=CaseState.REJECTED), reader_county="34"),
    MessageType.MATCH_CASE_OVERDUE: render_overdue(CASE),
    MessageType.TRANSFER_OUT: render_transfer_notice(TransferNotice(TRANSFER, NOTICE), reader_county="19"),
    MessageType.TRANSFER_IN: render_transfer_notice(TransferNotice(TRANSFER, NOTICE), reader_county="34"),
    MessageType.TRANSFER_ACCEPTED: render_transfer_notice(REGISTERED_MOVE, reader_county="34"),
    MessageType.TRANSFER_REVERSED: render_transfer_notice(TransferNotice(TRANSFER._replace(state=TransferState.REVERSED), None), reader_county="34"),
    MessageType.UNRESOLVED_DMV_COA: render_unresolved_dmv_coa(DmvRecordNotice(77, "34", BARE)),
    MessageType.DMV_REGISTRATION_PENDING: render_dmv_registration_pending(DmvRecordNotice(77, "34", REGISTRATION)),
    MessageType.CONFIDENTIALITY_ENDING: render_confidentiality_ending(VOTER, date(2027, 1, 1)),
}


def message(message_type, payload):
    header = f"<MessageHeader><MessageId>1</MessageId><MessageType>{message_type}</MessageType><EnqueuedAt>2026-03-02T17:00:00Z</EnqueuedAt></MessageHeader>"
    answer = (
        f'<GetMessagesResponse xmlns="{EMS_INTEGRATION}"><Messages><Message>{header}{payload}</Message></Messages><MissingMessageIds/></GetMessagesResponse>'
    )
    return etree.fromstring(answer)


def texts(payload):
    return {etree.QName(element).localname: element.text for element in message(MessageType.POTENTIAL_MATCH, payload).iter() if not len(element)}


@pytest.mark.requirement("COA-32", "COA-21", "COA-38", "COA-37", "COA-11", "EWS-14")
@pytest.mark.parametrize("message_type", PAYLOADS)
def test_every_message_keeps_the_schema(message_type):
    assert SCHEMA.violations(message(message_type, PAYLOADS[message_type])) == ()


def test_every_kind_of_message_about_a_match_is_tried():
    others = {"BatchRecordApplied", "BatchRecordUnchanged", "BatchRecordFailed", "IdvResult"}
    assert set(MessageType) - set(PAYLOADS) == others


@pytest.mark.parametrize(
    ("type_name", "values"),
    [
        ("MessageType", MessageType),
        ("CaseType", CaseType),
        ("CaseState", CaseState),
        ("CaseDecision", Decision),
        ("PotentialReason", PotentialReason),
        ("MatchField", MATCH_FIELDS.values()),
        ("DuplicateCause", DuplicateCause),
        ("TransferState", TransferState),
        ("Confidentiality", CONFIDENTIALITIES.values()),
        ("WorkItemDisposition", Disposition),
    ],
)
def test_the_schema_knows_every_value_that_may_be_told(type_name, values):
    enumerations = etree.fromstring(SCHEMA._source).iterfind(f"{XS}simpleType[@name='{type_name}']//{XS}enumeration")
    assert {enumeration.get("value") for enumeration in enumerations} == set(values)


@pytest.mark.requirement("COA-32")
def test_a_notice_says_who_it_is_about_why_and_where_the_new_address_is():
    told = message(MessageType.POTENTIAL_MATCH, PAYLOADS[MessageType.POTENTIAL_MATCH]).find(f".//{N}MatchNotice")
    assert told.findtext(f"{N}Confidence") == "87"
    assert [(item.findtext(f"{N}MatchField"), item.findtext(f"{N}Level"), item.findtext(f"{N}Contribution")) for item in told.iter(f"{N}Criterion")] == [
        ("DateOfBirth", "same", "9.12"),
        ("DriversLicense", "missing", "0.00"),
        ("Address", "other", "-0.46"),
    ]
    voter = told.find(f"{N}Voter")
    assert (voter.findtext(f"{N}FirstName"), voter.findtext(f"{N}LastName")) == ("Ana", "O'Neil & Sons")
    assert (voter.findtext(f"{N}StateVoterId"), voter.findtext(f"{N}DateOfBirth"), voter.findtext(f"{N}RegistrationDate")) == (
        *("100000007", "1980-02-29"),
        "2020-10-01",
    )
    assert told.findtext(f"{N}NewAddress/{N}StreetName") == "Main"
    assert told.findtext(f"{N}HomePrecinctNeeded") == "true"


def test_the_own_county_gets_the_whole_record():
    told = texts(PAYLOADS[MessageType.POTENTIAL_MATCH])
    assert (told["EmsVoterId"], told["DriversLicense"], told["Ssn4"], told["Phone"], told["PrecinctCode"]) == ("LA-7", "A1234567", "1234", "2135550100", "19-7")


@pytest.mark.requirement("EWS-14")
@pytest.mark.parametrize("kind", Confidentiality)
def test_the_own_county_is_told_that_a_voter_is_confidential_and_no_other(kind):
    notice = NOTICE._replace(voter=VOTER._replace(confidentiality=kind, confidential_since=date(2026, 1, 1)))
    own = render_match_notice(notice, reader_county="19")
    assert SCHEMA.violations(message(MessageType.POTENTIAL_MATCH, own)) == ()
    assert texts(own)["Confidentiality"] == CONFIDENTIALITIES[kind]
    assert "Confidential" not in render_match_notice(notice, reader_county="34").replace("ConfidentialVoter", "")


OWN_ONLY = {"EmsVoterId", "DriversLicense", "Ssn4", "Phone", "Email", "Gender", "Party", "Language", "PrecinctCode"}


@pytest.mark.requirement("EWS-14")
def test_another_county_gets_no_number_and_no_contact_data():
    voter = message(MessageType.TRANSFER_IN, PAYLOADS[MessageType.TRANSFER_IN]).find(f".//{N}Voter")
    names = {etree.QName(element).localname for element in voter.iter()}
    assert "ResidenceAddress" in names
    assert names & (OWN_ONLY | {"MailingAddress"}) == set()


@pytest.mark.requirement("EWS-14")
def test_a_voter_without_a_residence_to_show_is_told_of_without_one():
    stripped = NOTICE._replace(voter=VOTER._replace(**RESIDENCE_NEVER_GIVEN), new_address=None, new_mailing_address=None)
    names = {etree.QName(element).localname for element in message(MessageType.MATCH_CASE_DECIDED, render_match_notice(stripped, reader_county="34")).iter()}
    assert names & {"ResidenceAddress", "NewAddress", "Phone", "Email", "City"} == set()


@pytest.mark.requirement("COA-38")
def test_a_pending_registration_brings_all_that_dmv_sent_and_the_signature():
    told = texts(PAYLOADS[MessageType.DMV_REGISTRATION_PENDING])
    assert (told["Kind"], told["DriversLicense"], told["Party"], told["MediaType"]) == ("NewRegistration", "A1234567", "NPP", "image/png")
    assert told["Content"].startswith("AAECAw")


@pytest.mark.requirement("COA-38", "EWS-02")
def test_the_largest_signature_still_fits_a_page_of_the_queue():
    largest = REGISTRATION._replace(
        signature=SignatureImage("image/tiff", bytes(30_000)),
        old_address=MOVE.old_address,
        **dict.fromkeys(("first_name", "middle_name", "last_name"), "W" * 60),
    )
    assert len(render_dmv_registration_pending(DmvRecordNotice(77, "34", largest))) < 48 * 1024 - 1024


def test_markup_in_a_value_stays_text():
    assert "<as" not in PAYLOADS[MessageType.POTENTIAL_MATCH]
    assert texts(PAYLOADS[MessageType.AUTOMATIC_MATCH_APPLIED])["Basis"] == "A & B"


@pytest.mark.requirement("DUP-02", "EWS-14")
def test_a_pair_tells_the_other_record_without_what_is_its_own_countys():
    own = message(MessageType.POTENTIAL_DUPLICATE, render_match_notice(PAIR_NOTICE, reader_county="19"))
    other = own.find(f".//{N}Duplicate/{N}OtherVoter")
    assert (other.findtext(f"{N}StateVoterId"), other.findtext(f"{N}CountyCode"), other.findtext(f"{N}DateOfBirth")) == ("100000008", "34", "1980-02-29")
    assert [other.find(f"{N}{name}") for name in ("DriversLicense", "Ssn4", "EmsVoterId", "Phone", "Email", "MailingAddress")] == [None] * 6
    assert own.findtext(f".//{N}MatchNotice/{N}Voter/{N}DriversLicense") == "A1234567"
    merged = message(MessageType.MERGED_INTO_NEWER, render_match_notice(MERGE_NOTICE, reader_county="19")).find(f".//{N}Duplicate")
    assert (merged.findtext(f"{N}NewerStateVoterId"), merged.findtext(f"{N}OlderStateVoterId")) == ("100000008", "100000007")
