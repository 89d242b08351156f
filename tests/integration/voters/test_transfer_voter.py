"""A county takes a voter over with a new affidavit; the losing county accepts, takes her back, or finds later that it is somebody else (EWS-09, EWS-11)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree

from db.tables import audit_entry, ems_message, match_case
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.match_cases import CaseState, TransferState
from votecal_soap.domain.voter_children import Contact, CustomField, NewChild, Participation, VotingMethod
from votecal_soap.domain.voter_records import VoterSection
from votecal_soap.domain.voter_transfers import TransferOutcome
from votecal_soap.domain.voters import Confidential, Confidentiality
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.end_provisional_transfers import EndProvisionalTransfers, end_provisional_transfers
from votecal_soap.use_cases.ports import Blackout

from ..duplicates.pairs import NEW, NOW, OLD, ONE_LICENSE, old_and_new, pair
from .moves import PENDING, accept, move, reverse, say, undo
from .records import ana, read, update


def codes(result):
    return {error.code for error in result.errors}


def fault(act, *arguments, **given):
    with pytest.raises((Conflict, NotFound, InvalidRequest)) as caught:
        act(*arguments, **given)
    return caught.value.code


def keeps_the_schema(payload):
    """Held against the contract inside the message that carries it."""
    namespace = "urn:votecal:ems-integration:v1"
    header = "<MessageHeader><MessageId>1</MessageId><MessageType>TransferOut</MessageType><EnqueuedAt>2026-03-10T20:00:00Z</EnqueuedAt></MessageHeader>"
    answer = f"<Messages><Message>{header}{etree.tostring(payload).decode()}</Message></Messages><MissingMessageIds/>"
    message = etree.fromstring(f'<GetMessagesResponse xmlns="{namespace}">{answer}</GetMessagesResponse>')
    return not MessageSchema("ems-integration.xsd").violations(message)


@pytest.mark.requirement("EWS-09", "VRU-15", "S4.21", "EWS-06", "OPS-02", "IDV-01")
def test_a_voter_is_taken_over_with_all_that_goes_with_it_and_the_losing_county_is_told(roll):
    roll.add(ana(phone="2135550100", mailing_line1="PO BOX 1"))
    result = move(roll)
    voter = roll.voter(OLD)
    assert (result.outcome, result.voter, result.errors) == (TransferOutcome.TRANSFERRED, voter, ())
    assert (voter.county_code, voter.ems_voter_id, voter.version, voter.status, voter.vnc_due) == ("37", "SD-9", 2, "Active", 1)
    assert (voter.street_name, voter.residence_city, voter.mailing_line1, voter.home_precinct) == ("NEW", "SAN DIEGO", None, None)
    assert (voter.drivers_license, voter.phone, voter.drivers_license_status) == ("A0000001", "2135550100", "Verified")
    assert (voter.registration_date, voter.effective_date, voter.transfer_pending_until) == (date(2026, 3, 1), date(2026, 3, 1), NOW + PENDING)
    assert (result.transfer.losing_county, result.transfer.state, result.transfer.provisional) == ("19", TransferState.OPEN, True)
    assert roll.messages() == [("19", "TransferOut", OLD)]
    kind, payload = roll.last_message("19")
    assert (kind, payload.findtext("GainingCountyCode"), payload.findtext("Provisional")) == ("TransferOut", "37", "true")
    assert (payload.findtext("Voter/LastName"), payload.find("Voter/Phone"), payload.find("Criteria/Criterion") is not None) == ("GARCIA", None, True)
    assert keeps_the_schema(payload)
    assert roll.activities(OLD) == ["Voter Transferred by Registration"]
    assert {row.action for row in roll.rows(audit_entry)} == {"TransferVoter"}


@pytest.mark.requirement("VRU-15", "EWS-09")
def test_until_the_losing_county_has_said_something_nobody_changes_the_voter(sqlite_roll):
    sqlite_roll.add(ana())
    move(sqlite_roll)
    assert update(sqlite_roll, "37", base_version=2, given={"first_name": "Anne"}).outcome.reason is FailureReason.VOTER_PENDING_TRANSFER
    assert move(sqlite_roll, "01", base_version=2, ems_voter_id="AL-1").reasons == (FailureReason.VOTER_PENDING_TRANSFER,)


@pytest.mark.requirement("EWS-11", "VRU-15", "EWS-06")
def test_the_losing_county_accepts_and_the_gaining_one_is_told_that_it_stands(roll):
    roll.add(ana())
    transfer_id = move(roll).transfer.transfer_id
    assert say(roll, accept, transfer_id).state is TransferState.ACCEPTED
    assert roll.voter(OLD).transfer_pending_until is None
    assert roll.messages("37") == [("37", "TransferAccepted", OLD)]
    assert keeps_the_schema(roll.last_message("37")[1])
    assert update(roll, "37", base_version=2, given={"first_name": "Anne"}).outcome.outcome is Outcome.APPLIED
    assert fault(say, roll, accept, transfer_id) is ErrorCode.CASE_DECIDED
    assert fault(say, roll, reverse, transfer_id) is ErrorCode.CASE_DECIDED


@pytest.mark.requirement("VRU-15", "JOB-04")
def test_after_its_time_the_move_stands_and_both_are_told_but_not_in_a_blackout(roll):
    roll.add(ana())
    move(roll)
    roll.clock.instant = NOW + PENDING + timedelta(hours=1)
    with roll.factory() as uow:
        uow.matching.add_blackout(Blackout(0, "37", None, date(2026, 3, 1), date(2026, 4, 1), "primary"), NOW, "ada")
        uow.commit()
    command = EndProvisionalTransfers(job_id=1, transfer_pending=PENDING)
    assert end_provisional_transfers(command, roll.factory, roll.clock) == 0
    roll.clock.instant = NOW + timedelta(days=40)
    assert end_provisional_transfers(command, roll.factory, roll.clock) == 1
    assert roll.messages() == [("19", "TransferOut", OLD), ("19", "TransferAccepted", OLD), ("37", "TransferAccepted", OLD)]
    assert end_provisional_transfers(command, roll.factory, roll.clock) == 0


@pytest.mark.requirement("EWS-11", "S4.21", "S10.10")
@pytest.mark.parametrize("accepted", [False, True])
def test_two_persons_taken_for_one_get_two_records_before_and_after_the_acceptance(roll, accepted):
    roll.add(ana(phone="2135550100", party="DEM"))
    roll.add_children(NewChild(OLD, Participation("19", "2020-G", VotingMethod.VOTE_BY_MAIL, True)))
    transfer_id = move(roll, middle_name="Luz").transfer.transfer_id
    if accepted:
        say(roll, accept, transfer_id)
        update(roll, "37", base_version=2, given={"email": "ana@example.org"})
        contact = Contact("37", datetime(2026, 3, 10, 21, tzinfo=UTC), "Telephone", "clerk", "asked for a card")
        roll.add_children(NewChild(OLD, contact), NewChild(OLD, CustomField("37", "Ballot", "large")))
    done = say(roll, undo if accepted else reverse, transfer_id, basis="another Ana Garcia")
    old, new = roll.voter(OLD), roll.voter(done.new_state_voter_id)
    assert done.transfer.state is TransferState.REVERSED
    assert (old.county_code, old.ems_voter_id, old.street_name, old.middle_name, old.home_precinct) == ("19", "LA1", "OLD", None, "000123")
    assert (old.party, old.phone, old.registration_date, old.transfer_pending_until) == ("DEM", "2135550100", date(2020, 5, 1), None)
    assert (new.county_code, new.ems_voter_id, new.street_name, new.middle_name, new.status, new.version) == ("37", "SD-9", "NEW", "LUZ", "Active", 1)
    assert (new.drivers_license, new.phone, new.email, new.registration_date) == (None, None, "ana@example.org" if accepted else None, date(2026, 3, 1))
    sections = frozenset({VoterSection.PARTICIPATION, VoterSection.CONTACTS, VoterSection.CUSTOM_FIELDS})
    assert [type(entry.content).__name__ for entry in read(roll, sections=sections).entries] == ["Participation"]
    moved = read(roll, "37", state_voter_id=int(new.state_voter_id), sections=sections).entries
    assert [type(entry.content).__name__ for entry in moved] == (["Contact", "CustomField"] if accepted else [])
    told = {county: roll.last_message(county) for county in ("19", "37")}
    assert [(kind, payload.findtext("Voter/StateVoterId")) for kind, payload in told.values()] == [
        ("TransferReversed", str(OLD)),
        ("TransferReversed", str(new.state_voter_id)),
    ]
    assert told["37"][1].findtext("StateVoterId") == str(OLD)
    assert all(keeps_the_schema(payload) for _, payload in told.values())


@pytest.mark.requirement("S10.10", "DUP-04")
@pytest.mark.parametrize(("number", "state"), [(..., CaseState.REJECTED), ("A0000001", CaseState.REJECTED_BY_USER)])
def test_the_pair_that_was_told_apart_does_not_come_back_unless_both_bear_one_number(roll, number, state):
    roll.add(ana())
    transfer_id = move(roll, drivers_license=number).transfer.transfer_id
    new_id = say(roll, reverse, transfer_id).new_state_voter_id
    case = roll.case(roll.rows(match_case)[0].case_id)
    assert (case.state, {case.state_voter_id, case.other_state_voter_id}) == (state, {OLD, new_id})
    assert roll.detect(pair(OLD, new_id)) == {"Known": 1}
    assert ("37", "PotentialDuplicate", new_id) in roll.messages() or state is CaseState.REJECTED


@pytest.mark.requirement("EWS-11")
def test_an_undo_is_refused_where_something_stands_on_top_or_nothing_was_accepted(sqlite_roll):
    roll = sqlite_roll
    roll.add(ana())
    first = move(roll).transfer.transfer_id
    assert fault(say, roll, undo, first) is ErrorCode.CASE_DECIDED
    assert fault(say, roll, undo, first, basis=" ") is ErrorCode.VALUE_WRONG
    assert fault(say, roll, undo, first, "37") is ErrorCode.TRANSFER_NOT_FOUND
    say(roll, accept, first)
    second = move(roll, "01", base_version=2, ems_voter_id="AL-1").transfer.transfer_id
    assert fault(say, roll, undo, first) is ErrorCode.NOT_UNDOABLE
    say(roll, accept, second, "37")
    assert say(roll, undo, second, "37").transfer.state is TransferState.REVERSED
    assert say(roll, undo, first).transfer.state is TransferState.REVERSED


@pytest.mark.requirement("EWS-11", "DLR-19")
def test_a_record_that_was_merged_since_is_unmerged_first(sqlite_roll):
    roll = sqlite_roll
    older, newer = old_and_new(license_number="D7654321")
    roll.add(newer._replace(county_code="01", ems_voter_id="AL-5"), older)
    transfer_id = move(roll).transfer.transfer_id
    say(roll, accept, transfer_id)
    roll.detect(pair(OLD, NEW, **ONE_LICENSE))
    roll.decide("37", case_id=roll.rows(match_case)[0].case_id)
    assert fault(say, roll, undo, transfer_id) is ErrorCode.NOT_UNDOABLE


@pytest.mark.requirement("EWS-09", "VRU-13", "VRU-16", "VRU-17", "EWS-01")
def test_what_stands_against_a_move_is_told_whole_and_nothing_changes(sqlite_roll):
    roll = sqlite_roll
    roll.add(ana(version=1), ana(first_name="ZOE", ems_voter_id="SD-9", county_code="37")._replace(state_voter_id=NEW))
    refused = move(roll, base_version=2, date_of_birth=..., street_name=..., last_name=..., registration_date="2019-01-01", drivers_license="1")
    assert refused.outcome is TransferOutcome.REFUSED
    assert {
        "AlreadyRegistered",
        "RequiredForRegistration",
        "DeficientTransfer",
        "BaseVersionUnknown",
        "AffidavitOlderThanRecord",
        "DriversLicenseFormat",
    } <= codes(refused)
    assert codes(move(roll, "19", ems_voter_id="LA2")) == {"AlreadyInCounty"}
    assert codes(move(roll, ems_voter_id="SD-2", first_name="Zebulon", last_name="Quigley", date_of_birth="1950-07-07")) == {"TransferNotAMatch"}
    later = Confidential(Confidentiality.SAFE_AT_HOME, date(2030, 1, 1))
    assert codes(move(roll, ems_voter_id="SD-2", confidential=later)) == {"ConfidentialSinceInFuture"}
    assert (roll.voter(OLD).county_code, roll.rows(ems_message), roll.rows(audit_entry)) == ("19", [], [])


@pytest.mark.requirement("VRU-13", "EWS-09", "VRU-17")
def test_a_record_that_has_changed_since_the_search_or_is_nobodys_is_refused_by_its_reason(sqlite_roll):
    assert move(sqlite_roll).reasons == (FailureReason.VOTER_NOT_FOUND,)
    sqlite_roll.add(ana())
    update(sqlite_roll, given={"first_name": "Anne"})
    assert move(sqlite_roll).reasons == (FailureReason.STATE_UPDATE_PENDING,)
    assert move(sqlite_roll, base_version=2).outcome is TransferOutcome.TRANSFERRED


@pytest.mark.requirement("EWS-14")
def test_a_confidential_voter_stays_so_and_one_who_asks_for_it_is_so_from_the_first_day(sqlite_roll):
    sqlite_roll.add(ana(), ana(first_name="EVA", ems_voter_id="LA2", drivers_license="B7654321")._replace(state_voter_id=NEW))
    told = Confidential(Confidentiality.SAFE_AT_HOME, date(2026, 2, 1))
    assert move(sqlite_roll, confidential=told).voter.confidentiality == Confidentiality.SAFE_AT_HOME
    _, payload = sqlite_roll.last_message("19")
    assert (payload.find("Voter/ResidenceAddress"), {field.text for field in payload.iter("MatchField")} & {"Address"}) == (None, set())


@pytest.mark.requirement("EWS-09", "S2.13")
def test_a_cancelled_voter_of_another_county_registers_anew(sqlite_roll):
    sqlite_roll.add(ana(status="Cancelled", status_reason="Voter Request"))
    voter = move(sqlite_roll).voter
    assert (voter.status, voter.status_reason, voter.county_code) == ("Active", None, "37")


@pytest.mark.requirement("EWS-09", "DUP-02", "DUP-03")
def test_a_pair_that_waits_goes_with_the_voter_and_comes_back_with_her(roll):
    older, newer = old_and_new()
    roll.add(older, newer)
    roll.detect(pair())
    transfer_id = move(roll, "01", ems_voter_id="AL-1").transfer.transfer_id
    assert (roll.case().county_code, roll.case().other_county) == ("01", "37")
    assert roll.messages("01") == [("01", "PotentialDuplicate", OLD)]
    assert ("19", "MatchCaseReplaced", OLD) in roll.messages("19")
    say(roll, reverse, transfer_id)
    assert roll.case().county_code == "19"
