"""From a detected pair to the rows that each county's decision, a merge and its undo leave behind (DUP-01 to DUP-06, DLR-08 to DLR-20)."""

import threading
from datetime import date, timedelta

import pytest
from fakes.dmv import a_voter

from db.tables import audit_entry, merge_record, voter_activity
from votecal_soap.domain.match_cases import CaseState, Decision, MailingKind
from votecal_soap.domain.merging import MERGED_REASON
from votecal_soap.domain.sos_work_items import SosItemType
from votecal_soap.domain.voter_children import CustomField, NewChild, Participation
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound, VoteCalError
from votecal_soap.use_cases.announce_overdue_cases import announce_overdue_cases
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome
from votecal_soap.use_cases.reject_duplicate import REJECTED

from .pairs import DUE, LICENSE, NEW, NOW, OLD, ONE_LICENSE, THIRD, TODAY, old_and_new, pair, shown, some_children


@pytest.mark.requirement("DUP-01", "DUP-02")
def test_a_pair_becomes_one_case_and_both_counties_hear_of_it(roll):
    roll.add(*old_and_new())
    assert roll.detect(pair()) == {PairOutcome.OPENED: 1}
    assert roll.detect(pair(), pair()) == {PairOutcome.KNOWN: 2}
    case = roll.case()
    assert (case.state, case.county_code, case.other_county, case.round_number, case.due_on) == (CaseState.OPEN, "19", "37", 1, DUE)
    assert roll.messages() == [("19", "PotentialDuplicate", OLD), ("37", "PotentialDuplicate", NEW)]
    _, notice = roll.last_message("37")
    assert notice.findtext("Confidence") == "80"
    assert [text.text for text in notice.iterfind("Criteria/Criterion/Text")] == ["Same date of birth", "Same address"]
    assert (notice.findtext("Voter/StateVoterId"), notice.findtext("Duplicate/OtherVoter/StateVoterId")) == (str(NEW), str(OLD))
    assert (notice.findtext("Duplicate/OtherVoter/FirstName"), notice.findtext("Duplicate/OtherVoter/DriversLicense")) == ("ANA", None)


@pytest.mark.requirement("DUP-01")
def test_a_pair_below_the_manual_threshold_is_ignored_unless_the_verified_number_is_one(roll):
    roll.add(*old_and_new(license_number=LICENSE))
    assert roll.detect(pair(confidence=49)) == {PairOutcome.IGNORED: 1}
    assert roll.detect(pair(confidence=10, **ONE_LICENSE)) == {PairOutcome.OPENED: 1}
    assert roll.case().cause == "VerifiedLicense"


@pytest.mark.requirement("DUP-03", "DLR-08", "DLR-12", "DLR-15")
@pytest.mark.parametrize("decider", ["19", "37"])
def test_one_acceptance_merges(roll, decider):
    roll.add(*old_and_new())
    roll.add_children(*some_children())
    roll.detect(pair())
    assert roll.decide(decider).state is CaseState.ACCEPTED
    older, newer = roll.voter(OLD), roll.voter(NEW)
    assert (older.status, older.status_reason, older.merged_into, older.version) == ("Cancelled", MERGED_REASON, NEW, 2)
    assert (newer.status, newer.first_time_federal, newer.version) == ("Active", 0, 2)
    assert roll.activities(NEW) == ["Record Merged by Duplicate Match"]
    assert roll.messages("19")[-1] == ("19", "MergedIntoNewer", OLD)
    assert roll.messages("37")[-1] == ("37", "MergeReceived", NEW)
    _, notice = roll.last_message("19")
    assert (notice.findtext("Voter/Status"), notice.findtext("Voter/StatusReason")) == ("Cancelled", MERGED_REASON)
    assert (notice.findtext("Duplicate/NewerStateVoterId"), notice.findtext("Duplicate/OlderStateVoterId")) == (str(NEW), str(OLD))
    assert notice.findtext("Confidence") == "80"


@pytest.mark.requirement("DLR-09", "DLR-11", "DLR-12")
def test_the_older_children_are_copied_with_their_flags_and_the_originals_marked_deleted(roll):
    roll.add(*old_and_new())
    roll.add_children(*some_children())
    roll.detect(pair())
    roll.decide("37")
    assert [child for child in roll.children(OLD) if child.child_id is not None and child.content.__class__ in (CustomField, Participation)] == []
    copies = [child for child in roll.children(NEW) if child.merge_case_id == 1]
    assert {type(child.content).__name__ for child in copies} == {"Participation", "CustomField", "PastAddress"}
    assert all(child.copied_from for child in copies)


@pytest.mark.requirement("DLR-19")
@pytest.mark.parametrize("who", ["19", "37", None])
def test_an_undone_merge_leaves_both_records_as_before_plus_what_was_added_since(roll, who):
    older, newer = old_and_new()
    roll.add(older, newer)
    roll.add_children(*some_children())
    before = {uid: contents(roll, uid) for uid in (OLD, NEW)}
    roll.detect(pair())
    roll.decide("37")
    roll.add_children(NewChild(NEW, CustomField("37", "added since", "1")))
    roll.change(NEW, phone="5550100")
    assert roll.undo(who).state is CaseState.REJECTED
    assert shown(roll.voter(OLD)) == shown(older)
    assert shown(roll.voter(NEW)) == shown(newer._replace(phone="5550100"))
    assert contents(roll, OLD) == before[OLD]
    assert contents(roll, NEW) == sorted([*before[NEW], repr(CustomField("37", "added since", "1"))])
    for uid, county in ((OLD, "19"), (NEW, "37")):
        assert roll.activities(uid)[-1] == "Duplicate Merge Undone"
        assert roll.messages(county)[-1] == (county, "MergeUndone", uid)
    assert roll.detect(pair()) == {PairOutcome.KNOWN: 1}


def contents(roll, uid):
    """A voter's children in force, but for the activity that decisions note."""
    return sorted(repr(child.content) for child in roll.children(uid) if type(child.content).__name__ != "Activity")


@pytest.mark.requirement("DLR-19")
def test_an_undo_below_a_later_merge_is_refused_and_names_it(roll):
    roll.add(*old_and_new(), a_voter(THIRD, registration_date=date(2022, 1, 1), county_code="01", ems_voter_id="A3"))
    roll.add_children(*some_children())
    roll.detect(pair())
    roll.decide("37")
    roll.detect(pair(NEW, THIRD))
    roll.decide("01", case_id=2)
    assert len([child for child in roll.children(THIRD) if isinstance(child.content, Participation)]) == 1
    with pytest.raises(Conflict, match="match case 2") as refused:
        roll.undo(case_id=1)
    assert refused.value.code is ErrorCode.NOT_UNDOABLE
    roll.undo(case_id=2)
    roll.undo(case_id=1)
    assert [roll.voter(uid).merged_into for uid in (OLD, NEW, THIRD)] == [None] * 3
    with pytest.raises(Conflict):
        roll.undo(case_id=1)


@pytest.mark.requirement("DUP-03")
def test_one_rejection_ends_a_pair_with_different_numbers_and_it_comes_back_only_when_a_deciding_field_changes(roll):
    roll.add(*old_and_new())
    roll.detect(pair())
    assert roll.decide("19", Decision.REJECT).state is CaseState.REJECTED
    assert roll.messages()[-1] == ("37", "DuplicateCaseDecided", NEW)
    roll.change(OLD, phone="5550100")
    assert roll.detect(pair()) == {PairOutcome.KNOWN: 1}
    roll.change(OLD, last_name="GARCIA-LOPEZ")
    assert roll.detect(pair()) == {PairOutcome.REOPENED: 1}
    assert (roll.case(2).round_number, roll.case(2).state) == (2, CaseState.OPEN)


@pytest.mark.requirement("DUP-03", "DUP-06", "DLR-04")
def test_two_rejections_on_one_number_go_to_sos(roll):
    roll.add(*old_and_new(license_number=LICENSE))
    roll.detect(pair(**ONE_LICENSE))
    first = roll.decide("19", Decision.REJECT)
    assert (first.state, first.asked_county, first.first_rejected_by, first.due_on) == (CaseState.REJECTED_BY_USER, "37", "19", DUE)
    assert roll.messages()[-1] == ("37", "PotentialDuplicate", NEW)
    assert roll.open_items() == [SosItemType.VERIFIED_LICENSE_REJECTED]
    with pytest.raises(Conflict, match="other county"):
        roll.decide("19", Decision.ACCEPT)
    second = roll.decide("37", Decision.REJECT)
    assert (second.state, second.asked_county, second.due_on) == (CaseState.REJECTED_BY_USER, None, None)
    assert roll.open_items() == [SosItemType.VERIFIED_LICENSE_REJECTED, SosItemType.REVIEW_REJECTED_DUPLICATE]
    with pytest.raises(Conflict, match="SOS"):
        roll.decide("37", Decision.ACCEPT)
    for uid in (OLD, NEW):
        said = [row.basis for row in roll.rows(voter_activity) if row.state_voter_id == uid and row.activity_type == REJECTED]
        assert [basis.partition("rejected by ")[2][:9] for basis in said] == ["county 19", "county 37"]


@pytest.mark.requirement("DUP-03")
def test_the_other_countys_acceptance_merges_after_a_first_rejection(roll):
    roll.add(*old_and_new(license_number=LICENSE))
    roll.detect(pair(**ONE_LICENSE))
    roll.decide("19", Decision.REJECT)
    assert roll.decide("37").state is CaseState.ACCEPTED
    assert roll.voter(OLD).merged_into == NEW


@pytest.mark.requirement("VRU-15")
def test_a_record_whose_move_is_not_decided_cannot_be_merged(roll):
    roll.add(*old_and_new(transfer_pending_until=NOW + timedelta(days=1)))
    roll.detect(pair())
    with pytest.raises(Conflict) as refused:
        roll.decide("19")
    assert refused.value.code is ErrorCode.MERGE_BLOCKED


@pytest.mark.requirement("DLR-12")
def test_other_pairs_of_the_older_record_are_replaced_by_its_merge(roll):
    roll.add(*old_and_new(), a_voter(THIRD, registration_date=date(2022, 1, 1), county_code="01", ems_voter_id="A3"))
    roll.detect(pair(), pair(OLD, THIRD))
    roll.decide("37", case_id=1)
    assert roll.case(2).state is CaseState.REPLACED
    assert ("01", "MatchCaseReplaced", THIRD) in roll.messages()
    with pytest.raises(Conflict) as refused:
        roll.decide("01", case_id=2)
    assert refused.value.code is ErrorCode.CASE_REPLACED
    assert roll.detect(pair(OLD, THIRD)) == {PairOutcome.IGNORED: 1}


@pytest.mark.requirement("EWS-01", "EWS-11")
def test_a_county_of_neither_record_learns_nothing_of_the_case(roll):
    roll.add(*old_and_new())
    roll.detect(pair())
    for act in (lambda: roll.decide("01"), lambda: roll.undo("01")):
        with pytest.raises(NotFound) as refused:
            act()
        assert refused.value.code is ErrorCode.CASE_NOT_FOUND
    for more in ({"decision": Decision.REDIRECT, "county_code": "01"}, {"decision": Decision.OUT_OF_STATE}, {"home_precinct": "1"}):
        with pytest.raises(InvalidRequest):
            roll.decide("19", **more)


@pytest.mark.requirement("DUP-02")
def test_a_county_to_which_a_record_moved_is_asked_when_the_pair_is_found_again(roll):
    roll.add(*old_and_new())
    roll.detect(pair())
    roll.change(OLD, county_code="01", ems_voter_id=None)
    assert roll.detect(pair()) == {PairOutcome.KNOWN: 1}
    assert ("01", "PotentialDuplicate", OLD) in roll.messages()
    assert roll.decide("01").state is CaseState.ACCEPTED


@pytest.mark.requirement("DLR-20")
@pytest.mark.parametrize("words", [(Decision.ACCEPT, Decision.ACCEPT), (Decision.ACCEPT, Decision.REJECT), (Decision.REJECT, Decision.REJECT)])
def test_of_two_who_decide_at_once_one_wins_and_the_other_gets_a_clear_conflict(roll, words):
    roll.add(*old_and_new())
    roll.add_children(*some_children())
    roll.detect(pair())
    start, results = threading.Barrier(2), []

    def act(county, word):
        start.wait()
        try:
            results.append(roll.decide(county, word, version=1).state)
        except VoteCalError as error:
            results.append(error.code)

    threads = [threading.Thread(target=act, args=given) for given in zip(("19", "37"), words, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [result for result in results if isinstance(result, ErrorCode)]
    assert len(refused) == 1 and refused[0] in {ErrorCode.CASE_DECIDED, ErrorCode.CASE_CHANGED}
    merged = roll.case().state is CaseState.ACCEPTED
    assert (roll.voter(OLD).merged_into == NEW) == merged
    assert len(roll.rows(merge_record)) == int(merged)
    assert len([child for child in roll.children(NEW) if isinstance(child.content, Participation)]) == int(merged)


@pytest.mark.requirement("OPS-02")
def test_decisions_merges_and_undos_leave_a_trace(roll):
    roll.add(*old_and_new())
    roll.add_children(*some_children())
    roll.detect(pair())
    roll.decide("37")
    roll.undo()
    actions = [(row.action, row.actor) for row in roll.rows(audit_entry)]
    assert ("DecideMatchCase", "county:ems-37") in actions
    assert actions.count(("MergeVoters", "county:ems-37")) == 2
    assert actions.count(("UndoMerge", "sam")) == 2
    assert ("UndoMatchCase", "sam") in actions


@pytest.mark.requirement("DLR-19", "COA-35")
def test_letters_to_the_older_record_are_withdrawn_by_the_merge_and_due_again_after_its_undo(roll):
    roll.add(*old_and_new())
    with roll.factory() as uow:
        uow.mailings.add([(MailingKind.OUT_OF_STATE, "19", OLD, None, None), (MailingKind.OUT_OF_STATE, "37", NEW, None, None)], NOW)
        uow.commit()
    roll.detect(pair())
    roll.decide("37")
    assert letters_due(roll) == [NEW]
    roll.undo()
    assert letters_due(roll) == [OLD, NEW]


def letters_due(roll):
    with roll.factory(read_only=True) as uow:
        return [row.state_voter_id for row in uow.mailings.due(MailingKind.OUT_OF_STATE, None, 0, 10)]


@pytest.mark.requirement("DUP-05", "COA-37")
def test_both_counties_hear_once_that_a_pair_is_overdue_and_after_a_rejection_the_one_that_is_asked(roll):
    roll.add(*old_and_new(license_number=LICENSE))
    roll.detect(pair(**ONE_LICENSE))
    assert overdue_announced(roll, days=7) == []
    assert overdue_announced(roll, days=1) == [("19", "MatchCaseOverdue", OLD), ("37", "MatchCaseOverdue", NEW)]
    assert overdue_announced(roll, days=1) == []
    roll.decide("19", Decision.REJECT)
    assert overdue_announced(roll, days=8) == [("37", "MatchCaseOverdue", NEW)]
    with roll.factory(read_only=True) as uow:
        assert uow.match_cases.overdue_counts(TODAY + timedelta(days=30)) == {"37": 1}


def overdue_announced(roll, days):
    """What the job announces when so many more days have passed."""
    roll.clock.instant += timedelta(days=days)
    before = len(roll.messages())
    announce_overdue_cases(77, roll.factory, roll.clock)
    return sorted(roll.messages()[before:])
