"""COA-02: which searches an earlier record concerns. One too many costs a search; one too few would find an old roll."""

from random import Random

import numpy as np
import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_voter

from votecal_soap.search.key_joins import asked_keys
from votecal_soap.search.match_keys import match_keys
from votecal_soap.search.memory_index import MemoryIndex
from votecal_soap.search.met_keys import NO_KEYS, GivenPerson, ListeningIndex, given_keys, met_later
from votecal_soap.search.standardising import standardise, voter_person

FIRST = ("ANA", "BOB", "ROBERT", "MARY ANN", None)
LAST = ("GARCIA", "GARCIA LOPEZ", "SMITH", None)


def keys(voter):
    return set(match_keys(standardise(voter_person(voter))))


def given(voter, *, number=1, moved=True):
    return given_keys([GivenPerson(number, voter.state_voter_id, voter_person(voter), moved)])


def asked(index, person_keys, number):
    listening = ListeningIndex(index, [number])
    listening.candidates(asked_keys([np.array(sorted(person_keys), np.int64)], [np.zeros(len(person_keys), np.int64)]), cap=1000)
    return listening.asked


def roll(*voters):
    return MemoryIndex([(voter.state_voter_id, 0, voter.county_code, *standardise(voter_person(voter))) for voter in voters])


@pytest.mark.requirement("COA-02")
@pytest.mark.parametrize("moved", [True, False], ids=["a move", "a registration"])
def test_every_key_that_a_voter_gains_is_given(moved):
    random = Random(5)
    for _ in range(200):
        before = a_voter(first_name=random.choice(FIRST), last_name=random.choice(LAST), drivers_license=random.choice(["A1234567", None]))
        home = NEW_HOME._replace(house_number=random.choice(["7", "12"]), residence_zip_code=random.choice(["91501", "90012", None]))
        after = before._replace(**home._asdict())
        if not moved:
            after = after._replace(first_name=random.choice(FIRST), last_name=random.choice(LAST), ssn4=random.choice(["1234", None]))
        assert keys(after) - keys(before) <= set(given(after, moved=moved).keys.tolist())


@pytest.mark.requirement("COA-02")
def test_whoever_asks_for_a_given_key_later_is_met_and_nobody_else():
    after = a_voter()._replace(**NEW_HOME._asdict())
    empty = roll()
    gained = keys(after) - keys(a_voter())
    assert gained
    assert met_later(asked(empty, gained, 2), given(after, number=1)) == {2}
    assert met_later(asked(empty, gained, 1), given(after, number=1)) == frozenset()
    assert met_later(asked(empty, gained, 1), given(after, number=2)) == frozenset()
    assert met_later(asked(empty, {16, 32}, 2), given(after, number=1)) == frozenset()
    assert met_later(asked(empty, gained, 2), NO_KEYS) == frozenset()


@pytest.mark.requirement("COA-02")
def test_whoever_compared_the_voter_is_met_though_she_gained_nothing_that_was_asked():
    before = a_voter(**OLD_HOME._asdict())
    after = before._replace(**NEW_HOME._asdict())
    stayed = keys(before) & keys(after)
    other = a_voter(100_000_009, first_name="ZOE", last_name="NOBODY", drivers_license="Z7654321")
    assert met_later(asked(roll(before, other), stayed, 2), given(after)) == {2}
    assert met_later(asked(roll(before, other), keys(other), 2), given(after)) == frozenset()


@pytest.mark.requirement("COA-02")
def test_what_an_early_search_had_seen_does_not_count_again():
    after = a_voter()._replace(**NEW_HOME._asdict())
    gained = keys(after) - keys(a_voter())
    both = given(after, number=3) | given(after, number=8)
    assert met_later(asked(roll(), gained, 9), both.above(8)) == frozenset()
    assert met_later(asked(roll(), gained, 9), both.above(3)) == {9}
    assert met_later(asked(roll(), gained, 9), both.only([3]).above(3)) == frozenset()
