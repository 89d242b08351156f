from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from fakes.rolls import ANA, BOB
from fakes.whole_rolls import DUPLICATES, duplicates_of, made_up_rows, pages_of, rows_of, scoring

from votecal_soap.domain.matching import Ceiling, MatchField
from votecal_soap.search.duplicates import ChangedVoters, WholeRoll
from votecal_soap.search.memory_index import MemoryIndex
from votecal_soap.search.service import SearchService
from votecal_soap.search.weights import expert_weights

BARE = ANA._replace(drivers_license=None, ssn4=None)
OTHER = ANA._replace(
    drivers_license=None,
    first_name="Wendell",
    middle_name=None,
    last_name="Okafor",
    date_of_birth=date(1950, 1, 2),
    ssn4="9876",
    house_number="9",
    zip_code="95501",
)


def numbers(pairs):
    return [pair[:2] for pair in pairs]


@pytest.mark.requirement("DUP-01")
def test_a_person_registered_twice_is_found_and_strangers_are_not():
    found = duplicates_of(rows_of(ANA, BOB, BARE._replace(house_number="500", zip_code="90001"), OTHER))
    assert numbers(found) == [(1, 3)]
    assert found[0].confidence >= DUPLICATES.manual


@pytest.mark.requirement("DUP-01")
def test_an_equal_licence_comes_out_however_unlike_the_two_are():
    (pair,) = duplicates_of(rows_of(ANA, OTHER._replace(drivers_license=ANA.drivers_license)))
    assert (pair[:2], pair.same_drivers_license, pair.verified_license) == ((1, 2), True, False)
    assert pair.confidence < DUPLICATES.manual


@pytest.mark.requirement("DUP-01")
def test_an_equal_licence_comes_out_even_where_sos_does_not_match_by_it():
    settings = replace(DUPLICATES, fields=DUPLICATES.fields - {MatchField.DRIVERS_LICENSE})
    (pair,) = duplicates_of(rows_of(ANA, OTHER._replace(drivers_license=ANA.drivers_license)), settings)
    assert (pair.same_drivers_license, pair.confidence) == (True, 0)
    assert MatchField.DRIVERS_LICENSE not in {criterion.field for criterion in pair.criteria}


@pytest.mark.requirement("DUP-01")
def test_a_field_that_is_not_used_neither_finds_nor_counts():
    pair = rows_of(BARE._replace(ssn4="1234", first_name="Wendell"), BARE._replace(ssn4="1234", date_of_birth=date(1950, 1, 2)))
    wide = replace(DUPLICATES, manual=0)
    narrow = replace(wide, fields=frozenset({MatchField.SSN4, MatchField.LAST_NAME, MatchField.DATE_OF_BIRTH}))
    assert len(duplicates_of(pair, wide)) == 1
    assert {criterion.field for criterion in duplicates_of(pair, narrow)[0].criteria} <= narrow.fields
    assert duplicates_of(pair, replace(narrow, fields=narrow.fields - {MatchField.SSN4})) == []


@pytest.mark.requirement("COA-05")
def test_a_licence_of_two_voters_is_certain_and_one_of_three_is_not():
    moved = ANA._replace(house_number="5", zip_code="90001")
    (two,) = duplicates_of(rows_of(ANA, moved))
    assert two.confidence == 100
    three = duplicates_of(rows_of(ANA, moved, BARE._replace(drivers_license=ANA.drivers_license)))
    assert numbers(three) == [(1, 2), (1, 3), (2, 3)]
    assert max(pair.confidence for pair in three) < 100


@pytest.mark.requirement("DUP-01")
def test_three_registrations_of_one_person_are_no_rivals_of_each_other():
    found = duplicates_of(rows_of(BARE, BARE, BARE))
    assert [(pair.confidence, pair.cap) for pair in found] == [(99, None)] * 3


@pytest.mark.requirement("DUP-01")
def test_a_pair_is_judged_as_the_search_service_judges_it():
    people = [BARE, BARE._replace(first_name="Anna", house_number="500", zip_code="90001"), BARE._replace(last_name="Garcia"), BARE._replace(first_name="Bea")]
    settings = replace(DUPLICATES, manual=0, ceilings={"several_candidates": Ceiling.NONE})
    service = SearchService(expert_weights())
    for pair in duplicates_of(rows_of(*people), settings):
        match = service.explain(people[pair[0] - 1], people[pair[1] - 1], settings)
        assert (pair.confidence, pair.cap, pair.criteria) == (match.confidence, match.cap, match.criteria)


@pytest.mark.requirement("DUP-01")
def test_father_and_son_and_twins_are_held_down():
    son = BARE._replace(date_of_birth=date(1996, 3, 1), suffix="Jr")
    twin = BARE._replace(first_name="Wanda", middle_name="Sue")
    assert numbers(duplicates_of(rows_of(BARE, son))) == []
    assert all(pair.confidence < DUPLICATES.automatic for pair in duplicates_of(rows_of(BARE, twin)))


@pytest.mark.requirement("EWS-14")
@pytest.mark.parametrize("confidential", [(1,), (2,)])
def test_a_confidential_voters_address_is_nothing_to_the_other_county(confidential):
    settings = replace(DUPLICATES, manual=0)

    def address(rows):
        (pair,) = duplicates_of(rows, settings)
        return next(criterion.level for criterion in pair.criteria if criterion.field is MatchField.ADDRESS)

    assert address(rows_of(BARE, BARE, counties=("19", "37"))) == "home"
    assert address(rows_of(BARE, BARE, counties=("19", "37"), confidential=confidential)) == "missing"
    assert address(rows_of(BARE, BARE, confidential=confidential)) == "home"


@pytest.mark.requirement("DUP-01")
@pytest.mark.parametrize("partitions", [1, 2, 16])
def test_the_pairs_of_a_roll_do_not_depend_on_its_partitions(partitions):
    rows = made_up_rows(2_000, 21)
    whole = WholeRoll(pages_of(rows, 333), DUPLICATES)
    bounds = np.linspace(0, rows[-1][0] + 1, partitions + 1).astype(int).tolist()
    parts = [pair for first, after in pairwise(bounds) for pair in whole.duplicates(first, after - 1, scoring())]
    assert parts == duplicates_of(rows)
    assert len(parts) > 20


@pytest.mark.requirement("DUP-01")
def test_changed_voters_are_found_as_the_whole_roll_finds_them():
    rows = made_up_rows(2_000, 22)
    index = MemoryIndex(rows)
    changed = [row[0] for row in rows[::3]]
    voters = ChangedVoters(changed, DUPLICATES)
    found = []
    for start in range(0, len(changed), 250):
        mine = set(changed[start : start + 250])
        pairs, capped = voters.duplicates([row for row in rows if row[0] in mine], index, scoring())
        found += pairs
        assert not capped
    expected = [pair for pair in duplicates_of(rows) if not set(changed).isdisjoint(pair[:2])]
    assert sorted(found) == expected
    assert len(expected) > 10


@pytest.mark.requirement("DUP-01")
def test_a_changed_voter_whose_key_is_too_common_is_reported():
    crowd = rows_of(*([BARE] * 4))
    _, capped = ChangedVoters([1], DUPLICATES, cap=3).duplicates(crowd[:1], MemoryIndex(crowd), scoring())
    assert {item.size for item in capped} == {4}
