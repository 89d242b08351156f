from datetime import date

import numpy as np
import pytest
from fakes.rolls import ANA, BOB

from votecal_soap.domain.matching import MatchingFunction, Person
from votecal_soap.domain.voters import Voter
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.match_keys import MATCH_PASSES, PASSES, MatchPass, keys_of, match_keys, pass_of
from votecal_soap.search.standardising import KEY_COLUMNS, standardise, voter_person

PEOPLE = [
    ANA,
    BOB,
    Person(),
    Person(first_name="X", last_name="王", date_of_birth=date(1980, 1, 1)),
    BOB._replace(middle_name="Bobby Ray", last_name="Lopez-Lopez"),
]


def test_one_person_at_a_time_and_by_column_the_keys_are_the_same():
    keys, rows, passes = keys_of(Columns.of([standardise(person) for person in PEOPLE], Vocabulary()))
    for row, person in enumerate(PEOPLE):
        assert sorted(keys[rows == row].tolist()) == sorted(match_keys(standardise(person)))
    assert [pass_of(key) for key in keys.tolist()] == [MATCH_PASSES[number] for number in passes.tolist()]


def test_keys_are_stable_for_they_are_stored():
    assert match_keys(standardise(Person(drivers_license="D1234567"))) == [-9130958571714018816]


def test_keys_are_distinct_signed_and_of_64_bits():
    keys = match_keys(standardise(PEOPLE[-1]))
    assert len(keys) == len(set(keys))
    assert all(-(1 << 63) <= key < 1 << 63 for key in keys)


def test_a_full_record_has_a_key_of_every_pass():
    assert {pass_of(key) for key in match_keys(standardise(ANA))} == set(MatchPass)


def test_nobody_known_has_no_key():
    assert match_keys(standardise(Person())) == []


@pytest.mark.parametrize(
    "placeholder", [{"date_of_birth": date(1800, 1, 1)}, {"date_of_birth": date(1900, 1, 1)}, {"ssn4": "0000"}, {"ssn4": "9999"}, {"first_name": "UNKNOWN"}]
)
def test_a_placeholder_makes_no_key(placeholder):
    (field,) = placeholder
    without = match_keys(standardise(ANA._replace(**{field: None})))
    assert set(match_keys(standardise(ANA._replace(**placeholder)))) == set(without)


@pytest.mark.parametrize(
    "changes",
    [
        {"last_name": "Zyskowsky", "drivers_license": None, "ssn4": None},
        {"first_name": "Anita", "drivers_license": None, "ssn4": None},
        {"last_name": "Baker", "drivers_license": None, "ssn4": None},
        {"date_of_birth": date(1971, 2, 14), "drivers_license": None, "ssn4": None},
    ],
)
def test_a_person_who_changed_one_thing_shares_a_key(changes):
    assert set(match_keys(standardise(ANA))) & set(match_keys(standardise(ANA._replace(**changes))))


def test_duplicates_leave_out_the_pass_of_half_the_pairs():
    assert PASSES[MatchingFunction.DMV_COA] - PASSES[MatchingFunction.DUPLICATE_VOTER] == {MatchPass.SSN4_YEAR}


def test_only_the_asked_passes_are_made():
    _, _, passes = keys_of(Columns.of([standardise(ANA)], Vocabulary()), [MatchPass.LICENCE])
    assert np.unique(passes).tolist() == [MATCH_PASSES.index(MatchPass.LICENCE)]


def test_no_other_field_of_a_voter_changes_what_is_stored():
    texts = dict.fromkeys(Voter._fields, "7")
    voter = Voter(**{**texts, "date_of_birth": date(1970, 2, 3)})  # type: ignore[arg-type]
    for name in set(Voter._fields) - set(KEY_COLUMNS):
        assert standardise(voter_person(voter._replace(**{name: "8"}))) == standardise(voter_person(voter))
    for name in set(KEY_COLUMNS) - {"date_of_birth", "suffix"}:
        assert standardise(voter_person(voter._replace(**{name: "Xavier 1"}))) != standardise(voter_person(voter)) or name == "ssn4"
