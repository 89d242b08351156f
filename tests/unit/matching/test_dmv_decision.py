from datetime import UTC, date, datetime

import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_match, a_record, a_voter

from votecal_soap.domain.dmv_decision import Verdict
from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.domain.match_cases import PotentialReason

ONE, TWO, THREE = 100_000_001, 100_000_002, 100_000_003


def reasons(decision):
    return {match.state_voter_id: reason for match, reason in decision.matches}


@pytest.mark.requirement("COA-07")
def test_one_match_that_meets_the_automatic_threshold_is_applied(desk):
    decision = desk.decide(a_match(ONE, 99))
    assert (decision.verdict, reasons(decision)) == (Verdict.AUTOMATIC, {ONE: None})


@pytest.mark.requirement("COA-06", "COA-30")
@pytest.mark.parametrize(("confidence", "verdict"), [(99, Verdict.AUTOMATIC), (98, Verdict.POTENTIAL), (50, Verdict.POTENTIAL), (49, Verdict.NO_MATCH)])
def test_meets_or_exceeds_means_at_least(desk, confidence, verdict):
    assert desk.decide(a_match(ONE, confidence)).verdict is verdict


@pytest.mark.requirement("COA-06")
def test_the_thresholds_are_those_that_were_set(desk):
    assert desk.decide(a_match(ONE, 80), automatic=80, manual=70).verdict is Verdict.AUTOMATIC
    assert desk.decide(a_match(ONE, 69), automatic=80, manual=70).verdict is Verdict.NO_MATCH


@pytest.mark.requirement("COA-20")
def test_matches_below_the_manual_threshold_are_ignored(desk):
    assert desk.decide(a_match(ONE, 49), a_match(TWO, 3)).matches == ()
    assert desk.decide().verdict is Verdict.NO_MATCH


@pytest.mark.requirement("COA-30")
def test_every_match_between_the_thresholds_waits_for_its_county(desk):
    decision = desk.decide(a_match(ONE, 90), a_match(TWO, 60), a_match(THREE, 40))
    assert reasons(decision) == dict.fromkeys((ONE, TWO), PotentialReason.BELOW_AUTOMATIC)


@pytest.mark.requirement("COA-07", "COA-30")
def test_beside_an_applied_match_no_other_becomes_a_case(desk):
    assert reasons(desk.decide(a_match(ONE, 99), a_match(TWO, 70))) == {ONE: None}


@pytest.mark.requirement("COA-13")
def test_of_several_voters_at_or_above_automatic_none_is_applied(desk):
    decision = desk.decide(a_match(ONE, 99), a_match(TWO, 99), a_match(THREE, 60))
    assert decision.verdict is Verdict.POTENTIAL
    assert reasons(decision) == {ONE: PotentialReason.SEVERAL_VOTERS, TWO: PotentialReason.SEVERAL_VOTERS, THREE: PotentialReason.BELOW_AUTOMATIC}


@pytest.mark.requirement("COA-13", "COA-05")
def test_the_single_exact_licence_match_is_applied_beside_others(desk):
    assert reasons(desk.decide(a_match(ONE, 100), a_match(TWO, 99))) == {ONE: None}


@pytest.mark.requirement("COA-13")
def test_two_exact_licence_matches_are_left_to_the_counties(desk):
    decision = desk.decide(a_match(ONE, 100), a_match(TWO, 100))
    assert set(reasons(decision).values()) == {PotentialReason.SEVERAL_VOTERS}


@pytest.mark.requirement("COA-13")
def test_the_same_licence_without_certainty_does_not_stand_out(desk):
    assert desk.decide(a_match(ONE, 99, same_drivers_license=True), a_match(TWO, 99)).verdict is Verdict.POTENTIAL


@pytest.mark.requirement("COA-14")
def test_the_present_address_changes_nothing(desk):
    decision = desk.decide(a_match(ONE), record=a_record(new_address=OLD_HOME))
    assert (decision.verdict, reasons(decision)) == (Verdict.ALREADY_CURRENT, {ONE: None})


@pytest.mark.requirement("COA-14")
def test_the_present_address_is_looked_at_before_its_age(desk):
    assert desk.decide(a_match(ONE), record=a_record(new_address=OLD_HOME, transaction_date=date(2001, 1, 1))).verdict is Verdict.ALREADY_CURRENT


@pytest.mark.requirement("COA-14")
def test_an_older_record_and_one_out_of_state_wait_for_the_county(desk):
    assert reasons(desk.decide(a_match(ONE), moved_on=date(2026, 3, 2))) == {ONE: PotentialReason.OLDER_THAN_RECORD}
    assert reasons(desk.decide(a_match(ONE), county=None, out_of_state=True)) == {ONE: PotentialReason.OUT_OF_STATE}


@pytest.mark.requirement("COA-11")
def test_an_address_without_a_clear_county_waits_for_the_county(desk):
    assert reasons(desk.decide(a_match(ONE), county=None)) == {ONE: PotentialReason.COUNTY_UNCLEAR}


@pytest.mark.requirement("EWS-14")
def test_a_confidential_voter_is_never_moved_automatically(desk):
    assert reasons(desk.decide(a_match(ONE), confidential=[ONE])) == {ONE: PotentialReason.CONFIDENTIAL_VOTER}


@pytest.mark.requirement("COA-08")
def test_an_address_that_the_rules_refuse_waits_for_the_county(desk):
    decision = desk.decide(a_match(ONE), record=a_record(new_address=NEW_HOME._replace(street_name=None)))
    assert reasons(decision) == {ONE: PotentialReason.ADDRESS_UNUSABLE}


@pytest.mark.requirement("COA-07")
@pytest.mark.parametrize("status", ["Cancelled", "Declined"])
def test_a_registration_that_has_ended_is_not_revived_by_itself(desk, status):
    assert reasons(desk.decide(a_match(ONE), voters=[a_voter(ONE, status=status)])) == {ONE: PotentialReason.NOT_REGISTERED}


@pytest.mark.requirement("VRU-15")
def test_a_voter_in_a_pending_transfer_waits_for_the_county(desk):
    pending = a_voter(ONE, transfer_pending_until=datetime(2026, 3, 20, tzinfo=UTC))
    assert reasons(desk.decide(a_match(ONE), voters=[pending])) == {ONE: PotentialReason.UPDATE_PENDING}
    passed = a_voter(ONE, transfer_pending_until=datetime(2026, 3, 9, tzinfo=UTC))
    assert desk.decide(a_match(ONE), voters=[passed]).verdict is Verdict.AUTOMATIC


@pytest.mark.requirement("COA-30")
def test_a_match_that_is_held_back_lets_the_potential_ones_stand(desk):
    decision = desk.decide(a_match(ONE), a_match(TWO, 60), county=None)
    assert reasons(decision) == {ONE: PotentialReason.COUNTY_UNCLEAR, TWO: PotentialReason.BELOW_AUTOMATIC}


@pytest.mark.requirement("COA-38")
def test_a_new_registration_is_banded_alike(desk):
    given = a_record(kind=DmvRecordKind.NEW_REGISTRATION)
    assert desk.decide(a_match(ONE, 99), record=given).verdict is Verdict.AUTOMATIC
    assert desk.decide(a_match(ONE, 60), record=given).verdict is Verdict.POTENTIAL
    assert desk.decide(a_match(ONE, 20), record=given).verdict is Verdict.NO_MATCH
