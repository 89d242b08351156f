"""What a change makes of a person's keys is what the keys themselves say, whichever columns it touches."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votecal_soap.domain.matching import Person
from votecal_soap.search.key_joins import asked_keys, holders, share
from votecal_soap.search.match_keys import match_keys
from votecal_soap.search.standardising import standardise
from votecal_soap.search.stored_keys import changed_keys, owned_keys

pytestmark = pytest.mark.requirement("COA-05")

NAMES = st.sampled_from([None, "ADA", "BOB", "ROBERT", "MAY ANN", "GARCIA LOPEZ", "UNKNOWN", "Ø", "李"])
PEOPLE = st.builds(
    Person,
    first_name=NAMES,
    middle_name=NAMES,
    last_name=NAMES,
    date_of_birth=st.sampled_from([None, date(1960, 12, 10), date(1961, 12, 10), date(1970, 1, 1)]),
    drivers_license=st.sampled_from([None, "D1234567", "E7654321"]),
    ssn4=st.sampled_from([None, "1234", "0000"]),
    house_number=st.sampled_from([None, "1", "12"]),
    street=st.sampled_from([None, "OAK ST"]),
    city=st.sampled_from([None, "NAPA"]),
    zip_code=st.sampled_from([None, "90001", "94558-1234"]),
)


def rows(people):
    return [(100 + number, 0, "19", *standardise(person)) for number, person in enumerate(people)]


def pairs(owned):
    found = list(zip(owned.keys, owned.state_voter_ids, strict=True))
    assert found == sorted(set(found))
    return set(found)


def halves(changes):
    """Keys lost and gained."""
    found = dict(zip(sorted(pairs(changes)), changes.held, strict=True))
    return [{pair for pair, held in found.items() if held == wanted} for wanted in (0, 1)]


def keys(row):
    return {(key, row[0]) for key in match_keys(standardised(row))}


def standardised(row):
    return type(standardise(Person()))(*row[3:])


@given(st.lists(st.tuples(PEOPLE, PEOPLE), min_size=1, max_size=6))
@settings(deadline=None)  # the first example loads the tables of names
def test_keys_lost_and_gained_are_the_difference_of_all_keys(changes):
    before, after = (rows(people) for people in zip(*changes, strict=True))
    lost, gained = halves(changed_keys(before, after))
    had, has = (set().union(*map(keys, side)) for side in (before, after))
    assert lost == had - has
    assert gained == has - had


@given(st.lists(PEOPLE, max_size=6))
def test_owned_keys_are_those_of_each_person_in_order(people):
    assert pairs(owned_keys(rows(people))) == set().union(*map(keys, rows(people)))


def test_a_change_of_county_or_street_alone_changes_no_key():
    (row,) = rows([Person(first_name="ADA", last_name="KING", house_number="1", street="OAK ST", zip_code="90001")])
    changed = (row[0], 1, "34", *standardised(row)._replace(street="ELM ST", city="NAPA"))
    assert changed_keys([row], [changed]) == ([], [], [])


def asked(*keys):
    """The keys of (key, query number)."""
    return asked_keys([np.array([key for key, _ in keys], np.int64)], [np.array([query for _, query in keys], np.int64)])


def test_keys_that_several_queries_ask_for_are_joined_with_each():
    keys = asked((7, 1), (5, 0), (9, 2), (5, 1))
    assert keys.distinct() == [5, 7, 9]
    sharing = share(keys, holders([(7, 101), (9, 101), (5, 101), (9, 102), (5, 102), (9, 103)]), 2)
    assert sharing.capped == {9: 3}
    assert sharing.distinct_voters() == [101, 102]
    found = sharing.candidates([(101,), (102,)], [])
    assert list(zip(found.queries.tolist(), found.members.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_no_keys_are_no_candidates():
    assert asked().distinct() == []
    sharing = share(asked(), holders([]), 10)
    assert sharing.candidates([], []).queries.tolist() == []
