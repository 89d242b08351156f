"""A county updates one voter as a record of a batch would: the same rules, reasons and effects (EWS-09, VRU-13 to VRU-19)."""

from datetime import date, timedelta

import pytest

from db.tables import audit_entry, ems_message, voter_version, voting_precinct
from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.voters import VotingPrecinct
from votecal_soap.errors import ErrorCode, InvalidRequest

from ..duplicates.pairs import NEW, NOW, OLD, TODAY
from .records import ana, update


def codes(result):
    return [error.code for error in result.outcome.errors]


@pytest.mark.requirement("EWS-09", "VRU-10", "VRU-19", "EWS-06", "OPS-02")
def test_a_changed_name_makes_a_version_with_all_that_it_entails_and_no_message(roll):
    roll.add(ana())
    result = update(roll, given={"last_name": "Lopez", "first_name": "Ana"}, basis="married", effective_date=date(2026, 2, 1))
    voter = roll.voter(OLD)
    assert (result.outcome.outcome, result.outcome.version, result.voter) == (Outcome.APPLIED, 2, voter)
    assert (voter.last_name, voter.version, voter.effective_date, voter.drivers_license_status, voter.vnc_due) == ("LOPEZ", 2, date(2026, 2, 1), "Pending", 1)
    assert voter.message_sequence == 0
    assert [row.version for row in roll.rows(voter_version)] == [1, 2]
    assert roll.activities(OLD) == ["Voter Record Updated by County"]
    (entry,) = roll.rows(audit_entry)
    assert (entry.action, entry.actor, '"LOPEZ"' in entry.detail, '"GARCIA"' in entry.detail) == ("UpdateVoter", "county:ems-19", True, True)
    assert roll.rows(ems_message) == []


@pytest.mark.requirement("EWS-09", "VRU-11")
def test_what_the_state_has_already_changes_nothing(sqlite_roll):
    sqlite_roll.add(ana())
    result = update(sqlite_roll, given={"last_name": "Garcia"})
    assert (result.outcome.outcome, result.outcome.version, sqlite_roll.activities(OLD)) == (Outcome.UNCHANGED, 1, [])


@pytest.mark.requirement("EWS-09", "VRU-09")
def test_what_is_left_out_stays_a_group_is_replaced_whole_and_a_doubtful_field_is_kept_with_a_warning(sqlite_roll):
    sqlite_roll.add(ana(middle_name="MARIA", party="DEM"))
    result = update(sqlite_roll, given={"first_name": "Ana", "middle_name": None, "last_name": "Garcia", "prefix": None, "suffix": None, "party": "?"})
    assert (result.outcome.outcome, codes(result)) == (Outcome.APPLIED, ["PartyUnknown"])
    assert (result.voter.middle_name, result.voter.party, result.voter.street_name) == (None, "DEM", "OLD")


@pytest.mark.requirement("VRU-13", "EWS-09")
def test_a_version_that_the_county_did_not_know_and_an_open_message_block_it(roll):
    roll.add(ana())
    assert update(roll, given={"first_name": "Anna"}).outcome.outcome is Outcome.APPLIED
    stale = update(roll, given={"first_name": "Anne"})
    assert (stale.outcome.outcome, stale.outcome.reason, stale.outcome.version) == (Outcome.FAILED, FailureReason.STATE_UPDATE_PENDING, 2)
    with roll.factory() as uow:
        told = NewMessage("19", MessageType.CONFIDENTIALITY_CHANGED, "K1", "<ConfidentialityChanged/>", 1, OLD, 1, "LA1", 2, None, None)
        uow.messages.add([told], NOW)
        uow.commit()
    assert update(roll, base_version=2, given={"first_name": "Anne"}).outcome.reason is FailureReason.STATE_UPDATE_PENDING
    assert roll.voter(OLD).first_name == "ANNA"


@pytest.mark.requirement("VRU-14", "EWS-01")
def test_another_countys_voter_is_refused_and_nothing_of_her_is_told(sqlite_roll):
    sqlite_roll.add(ana())
    result = update(sqlite_roll, "37", given={"first_name": "Anne"})
    assert (result.outcome.reason, result.voter, result.outcome.version, result.outcome.ems_voter_id) == (FailureReason.VOTER_DOES_NOT_BELONG, None, None, None)
    nobody = update(sqlite_roll, "37", state_voter_id=None, ems_voter_id="LA1", given={"first_name": "Anne"})
    assert nobody.outcome.reason is FailureReason.VOTER_NOT_FOUND
    assert sqlite_roll.voter(OLD).first_name == "ANA"


@pytest.mark.requirement("VRU-15")
def test_a_voter_whose_move_is_not_decided_is_not_changed(sqlite_roll):
    sqlite_roll.add(ana(transfer_pending_until=NOW + timedelta(days=1)))
    assert update(sqlite_roll, given={"first_name": "Anne"}).outcome.reason is FailureReason.VOTER_PENDING_TRANSFER
    sqlite_roll.clock.instant = NOW + timedelta(days=2)
    assert update(sqlite_roll, given={"first_name": "Anne"}).outcome.outcome is Outcome.APPLIED


@pytest.mark.requirement("VRU-16", "VRU-17", "VRU-09")
def test_every_broken_rule_is_told_and_the_first_reason_is_that_of_the_order(sqlite_roll):
    sqlite_roll.add(ana(transfer_pending_until=NOW + timedelta(days=1)))
    result = update(sqlite_roll, base_version=9, given={"drivers_license": "12", "home_precinct": "NOWHERE"}, names_confidentiality=True)
    assert (result.outcome.reason, result.outcome.further_reasons) == (
        FailureReason.VOTER_PENDING_TRANSFER,
        (FailureReason.FAILED_VALIDATION, FailureReason.PRECINCT_NOT_FOUND),
    )
    assert set(codes(result)) == {"DriversLicenseFormat", "HomePrecinctNotFound", "ConfidentialityNotByBatch", "BaseVersionUnknown"}


@pytest.mark.requirement("VRU-10", "EWS-09")
def test_a_voting_precinct_is_kept_for_its_election(roll):
    roll.add(ana())
    result = update(roll, voting_precinct=VotingPrecinct("2020-G", "000123", "2"))
    assert (result.outcome.outcome, result.outcome.version) == (Outcome.APPLIED, 2)
    assert [(row.election_id, row.precinct_code, row.precinct_part, row.version) for row in roll.rows(voting_precinct)] == [("2020-G", "000123", "2", 2)]
    assert update(roll, base_version=2, voting_precinct=VotingPrecinct("2020-G", "000123", "2")).outcome.outcome is Outcome.UNCHANGED
    assert codes(update(roll, base_version=2, voting_precinct=VotingPrecinct("1999-X", "000123", None))) == ["ElectionNotFound"]


@pytest.mark.requirement("EWS-09", "S2.13")
def test_a_registration_is_cancelled_for_a_reason_and_begins_anew_only_by_a_later_day(sqlite_roll):
    sqlite_roll.add(ana())
    assert codes(update(sqlite_roll, given={"status": "Cancelled"})) == ["CancellationNeedsReason"]
    assert update(sqlite_roll, given={"status": "Cancelled", "status_reason": "Voter Request"}).voter.status == "Cancelled"
    assert codes(update(sqlite_roll, base_version=2, given={"status": "Active"})) == ["RegistrationClosed"]
    again = update(sqlite_roll, base_version=2, given={"status": "Active", "status_reason": None, "registration_date": "2026-03-01"})
    assert (again.outcome.outcome, again.voter.status, again.voter.registration_date) == (Outcome.APPLIED, "Active", date(2026, 3, 1))
    assert again.voter.vnc_due == 1
    assert codes(update(sqlite_roll, base_version=3, given={"status": "Declined"})) == ["StatusNotByUpdate"]


@pytest.mark.requirement("EWS-09", "S2.13", "VRU-19")
def test_a_card_is_due_when_what_was_missing_has_come_and_not_when_a_voter_is_active_again(sqlite_roll):
    sqlite_roll.add(
        ana(status="Pending", status_reason="Registration Deficient", date_of_birth=None),
        ana(status="Inactive")._replace(state_voter_id=NEW, ems_voter_id="LA2"),
    )
    completed = update(sqlite_roll, given={"date_of_birth": "1984-05-17", "status": "Active", "status_reason": None})
    assert (completed.outcome.outcome, completed.voter.status, completed.voter.vnc_due) == (Outcome.APPLIED, "Active", 1)
    active_again = update(sqlite_roll, state_voter_id=NEW, given={"status": "Active"})
    assert (active_again.voter.status, active_again.voter.vnc_due) == ("Active", 0)


@pytest.mark.requirement("EWS-09")
def test_the_countys_own_id_is_kept_with_a_record_that_has_none_and_never_reassigned(roll):
    roll.add(ana(ems_voter_id=None), ana()._replace(state_voter_id=NEW))
    assert codes(update(roll, ems_voter_id="LA1")) == ["EmsVoterIdMismatch"]
    named = update(roll, ems_voter_id="LA2")
    assert (named.outcome.outcome, named.voter.ems_voter_id, named.voter.version, named.voter.effective_date) == (Outcome.APPLIED, "LA2", 2, TODAY)
    assert roll.voter(OLD).ems_voter_id == "LA2"
    assert codes(update(roll, base_version=2, ems_voter_id="LA3", given={"first_name": "Anne"})) == ["EmsVoterIdMismatch"]


@pytest.mark.requirement("EWS-09")
def test_a_voter_is_named(sqlite_roll):
    with pytest.raises(InvalidRequest) as caught:
        update(sqlite_roll, state_voter_id=None)
    assert caught.value.code is ErrorCode.VALUE_WRONG
