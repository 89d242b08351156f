"""A general SOAP client on a real socket decides pairs of records and takes merges back; every answer and message keeps the schema."""

from datetime import date

import pytest
import zeep
from fakes.dmv import a_voter

from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.use_cases.open_duplicate_cases import open_duplicate_cases

from .match_situations import AnswersKeepTheSchema
from .soap_requests import NOW, OTHER_SECRET

OLD, NEW = 100_000_001, 100_000_002
CRITERIA = (Criterion(MatchField.DATE_OF_BIRTH, "same", 12.5, "Same date of birth"), Criterion(MatchField.ADDRESS, "same", 9.5, "Same address"))


@pytest.fixture
def detected(state):
    """An older record of Los Angeles and a newer one of Sacramento, found to be a potential pair."""

    def detect(confidence=80, **older):
        records = (
            a_voter(OLD, registration_date=date(2010, 5, 1), ems_voter_id="LA1", **older),
            a_voter(NEW, registration_date=date(2020, 5, 1), ems_voter_id="SAC2", county_code="34"),
        )
        with state.application.unit_of_work() as uow:
            uow.voters.add_voters(records, NOW)
            pair = DuplicatePair(OLD, NEW, confidence, CRITERIA, None, same_drivers_license=False, verified_license=False)
            open_duplicate_cases(uow, [pair], state.clock, weights_version="expert-1")
            uow.commit()

    return detect


@pytest.fixture
def call(connect, schemas):
    """Makes the service of Los Angeles, or of another county."""

    def service(username="la-ems"):
        client = connect("ems-integration", *((username, OTHER_SECRET) if username == "sac-ems" else ()))
        client.plugins.append(AnswersKeepTheSchema(schemas["ems-integration"]))
        return client.service

    return service


def decide(service, decision="Accept", version=1, **more):
    given = {"TransactionId": f"T-{decision}-{version}", "MatchCaseId": 1, "ExpectedVersion": version, "Basis": "the clerk has looked"}
    return service.DecideMatchCase(**given, Decision=decision, **more)


def queue(service):
    """The messages of a county with their detail."""
    return [(item.MessageHeader.MessageType, item) for item in service.GetMessageQueue(IncludeDetail=True).Messages.Message]


@pytest.mark.requirement("DUP-02", "EWS-11")
def test_both_counties_see_the_pair_each_with_its_own_record_first(detected, call):
    detected()
    for username, own, other in (("la-ems", OLD, NEW), ("sac-ems", NEW, OLD)):
        service = call(username)
        ((message_type, message),) = queue(service)
        (listed,) = service.ListMatchCases(CaseTypes={"CaseType": ["DuplicateVoter"]}).MatchNotices.MatchNotice
        read = service.GetMatchCase(MatchCaseId=1).MatchNotice
        assert message_type == "PotentialDuplicate"
        for notice in (message.MatchNotice, listed, read):
            assert (notice.CaseType, notice.Voter.StateVoterId, notice.Duplicate.OtherVoter.StateVoterId) == ("DuplicateVoter", str(own), str(other))
            assert (notice.Duplicate.Round, notice.Duplicate.DuplicateCause, notice.Confidence) == (1, "Likeness", 80)
            assert (notice.Voter.DriversLicense is not None, notice.Duplicate.OtherVoter.DriversLicense) == (True, None)


@pytest.mark.requirement("DUP-03", "DLR-15", "DLR-19", "EWS-07")
def test_an_acceptance_merges_once_however_often_it_is_sent_and_an_undo_takes_it_back(detected, call):
    detected()
    los_angeles, sacramento = call(), call("sac-ems")
    decided = decide(sacramento)
    assert (decided.CaseState, decided.StateVoterId, decided.RecordVersion) == ("Accepted", str(NEW), 2)
    assert decide(sacramento).CaseVersion == decided.CaseVersion
    merged = queue(los_angeles)[-1]
    assert merged[0] == "MergedIntoNewer"
    assert (merged[1].MatchNotice.Voter.Status, merged[1].MatchNotice.Voter.StatusReason) == ("Cancelled", "Merged to Newer Duplicate")
    assert (merged[1].MatchNotice.Duplicate.NewerStateVoterId, merged[1].MatchNotice.Duplicate.OlderStateVoterId) == (str(NEW), str(OLD))
    assert [message_type for message_type, _ in queue(sacramento)] == ["PotentialDuplicate", "MergeReceived"]
    (found,) = los_angeles.SearchVoters(StateVoterId=OLD)
    assert found.Voter.StateVoterId == str(NEW)
    (found,) = los_angeles.SearchVoters(EmsVoterId="LA1")
    assert found.Voter.StateVoterId == str(NEW)
    undone = los_angeles.UndoMatchCase(TransactionId="U-1", MatchCaseId=1, ExpectedVersion=decided.CaseVersion, Basis="they are sisters")
    assert (undone.CaseState, undone.StateVoterId, undone.RecordVersion) == ("Rejected", str(OLD), 3)
    assert queue(los_angeles)[-1][0] == queue(sacramento)[-1][0] == "MergeUndone"
    (found,) = los_angeles.SearchVoters(StateVoterId=OLD)
    assert found.Voter.StateVoterId == str(OLD)


@pytest.mark.requirement("EWS-13", "EWS-01")
def test_what_cannot_be_decided_so_is_refused_with_its_code(detected, call):
    detected(confidence=99)
    for service, given, code in (
        (call(), {"decision": "Redirect", "CountyCode": "34"}, "VC-1010"),
        (call(), {"version": 7}, "VC-4010"),
        (call("sac-ems"), {}, "VC-4009"),
    ):
        with pytest.raises(zeep.exceptions.Fault) as caught:
            decide(service, **given)
        assert caught.value.detail.find("{*}VoteCalFault").findtext("{*}Code") == code


@pytest.mark.requirement("EWS-14")
def test_another_county_sees_nothing_of_where_a_confidential_voter_lives(detected, call):
    detected(confidentiality=str(Confidentiality.COURT_ORDER))
    theirs, own = call("sac-ems").GetMatchCase(MatchCaseId=1).MatchNotice, call().GetMatchCase(MatchCaseId=1).MatchNotice
    assert theirs.Duplicate.OtherVoter.ResidenceAddress is None
    assert [item.MatchField for item in theirs.Criteria.Criterion] == ["DateOfBirth"]
    assert own.Voter.ResidenceAddress.StreetName == "OLD"
    assert [item.MatchField for item in own.Criteria.Criterion] == ["DateOfBirth", "Address"]
