"""Pairs of records wait, are answered once, and what a merge added is pulled once into the EMS (DUP-03, DLR-15)."""

import pytest
from fakes.dmv import a_voter

from votecal_soap.contract.received_registrations import ReceivedMergedItem
from votecal_soap.county.answer_book import waiting_pairs
from votecal_soap.county.case_answers import CaseAnswers
from votecal_soap.county.merged_data import pull_merged_data
from votecal_soap.county.message_import import import_messages
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import CaseState, CaseType
from votecal_soap.domain.match_notices import DuplicateDetail
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.errors import ErrorCode, NotAllowed

from .match_messages import NOW, SAME, UID, of_match

NOTHING_OF_DMV = dict.fromkeys(("work_item_id", "dmv_transaction_id", "dmv_transaction_date", "new_address", "new_county", "cap"))
OTHER = a_voter(UID + 1, county_code="37", ems_voter_id="SD1")
ONE_PERSON = (*SAME, Criterion(MatchField.DRIVERS_LICENSE, "same", 19.0, "Same DL/ID number"))


@pytest.fixture
def hear(ems, state):
    """A message about a pair of LA-1 and a voter of San Diego is imported, and the state has the case so."""

    def heard(message_type, *, asked=None, newer_id=None, message_id=1, **changes):
        older_id = None if newer_id is None else 2 * UID + 1 - newer_id
        detail = DuplicateDetail(OTHER, 1, DuplicateCause.LIKENESS, False, asked, None, newer_id, older_id)
        usual = {**NOTHING_OF_DMV, "case_type": CaseType.DUPLICATE_VOTER, "duplicate": detail, "criteria": ONE_PERSON}
        message = of_match(message_type, message_id=message_id, **{**usual, **changes})
        state.cases[message.detail.case_id] = message.detail
        import_messages(ems, [message], NOW)

    return heard


@pytest.mark.requirement("DUP-03", "EWS-07")
def test_a_pair_that_passes_is_accepted_once(office, state, hear):
    hear("PotentialDuplicate")
    answers = CaseAnswers(office, state)
    assert dict(answers.answer()) == {"DecideMatchCase Accept Accepted": 1}
    assert not answers.answer()


@pytest.mark.requirement("DUP-03", "DUP-04")
@pytest.mark.parametrize(("asked", "waits"), [("19", True), ("37", False), (None, False)])
def test_a_pair_that_one_county_rejected_waits_only_for_the_county_asked(ems, hear, asked, waits):
    hear("PotentialDuplicate", case_state=CaseState.REJECTED_BY_USER, asked=asked)
    assert bool(waiting_pairs(ems)) is waits


ITEMS = [ReceivedMergedItem(f"Contact:{number}", 5, UID + 1, "Contact", {"Remark": "asked"}) for number in range(5)]


@pytest.mark.requirement("DLR-15")
def test_what_a_merge_added_is_pulled_page_by_page_once_and_dropped_when_it_is_undone(ems, office, state, hear):
    state.merged[5] = ITEMS
    hear("MergeReceived", newer_id=UID, case_state=CaseState.ACCEPTED, case_version=2)
    assert (pull_merged_data(office, state), pull_merged_data(office, state)) == (5, 0)
    assert ems.connection.execute("SELECT count(*), min(state_uid), min(case_id) FROM merged_data").fetchone() == (5, UID, 5)
    hear("MergeUndone", newer_id=UID, case_state=CaseState.REJECTED, case_version=3, message_id=2)
    assert ems.connection.execute("SELECT count(*) FROM merged_data").fetchone() == (0,)
    assert pull_merged_data(office, state) == 0


@pytest.mark.requirement("DLR-15")
def test_a_merge_that_is_completed_is_pulled_again_and_keeps_each_item_once(ems, office, state, hear):
    state.merged[5] = ITEMS[:3]
    hear("MergeReceived", newer_id=UID, case_state=CaseState.PROVISIONAL, case_version=2)
    assert pull_merged_data(office, state) == 3
    state.merged[5] = ITEMS
    hear("MergeReceived", newer_id=UID, case_state=CaseState.ACCEPTED, case_version=3, message_id=2)
    assert pull_merged_data(office, state) == 5
    assert ems.connection.execute("SELECT count(*) FROM merged_data").fetchone() == (5,)


@pytest.mark.requirement("DLR-15")
def test_a_county_that_may_not_pull_asks_once(ems, office, state, hear):
    state.failures = [("pull_merged_data", NotAllowed(ErrorCode.PULL_NOT_SET, "not set"))]
    hear("MergeReceived", newer_id=UID, case_state=CaseState.ACCEPTED, case_version=2)
    assert pull_merged_data(office, state) == 0
    assert ems.connection.execute("SELECT pulled FROM state_cases").fetchone() == ("refused VC-3005",)
    assert pull_merged_data(office, state) == 0
    assert state.calls.count("pull_merged_data") == 1


def test_nothing_is_pulled_of_a_merge_into_another_countys_record(ems, office, state, hear):
    ems.connection.execute("DELETE FROM voter_precinct_assignment")
    ems.connection.execute("DELETE FROM voters WHERE state_uid = ?", (UID + 1,))
    hear("MergedIntoNewer", newer_id=UID + 1, case_state=CaseState.ACCEPTED, case_version=2)
    assert pull_merged_data(office, state) == 0
    assert "pull_merged_data" not in state.calls
