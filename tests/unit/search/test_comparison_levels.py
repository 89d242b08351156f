from datetime import date

import numpy as np
import pytest
from fakes.rolls import ANA, BOB

from votecal_soap.domain.matching import MatchField, Person
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.pairs import Pairs
from votecal_soap.search.standardising import standardise


def level(field, left, right):
    vocabulary = Vocabulary()
    one, other = (Columns.of([standardise(person)], vocabulary) for person in (left, right))
    comparison = COMPARISONS[field]
    return comparison.levels[int(comparison.numbers(Pairs(one, other, np.zeros(1, np.int64), np.zeros(1, np.int64)))[0])].name


FIRST_NAMES = [
    (Person(first_name="Ana"), Person(first_name="ANA"), "exact"),
    (Person(first_name="Bob"), Person(first_name="Rob"), "nickname"),
    (Person(first_name="Zbigniew"), Person(first_name="Zbigneiw"), "similar"),
    (Person(first_name="Z"), Person(first_name="Zbigniew"), "initial"),
    (Person(first_name="Mei"), Person(first_name="Mei Ling"), "beginning"),
    (Person(first_name="Zoe", middle_name="Quill"), Person(first_name="Quill"), "middle"),
    (Person(first_name="Duc", last_name="Nguyen"), Person(first_name="Nguyen", last_name="Duc"), "exchanged"),
    (Person(first_name="Nguyen"), Person(last_name="Nguyen"), "crossed"),
    (Person(first_name="Marlon"), Person(first_name="Marvin"), "alike"),
    (Person(first_name="Ana"), Person(), "missing"),
    (Person(first_name="Ana"), Person(first_name="Bob"), "different"),
]
LAST_NAMES = [
    ("Garcia Lopez", "Garcia-Lopez", "exact"),
    ("Garcia Lopez", "Lopez", "word"),
    ("Zyskowski", "Zyskowsky", "similar"),
    ("Martin", "Marlin", "similar"),
    ("Smith", None, "missing"),
    ("Smith", "Baker", "different"),
]
BIRTHS = [
    (date(1971, 6, 24), date(1971, 6, 24), "exact"),
    (date(1971, 6, 7), date(1971, 7, 6), "day_month"),
    (date(1971, 6, 24), date(1971, 1, 1), "day_unknown"),
    (date(1971, 6, 24), date(1971, 6, 25), "one_digit"),
    (date(1971, 6, 12), date(1971, 6, 21), "neighbours"),
    (date(1971, 6, 24), date(1985, 6, 24), "same_day"),
    (date(1971, 6, 24), date(1971, 6, 13), "same_month"),
    (date(1971, 6, 24), date(1971, 12, 13), "same_year"),
    (date(1971, 6, 24), date(1982, 6, 24), "same_day"),
    (date(1971, 6, 24), date(1972, 6, 25), "two_digits"),
    (date(1971, 6, 24), date(1999, 12, 3), "different"),
]


@pytest.mark.parametrize(("left", "right", "expected"), FIRST_NAMES)
def test_first_names(left, right, expected):
    assert level(MatchField.FIRST_NAME, left, right) == expected


@pytest.mark.parametrize(("left", "right", "expected"), LAST_NAMES)
def test_surnames(left, right, expected):
    assert level(MatchField.LAST_NAME, Person(last_name=left), Person(last_name=right)) == expected


def test_a_maiden_name_kept_as_middle_name_is_seen():
    assert level(MatchField.LAST_NAME, Person(middle_name="Quill", last_name="Baker"), Person(last_name="Quill")) == "maiden"


@pytest.mark.parametrize(("left", "right", "expected"), BIRTHS)
def test_births(left, right, expected):
    assert level(MatchField.DATE_OF_BIRTH, Person(date_of_birth=left), Person(date_of_birth=right)) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("D1234567", "D1234567", "same"), ("D1234567", "D1234576", "one_slip"), ("D1234567", "D7654321", "different"), ("D1", None, "missing")],
)
def test_numbers(left, right, expected):
    assert level(MatchField.DRIVERS_LICENSE, Person(drivers_license=left), Person(drivers_license=right)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "home"),
        ({"unit_number": "4"}, "house"),
        ({"street": "Mian St"}, "similar"),
        ({"house_number": "14"}, "street"),
        ({"street": "Oak Ave"}, "number_zip"),
        ({"street": "Oak Ave", "house_number": "9"}, "zip"),
        ({"street": "Oak Ave", "house_number": "9", "zip_code": "93702"}, "city"),
        ({"street": "Oak Ave", "house_number": "9", "zip_code": "90001", "city": "Los Angeles"}, "different"),
        ({"street": None, "house_number": None, "zip_code": None, "city": None}, "missing"),
    ],
)
def test_addresses(changes, expected):
    assert level(MatchField.ADDRESS, ANA, ANA._replace(**changes)) == expected


@pytest.mark.parametrize("field", list(COMPARISONS))
def test_a_comparison_is_the_same_both_ways(field):
    for other in (BOB, Person(), ANA._replace(first_name="Anita", last_name="Quill", suffix="JR")):
        assert level(field, ANA, other) == level(field, other, ANA)


@pytest.mark.parametrize("field", list(COMPARISONS))
def test_two_unknown_people_agree_in_nothing(field):
    assert level(field, Person(), Person()) == "missing"
