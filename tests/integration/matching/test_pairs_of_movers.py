"""A voter moves while a pair of hers waits: the county where she lives now is asked, the one that she left is not (DUP-02, DUP-03)."""

from datetime import date

import pytest
from fakes.dmv import a_voter
from integration.duplicates.pairs import LICENSE, ONE_LICENSE, Roll, pair

from db.tables import match_case
from votecal_soap.domain.match_cases import CaseState, Decision
from votecal_soap.domain.sos_work_items import SosItemType
from votecal_soap.errors import Conflict, ErrorCode, NotFound

from .answers import CountyAnswers
from .test_dmv_coa_situations import ONE, TWO
from .test_moves_and_undo import to_san_diego

MOVE = {"drivers_license": LICENSE}


@pytest.fixture
def roll(runs):
    return Roll(runs.factory, runs.engine, runs.clock)


def two_records(runs, other_county="01", **other):
    """One voter of Los Angeles, who is about to move to San Diego, and another record of another name."""
    runs.add_voters(
        a_voter(drivers_license=LICENSE),
        a_voter(
            TWO,
            **{"county_code": other_county, "ems_voter_id": "X2", "drivers_license": LICENSE, "first_name": "BEATRIX", "last_name": "QUIMBY"},
            **{"date_of_birth": date(1999, 9, 9), "registration_date": date(2024, 5, 1), **other},
        ),
    )


def move(runs):
    assert runs.run(to_san_diego(**MOVE)) == {"AutomaticMatch": 1}


def the_pair(roll):
    (case,) = [row for row in roll.rows(match_case) if row.other_voter_id == TWO]
    return case


@pytest.mark.requirement("DUP-02", "DUP-03")
def test_an_open_pair_goes_on_with_the_county_that_has_the_voter_now(runs, roll):
    two_records(runs)
    roll.detect(pair(ONE, TWO))
    move(runs)
    case = the_pair(roll)
    assert (case.case_state, case.county_code, case.other_county, case.case_version) == (CaseState.OPEN, "37", "01", 2)
    assert roll.messages("37") == [("37", "TransferIn", ONE), ("37", "PotentialDuplicate", ONE)]
    assert roll.messages("19")[1:] == [("19", "TransferOut", ONE), ("19", "MatchCaseReplaced", ONE)]
    assert [message for message in roll.messages("01") if message[1] == "MatchCaseReplaced"] == []
    with pytest.raises(NotFound, match=ErrorCode.CASE_NOT_FOUND):
        roll.decide("19", case_id=case.case_id)
    roll.decide("37", case_id=case.case_id)
    assert roll.voter(ONE).merged_into == TWO


@pytest.mark.requirement("DUP-03", "COA-34")
def test_a_move_that_is_taken_back_brings_the_pair_back(runs, roll):
    two_records(runs)
    roll.detect(pair(ONE, TWO))
    move(runs)
    CountyAnswers(runs, "19").reverse_transfer(runs.transfers()[0].transfer_id)
    assert (the_pair(roll).county_code, roll.messages("19")[-1]) == ("19", ("19", "PotentialDuplicate", ONE))
    roll.decide("19", Decision.REJECT, case_id=the_pair(roll).case_id)


@pytest.mark.requirement("DUP-03")
def test_the_county_that_is_asked_after_a_rejection_is_the_new_one(runs, roll):
    two_records(runs)
    roll.detect(pair(ONE, TWO, **ONE_LICENSE))
    roll.decide("01", Decision.REJECT, case_id=the_pair(roll).case_id)
    assert the_pair(roll).asked_county == "19"
    move(runs)
    assert (the_pair(roll).case_state, the_pair(roll).asked_county) == (CaseState.REJECTED_BY_USER, "37")
    assert roll.messages("37")[-1] == ("37", "PotentialDuplicate", ONE)
    roll.decide("37", Decision.REJECT, case_id=the_pair(roll).case_id)
    assert SosItemType.REVIEW_REJECTED_DUPLICATE in roll.open_items(the_pair(roll).case_id)


@pytest.mark.requirement("DUP-03", "DLR-05")
def test_sos_reviews_when_the_county_that_rejected_has_both_records_now(runs, roll):
    two_records(runs, other_county="37")
    roll.detect(pair(ONE, TWO, **ONE_LICENSE))
    roll.decide("37", Decision.REJECT, case_id=the_pair(roll).case_id)
    move(runs)
    case = the_pair(roll)
    assert (case.asked_county, case.other_county, case.due_on) == (None, None, None)
    assert SosItemType.REVIEW_REJECTED_DUPLICATE in roll.open_items(case.case_id)
    assert ("19", "MatchCaseReplaced", ONE) in roll.messages("19")
    with pytest.raises(Conflict, match=ErrorCode.CASE_DECIDED):
        roll.decide("37", Decision.REJECT, case_id=case.case_id)


@pytest.mark.requirement("DUP-07")
def test_a_cancellation_that_waits_is_the_new_countys_to_accept(runs, roll):
    two_records(runs)
    roll.detect(pair(ONE, TWO, confidence=100))
    assert the_pair(roll).case_state == CaseState.PROVISIONAL
    move(runs)
    assert roll.messages("37")[-1] == ("37", "MergeProvisional", ONE)
    roll.decide("37", case_id=the_pair(roll).case_id)
    assert (roll.voter(ONE).merged_into, the_pair(roll).case_state) == (TWO, CaseState.ACCEPTED)


@pytest.mark.requirement("DUP-03")
def test_a_county_that_is_asked_already_hears_nothing_more(runs, roll):
    two_records(runs, other_county="37")
    roll.detect(pair(ONE, TWO))
    before = len(roll.messages("37"))
    move(runs)
    assert roll.messages("37")[before:] == [("37", "TransferIn", ONE)]
    assert (the_pair(roll).county_code, the_pair(roll).other_county) == ("37", None)
    roll.decide("37", case_id=the_pair(roll).case_id)
