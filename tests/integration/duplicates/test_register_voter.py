"""A county registers a voter as new: judged, searched for, registered once, and candidates that it did not choose are asked about (EWS-09, DUP-04)."""

from datetime import date

import pytest

from db.tables import audit_entry, ems_message, voter_version
from votecal_soap.domain.counties import Precinct
from votecal_soap.domain.match_cases import CaseState, Decision
from votecal_soap.domain.matching import MatchField
from votecal_soap.domain.registrations import RegisterVoter, RegistrationOutcome
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.sos_work_items import SosItemType
from votecal_soap.domain.voters import Confidential, Confidentiality
from votecal_soap.use_cases.register_voter import register_voter

from .pairs import DUE, LICENSE, OLD, caller, old_and_new

ANA = {
    "first_name": "Ana",
    "last_name": "Garcia",
    "date_of_birth": "1970-01-02",
    "drivers_license": LICENSE,
    "ssn4": "4321",
    "house_number": "7",
    "street_name": "Old",
    "street_type": "AVE",
    "residence_city": "Burbank",
    "residence_state": "CA",
    "residence_zip_code": "91501",
    "registration_date": "2026-03-01",
}
OTHER_LICENSE = "B1234567"


@pytest.fixture
def register(roll):
    """San Diego registers somebody."""
    with roll.factory() as uow:
        uow.reference.save_codes("StreetType", {"AVE": "Avenue"})
        uow.reference.save_precincts([Precinct(county_code="37", precinct_code="37-1", name=None)])
        uow.voters.reserve_state_voter_ids(10)
        uow.commit()
    return lambda **given: _register(roll, **given)


def _register(roll, *, ems_voter_id="SD-9", seen=(), county="37", confidential=None, **values):
    given = {name: value for name, value in {**ANA, **values}.items() if value is not ...}
    command = RegisterVoter(ems_voter_id=ems_voter_id, given=given, confidential=confidential, seen=frozenset(seen))
    with roll.factory() as uow:
        result = register_voter(command, caller(county), uow, roll.clock, RuleBooks())
        uow.commit()
    return result


def codes(result):
    return [(error.code, error.ref, error.severity.value) for error in result.errors]


@pytest.mark.requirement("EWS-09", "IDV-01", "VRU-08", "VRU-19", "EWS-06")
def test_nobody_like_her_is_registered_at_once_with_all_that_goes_with_it(roll, register):
    result = register(home_precinct="37-1")
    voter = roll.voter(int(result.voter.state_voter_id))
    assert (result.outcome, result.errors, result.case_ids) == (RegistrationOutcome.REGISTERED, (), ())
    assert voter == result.voter
    assert (voter.county_code, voter.ems_voter_id, voter.version, voter.status, voter.vnc_due) == ("37", "SD-9", 1, "Active", 1)
    assert (voter.first_name, voter.drivers_license_status, voter.ssn4_status, voter.effective_date) == ("ANA", "Pending", "Pending", date(2026, 3, 1))
    assert [(row.state_voter_id, row.version) for row in roll.rows(voter_version)] == [(voter.state_voter_id, 1)]
    assert roll.activities(int(voter.state_voter_id)) == ["Voter Registered"]
    assert [row.action for row in roll.rows(audit_entry)] == ["RegisterVoter"]
    assert roll.rows(ems_message) == []


@pytest.mark.requirement("EWS-09", "EWS-08")
def test_she_is_found_by_the_next_search(roll, register):
    register()
    again = register(ems_voter_id="SD-10", house_number="8")
    assert again.outcome is RegistrationOutcome.CANDIDATES_FOUND
    assert [found.voter.ems_voter_id for found in again.candidates] == ["SD-9"]


@pytest.mark.requirement("EWS-09", "S4.4", "EWS-08", "OPS-02")
def test_a_candidate_whom_the_county_has_not_seen_is_shown_first_and_nobody_is_registered(roll, register):
    roll.add(old_and_new(license_number=OTHER_LICENSE)[0]._replace(ssn4="4321"))
    result = register()
    (found,) = result.candidates
    assert (result.outcome, result.voter, found.voter.state_voter_id) == (RegistrationOutcome.CANDIDATES_FOUND, None, OLD)
    assert found.match.confidence >= 50
    assert found.match.criteria
    assert MatchField.SSN4 not in {criterion.field for criterion in found.match.criteria}
    assert roll.rows(ems_message) == []
    (entry,) = roll.rows(audit_entry)
    assert (entry.action, str(OLD) in entry.detail) == ("ViewCandidates", True)


@pytest.mark.requirement("EWS-09", "S4.23")
def test_one_seen_and_not_chosen_becomes_a_case_of_that_records_county_alone(roll, register):
    roll.add(old_and_new(license_number=OTHER_LICENSE)[0])
    result = register(seen=[OLD])
    (case_id,) = result.case_ids
    case = roll.case(case_id)
    assert (case.state, case.cause, case.asked_county, case.first_rejected_by, case.due_on) == (CaseState.OPEN, "Registration", "19", "37", DUE)
    assert {case.state_voter_id, case.other_state_voter_id} == {OLD, int(result.voter.state_voter_id)}
    assert roll.messages() == [("19", "PotentialDuplicate", OLD)]
    assert roll.decide("19", Decision.REJECT, case_id=case_id).state is CaseState.REJECTED
    assert roll.open_items(case_id) == []


@pytest.mark.requirement("DUP-04", "DUP-06", "DUP-03")
def test_on_one_number_registering_is_the_first_rejection_and_the_second_goes_to_sos(roll, register):
    other = {"first_name": "ZOE", "last_name": "QUIGLEY", "date_of_birth": date(1950, 7, 7), "street_name": "FAR", "residence_zip_code": "96101"}
    roll.add(old_and_new(license_number=LICENSE)[0]._replace(**other))
    assert register().outcome is RegistrationOutcome.CANDIDATES_FOUND
    (case_id,) = register(seen=[OLD]).case_ids
    case = roll.case(case_id)
    assert (case.state, case.asked_county, case.confidence < 50, case.same_drivers_license) == (CaseState.REJECTED_BY_USER, "19", True, True)
    assert roll.open_items(case_id) == [SosItemType.VERIFIED_LICENSE_REJECTED]
    roll.decide("19", Decision.REJECT, case_id=case_id)
    assert SosItemType.REVIEW_REJECTED_DUPLICATE in roll.open_items(case_id)


@pytest.mark.requirement("DUP-06")
def test_sos_is_not_told_of_a_number_that_dmv_has_not_verified(roll, register):
    roll.add(old_and_new(license_number=LICENSE)[0]._replace(drivers_license_status="NotVerified"))
    (case_id,) = register(seen=[OLD]).case_ids
    assert roll.open_items(case_id) == []


@pytest.mark.requirement("DUP-04", "DLR-07", "DUP-03")
def test_the_candidates_county_may_accept_and_the_new_record_is_the_newer(roll, register):
    roll.add(old_and_new(license_number=LICENSE)[0])
    result = register(seen=[OLD])
    roll.decide("19", case_id=result.case_ids[0])
    assert roll.voter(OLD).merged_into == int(result.voter.state_voter_id)


@pytest.mark.requirement("EWS-14")
def test_of_a_confidential_candidate_another_county_is_shown_no_home_and_no_criterion_of_it(roll, register):
    roll.add(old_and_new(license_number=LICENSE)[0]._replace(confidentiality=str(Confidentiality.COURT_ORDER), confidential_since=date(2020, 1, 1)))
    (found,) = register().candidates
    assert (found.voter.street_name, found.voter.phone, found.voter.residence_city) == (None, None, None)
    assert all(criterion.contribution == 0 for criterion in found.match.criteria if criterion.field is MatchField.ADDRESS)
    (own,) = register(county="19", home_precinct=...).candidates
    assert own.voter.street_name == "OLD"


@pytest.mark.requirement("EWS-09", "VRU-09", "VRU-16", "VRU-17")
def test_what_the_rules_refuse_is_answered_with_every_error_and_nothing_is_written(roll, register):
    result = register(drivers_license="123", last_name=..., home_precinct="NOWHERE", status="Cancelled")
    assert result.outcome is RegistrationOutcome.REFUSED
    assert [reason.value for reason in result.reasons] == ["FailedValidation", "PrecinctNotFound"]
    assert {code for code, _, _ in codes(result)} == {"DriversLicenseFormat", "RequiredForRegistration", "HomePrecinctNotFound", "StatusNotByRegistration"}
    assert (roll.rows(voter_version), roll.rows(audit_entry)) == ([], [])


@pytest.mark.requirement("EWS-09", "VRU-09")
def test_a_deficient_registration_is_kept_apart_as_pending_and_no_card_is_due(roll, register):
    result = register(date_of_birth=...)
    assert codes(result) == [("DeficientRegistration", "Registration/DateOfBirth", "NonFatal")]
    assert (result.outcome, result.voter.status, result.voter.status_reason, result.voter.vnc_due) == (
        RegistrationOutcome.REGISTERED,
        "Pending",
        "Registration Deficient",
        0,
    )


@pytest.mark.requirement("EWS-09")
def test_the_countys_own_id_is_registered_once(roll, register):
    first = register()
    second = register(seen=[int(first.voter.state_voter_id)])
    assert (second.outcome, codes(second)) == (RegistrationOutcome.REFUSED, [("AlreadyRegistered", "EmsVoterId", "Fatal")])
    assert second.voter == first.voter
    assert register(county="19", seen=[int(first.voter.state_voter_id)]).outcome is RegistrationOutcome.REGISTERED


@pytest.mark.requirement("EWS-14", "EWS-09")
def test_who_registers_as_confidential_is_so_from_the_first_day(roll, register):
    told = Confidential(Confidentiality.SAFE_AT_HOME, date(2026, 2, 1))
    voter = register(confidential=told).voter
    assert (voter.confidentiality, voter.confidential_since) == ("SafeAtHome2166_5", date(2026, 2, 1))
    late = register(ems_voter_id="SD-10", confidential=told._replace(since=date(2030, 1, 1)))
    assert codes(late) == [("ConfidentialSinceInFuture", "Registration/ConfidentialSince", "Fatal")]
