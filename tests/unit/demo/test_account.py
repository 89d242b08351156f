"""The account tells every difference between what was planted and what was found."""

import pytest

from votecal_soap.county.work_list import RecordResult
from votecal_soap.demo.account import count_outcomes, count_situations
from votecal_soap.demo.situations import EXPECTED, Situation
from votecal_soap.domain.batches import FailureReason, Outcome

SITUATIONS = {"1": Situation.REDRAWN, "2": Situation.PHONE_TOO_SHORT, "3": Situation.LAST_NAME_LOST, "4": Situation.REDRAWN}
APPLIED = RecordResult("1", "Applied", None, ())
WARNED = RecordResult("2", "Applied", None, ("PhoneFormat",))
FAILED = RecordResult("3", "Failed", "FailedValidation", ("LastNameMissing",))
ALSO_APPLIED = APPLIED._replace(voter_num="4")


def differences(*results):
    counts = count_situations(SITUATIONS, results)
    return {count.situation: dict(count.otherwise) for count in counts if count.found != count.planted or count.otherwise}


def test_what_came_out_as_planted_makes_no_difference():
    assert differences(APPLIED, WARNED, FAILED, ALSO_APPLIED) == {}


def test_two_mistakes_that_cancel_out_in_the_totals_are_told():
    swapped = (APPLIED, WARNED, ALSO_APPLIED._replace(voter_num="3"), FAILED._replace(voter_num="4"))
    assert differences(*swapped) == {Situation.REDRAWN: {"Failed FailedValidation LastNameMissing": 1}, Situation.LAST_NAME_LOST: {"Applied": 1}}


def test_a_warning_that_is_missing_or_unplanned_is_told():
    found = differences(APPLIED, WARNED._replace(codes=()), FAILED, ALSO_APPLIED._replace(codes=("PhoneFormat",)))
    assert found == {Situation.PHONE_TOO_SHORT: {"Applied": 1}, Situation.REDRAWN: {"Applied PhoneFormat": 1}}


def test_a_voter_without_a_result_and_one_with_two_are_told():
    assert differences(APPLIED, WARNED, FAILED) == {Situation.REDRAWN: {"no result": 1}}
    assert differences(APPLIED, APPLIED, WARNED, FAILED, ALSO_APPLIED) == {Situation.REDRAWN: {"Applied": 1}}


def test_the_state_and_the_county_must_count_alike():
    at_state = {(Outcome.APPLIED, None): 3, (Outcome.FAILED, FailureReason.FAILED_VALIDATION): 2}
    counts = {count.reason: count for count in count_outcomes(SITUATIONS, at_state, [APPLIED, WARNED, FAILED, ALSO_APPLIED]) if count.planted}
    assert counts[None].is_exact
    assert not counts[FailureReason.FAILED_VALIDATION].is_exact


@pytest.mark.requirement("VRU-17")
def test_every_outcome_and_every_reason_is_planted():
    planted = {(expected.outcome, expected.reason) for expected in EXPECTED.values()}
    assert planted == {(Outcome.APPLIED, None), (Outcome.UNCHANGED, None), *((Outcome.FAILED, reason) for reason in FailureReason)}
