"""UC03.22.01, UC03.50.01: what each answer of a county does, from an open case to the rows that it leaves behind."""

import threading

import pytest
from fakes.dmv import NEW_HOME, a_record, a_voter

from db.tables import audit_entry, ems_message, mailing, potential_voter
from votecal_soap.domain.counties import Precinct
from votecal_soap.domain.match_cases import Decision, MailingKind
from votecal_soap.domain.matching import CrossCountyMode, MatchSettings
from votecal_soap.domain.voters import FIELD_INDEX, Confidentiality
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.export_mailing_list import export_again
from votecal_soap.use_cases.get_match_case import get_match_case
from votecal_soap.use_cases.ports import VoterChange

from .answers import CountyAnswers
from .dmv_runs import NOW
from .mailing_files import command, export
from .test_dmv_coa_situations import COA, ONE, SAN_DIEGO, TWO, a_stranger, by_name, configure

EVERYTHING_POTENTIAL = {"automatic": 100, "manual": 1}
"""Thresholds under which no match without the exact licence is automatic."""


def potential(runs, *voters, **changes):
    """Voters of whom one DMV record may be each: their open cases, by voter."""
    configure(runs, settings=EVERYTHING_POTENTIAL)
    runs.add_voters(*(voters or (a_voter(),)))
    assert runs.run(by_name(**changes)) == {"PotentialMatch": 1}
    return {row.state_voter_id: row for row in runs.cases()}


def refused(act, code):
    with pytest.raises((Conflict, NotFound, InvalidRequest)) as caught:
        act()
    assert caught.value.code is code


def written_by_hand(runs, uid, **values):
    """A later change of the voter's record, made elsewhere."""
    before = runs.voter(uid)
    after = before._replace(version=before.version + 1, **values)
    with runs.factory() as uow:
        uow.voters.save_changes([VoterChange(before, after, tuple(values))], NOW)
        uow.commit()


def with_precincts(runs, county_code, *codes):
    with runs.factory() as uow:
        uow.reference.save_precincts([Precinct(county_code=county_code, precinct_code=code, name=None) for code in codes])
        uow.commit()


@pytest.mark.requirement("COA-33", "EWS-11")
def test_accepting_moves_the_voter_and_closes_the_work_item(runs):
    case = potential(runs)[ONE]
    with_precincts(runs, "19", "1900114")
    decided = CountyAnswers(runs).decide(case.case_id, home_precinct="1900114", home_precinct_part=None)
    voter, (item,) = runs.voter(ONE), runs.items()
    assert (decided.state, decided.version, decided.before_version, decided.applied_version) == ("Accepted", 2, 1, 2)
    assert (voter.street_name, voter.home_precinct, voter.vnc_due) == ("NEW", "1900114", 1)
    assert (item.item_status, item.disposition) == ("Closed", "Accepted")
    assert runs.activities(ONE)[-1] == "DMV COA Match"
    assert "the clerk has looked" in runs.basis(ONE)


@pytest.mark.requirement("EWS-06", "COA-33")
def test_the_county_that_accepts_hears_no_echo_of_it(runs):
    case = potential(runs)[ONE]
    told = runs.messages()
    CountyAnswers(runs).decide(case.case_id)
    assert runs.messages() == told == [("19", "PotentialMatch", ONE)]


@pytest.mark.requirement("COA-33")
def test_accepting_one_candidate_rejects_the_others_and_tells_their_counties(runs):
    twin = a_voter(TWO, county_code="37", ems_voter_id="SD2", drivers_license=None)
    cases = potential(runs, a_voter(drivers_license=None), twin)
    CountyAnswers(runs).decide(cases[ONE].case_id)
    assert {row.state_voter_id: row.case_state for row in runs.cases()} == {ONE: "Accepted", TWO: "Rejected"}
    assert ("37", "MatchCaseDecided", TWO) in runs.messages()
    assert runs.activities(TWO)[-1] == "DMV Match Rejected"
    assert runs.voter(TWO).street_name == "OLD"


@pytest.mark.requirement("COA-33", "COA-21")
def test_rejecting_the_last_candidate_leaves_the_record_unresolved_and_tells_its_county(runs):
    case = potential(runs)[ONE]
    CountyAnswers(runs).decide(case.case_id, Decision.REJECT)
    (item,) = runs.items()
    assert (item.item_status, item.disposition) == ("Closed", "Unresolved")
    assert runs.voter(ONE).version == 1
    assert runs.activities(ONE)[-1] == "DMV Match Rejected"
    assert runs.messages()[-1] == ("19", "UnresolvedDmvCoa", None)
    assert len(runs.rows(potential_voter)) == 1


@pytest.mark.requirement("COA-33")
def test_rejecting_one_of_two_leaves_the_other_to_decide(runs):
    cases = potential(runs, a_voter(drivers_license=None), a_voter(TWO, ems_voter_id="LA2", drivers_license=None))
    CountyAnswers(runs).decide(cases[ONE].case_id, Decision.REJECT)
    (item,) = runs.items()
    assert item.item_status == "Open"
    CountyAnswers(runs).decide(cases[TWO].case_id)
    assert runs.voter(TWO).street_name == "NEW"


@pytest.mark.requirement("COA-33", "COA-11")
def test_a_redirected_case_is_the_other_countys_to_accept(runs):
    case = potential(runs)[ONE]
    CountyAnswers(runs).decide(case.case_id, Decision.REDIRECT, county_code="37")
    assert runs.messages()[-1] == ("37", "PotentialMatch", ONE)
    refused(lambda: CountyAnswers(runs).decide(case.case_id, version=2), ErrorCode.CASE_NOT_FOUND)
    CountyAnswers(runs, "37").decide(case.case_id, version=2)
    assert (runs.voter(ONE).county_code, runs.voter(ONE).street_name) == ("37", "NEW")
    assert runs.messages()[-1] == ("19", "TransferOut", ONE)


@pytest.mark.requirement("COA-33", "COA-35")
def test_a_voter_who_left_the_state_becomes_inactive_and_a_mailing_is_due(runs):
    case = potential(runs)[ONE]
    CountyAnswers(runs).decide(case.case_id, Decision.OUT_OF_STATE)
    voter, (item,) = runs.voter(ONE), runs.items()
    assert (voter.status, voter.status_reason, voter.street_name) == ("Inactive", "Moved Out Of State", "OLD")
    assert item.disposition == "OutOfState"
    assert [row.mailing_kind for row in runs.rows(mailing, state_voter_id=ONE)] == ["OutOfState"]


@pytest.mark.requirement("COA-33", "COA-35")
def test_an_unprecinctable_address_is_not_applied_and_its_comment_goes_into_a_letter(runs):
    case = potential(runs)[ONE]
    answers = CountyAnswers(runs)
    refused(lambda: answers.decide(case.case_id, Decision.UNPRECINCTABLE), ErrorCode.VALUE_WRONG)
    answers.decide(case.case_id, Decision.UNPRECINCTABLE, comment="No such number in this street.")
    (letter,) = runs.rows(mailing, state_voter_id=ONE)
    assert (letter.mailing_kind, letter.remark) == (
        "UnprecinctableFollowUp",
        "No such number in this street.",
    )
    assert runs.voter(ONE).street_name == "OLD"
    assert runs.items()[0].disposition == "Unprecinctable"


@pytest.mark.requirement("COA-33", "EWS-01", "EWS-13")
def test_what_cannot_be_decided_is_refused_with_its_own_code(runs):
    case = potential(runs)[ONE]
    answers = CountyAnswers(runs)
    refused(lambda: CountyAnswers(runs, "37").decide(case.case_id), ErrorCode.CASE_NOT_FOUND)
    refused(lambda: answers.decide(999_999), ErrorCode.CASE_NOT_FOUND)
    refused(lambda: answers.decide(case.case_id, version=7), ErrorCode.CASE_CHANGED)
    refused(lambda: answers.decide(case.case_id, Decision.REDIRECT), ErrorCode.VALUE_WRONG)
    refused(lambda: answers.decide(case.case_id, Decision.REDIRECT, county_code="99"), ErrorCode.COUNTY_NOT_FOUND)
    answers.decide(case.case_id)
    refused(lambda: answers.decide(case.case_id, version=2), ErrorCode.CASE_DECIDED)


@pytest.mark.requirement("COA-31", "COA-33")
def test_a_replaced_case_is_refused_as_such(runs):
    case = potential(runs)[ONE]
    newer = NEW_HOME._replace(street_name="NEWER", house_number="77")
    runs.run(by_name(transaction_id="T-NEWER", new_address=newer), name="b.xml")
    refused(lambda: CountyAnswers(runs).decide(case.case_id, version=2), ErrorCode.CASE_REPLACED)


@pytest.mark.requirement("COA-33", "DLR-20")
def test_of_two_clerks_who_decide_at_once_one_wins(runs):
    case = potential(runs)[ONE]
    barrier, outcomes = threading.Barrier(2), []

    def answer(decision):
        barrier.wait()
        try:
            outcomes.append(CountyAnswers(runs).decide(case.case_id, decision).state.value)
        except Conflict as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=answer, args=(decision,)) for decision in (Decision.ACCEPT, Decision.REJECT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    states = [outcome for outcome in outcomes if isinstance(outcome, str) and outcome in {"Accepted", "Rejected"}]
    assert len(outcomes) == 2
    assert len(states) == 1
    assert [row.case_state for row in runs.cases()] == states


@pytest.mark.requirement("COA-34", "EWS-11")
def test_an_undone_match_gives_the_old_record_back_and_does_not_return(runs):
    runs.add_voters(a_voter())
    runs.run(a_record())
    (case,) = runs.cases()
    undone = CountyAnswers(runs).undo(case.case_id)
    voter, (item,) = runs.voter(ONE), runs.items()
    assert (voter.street_name, voter.home_precinct, voter.version) == ("OLD", a_voter().home_precinct, 3)
    assert (undone.state, item.disposition) == ("Rejected", "Unresolved")
    assert runs.activities(ONE)[-1] == "DMV Match Undone"
    with runs.factory(read_only=True) as uow:
        assert uow.match_cases.rejected_pairs(item.work_item_id) == {ONE}
    refused(lambda: CountyAnswers(runs).report(item.work_item_id, ONE), ErrorCode.VALUE_WRONG)


@pytest.mark.requirement("COA-34")
def test_undoing_keeps_later_changes_of_other_fields_and_stops_before_those_of_the_same(runs):
    runs.add_voters(a_voter())
    runs.run(a_record())
    (case,) = runs.cases()
    written_by_hand(runs, ONE, phone="2135550199", home_precinct="1900200")
    CountyAnswers(runs).undo(case.case_id)
    assert (runs.voter(ONE).phone, runs.voter(ONE).street_name, runs.voter(ONE).home_precinct) == ("2135550199", "OLD", a_voter().home_precinct)


@pytest.mark.requirement("COA-34")
def test_a_change_of_the_same_field_stands_in_the_way_of_undoing(runs):
    runs.add_voters(a_voter())
    runs.run(a_record())
    (case,) = runs.cases()
    written_by_hand(runs, ONE, house_number="99")
    before = runs.everything()
    refused(lambda: CountyAnswers(runs).undo(case.case_id), ErrorCode.NOT_UNDOABLE)
    assert runs.everything() == before


@pytest.mark.requirement("COA-34", "EWS-11")
def test_a_reversed_move_brings_the_voter_home_and_tells_both_counties(runs):
    runs.add_voters(a_voter())
    runs.run(a_record(new_address=SAN_DIEGO))
    (transfer,) = runs.transfers()
    refused(lambda: CountyAnswers(runs, "37").reverse_transfer(transfer.transfer_id), ErrorCode.TRANSFER_NOT_FOUND)
    refused(lambda: CountyAnswers(runs).reverse_transfer(transfer.transfer_id, basis=" "), ErrorCode.VALUE_WRONG)
    assert CountyAnswers(runs).reverse_transfer(transfer.transfer_id).transfer.state == "Reversed"
    voter = runs.voter(ONE)
    assert (voter.county_code, voter.ems_voter_id, voter.street_name) == ("19", "LA1", "OLD")
    assert {("19", "TransferReversed", ONE), ("37", "TransferReversed", ONE)} <= set(runs.messages())
    assert [row.case_state for row in runs.cases()] == ["Rejected"]
    refused(lambda: CountyAnswers(runs).reverse_transfer(transfer.transfer_id), ErrorCode.CASE_DECIDED)


@pytest.mark.requirement("COA-12", "VRU-15", "EWS-11")
def test_the_losing_countys_word_ends_a_provisional_move(runs):
    configure(runs, mode="19")
    runs.add_voters(a_voter())
    runs.run(a_record(new_address=SAN_DIEGO))
    (transfer,) = runs.transfers()
    CountyAnswers(runs).accept_transfer(transfer.transfer_id)
    assert runs.voter(ONE).transfer_pending_until is None
    assert [row.case_state for row in runs.cases()] == ["Accepted"]
    assert runs.messages()[-1] == ("37", "MatchCaseDecided", ONE)
    refused(lambda: CountyAnswers(runs).accept_transfer(transfer.transfer_id), ErrorCode.CASE_DECIDED)


@pytest.mark.requirement("COA-12")
def test_a_provisional_move_is_accepted_or_rejected_by_its_case_too(runs):
    configure(runs, mode="19")
    runs.add_voters(a_voter())
    runs.run(a_record(new_address=SAN_DIEGO))
    (case,) = runs.cases()
    CountyAnswers(runs).decide(case.case_id, Decision.REJECT)
    assert (runs.voter(ONE).county_code, runs.voter(ONE).transfer_pending_until) == ("19", None)
    assert [row.transfer_state for row in runs.transfers()] == ["Reversed"]


@pytest.mark.requirement("COA-12", "COA-35")
def test_a_cancellation_that_waited_is_made_on_acceptance(runs):
    configure(runs, mode="19", cross_county=CrossCountyMode.CANCEL_AND_INVITE)
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"ProvisionalMatch": 1}
    assert runs.voter(ONE).status == "Active"
    (case,) = runs.cases()
    CountyAnswers(runs).decide(case.case_id)
    assert runs.voter(ONE).status == "Cancelled"
    assert [row.mailing_kind for row in runs.rows(mailing)] == ["ReRegistrationInvitation"]
    assert [row.case_state for row in runs.cases()] == ["Accepted"]


@pytest.mark.requirement("COA-21", "COA-35")
def test_a_confirmed_non_match_makes_a_notice_due(runs):
    runs.add_voters(a_voter())
    runs.run(a_stranger())
    (item,) = runs.items()
    refused(lambda: CountyAnswers(runs, "37").report(item.work_item_id), ErrorCode.WORK_ITEM_NOT_FOUND)
    assert CountyAnswers(runs).report(item.work_item_id).disposition == "NonMatch"
    assert [(row.mailing_kind, row.work_item_id) for row in runs.rows(mailing, mailing_kind="NonMatchNotice")] == [("NonMatchNotice", item.work_item_id)]
    refused(lambda: CountyAnswers(runs).report(item.work_item_id), ErrorCode.CASE_DECIDED)


@pytest.mark.requirement("COA-20", "COA-21")
def test_a_county_may_name_the_voter_instead(runs):
    runs.add_voters(a_voter())
    runs.run(a_stranger())
    (item,) = runs.items()
    refused(lambda: CountyAnswers(runs).report(item.work_item_id, 999_999_999), ErrorCode.VOTER_NOT_FOUND)
    reported = CountyAnswers(runs).report(item.work_item_id, ONE)
    (case,) = runs.cases()
    assert (reported.case_id, case.potential_reason, case.case_state) == (case.case_id, "NamedByCounty", "Open")
    assert runs.items()[0].item_status == "Open"
    CountyAnswers(runs).decide(case.case_id)
    assert runs.voter(ONE).street_name == "NEW"


@pytest.mark.requirement("COA-33", "COA-08", "EWS-13")
@pytest.mark.parametrize(("decision", "given"), [("Accept", {"home_precinct": "nowhere"}), ("Reject", {"home_precinct": "1900114"})])
def test_a_precinct_that_the_state_does_not_know_or_that_goes_with_no_acceptance_is_refused(runs, decision, given):
    case = potential(runs)[ONE]
    with_precincts(runs, "19", "1900114")
    refused(lambda: CountyAnswers(runs).decide(case.case_id, Decision(decision), **given), ErrorCode.VALUE_WRONG)
    assert (runs.voter(ONE).version, runs.cases()[0].case_state) == (1, "Open")


@pytest.mark.requirement("COA-33", "COA-08")
def test_a_county_does_not_name_the_precinct_of_a_voter_who_leaves_it(runs):
    case = potential(runs, new_address=SAN_DIEGO)[ONE]
    with_precincts(runs, "19", "1900114")
    refused(lambda: CountyAnswers(runs).decide(case.case_id, home_precinct="1900114"), ErrorCode.VALUE_WRONG)
    CountyAnswers(runs).decide(case.case_id)
    assert (runs.voter(ONE).county_code, runs.voter(ONE).home_precinct) == ("37", None)


@pytest.mark.requirement("COA-35", "COA-21")
def test_the_letter_about_an_address_that_nobody_can_place_is_noted_as_the_failure_of_her_change(runs):
    case = potential(runs)[ONE]
    CountyAnswers(runs).decide(case.case_id, Decision.UNPRECINCTABLE, comment="No such number in this street.")
    exported = export(runs, MailingKind.UNPRECINCTABLE_FOLLOW_UP)
    export_again(command(runs, MailingKind.UNPRECINCTABLE_FOLLOW_UP), exported.path.name, runs.factory, runs.clock)
    assert export(runs, MailingKind.UNPRECINCTABLE_FOLLOW_UP) is None
    assert runs.activities(ONE).count("DMV COA Failure Notice") == 1


@pytest.mark.requirement("COA-21")
def test_a_notice_to_a_person_who_is_no_voter_is_in_no_voters_history(runs):
    case = potential(runs)[ONE]
    CountyAnswers(runs).decide(case.case_id, Decision.REJECT)
    (item,) = runs.items()
    CountyAnswers(runs).report(item.work_item_id)
    noted = runs.activities(ONE)
    assert export(runs, MailingKind.NON_MATCH_NOTICE).line_count == 1
    assert runs.activities(ONE) == noted


@pytest.mark.requirement("OPS-02", "OPS-04")
def test_every_answer_is_in_the_audit_trail(runs):
    case = potential(runs)[ONE]
    CountyAnswers(runs).decide(case.case_id)
    actions = {(row.actor, row.action) for row in runs.rows(audit_entry)}
    assert ("county:ems-19", "DecideMatchCase") in actions


def test_the_voter_of_these_tests_lives_at_the_old_home():
    assert a_voter()[FIELD_INDEX["street_name"]] == "OLD"
    assert MatchSettings(function=COA).automatic == 99


@pytest.mark.requirement("EWS-14")
def test_the_county_that_loses_a_confidential_voter_is_not_told_where_she_moved(runs):
    hidden = a_voter(confidentiality=Confidentiality.SAFE_AT_HOME)
    case = potential(runs, hidden, new_address=SAN_DIEGO)[ONE]
    CountyAnswers(runs).decide(case.case_id, Decision.REDIRECT, county_code="37")
    CountyAnswers(runs, "37").decide(case.case_id, version=2)
    told = [row.payload for row in runs.rows(ems_message, county_code="19", message_type="TransferOut")]
    assert len(told) == 1
    assert "NewAddress" not in told[0]
    assert "92101" not in told[0]


@pytest.mark.requirement("COA-38", "EWS-11", "EWS-14")
def test_what_dmv_sent_is_for_the_county_that_decides(runs):
    case = potential(runs)[ONE]
    decides, other = CountyAnswers(runs).caller, CountyAnswers(runs, "37").caller
    _, record = get_match_case(case.case_id, decides, runs.factory, runs.clock)
    assert record is not None
    assert record.transaction_id == "T00000001"
    refused(lambda: get_match_case(case.case_id, other, runs.factory, runs.clock), ErrorCode.CASE_NOT_FOUND)
    CountyAnswers(runs).decide(case.case_id, Decision.REDIRECT, county_code="37")
    assert get_match_case(case.case_id, other, runs.factory, runs.clock)[1] is not None


@pytest.mark.requirement("COA-12", "COA-33")
@pytest.mark.parametrize("cross_county", list(CrossCountyMode))
def test_what_waits_after_a_redirected_acceptance_waits_for_the_losing_county(runs, cross_county):
    case = potential(runs)[ONE]
    configure(runs, mode="19", cross_county=cross_county)
    CountyAnswers(runs).decide(case.case_id, Decision.REDIRECT, county_code="37")
    assert CountyAnswers(runs, "37").decide(case.case_id, version=2).state == "Provisional"
    refused(lambda: CountyAnswers(runs, "37").decide(case.case_id, version=3), ErrorCode.CASE_NOT_FOUND)
    assert runs.voter(ONE).status == "Active"
    assert CountyAnswers(runs).decide(case.case_id, version=3).state == "Accepted"
    assert runs.voter(ONE).transfer_pending_until is None
