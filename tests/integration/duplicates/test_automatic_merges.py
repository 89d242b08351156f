"""Pairs above the automatic threshold: merged, provisionally merged, or left to the counties (DUP-07, JOB-04, EWS-14)."""

from datetime import date, timedelta

import pytest
from fakes.dmv import a_voter

from votecal_soap.domain.match_cases import CaseState, Decision
from votecal_soap.domain.matching import MatchingMode
from votecal_soap.domain.voter_children import CustomField, NewChild
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome
from votecal_soap.use_cases.ports import Blackout

from .pairs import DUE, LICENSE, NEW, NOW, OLD, ONE_LICENSE, THIRD, TODAY, old_and_new, pair, shown, some_children


@pytest.mark.requirement("DUP-07")
def test_above_the_automatic_threshold_a_pair_is_provisionally_merged_unless_both_counties_apply(roll):
    roll.add(*old_and_new())
    roll.add_children(*some_children())
    assert roll.detect(pair(confidence=99)) == {PairOutcome.PROVISIONALLY_MERGED: 1}
    case = roll.case()
    assert (case.state, case.asked_county, case.due_on, case.automatic) == (CaseState.PROVISIONAL, "19", DUE, True)
    assert (roll.voter(OLD).status, roll.voter(OLD).merged_into, roll.voter(NEW).first_time_federal) == ("Active", None, 0)
    assert roll.messages() == [("19", "MergeProvisional", OLD), ("37", "MergeReceived", NEW)]
    with pytest.raises(Conflict, match="older record"):
        roll.decide("37")
    roll.add_children(NewChild(OLD, CustomField("19", "added meanwhile", "1")))
    assert roll.decide("19").state is CaseState.ACCEPTED
    assert (roll.voter(OLD).status, roll.voter(OLD).merged_into) == ("Cancelled", NEW)
    assert roll.messages()[-2:] == [("19", "MergedIntoNewer", OLD), ("37", "MergeReceived", NEW)]
    copied = [child.content for child in roll.children(NEW) if isinstance(child.content, CustomField)]
    assert sorted(item.field_name for item in copied) == ["Sample ballot", "added meanwhile"]


@pytest.mark.requirement("DUP-07")
def test_a_provisional_merge_that_its_county_rejects_is_taken_back(roll):
    older, newer = old_and_new()
    roll.add(older, newer)
    roll.add_children(*some_children())
    roll.detect(pair(confidence=99))
    assert roll.decide("19", Decision.REJECT).state is CaseState.REJECTED
    assert (shown(roll.voter(OLD)), shown(roll.voter(NEW))) == (shown(older), shown(newer))
    assert not [child for child in roll.children(NEW) if child.merge_case_id]
    assert ("37", "MergeUndone", NEW) in roll.messages()


@pytest.mark.requirement("DUP-07")
def test_a_provisional_merge_on_one_number_that_its_county_rejects_is_taken_back_and_the_other_is_asked(roll):
    roll.add(*old_and_new(license_number=LICENSE))
    roll.detect(pair(confidence=100, **ONE_LICENSE))
    rejected = roll.decide("19", Decision.REJECT)
    assert (rejected.state, rejected.asked_county) == (CaseState.REJECTED_BY_USER, "37")
    assert roll.voter(OLD).merged_into is None
    assert roll.messages()[-1] == ("37", "PotentialDuplicate", NEW)


@pytest.mark.requirement("DUP-07")
def test_counties_that_apply_have_the_pair_merged_at_once(roll):
    roll.set_mode("19", "37")
    roll.add(*old_and_new())
    assert roll.detect(pair(confidence=99)) == {PairOutcome.MERGED: 1}
    assert (roll.case().state, roll.voter(OLD).merged_into) == (CaseState.ACCEPTED, NEW)
    assert roll.messages() == [("19", "MergedIntoNewer", OLD), ("37", "MergeReceived", NEW)]
    assert roll.detect(pair(confidence=99)) == {PairOutcome.IGNORED: 1}
    roll.set_mode("37", mode=MatchingMode.PROVISIONAL)


@pytest.mark.requirement("DUP-07")
def test_three_records_of_one_voter_are_merged_in_one_run(roll):
    roll.set_mode("01", "19", "37")
    roll.add(*old_and_new(), a_voter(THIRD, registration_date=date(2022, 1, 1), county_code="01", ems_voter_id="A3"))
    found = roll.detect(pair(OLD, NEW, confidence=99), pair(OLD, THIRD, confidence=99), pair(NEW, THIRD, confidence=99))
    assert found == {PairOutcome.MERGED: 2, PairOutcome.IGNORED: 1}
    assert [roll.voter(uid).merged_into for uid in (OLD, NEW, THIRD)] == [NEW, THIRD, None]


@pytest.mark.requirement("JOB-04")
@pytest.mark.parametrize("decider", [None, "37", "19"])
def test_before_an_election_a_cancellation_waits_for_the_older_records_county(roll, decider):
    roll.set_mode("19", "37")
    with roll.factory() as uow:
        uow.matching.add_blackout(Blackout(0, "37", None, TODAY, TODAY, "an election"), NOW, "sam")
        uow.commit()
    roll.add(*old_and_new())
    if decider is None:
        assert roll.detect(pair(confidence=99)) == {PairOutcome.PROVISIONALLY_MERGED: 1}
    else:
        roll.detect(pair())
        roll.decide(decider)
    waits = decider != "19"
    assert roll.case().state is (CaseState.PROVISIONAL if waits else CaseState.ACCEPTED)
    assert roll.voter(OLD).status == ("Active" if waits else "Cancelled")
    assert roll.last_message("19")[1].findtext("WithheldByBlackout") == ("true" if waits else "false")


@pytest.mark.requirement("EWS-14", "DUP-07")
def test_a_confidential_voter_is_never_merged_automatically_nor_is_the_address_told(roll):
    roll.set_mode("19", "37")
    older, newer = old_and_new()
    roll.add(older._replace(confidentiality=str(Confidentiality.COURT_ORDER)), newer)
    assert roll.detect(pair(confidence=100)) == {PairOutcome.OPENED: 1}
    assert roll.case().potential_reason == "ConfidentialVoter"
    _, other = roll.last_message("37")
    assert [field.text for field in other.iterfind("Criteria/Criterion/MatchField")] == ["DateOfBirth"]
    assert other.find("Duplicate/OtherVoter/ResidenceAddress") is None
    _, own = roll.last_message("19")
    assert own.find("Voter/ResidenceAddress") is not None
    assert [field.text for field in own.iterfind("Criteria/Criterion/MatchField")] == ["DateOfBirth", "Address"]
    assert own.find("Duplicate/OtherVoter/ResidenceAddress") is not None


@pytest.mark.requirement("DUP-07")
@pytest.mark.parametrize(
    ("values", "reason"), [({"status": "Cancelled"}, "NotRegistered"), ({"transfer_pending_until": NOW + timedelta(days=1)}, "UpdatePending")]
)
def test_what_stands_against_an_automatic_merge_leaves_it_to_the_counties(roll, values, reason):
    roll.set_mode("19", "37")
    roll.add(*old_and_new(**values))
    assert roll.detect(pair(confidence=99)) == {PairOutcome.OPENED: 1}
    assert roll.case().potential_reason == reason


@pytest.mark.requirement("DUP-07")
def test_while_one_merge_waits_no_other_is_made_of_the_same_record(roll):
    roll.add(*old_and_new(), a_voter(THIRD, registration_date=date(2022, 1, 1), county_code="01", ems_voter_id="A3"))
    roll.detect(pair(confidence=99))
    assert roll.detect(pair(NEW, THIRD, confidence=99)) == {PairOutcome.OPENED: 1}
    assert roll.case(2).potential_reason == "MergePending"
    with pytest.raises(Conflict, match="Match case 1") as refused:
        roll.decide("01", case_id=2)
    assert refused.value.code is ErrorCode.MERGE_BLOCKED
    roll.decide("19", case_id=1)
    assert roll.decide("01", case_id=2).state is CaseState.ACCEPTED
