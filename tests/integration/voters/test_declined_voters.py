"""A registration that a county declined is kept, and kept apart from every registration (EWS-09, UC01.11.04, S4.9)."""

from datetime import date

import pytest

from db.tables import audit_entry, ems_message
from votecal_soap.domain.declined_voters import DeclinedOutcome, EnterDeclinedVoter
from votecal_soap.domain.registrations import RegisterVoter, RegistrationOutcome
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.use_cases.enter_declined_voter import enter_declined_voter
from votecal_soap.use_cases.register_voter import register_voter

from ..duplicates.pairs import OLD, TODAY, caller, pair
from .moves import AFFIDAVIT
from .records import ana, update


def decline(roll, *, ems_voter_id="SD-9", reason="Not Signed", **given):
    said = {name: value for name, value in {**AFFIDAVIT, "drivers_license": "D7654321", **given}.items() if value is not ...}
    with roll.factory() as uow:
        result = enter_declined_voter(EnterDeclinedVoter(ems_voter_id=ems_voter_id, given=said, reason=reason), caller("37"), uow, roll.clock, RuleBooks())
        uow.commit()
    return result


@pytest.mark.requirement("EWS-09", "EWS-06", "IDV-01", "OPS-02")
def test_it_is_kept_as_declined_with_its_reason_and_nothing_is_due(roll):
    result = decline(roll)
    voter = roll.voter(int(result.voter.state_voter_id))
    assert (result.outcome, result.errors, result.voter) == (DeclinedOutcome.DECLINED, (), voter)
    assert (voter.status, voter.status_reason, voter.county_code, voter.ems_voter_id, voter.version) == ("Declined", "Not Signed", "37", "SD-9", 1)
    assert (voter.drivers_license, voter.drivers_license_status, voter.vnc_due, voter.effective_date) == ("D7654321", None, 0, TODAY)
    assert roll.activities(int(voter.state_voter_id)) == ["Registration Declined"]
    assert [row.action for row in roll.rows(audit_entry)] == ["EnterDeclinedVoter"]
    assert roll.rows(ems_message) == []


@pytest.mark.requirement("EWS-09", "VRU-09")
def test_what_breaks_a_rule_may_be_why_it_was_declined_and_refuses_nothing(sqlite_roll):
    result = decline(sqlite_roll, date_of_birth="2020-01-01", drivers_license="12", street_name=..., status="Active", status_reason="whatever")
    assert result.outcome is DeclinedOutcome.DECLINED
    assert {(error.code, error.severity.value) for error in result.errors} == {("DateOfBirthOutOfRange", "NonFatal"), ("DriversLicenseFormat", "NonFatal")}
    assert (result.voter.status, result.voter.status_reason, result.voter.date_of_birth, result.voter.drivers_license) == ("Declined", "Not Signed", None, None)


@pytest.mark.requirement("EWS-09", "VRU-16")
def test_without_a_name_or_under_an_id_that_is_taken_nothing_is_kept(sqlite_roll):
    nameless = decline(sqlite_roll, last_name=...)
    assert (nameless.outcome, nameless.voter, [error.code for error in nameless.errors]) == (DeclinedOutcome.REFUSED, None, ["RequiredForRegistration"])
    first = decline(sqlite_roll)
    again = decline(sqlite_roll)
    assert (again.outcome, again.voter, [error.code for error in again.errors]) == (DeclinedOutcome.REFUSED, first.voter, ["AlreadyRegistered"])
    assert [reason.value for reason in again.reasons] == ["FailedValidation"]


@pytest.mark.requirement("EWS-09", "DUP-01", "S4.23")
def test_who_registers_later_meets_no_declined_record_and_no_pair_is_made_with_it(sqlite_roll):
    declined = int(decline(sqlite_roll).voter.state_voter_id)
    command = RegisterVoter(ems_voter_id="SD-10", given={**AFFIDAVIT, "drivers_license": "D7654321"})
    with sqlite_roll.factory() as uow:
        registered = register_voter(command, caller("37"), uow, sqlite_roll.clock, RuleBooks())
        uow.commit()
    assert (registered.outcome, registered.case_ids) == (RegistrationOutcome.REGISTERED, ())
    assert sqlite_roll.detect(pair(declined, int(registered.voter.state_voter_id), confidence=100)) == {"Ignored": 1}


@pytest.mark.requirement("EWS-09", "S2.13", "IDV-01", "VRU-19")
def test_the_completed_affidavit_registers_the_declined_voter_by_a_later_day(sqlite_roll):
    voter = decline(sqlite_roll).voter
    uid = int(voter.state_voter_id)
    closed = update(sqlite_roll, "37", state_voter_id=uid, given={"status": "Active"})
    assert [error.code for error in closed.outcome.errors] == ["RegistrationClosed"]
    begun = update(sqlite_roll, "37", state_voter_id=uid, given={"status": "Active", "status_reason": None, "registration_date": "2026-03-09"})
    assert (begun.voter.status, begun.voter.registration_date) == ("Active", date(2026, 3, 9))
    # It is a registration like any other from now on: DMV is asked about the number, and a card is due.
    assert (begun.voter.drivers_license_status, begun.voter.ssn4_status, begun.voter.vnc_due) == ("Pending", None, 1)
    with sqlite_roll.factory(read_only=True) as uow:
        assert [int(waiting.state_voter_id) for waiting in uow.voters.pending_identity(0, 10)] == [uid]


@pytest.mark.requirement("EWS-09")
def test_a_deficient_affidavit_changes_no_existing_record(sqlite_roll):
    sqlite_roll.add(ana())
    result = update(sqlite_roll, given={"street_name": None, "house_number": None, "street_type": None, "residence_city": None})
    assert {error.code for error in result.outcome.errors} == {"StreetNameMissing", "ResidenceCityMissing"}
    assert sqlite_roll.voter(OLD).street_name == "OLD"
