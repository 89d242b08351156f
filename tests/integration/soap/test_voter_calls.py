"""A general SOAP client on a real socket reads, updates, transfers and attaches; every answer keeps the schema (EWS-07, EWS-09, EWS-10, EWS-12)."""

import hashlib
import random
from datetime import date, timedelta

import pytest
import zeep
from fakes.dmv import a_voter

from db.tables import voter_activity, voter_document
from votecal_soap.domain.counties import Precinct

from .match_situations import AnswersKeepTheSchema
from .soap_requests import NOW, OTHER_SECRET

OLD = 100_000_001
ANA = {
    "Name": {"FirstName": "Ana", "LastName": "Garcia"},
    "DateOfBirth": date(1970, 1, 2),
    "ResidenceAddress": {"HouseNumber": "12", "StreetName": "New", "StreetType": "AVE", "City": "Sacramento", "State": "CA", "ZipCode": "95814"},
    "RegistrationDate": date(2026, 3, 1),
}
LARGE = b"%PDF-1.4 " + random.Random(3).randbytes(1_500_000)
DIGEST = hashlib.sha256(LARGE).hexdigest()


@pytest.fixture
def call(state, connect, schemas):
    """Makes the service of Los Angeles, who has the voter, or of Sacramento."""
    with state.application.unit_of_work() as uow:
        uow.reference.save_codes("StreetType", {"AVE": "Avenue"})
        uow.reference.save_precincts([Precinct(county_code="19", precinct_code="000123", name=None)])
        uow.voters.reserve_state_voter_ids(10)
        uow.voters.add_voters([a_voter(OLD, message_sequence=0, vnc_due=1, phone="2135550100")], NOW)
        uow.commit()

    def service(username="la-ems"):
        client = connect("ems-integration", *((username, OTHER_SECRET) if username == "sac-ems" else ()))
        client.plugins.append(AnswersKeepTheSchema(schemas["ems-integration"]))
        return client.service

    return service


def fault(act, *arguments, **given):
    with pytest.raises(zeep.exceptions.Fault) as caught:
        act(*arguments, **given)
    return caught.value.detail.find("{*}VoteCalFault").findtext("{*}Code")


def rows(state, table):
    with state.application.unit_of_work(read_only=True) as uow:
        return uow._connection.execute(table.select()).all()


@pytest.mark.requirement("EWS-10", "EWS-01", "S2.27")
def test_a_record_is_read_by_sections_and_by_another_county_as_a_search_shows_it(call):
    los_angeles, sacramento = call(), call("sac-ems")
    own = los_angeles.GetVoter(StateVoterId=OLD, VoterSections={"VoterSection": ["Identity", "Registration", "Activity", "Addresses", "Mailings", "Precincts"]})
    assert (own.OwnVoter, own.CurrentVersion, own.Voter.DriversLicense, own.Voter.Phone, own.NotificationCardDue) == (True, 1, "A0000001", "2135550100", True)
    assert (own.IdentityVerification.DriversLicenseStatus, own.Voter.HomePrecinct.PrecinctCode, own.MoreVoterEntries) == ("Verified", "000123", False)
    assert los_angeles.GetVoter(EmsVoterId="LA1", AsOfDate=date(2021, 1, 1)).Voter.LastName == "GARCIA"
    theirs = sacramento.GetVoter(StateVoterId=OLD)
    assert (theirs.OwnVoter, theirs.Voter.LastName, theirs.Voter.DriversLicense, theirs.Voter.Phone) == (False, "GARCIA", None, None)
    assert (theirs.VoterEntries, theirs.EffectiveDate, theirs.IdentityVerification) == (None, None, None)
    assert fault(sacramento.GetVoter, StateVoterId=OLD, RecordVersion=1) == "VC-3002"
    assert fault(los_angeles.GetVoter, StateVoterId=OLD, RecordVersion=8) == "VC-2006"
    assert fault(los_angeles.GetVoter) == "VC-1010"


@pytest.mark.requirement("EWS-09", "EWS-07", "EWS-06", "VRU-13", "VRU-14")
def test_an_update_is_applied_once_and_refused_by_its_reason(state, call):
    los_angeles, sacramento = call(), call("sac-ems")
    changed = {"TransactionId": "U-1", "StateVoterId": OLD, "BaseVersion": 1, "Registration": {"Name": {"FirstName": "Ana", "LastName": "Lopez"}}}
    first = los_angeles.UpdateVoter(**changed, Basis="married")
    assert (first.Outcome, first.RecordVersion, first.Status, first.DriversLicenseStatus, first.EmsVoterId) == ("Applied", 2, "Active", "Pending", "LA1")
    assert los_angeles.UpdateVoter(**changed, Basis="married").RecordVersion == 2
    assert len(rows(state, voter_activity)) == 1
    assert fault(los_angeles.UpdateVoter, **changed) == "VC-4013"
    stale = los_angeles.UpdateVoter(TransactionId="U-2", StateVoterId=OLD, BaseVersion=1, Registration={"Gender": "F"})
    assert (stale.Outcome, stale.FailureReason, stale.RecordVersion) == ("Failed", "StateUpdatePending", 2)
    theirs = sacramento.UpdateVoter(TransactionId="U-1", StateVoterId=OLD, BaseVersion=2, Registration={"Gender": "F"})
    assert (theirs.Outcome, theirs.FailureReason, theirs.RecordVersion, theirs.EmsVoterId) == ("Failed", "VoterDoesNotBelongToJurisdiction", None, None)
    assert los_angeles.GetMessageQueue().Messages is None


@pytest.mark.requirement("EWS-09", "EWS-11", "EWS-07", "VRU-15")
def test_a_voter_is_transferred_accepted_and_told_apart_again(state, call):
    los_angeles, sacramento = call(), call("sac-ems")
    order = {"TransactionId": "T-1", "StateVoterId": OLD, "BaseVersion": 1, "EmsVoterId": "SAC-1", "Registration": ANA}
    moved = sacramento.TransferVoter(**order)
    assert (moved.TransferOutcome, moved.LosingCountyCode, moved.RecordVersion, moved.NotificationCardDue) == ("Transferred", "19", 2, True)
    assert moved.PendingUntil == NOW + timedelta(days=10)
    assert sacramento.TransferVoter(**order).TransferId == moved.TransferId
    (message,) = los_angeles.GetMessageQueue(IncludeDetail=True).Messages.Message
    assert (message.MessageHeader.MessageType, message.TransferNotice.GainingCountyCode, message.TransferNotice.Voter.LastName) == (
        "TransferOut",
        "34",
        "GARCIA",
    )
    accepted = los_angeles.AcceptTransferOut(TransactionId="A-1", TransferId=moved.TransferId)
    assert (accepted.TransferState, accepted.RecordVersion) == ("Accepted", None)
    (message,) = sacramento.GetMessageQueue(IncludeDetail=True).Messages.Message
    assert (message.MessageHeader.MessageType, message.TransferNotice.TransferState) == ("TransferAccepted", "Accepted")
    undone = los_angeles.UndoTransferOut(TransactionId="N-1", TransferId=moved.TransferId, Basis="another Ana Garcia")
    assert (undone.TransferState, undone.StateVoterId, undone.RecordVersion) == ("Reversed", str(OLD), 3)
    assert los_angeles.UndoTransferOut(TransactionId="N-1", TransferId=moved.TransferId, Basis="another Ana Garcia").NewStateVoterId == undone.NewStateVoterId
    assert sacramento.GetVoter(StateVoterId=undone.NewStateVoterId).Voter.EmsVoterId == "SAC-1"
    assert fault(sacramento.UndoTransferOut, TransactionId="N-1", TransferId=moved.TransferId, Basis="mine") == "VC-2009"
    refused = sacramento.TransferVoter(**{**order, "TransactionId": "T-2", "EmsVoterId": "SAC-2"})
    assert (refused.TransferOutcome, refused.FailureReason, refused.TransferId) == ("Refused", "StateUpdatePending", None)


@pytest.mark.requirement("EWS-09", "EWS-12", "EWS-07")
def test_declined_voters_activity_and_cards_are_entered_once(state, call):
    service = call()
    declined = service.EnterDeclinedVoter(TransactionId="D-1", EmsVoterId="LA-9", Registration=ANA, DeclineReason="Not Signed")
    assert (declined.DeclinedOutcome, declined.RecordVersion) == ("Declined", 1)
    assert service.EnterDeclinedVoter(TransactionId="D-1", EmsVoterId="LA-9", Registration=ANA, DeclineReason="Not Signed") == declined
    entered = {"StateVoterId": OLD, "CountyActivity": "ResidencyConfirmationMailed", "ActivityDate": date(2026, 3, 1)}
    noted = service.AddVoterActivity(TransactionId="V-1", **entered)
    assert service.AddVoterActivity(TransactionId="V-1", **entered) == noted
    card = {"PrintedCard": [{"StateVoterId": OLD, "RecordVersion": 1}, {"StateVoterId": 100_000_009}]}
    printed = service.ConfirmVncPrinted(TransactionId="C-1", PrintedOn=date(2026, 3, 1), PrintedCards=card)
    assert [(item.PrintedCardOutcome, item.RecordVersion) for item in printed] == [("Confirmed", 1), ("VoterNotFound", None)]
    assert service.ConfirmVncPrinted(TransactionId="C-1", PrintedOn=date(2026, 3, 1), PrintedCards=card) == printed
    assert sorted(row.activity_type for row in rows(state, voter_activity)) == ["RCP Mailed", "Registration Declined", "VNC Printed"]
    assert fault(service.AddVoterActivity, TransactionId="V-2", **{**entered, "CountyActivity": "Danced"}) == "VC-1005"
    assert fault(service.AddVoterActivity, TransactionId="V-2", **{**entered, "StateVoterId": 100_000_009}) == "VC-2006"


@pytest.mark.requirement("EWS-12", "EWS-13")
def test_a_basis_is_kept_whole_or_refused_by_the_schema(state, call):
    service = call()
    entered = {"StateVoterId": OLD, "CountyActivity": "OtherNoticeMailed", "ActivityDate": date(2026, 3, 1)}
    service.AddVoterActivity(TransactionId="V-1", **entered, Basis="é" * 300)
    assert [row.basis for row in rows(state, voter_activity)] == ["é" * 300]
    assert fault(service.AddVoterActivity, TransactionId="V-2", **entered, Basis="é" * 301) == "VC-1005"
    assert len(rows(state, voter_activity)) == 1


@pytest.mark.requirement("EWS-12", "EWS-07", "EWS-13")
def test_an_affidavit_of_more_than_a_mebibyte_goes_both_ways(state, call):
    service = call()
    about = {"StateVoterId": OLD, "DocumentKind": "AffidavitImage", "MediaType": "application/pdf", "ReceivedOn": date(2026, 3, 1)}
    about |= {"ByteCount": len(LARGE), "Sha256": DIGEST}
    offset, answer = 0, None
    while answer is None or not answer.Complete:
        part = {"Offset": offset, "Content": LARGE[offset : offset + (1 << 20)]}
        answer = service.AttachImage(TransactionId=f"I-{offset}", **about, **part)
        assert service.AttachImage(TransactionId=f"I-{offset}", **about, **part) == answer
        offset = answer.NextOffset
    assert len(rows(state, voter_document)) == 1
    listed = service.GetVoter(StateVoterId=OLD, VoterSections={"VoterSection": ["Documents"]})
    (entry,) = listed.VoterEntries.VoterEntry
    assert (entry.VoterEntryId, entry.Document.ByteCount, entry.Document.Sha256) == (answer.VoterEntryId, len(LARGE), DIGEST)
    first = service.GetImage(StateVoterId=OLD, VoterEntryId=answer.VoterEntryId)
    assert (len(first.Content), first.NextOffset) == (16_384, 16_384)
    second = service.GetImage(StateVoterId=OLD, VoterEntryId=answer.VoterEntryId, Offset=16_384, MaximumBytes=1 << 20)
    third = service.GetImage(StateVoterId=OLD, VoterEntryId=answer.VoterEntryId, Offset=second.NextOffset, MaximumBytes=1 << 20)
    assert first.Content + second.Content + third.Content == LARGE
    assert third.NextOffset is None
    gif = {**about, "MediaType": "image/gif", "ByteCount": 9, "Content": LARGE[:9]}
    assert fault(service.AttachImage, TransactionId="I-9", **gif) == "VC-1401"
    assert fault(service.AttachImage, TransactionId="I-9", **about, Offset=1 << 20, Content=LARGE + b"x") == "VC-1005"
    assert fault(service.GetImage, StateVoterId=OLD, VoterEntryId="Document:999") == "VC-2013"
