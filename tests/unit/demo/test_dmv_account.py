"""The account of DMV's file tells every record that did not end as it must, and every situation of the file is one."""

from datetime import date

import pytest
from fakes.dmv import a_voter

from votecal_soap.demo.dmv_account import RecordFound, count_answers, count_dmv_outcomes, count_records, place_of
from votecal_soap.demo.dmv_expected import EXPECTED
from votecal_soap.demo.dmv_making import Cast
from votecal_soap.demo.dmv_planting import plant
from votecal_soap.demo.dmv_situations import DmvFileNumber, DmvSituation
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.match_cases import CaseState
from votecal_soap.errors import InvalidRequest

DAYS = {file: date(2026, 3, 10 + file) for file in DmvFileNumber}
SPECIAL = (DmvSituation.CONFIDENTIAL, DmvSituation.NOT_REGISTERED, DmvSituation.MOVE_WAITS)


def voters(first, number):
    return [a_voter(first + place, ssn4="1234", middle_name="MARIA", house_number=str(first + place)) for place in range(number)]


def a_cast(ours=40):
    special = {situation: tuple(voters(100_000_900 + place, 1)) for place, situation in enumerate(SPECIAL)}
    pairs = {DmvSituation.REGISTERED_TWICE: tuple(voters(100_000_950, 2)), DmvSituation.EXACT_LICENCE: tuple(voters(100_000_960, 2))}
    return Cast(ours=voters(100_000_001, ours), theirs=voters(100_000_500, 70), special=special | pairs, days=DAYS)


@pytest.fixture
def planted():
    return plant(a_cast())


@pytest.fixture
def found(planted):
    """Where all records stand when nothing went wrong."""
    ends = {}
    for item in planted:
        expected = EXPECTED[item.situation]
        ends[place_of(item)] = RecordFound(disposition=expected.disposition, cases=expected.cases, home=expected.home)
    return ends


def differences(planted, found):
    return {count.situation: dict(count.otherwise) for count in count_records(planted, found) if count.found != count.planted or count.otherwise}


def test_what_ended_as_planted_makes_no_difference(planted, found):
    assert differences(planted, found) == {}


def test_a_case_that_ended_otherwise_is_told(planted, found):
    place = next(place_of(item) for item in planted if item.situation is DmvSituation.FATHER_OR_SON)
    found[place] = RecordFound(disposition=found[place].disposition, cases=(CaseState.ACCEPTED,), home=found[place].home)
    assert differences(planted, found) == {DmvSituation.FATHER_OR_SON: {"PotentialMatch Accepted home Old": 1}}


def test_a_voter_who_lives_elsewhere_at_the_county_is_told(planted, found):
    place = next(place_of(item) for item in planted if item.situation is DmvSituation.MOVED_OUT)
    found[place] = RecordFound(disposition=found[place].disposition, cases=found[place].cases, home=None)
    assert differences(planted, found) == {DmvSituation.MOVED_OUT: {"AutomaticMatch Accepted home None": 1}}


def test_the_state_must_count_what_was_planted_file_by_file(planted):
    counts = {count.outcome: count for count in count_dmv_outcomes(planted, {DmvFileNumber.FIRST: {"AutomaticMatch": 9, "Duplicate": 2, "Unreadable": 1}})}
    assert counts[DmvOutcome.UNREADABLE].planted == counts[DmvOutcome.UNREADABLE].at_state == {1: 1, 2: 0, 3: 0, 4: 0}
    assert counts[DmvOutcome.DUPLICATE].planted != counts[DmvOutcome.DUPLICATE].at_state
    assert counts[DmvOutcome.AUTOMATIC_MATCH].planted[DmvFileNumber.FIRST] != 9


def test_an_answer_that_nobody_planted_is_told(planted):
    counts = {
        count.answer: (count.planted, count.said) for count in count_answers(planted, {"ReportUnresolvedCoa NonMatch": 3, "DecideMatchCase refused VC-4009": 1})
    }
    assert counts["ReportUnresolvedCoa NonMatch"] == (4, 3)
    assert counts["DecideMatchCase refused VC-4009"] == (0, 1)
    assert counts["AcceptTransferOut Accepted"] == (3, 0)


def test_every_outcome_and_every_situation_is_planted(planted):
    assert {item.situation for item in planted} == set(DmvSituation) == set(EXPECTED)
    assert {EXPECTED[item.situation].outcome for item in planted} == set(DmvOutcome)
    for file in DmvFileNumber:
        sequences = [item.record.sequence for item in planted if item.file is file]
        assert sequences == list(range(1, len(sequences) + 1)) != []


@pytest.mark.requirement("COA-02")
def test_only_the_repetitions_bear_the_transaction_of_another(planted):
    ids = [item.record.transaction_id for item in planted]
    assert len(ids) - len(set(ids)) == 2


def test_a_newer_record_is_about_the_voter_of_the_one_that_waited(planted):
    of = {item.situation: item for item in planted}
    assert of[DmvSituation.MOVED_ON].voters == of[DmvSituation.WAITED].voters
    assert of[DmvSituation.OVERTAKING].voters == of[DmvSituation.OVERTAKEN].voters
    assert of[DmvSituation.MOVED_ON].record.transaction_date > of[DmvSituation.WAITED].record.transaction_date


def test_a_population_that_is_too_small_is_refused():
    with pytest.raises(InvalidRequest, match="at least 1,000"):
        plant(a_cast(ours=3))
