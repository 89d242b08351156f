"""The account of DMV's file tells every record that did not end as it must, and every situation of the file is one."""

from datetime import date

import pytest
from fakes.dmv import a_voter

from votecal_soap.demo.dmv_account import RecordFound, count_dmv_outcomes, count_records
from votecal_soap.demo.dmv_planting import Cast, plant
from votecal_soap.demo.dmv_situations import EXPECTED, DmvSituation
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.match_cases import CaseState
from votecal_soap.errors import InvalidRequest

TODAY = date(2026, 3, 10)
SPECIAL = (DmvSituation.CONFIDENTIAL, DmvSituation.NOT_REGISTERED, DmvSituation.MOVE_WAITS)


def voters(first, number):
    return [a_voter(first + place, ssn4="1234", middle_name="MARIA", house_number=str(first + place)) for place in range(number)]


def a_cast(ours=40):
    special = {situation: tuple(voters(100_000_900 + place, 1)) for place, situation in enumerate(SPECIAL)}
    twice = {DmvSituation.REGISTERED_TWICE: tuple(voters(100_000_950, 2))}
    return Cast(ours=voters(100_000_001, ours), theirs=voters(100_000_500, 5), special=special | twice, today=TODAY)


@pytest.fixture
def planted():
    return plant(a_cast())


@pytest.fixture
def found(planted):
    """Where all records stand when nothing went wrong."""
    ends = {}
    for item in planted:
        expected = EXPECTED[item.situation]
        ends[item.record.sequence] = RecordFound(disposition=expected.disposition, cases=expected.cases, home=expected.home)
    return ends


def differences(planted, found):
    return {count.situation: dict(count.otherwise) for count in count_records(planted, found) if count.found != count.planted or count.otherwise}


def test_what_ended_as_planted_makes_no_difference(planted, found):
    assert differences(planted, found) == {}


def test_a_case_that_ended_otherwise_is_told(planted, found):
    place = next(item.record.sequence for item in planted if item.situation is DmvSituation.FATHER_OR_SON)
    found[place] = RecordFound(disposition=found[place].disposition, cases=(CaseState.ACCEPTED,), home=found[place].home)
    assert differences(planted, found) == {DmvSituation.FATHER_OR_SON: {"PotentialMatch Accepted home Old": 1}}


def test_a_voter_who_lives_elsewhere_at_the_county_is_told(planted, found):
    place = next(item.record.sequence for item in planted if item.situation is DmvSituation.MOVED_OUT)
    found[place] = RecordFound(disposition=found[place].disposition, cases=found[place].cases, home=None)
    assert differences(planted, found) == {DmvSituation.MOVED_OUT: {"AutomaticMatch Accepted home None": 1}}


def test_the_state_must_count_what_was_planted(planted):
    counts = {count.outcome: count for count in count_dmv_outcomes(planted, {"AutomaticMatch": 9, "Duplicate": 2})}
    assert counts[DmvOutcome.DUPLICATE].planted == counts[DmvOutcome.DUPLICATE].at_state == 2
    assert counts[DmvOutcome.AUTOMATIC_MATCH].planted != counts[DmvOutcome.AUTOMATIC_MATCH].at_state


def test_every_outcome_and_every_situation_is_planted(planted):
    assert {item.situation for item in planted} == set(DmvSituation) == set(EXPECTED)
    assert {EXPECTED[item.situation].outcome for item in planted} == set(DmvOutcome)
    assert [item.record.sequence for item in planted] == list(range(1, len(planted) + 1))


def test_only_the_repetition_bears_the_transaction_of_another(planted):
    ids = [item.record.transaction_id for item in planted]
    assert len(ids) - len(set(ids)) == 1


def test_a_population_that_is_too_small_is_refused():
    with pytest.raises(InvalidRequest, match="at least 1,000"):
        plant(a_cast(ours=3))
