"""A general SOAP client on a real socket registers voters and pulls what merges added; every answer keeps the schema (EWS-07, EWS-09, EWS-12)."""

import hashlib
from datetime import date

import pytest
import zeep
from fakes.dmv import a_voter

from db.tables import voter
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.voter_children import Document, DocumentKind, NewChild, Participation, VotingMethod
from votecal_soap.use_cases.open_duplicate_cases import open_duplicate_cases
from votecal_soap.use_cases.ports import DocumentContent

from .match_situations import AnswersKeepTheSchema
from .soap_requests import NOW, OTHER_SECRET

OLD = 100_000_001
IMAGE = b"\x89PNG made up"
HOME = {"HouseNumber": "7", "StreetName": "Old", "StreetType": "AVE", "City": "Burbank", "State": "CA", "ZipCode": "91501"}
ANA = {
    "Name": {"FirstName": "Ana", "LastName": "Garcia"},
    "DateOfBirth": date(1970, 1, 2),
    "DriversLicense": "A0000001",
    "ResidenceAddress": HOME,
    "RegistrationDate": date(2026, 3, 1),
}


@pytest.fixture
def call(state, connect, schemas):
    """Makes the service of Sacramento, or of Los Angeles."""
    with state.application.unit_of_work() as uow:
        uow.reference.save_codes("StreetType", {"AVE": "Avenue"})
        uow.voters.reserve_state_voter_ids(10)
        uow.commit()

    def service(username="sac-ems"):
        client = connect("ems-integration", *((username, OTHER_SECRET) if username == "sac-ems" else ()))
        client.plugins.append(AnswersKeepTheSchema(schemas["ems-integration"]))
        return client.service

    return service


@pytest.fixture
def candidate(state):
    """Los Angeles has her already, by the same DL/ID."""
    with state.application.unit_of_work() as uow:
        uow.voters.add_voters([a_voter(OLD, registration_date=date(2010, 5, 1))], NOW)
        uow.commit()


def register(service, transaction_id="R-1", *seen, ems_voter_id="SAC-1", **registration):
    candidates = {"StateVoterId": list(seen)} if seen else None
    return service.RegisterVoter(TransactionId=transaction_id, EmsVoterId=ems_voter_id, Registration={**ANA, **registration}, SeenCandidates=candidates)


def fault(act, *arguments, **given):
    with pytest.raises(zeep.exceptions.Fault) as caught:
        act(*arguments, **given)
    return caught.value.detail.find("{*}VoteCalFault").findtext("{*}Code")


def voters(state):
    with state.application.unit_of_work(read_only=True) as uow:
        return uow._connection.execute(voter.select()).all()


@pytest.mark.requirement("EWS-09", "EWS-07", "EWS-06")
def test_a_voter_is_registered_once_however_often_it_is_sent(state, call):
    service = call()
    first = register(service)
    assert (first.RegistrationOutcome, first.EmsVoterId, first.RecordVersion, first.Status) == ("Registered", "SAC-1", 1, "Active")
    assert (first.DriversLicenseStatus, first.Ssn4Status, first.NotificationCardDue, first.FieldErrors) == ("Pending", None, True, None)
    again = register(service)
    assert again.StateVoterId == first.StateVoterId
    assert len(voters(state)) == 1
    assert fault(register, service, Gender="F") == "VC-4013"
    assert service.GetMessageQueue().Messages is None


@pytest.mark.requirement("EWS-07", "EWS-09")
def test_a_fault_is_not_stored_and_the_mended_registration_goes_under_the_same_id(call):
    service = call()
    assert fault(service.RegisterVoter, TransactionId="R-1", EmsVoterId="SAC 1!", Registration=ANA) == "VC-1005"
    assert register(service).RegistrationOutcome == "Registered"


@pytest.mark.requirement("EWS-09", "DUP-04", "DUP-02", "S4.23")
def test_candidates_are_shown_first_and_then_asked_about(candidate, call):
    sacramento, los_angeles = call(), call("la-ems")
    shown = register(sacramento)
    (found,) = shown.Candidates.FoundVoter
    assert (shown.RegistrationOutcome, shown.StateVoterId, found.Voter.StateVoterId, found.Voter.CountyCode) == ("CandidatesFound", None, str(OLD), "19")
    assert found.Criteria.Criterion
    assert found.Voter.DriversLicense is None
    done = register(sacramento, "R-2", OLD)
    (case_id,) = done.MatchCaseIds.MatchCaseId
    notice = sacramento.GetMatchCase(MatchCaseId=case_id).MatchNotice
    assert (done.RegistrationOutcome, notice.CaseState, notice.Duplicate.DuplicateCause) == ("Registered", "RejectedByUser", "Registration")
    assert (notice.Duplicate.AskedCountyCode, notice.Duplicate.RejectedByCountyCode) == ("19", "34")
    (message,) = los_angeles.GetMessageQueue(IncludeDetail=True).Messages.Message
    assert (message.MessageHeader.MessageType, message.MatchNotice.Duplicate.OtherVoter.StateVoterId) == ("PotentialDuplicate", done.StateVoterId)
    merged = los_angeles.DecideMatchCase(TransactionId="D-1", MatchCaseId=case_id, ExpectedVersion=1, Decision="Accept", Basis="the same person")
    assert merged.CaseState == "Accepted"


@pytest.mark.requirement("EWS-09", "VRU-16", "VRU-17")
def test_a_refusal_is_a_normal_answer_with_reason_and_errors(call):
    service = call()
    refused = register(service, DriversLicense="12", Confidential={"Confidentiality": "SafeAtHome", "ConfidentialSince": date(2030, 1, 1)})
    assert (refused.RegistrationOutcome, refused.FailureReason, refused.StateVoterId) == ("Refused", "FailedValidation", None)
    assert {error.Code for error in refused.FieldErrors.FieldError} == {"DriversLicenseFormat", "ConfidentialSinceInFuture"}
    first = register(service, "R-2")
    twice = register(service, "R-3", int(first.StateVoterId))
    assert (twice.RegistrationOutcome, twice.StateVoterId) == ("Refused", first.StateVoterId)
    assert [error.Code for error in twice.FieldErrors.FieldError] == ["AlreadyRegistered"]


@pytest.mark.requirement("DLR-15", "EWS-12")
def test_what_a_merge_added_is_pulled_when_it_is_so_configured(state, candidate, call):
    sacramento, los_angeles = call(), call("la-ems")
    held = [Participation("19", "E-2026-06", VotingMethod.VOTE_BY_MAIL, False), Document(DocumentKind.AFFIDAVIT, "image/png", digest(), None, date(2010, 5, 1))]
    with state.application.unit_of_work() as uow:
        uow.children.add_contents([DocumentContent(digest(), IMAGE)], NOW)
        uow.children.add([NewChild(OLD, content) for content in held], NOW)
        uow.commit()
    done = register(sacramento, "R-2", OLD)
    (case_id,) = done.MatchCaseIds.MatchCaseId
    los_angeles.DecideMatchCase(TransactionId="D-1", MatchCaseId=case_id, ExpectedVersion=1, Decision="Accept", Basis="the same person")
    assert fault(sacramento.PullMergedData, MatchCaseId=case_id) == "VC-3005"
    with state.application.unit_of_work() as uow:
        uow.matching.save_merged_data_pull(None, True, NOW, "ada")
        uow.commit()
    assert fault(los_angeles.PullMergedData, MatchCaseId=case_id) == "VC-3002"
    assert fault(sacramento.PullMergedData) == "VC-1010"
    page = sacramento.PullMergedData(StateVoterId=done.StateVoterId, IncludeContent=True)
    items = {name: item[name] for item in page.MergedItems.MergedItem for name in ("PastAddress", "Participation", "Document") if item[name] is not None}
    assert items["Participation"].VotingMethod == "VoteByMail"
    assert (items["Document"].ByteCount, items["Document"].Sha256, items["Document"].Content) == (len(IMAGE), digest(), IMAGE)
    assert items["PastAddress"].ResidenceAddress.StreetName == "OLD"
    first = sacramento.PullMergedData(MatchCaseId=case_id, MaximumItems=1)
    assert (first.MoreMergedItems, len(first.MergedItems.MergedItem)) == (True, 1)


def digest():
    return hashlib.sha256(IMAGE).hexdigest()


@pytest.mark.requirement("DUP-02", "EWS-09")
def test_a_potential_pair_is_still_detected_with_a_registered_voter(state, candidate, call):
    """What registration opened is one case: the detection finds the same pair and opens no second one."""
    done = register(call(), "R-2", OLD)
    criteria = (Criterion(MatchField.DATE_OF_BIRTH, "same", 12.5, "Same date of birth"),)
    with state.application.unit_of_work() as uow:
        pair = DuplicatePair(OLD, int(done.StateVoterId), 99, criteria, None, same_drivers_license=True, verified_license=False)
        outcomes = open_duplicate_cases(uow, [pair], state.clock, weights_version="expert-1")
        uow.commit()
    assert dict(outcomes) == {"Known": 1}
