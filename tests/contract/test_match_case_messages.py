"""Requests about match cases, moves and searches become commands; results become answers that keep the schema (EWS-08, EWS-11)."""

from datetime import date

import pytest
from lxml import etree

from votecal_soap.contract import match_cases, voter_search
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.request_digest import request_digest
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.domain.county_answers import MatchCasePage, MatchCaseQuery, OwnRecord, ReportedCoa, ReportUnresolvedCoa, TransferDecision, UndoMatchCase
from votecal_soap.domain.match_cases import CaseDecision, CaseState, CaseType, Decision, Disposition
from votecal_soap.domain.matching import Match, Person
from votecal_soap.domain.voter_searches import FoundVoter, VoterSearch
from votecal_soap.errors import ErrorCode, InvalidRequest

from .dmv_samples import REGISTRATION
from .match_samples import CASE, CRITERIA, NOTICE, TRANSFER, VOTER

SCHEMA = MessageSchema("ems-integration.xsd")
N = f"{{{EMS_INTEGRATION}}}"
BEGIN = "<TransactionId>T-1</TransactionId><MatchCaseId>41</MatchCaseId><ExpectedVersion>2</ExpectedVersion>"


def request(operation, content):
    found = etree.fromstring(f'<{operation} xmlns="{EMS_INTEGRATION}">{content}</{operation}>')
    assert SCHEMA.violations(found) == ()
    return found


def answer(text):
    found = etree.fromstring(text)
    assert SCHEMA.violations(found) == ()
    return found


@pytest.mark.requirement("EWS-11")
def test_a_query_for_cases_is_read():
    states = "<CaseStates><CaseState>Open</CaseState><CaseState>Accepted</CaseState></CaseStates><CaseTypes><CaseType>DmvCoa</CaseType></CaseTypes>"
    whole = request("ListMatchCases", f"{states}<AfterMatchCaseId>7</AfterMatchCaseId><MaximumMatchCases>5</MaximumMatchCases>")
    assert match_cases.read_match_case_query(whole) == MatchCaseQuery(
        states=frozenset({CaseState.OPEN, CaseState.ACCEPTED}), case_types=frozenset({CaseType.DMV_COA}), after_case_id=7, limit=5
    )
    assert match_cases.read_match_case_query(request("ListMatchCases", "")) == MatchCaseQuery()


@pytest.mark.requirement("COA-33")
@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("<Decision>Reject</Decision><Basis>another person</Basis>", {"decision": Decision.REJECT}),
        ("<Decision>Redirect</Decision><Basis>another person</Basis><CountyCode>34</CountyCode>", {"decision": Decision.REDIRECT, "county_code": "34"}),
        ("<Decision>OutOfState</Decision><Basis>another person</Basis>", {"decision": Decision.OUT_OF_STATE}),
        ("<Decision>Unprecinctable</Decision><Basis>another person</Basis><Comment>no such street</Comment>", {"comment": "no such street"}),
        (
            "<Decision>Accept</Decision><Basis>another person</Basis>"
            "<HomePrecinct><PrecinctCode>19-7</PrecinctCode><PrecinctPart>B</PrecinctPart></HomePrecinct>",
            {"decision": Decision.ACCEPT, "home_precinct": "19-7", "home_precinct_part": "B"},
        ),
    ],
)
def test_each_decision_is_read(more, expected):
    whole = {"case_id": 41, "expected_version": 2, "decision": Decision.UNPRECINCTABLE, "basis": "another person"} | expected
    read = request("DecideMatchCase", BEGIN + more)
    assert match_cases.read_case_decision(read) == CaseDecision(**whole)
    assert match_cases.read_transaction_id(read) == "T-1"


def test_an_undo_and_the_words_on_a_move_are_read():
    undo = request("UndoMatchCase", f"{BEGIN}<Basis>twins</Basis>")
    assert match_cases.read_undo(undo) == UndoMatchCase(case_id=41, expected_version=2, basis="twins")
    accept = request("AcceptTransferOut", "<TransactionId>T</TransactionId><TransferId>5</TransferId>")
    assert match_cases.read_transfer_decision(accept) == TransferDecision(transfer_id=5)
    reverse = request("ReverseTransferOut", "<TransactionId>T</TransactionId><TransferId>5</TransferId><Basis>still here</Basis>")
    assert match_cases.read_transfer_decision(reverse) == TransferDecision(transfer_id=5, basis="still here")


def report(finding, more=""):
    return request("ReportUnresolvedCoa", f"<TransactionId>T</TransactionId><WorkItemId>77</WorkItemId><Finding>{finding}</Finding>{more}<Basis>called</Basis>")


@pytest.mark.requirement("COA-21")
def test_a_report_says_nobody_or_names_the_voter():
    assert match_cases.read_unresolved_coa_report(report("NonMatch")) == ReportUnresolvedCoa(work_item_id=77, state_voter_id=None, basis="called")
    named = report("VoterNamed", "<StateVoterId>100000007</StateVoterId>")
    assert match_cases.read_unresolved_coa_report(named).state_voter_id == 100000007


@pytest.mark.requirement("COA-21")
@pytest.mark.parametrize("wrong", [report("VoterNamed"), report("NonMatch", "<StateVoterId>100000007</StateVoterId>")])
def test_a_report_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(InvalidRequest) as refusal:
        match_cases.read_unresolved_coa_report(wrong)
    assert (refusal.value.code, refusal.value.ref) == (ErrorCode.VALUE_WRONG, "StateVoterId")


@pytest.mark.requirement("EWS-07")
@pytest.mark.parametrize(
    ("operation", "content"),
    [
        ("DecideMatchCase", BEGIN.replace("T-1", "") + "<Decision>Accept</Decision><Basis>x</Basis>"),
        ("DecideMatchCase", BEGIN.replace("T-1", "T" * 61) + "<Decision>Accept</Decision><Basis>x</Basis>"),
        ("DecideMatchCase", BEGIN.replace("T-1", "T 1") + "<Decision>Accept</Decision><Basis>x</Basis>"),
        ("DecideMatchCase", BEGIN + "<Decision>Accept</Decision><Basis/>"),
        ("DecideMatchCase", BEGIN + "<Decision>Perhaps</Decision><Basis>x</Basis>"),
        ("DecideMatchCase", BEGIN.replace("<TransactionId>T-1</TransactionId>", "") + "<Decision>Accept</Decision><Basis>x</Basis>"),
        ("UndoMatchCase", BEGIN.replace(">2<", ">0<") + "<Basis>x</Basis>"),
        ("ReverseTransferOut", "<TransactionId>T</TransactionId><TransferId>5</TransferId>"),
        ("SearchVoters", "<DateOfBirth>1981-02-29</DateOfBirth>"),
        ("SearchVoters", "<DateOfBirth>0000-01-01</DateOfBirth>"),
        ("SearchVoters", f"<LastName>{'x' * 61}</LastName>"),
        ("SearchVoters", "<StateVoterId>7</StateVoterId>"),
    ],
)
def test_the_schema_refuses_what_cannot_be_meant(operation, content):
    assert SCHEMA.violations(etree.fromstring(f'<{operation} xmlns="{EMS_INTEGRATION}">{content}</{operation}>'))


@pytest.mark.requirement("EWS-11", "COA-32")
def test_a_page_of_cases_says_whether_there_are_more():
    page = answer(match_cases.render_match_case_page(MatchCasePage([NOTICE, NOTICE._replace(case_id=42)], more=False), "19", None))
    assert [item.text for item in page.iter(f"{N}MatchCaseId")] == ["41", "42"]
    assert page.findtext(f"{N}MoreMatchCases") == "false"
    cut = answer(match_cases.render_match_case_page(MatchCasePage([NOTICE] * 40, more=False), "19", 16_384))
    assert 1 < len(cut.findall(f".//{N}MatchNotice")) < 40
    assert cut.findtext(f"{N}MoreMatchCases") == "true"
    empty = answer(match_cases.render_match_case_page(MatchCasePage([], more=False), "19", 16_384))
    assert len(empty[0]) == 0


@pytest.mark.requirement("EWS-11")
def test_a_case_comes_with_what_dmv_sent():
    found = answer(match_cases.render_match_case(NOTICE, REGISTRATION, "19"))
    assert found.findtext(f"{N}DmvRecord/{N}TransactionId") == "DMV-0000002"
    assert answer(match_cases.render_match_case(NOTICE, None, "19")).find(f"{N}DmvRecord") is None


@pytest.mark.parametrize("state", CaseState)
def test_the_result_of_a_decision_is_told(state):
    for operation in ("DecideMatchCase", "UndoMatchCase"):
        told = answer(match_cases.render_case_result(operation, CASE._replace(state=state), OwnRecord(CASE.state_voter_id, 4)))[0]
        assert [child.text for child in told] == ["41", state.value, "2", "19", "100000007", "4"]
    assert len(answer(match_cases.render_case_result("DecideMatchCase", CASE, OwnRecord(CASE.state_voter_id, None)))[0]) == 5


def test_the_results_of_reports_and_moves_are_told():
    told = answer(match_cases.render_unresolved_coa_result(ReportedCoa(77, Disposition.VOTER_NAMED, 42)))[0]
    assert [child.text for child in told] == ["77", "VoterNamed", "42"]
    assert len(answer(match_cases.render_unresolved_coa_result(ReportedCoa(77, Disposition.NON_MATCH, None)))[0]) == 2
    for operation in ("AcceptTransferOut", "ReverseTransferOut"):
        assert [child.text for child in answer(match_cases.render_transfer_result(operation, TRANSFER, 4))[0]] == ["5", "100000007", "Open", "4"]
        assert len(answer(match_cases.render_transfer_result(operation, TRANSFER, None))[0]) == 3


@pytest.mark.requirement("EWS-08")
def test_a_search_is_read_and_blanks_say_nothing():
    wanted = request(
        "SearchVoters",
        "<FirstName> </FirstName><LastName> Lee </LastName><DateOfBirth>1980-02-29</DateOfBirth><DriversLicense/><Ssn4>1234</Ssn4>"
        "<Street>N Main St</Street><ZipCode>90001</ZipCode><MaximumVoters>5</MaximumVoters>",
    )
    person = Person(last_name="Lee", date_of_birth=date(1980, 2, 29), ssn4="1234", street="N Main St", zip_code="90001")
    assert voter_search.read_voter_search(wanted) == VoterSearch(person=person, limit=5)
    by_id = request("SearchVoters", "<StateVoterId>100000007</StateVoterId><EmsVoterId>LA-7</EmsVoterId>")
    assert voter_search.read_voter_search(by_id) == VoterSearch(state_voter_id=100000007, ems_voter_id="LA-7")


def found_voter(**fields):
    match = Match(state_voter_id=100000007, confidence=100, score=31.4, criteria=CRITERIA, cap=None, same_drivers_license=True)
    return FoundVoter(VOTER._replace(**fields), match, exact=True)


@pytest.mark.requirement("EWS-08")
@pytest.mark.parametrize("reader_county", ["19", "34"])
def test_a_found_voter_comes_with_criteria_and_never_with_a_number(reader_county):
    (found,) = answer(voter_search.render_found_voters([found_voter()], reader_county, None))[0]
    assert (found.findtext(f"{N}ExactMatch"), found.findtext(f"{N}Confidence")) == ("true", "100")
    assert len(found.findall(f"{N}Criteria/{N}Criterion")) == 3
    voter = found.find(f"{N}Voter")
    assert voter.find(f"{N}Ssn4") is None
    assert voter.find(f"{N}DriversLicense") is None
    assert (voter.find(f"{N}Phone") is None) == (reader_county == "34")


def test_a_search_answers_the_best_that_fit():
    whole = [found_voter(state_voter_id=100000000 + number) for number in range(50)]
    found = answer(voter_search.render_found_voters(whole, "19", 16_384))[0]
    assert 1 < len(found) < 50
    assert found[0].findtext(f"{N}Voter/{N}StateVoterId") == "100000000"
    assert len(answer(voter_search.render_found_voters(whole, "19", None))[0]) == 50


SAID = f'<a:UndoMatchCase xmlns:a="{EMS_INTEGRATION}">\n <a:MatchCaseId>41</a:MatchCaseId>\n <a:Basis>x</a:Basis></a:UndoMatchCase>'


@pytest.mark.requirement("EWS-07")
def test_the_digest_is_of_what_is_said_and_not_of_how_it_is_written():
    plain = f'<UndoMatchCase xmlns="{EMS_INTEGRATION}"><MatchCaseId>41</MatchCaseId><Basis>x</Basis></UndoMatchCase>'
    digest = request_digest(etree.fromstring(SAID))
    assert request_digest(etree.fromstring(plain)) == digest
    for other in (plain.replace("41", "42"), plain.replace("Basis", "Comment"), plain.replace(">x<", ">X<"), plain.replace("Undo", "Decide")):
        assert request_digest(etree.fromstring(other)) != digest
