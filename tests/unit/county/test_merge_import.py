"""What the state tells of pairs and merges goes into the county's own records (DLR-15, DLR-19, DUP-02)."""

import pytest
from fakes.dmv import a_voter

from votecal_soap.county.answer_book import waiting_cases, waiting_pairs
from votecal_soap.county.message_import import ImportOutcome, import_messages
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import CaseState, CaseType
from votecal_soap.domain.match_notices import DuplicateDetail

from .match_messages import NOW, UID, of_match, the_voter

NOTHING_OF_DMV = dict.fromkeys(("work_item_id", "dmv_transaction_id", "dmv_transaction_date", "new_address", "new_county"))
OTHER = a_voter(UID + 1, county_code="37", ems_voter_id="SD1")


def of_pair(message_type, *, message_id=1, newer_id=None, **changes):
    """With MatchNotice of a pair of this county's voter and one of San Diego."""
    older_id = None if newer_id is None else 2 * UID + 1 - newer_id
    detail = DuplicateDetail(OTHER, 1, DuplicateCause.LIKENESS, False, None, None, newer_id, older_id)
    return of_match(message_type, message_id=message_id, **{**NOTHING_OF_DMV, "case_type": CaseType.DUPLICATE_VOTER, "duplicate": detail, **changes})


def take(ems, *messages):
    return {item.outcome for item in import_messages(ems, messages, NOW)}


@pytest.mark.requirement("DUP-02")
def test_a_potential_pair_is_kept_apart_from_dmvs_cases(ems):
    assert take(ems, of_pair("PotentialDuplicate")) == {ImportOutcome.PROCESSED}
    assert ems.connection.execute("SELECT case_type, case_state, state_uid FROM state_cases").fetchall() == [("DuplicateVoter", "Open", UID)]
    assert waiting_cases(ems) == []
    assert [pair.case_id for pair in waiting_pairs(ems)] == [5]


@pytest.mark.requirement("DLR-15", "DLR-19")
def test_a_merged_record_is_cancelled_and_is_in_force_again_when_the_merge_is_undone(ems, voter_row):
    merged = the_voter(version=2, status="Cancelled", status_reason="Merged to Newer Duplicate")
    take(ems, of_pair("MergedIntoNewer", voter=merged, newer_id=UID + 1, case_state=CaseState.ACCEPTED, case_version=2))
    assert voter_row(1, "reg_stat, reg_stat_rsn, base_version") == ("C", "Merged to Newer Duplicate", 2)
    back = the_voter(version=3)
    take(ems, of_pair("MergeUndone", message_id=2, voter=back, case_state=CaseState.REJECTED, case_version=3))
    assert voter_row(1, "reg_stat, reg_stat_rsn, base_version") == ("A", None, 3)


@pytest.mark.requirement("DLR-15", "DLR-18")
@pytest.mark.parametrize("message_type", ["MergeReceived", "DuplicateCaseDecided"])
def test_the_countys_own_record_is_taken_as_it_is_now(ems, voter_row, message_type):
    take(ems, of_pair(message_type, voter=the_voter(version=5, drivers_license="Z7654321"), newer_id=UID, case_state=CaseState.ACCEPTED))
    assert voter_row(1, "dl_num, base_version, reg_stat") == ("Z7654321", 5, "A")
