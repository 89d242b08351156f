"""A general SOAP client on a real socket decides match cases, reports, answers moves and searches; every answer keeps the schema."""

import pytest
import zeep

from votecal_soap.domain.match_cases import Disposition

from .match_situations import UID, AnswersKeepTheSchema, Situations
from .soap_requests import OTHER_SECRET

DOCUMENTS = ("wsdl", "wsdl12")


@pytest.fixture
def situations(state):
    return Situations(state)


@pytest.fixture
def call(connect, schemas):
    """Makes the service of Los Angeles, or of another county."""

    def service(username="la-ems", document="wsdl"):
        client = connect("ems-integration", *((username, OTHER_SECRET) if username == "sac-ems" else ()), document=document)
        client.plugins.append(AnswersKeepTheSchema(schemas["ems-integration"]))
        return client.service

    return service


def refusal(operation, **arguments):
    with pytest.raises(zeep.exceptions.Fault) as caught:
        operation(**arguments)
    detail = caught.value.detail.find("{*}VoteCalFault")
    return detail.findtext("{*}Code"), detail.findtext("{*}Ref")


def decide(service, case_id, decision="Accept", transaction_id="T-1", version=1, **more):
    return service.DecideMatchCase(
        TransactionId=transaction_id, MatchCaseId=case_id, ExpectedVersion=version, Decision=decision, Basis="the signatures agree", **more
    )


@pytest.mark.requirement("EWS-11", "COA-32")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_cases_are_listed_and_one_is_read_with_what_dmv_sent(situations, call, document):
    situations.add_voter()
    first = situations.add_case(situations.add_item())
    second = situations.add_case(situations.add_item(), state_voter_id=situations.add_voter(state_voter_id=UID + 1).state_voter_id)
    service = call(document=document)
    page = service.ListMatchCases(MaximumMatchCases=1)
    assert ([case.MatchCaseId for case in page.MatchNotices.MatchNotice], page.MoreMatchCases) == ([first], True)
    (notice,) = service.ListMatchCases(AfterMatchCaseId=first, CaseStates={"CaseState": ["Open"]}, CaseTypes={"CaseType": ["DmvCoa"]}).MatchNotices.MatchNotice
    assert (notice.MatchCaseId, notice.Confidence, notice.Voter.StateVoterId) == (second, 87, str(UID + 1))
    assert [(criterion.MatchField, criterion.Level) for criterion in notice.Criteria.Criterion] == [("DateOfBirth", "same"), ("LastName", "same")]
    found = service.GetMatchCase(MatchCaseId=first)
    assert (found.DmvRecord.LastName, found.DmvRecord.NewAddress.StreetName) == ("O'NEIL", "MAIN")
    assert found.MatchNotice.Voter.RegistrationDate.year == 2020
    assert service.ListMatchCases(CaseStates={"CaseState": ["Rejected"]}).MatchNotices is None


@pytest.mark.requirement("COA-33", "EWS-07", "EWS-11")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_an_accepted_case_changes_the_voter_once_however_often_it_is_sent(situations, call, document):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    service = call(document=document)
    decided = decide(service, case_id)
    assert (decided.CaseState, decided.StateVoterId, decided.RecordVersion) == ("Accepted", str(UID), 2)
    again = decide(service, case_id)
    assert (again.CaseState, again.CaseVersion, again.RecordVersion) == ("Accepted", decided.CaseVersion, 2)
    voter = situations.voter()
    assert (voter.version, voter.street_name, voter.residence_city) == (2, "MAIN", "LOS ANGELES")


@pytest.mark.requirement("EWS-07", "EWS-13")
def test_a_transaction_id_serves_one_request(situations, call):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    service = call()
    decide(service, case_id)
    assert refusal(decide, service=service, case_id=case_id, decision="Reject") == ("VC-4013", "/DecideMatchCase/TransactionId")


@pytest.mark.requirement("COA-33", "EWS-13")
def test_what_cannot_be_decided_any_more_is_a_conflict(situations, call):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    service = call()
    assert refusal(decide, service=service, case_id=case_id, version=7) == ("VC-4010", "/DecideMatchCase/ExpectedVersion")
    decide(service, case_id, "Reject")
    assert refusal(decide, service=service, case_id=case_id, transaction_id="T-2", version=2)[0] == "VC-4009"


@pytest.mark.requirement("EWS-07")
def test_a_refusal_is_not_kept(situations, call):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    service = call()
    assert refusal(decide, service=service, case_id=case_id, version=7)[0] == "VC-4010"
    assert decide(service, case_id).CaseState == "Accepted"


@pytest.mark.requirement("EWS-01", "EWS-13")
def test_another_countys_case_is_not_told_apart_from_none(situations, call):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    sacramento = call("sac-ems")
    for wanted in (case_id, 999_999):
        assert refusal(sacramento.GetMatchCase, MatchCaseId=wanted)[0] == "VC-2007"
        assert refusal(decide, service=sacramento, case_id=wanted)[0] == "VC-2007"
    assert sacramento.ListMatchCases().MatchNotices is None


@pytest.mark.requirement("COA-33")
def test_a_redirected_case_is_the_other_countys_to_decide(situations, call):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    redirected = decide(call(), case_id, "Redirect", CountyCode="34")
    assert (redirected.CaseState, redirected.CountyCode) == ("Open", "34")
    (notice,) = call("sac-ems").ListMatchCases().MatchNotices.MatchNotice
    assert (notice.MatchCaseId, notice.CaseVersion) == (case_id, redirected.CaseVersion)
    assert (notice.Voter.CountyCode, notice.Voter.Ssn4, notice.Voter.Phone) == ("19", None, None)


@pytest.mark.requirement("COA-33")
@pytest.mark.parametrize(("decision", "more"), [("Reject", {}), ("OutOfState", {}), ("Unprecinctable", {"Comment": "no such street"})])
def test_every_other_decision_is_taken(situations, call, decision, more):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    assert decide(call(), case_id, decision, **more).MatchCaseId == case_id
    assert situations.voter().street_name == "OLD"
    assert call().ListMatchCases().MatchNotices is None


@pytest.mark.requirement("COA-34", "EWS-11")
def test_an_accepted_case_is_undone(situations, call):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    service = call()
    accepted = decide(service, case_id)
    undone = service.UndoMatchCase(TransactionId="T-2", MatchCaseId=case_id, ExpectedVersion=accepted.CaseVersion, Basis="a namesake")
    assert (undone.CaseState, undone.RecordVersion) == ("Rejected", 3)
    assert situations.voter().street_name == "OLD"


@pytest.mark.requirement("COA-21", "EWS-11")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_an_unresolved_record_is_nobody_or_the_voter_who_is_named(situations, call, document):
    situations.add_voter()
    service = call(document=document)
    nobody, known = (situations.add_item(Disposition.NO_MATCH) for _ in range(2))
    reported = service.ReportUnresolvedCoa(TransactionId="T-1", WorkItemId=nobody, Finding="NonMatch", Basis="no such person")
    assert (reported.WorkItemId, reported.Disposition, reported.MatchCaseId) == (nobody, "NonMatch", None)
    named = service.ReportUnresolvedCoa(TransactionId="T-2", WorkItemId=known, Finding="VoterNamed", StateVoterId=str(UID), Basis="by telephone")
    assert named.Disposition == "VoterNamed"
    notice = service.GetMatchCase(MatchCaseId=named.MatchCaseId).MatchNotice
    assert (notice.CaseState, notice.PotentialReason, notice.Voter.StateVoterId) == ("Open", "NamedByCounty", str(UID))
    assert refusal(service.ReportUnresolvedCoa, TransactionId="T-3", WorkItemId=nobody, Finding="NonMatch", Basis="again")[0] == "VC-4009"
    assert refusal(service.ReportUnresolvedCoa, TransactionId="T-4", WorkItemId=999_999, Finding="NonMatch", Basis="x")[0] == "VC-2008"
    assert refusal(service.ReportUnresolvedCoa, TransactionId="T-5", WorkItemId=nobody, Finding="VoterNamed", Basis="x") == (
        "VC-1010",
        "/ReportUnresolvedCoa/StateVoterId",
    )


@pytest.mark.requirement("EWS-11")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_losing_county_accepts_a_move(situations, call, document):
    transfer_id = situations.add_transfer()
    service = call(document=document)
    assert refusal(call("sac-ems").AcceptTransferOut, TransactionId="T-1", TransferId=transfer_id)[0] == "VC-2009"
    accepted = service.AcceptTransferOut(TransactionId="T-1", TransferId=transfer_id)
    assert (accepted.TransferId, accepted.StateVoterId, accepted.TransferState, accepted.RecordVersion) == (transfer_id, str(UID), "Accepted", None)
    assert service.AcceptTransferOut(TransactionId="T-1", TransferId=transfer_id).TransferState == "Accepted"
    assert situations.voter().county_code == "34"
    assert refusal(service.AcceptTransferOut, TransactionId="T-2", TransferId=transfer_id)[0] == "VC-4009"


@pytest.mark.requirement("EWS-11")
def test_the_losing_county_takes_a_voter_back(situations, call):
    transfer_id = situations.add_transfer()
    reversed_ = call().ReverseTransferOut(TransactionId="T-1", TransferId=transfer_id, Basis="she still lives here")
    assert (reversed_.TransferState, reversed_.RecordVersion) == ("Reversed", 3)
    voter = situations.voter()
    assert (voter.county_code, voter.residence_city) == ("19", "PASADENA")


@pytest.mark.requirement("EWS-08", "EWS-14")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_voter_is_found_in_the_whole_state_and_explained(situations, call, document):
    situations.add_voter()
    wanted = {"LastName": "O'Neil", "FirstName": "Ana", "DateOfBirth": "1980-02-29", "DriversLicense": "A1234567"}
    (own,) = call(document=document).SearchVoters(**wanted)
    assert (own.ExactMatch, own.Confidence, own.Voter.StateVoterId, own.Voter.Phone) == (True, 100, str(UID), "2135550100")
    assert {criterion.MatchField for criterion in own.Criteria.Criterion} >= {"DriversLicense", "LastName"}
    assert (own.Voter.Ssn4, own.Voter.DriversLicense) == (None, None)
    (foreign,) = call("sac-ems", document=document).SearchVoters(StateVoterId=str(UID))
    assert (foreign.Voter.ResidenceAddress.City, foreign.Voter.Phone, foreign.Voter.EmsVoterId) == ("PASADENA", None, None)
    assert call().SearchVoters(LastName="Nobody", FirstName="Of That Name") is None


@pytest.mark.requirement("EWS-08", "EWS-13")
@pytest.mark.parametrize("too_little", [{}, {"Ssn4": "1234"}, {"LastName": "O'Neil"}, {"LastName": "O'Neil", "Ssn4": "1234"}, {"ZipCode": "91101"}])
def test_too_little_to_search_by_is_refused(call, too_little):
    assert refusal(call().SearchVoters, **too_little)[0] == "VC-1301"


@pytest.mark.requirement("EWS-14")
def test_a_confidential_voter_is_found_without_residence_by_another_county(situations, call):
    situations.add_voter(confidentiality="SafeAtHome2166_5")
    (foreign,) = call("sac-ems").SearchVoters(StateVoterId=str(UID))
    assert (foreign.Voter.ResidenceAddress, foreign.Voter.Phone, foreign.Voter.Confidentiality) == (None, None, None)
    (own,) = call().SearchVoters(StateVoterId=str(UID))
    assert (own.Voter.ResidenceAddress.City, own.Voter.Confidentiality) == ("PASADENA", "SafeAtHome")


@pytest.mark.requirement("EWS-13", "OPS-03")
def test_a_request_that_breaks_the_schema_is_refused_by_its_place(situations):
    content = "<TransactionId>T</TransactionId><MatchCaseId>1</MatchCaseId><ExpectedVersion>1</ExpectedVersion><Decision>SECRET</Decision><Basis>x</Basis>"
    fault = situations.state.call("ems-integration", "DecideMatchCase", content).fault
    assert (fault["Code"], fault["Ref"]) == ("VC-1005", "/DecideMatchCase/Decision")
    assert "SECRET" not in str(fault)
