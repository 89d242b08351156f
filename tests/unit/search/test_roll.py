from itertools import pairwise

import numpy as np
import pytest
from fakes.rolls import ANA, BOB
from fakes.whole_rolls import made_up_rows, pages_of, rows_of

from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.match_keys import PASSES, MatchPass, keys_of
from votecal_soap.search.roll import Roll, taken
from votecal_soap.search.roll_keys import RollKeys
from votecal_soap.search.standardising import StandardPerson

TEXTS = [name for name in StandardPerson._fields if name != "date_of_birth"]
DUPLICATE_PASSES = PASSES[MatchingFunction.DUPLICATE_VOTER]


def texts(columns, name):
    return [columns.vocabulary.texts[code] or None for code in columns[name].tolist()]


def packed(left, right):
    return set(zip(left.tolist(), right.tolist(), strict=True))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_pages_give_back_every_cell_whatever_their_size_and_order(size):
    rows = [*made_up_rows(200, 5), (90_000, 1, "37", *([None] * len(StandardPerson._fields)))]
    rows += [
        (90_001 + number, *row[1:]) for number, row in enumerate(rows_of(ANA._replace(last_name="Null"), BOB._replace(first_name="李", last_name="O'Brien")))
    ]
    roll = Roll.of_pages(pages_of(rows, size))
    assert roll.state_voter_ids.tolist() == [row[0] for row in rows]
    people = [StandardPerson(*row[3:]) for row in rows]
    for name in TEXTS:
        assert texts(roll.columns, name) == [getattr(person, name) for person in people], name
    assert roll.columns["date_of_birth"].tolist() == [person.date_of_birth or 0 for person in people]


def test_a_roll_of_nobody_has_no_pairs():
    roll = Roll.of_pages([])
    assert len(roll) == 0
    left, _ = RollKeys(roll.columns, DUPLICATE_PASSES, 10).pairs(range(0))
    assert len(left) == 0


def test_names_have_one_number_in_every_column():
    roll = Roll.of_pages(pages_of(rows_of(ANA._replace(middle_name="Zyskowski"), BOB._replace(first_name="Zyskowski"))))
    columns = roll.columns
    assert columns["middle_name"][0] == columns["last_name"][0] == columns["first_name"][1] == columns["last_first_token"][0]


@pytest.mark.requirement("DUP-01")
def test_whoever_shares_a_stored_key_is_a_pair_and_nobody_else():
    rows = made_up_rows(3_000, 11)
    stored = Columns.of([row[3:] for row in rows], Vocabulary())
    keys, owners, _ = keys_of(stored, DUPLICATE_PASSES)
    by_key: dict[int, list[int]] = {}
    for key, owner in zip(keys.tolist(), owners.tolist(), strict=True):
        by_key.setdefault(key, []).append(owner)
    expected = {(low, high) for group in by_key.values() for place, low in enumerate(sorted(group)) for high in sorted(group)[place + 1 :]}
    found = RollKeys(Roll.of_pages(pages_of(rows)).columns, DUPLICATE_PASSES, 1000)
    assert packed(*found.pairs(range(len(rows)))) == expected
    assert found.capped == []


@pytest.mark.requirement("DUP-01")
@pytest.mark.parametrize("partitions", [2, 16, 97])
def test_partitions_give_the_pairs_of_the_whole_each_once(partitions):
    rows = made_up_rows(1_000, 12)
    keys = RollKeys(Roll.of_pages(pages_of(rows)).columns, DUPLICATE_PASSES, 1000)
    bounds = np.linspace(0, len(rows), partitions + 1).astype(int)
    parts = [keys.pairs(range(start, stop)) for start, stop in pairwise(bounds)]
    whole = keys.pairs(range(len(rows)))
    assert sum(len(left) for left, _ in parts) == len(whole[0]) > 50
    assert set().union(*(packed(*part) for part in parts)) == packed(*whole)


def test_the_pass_by_ssn4_and_birth_year_is_not_used():
    alone = ANA._replace(drivers_license=None, house_number="1", zip_code="90001"), BOB._replace(ssn4=ANA.ssn4, drivers_license=None)
    twins_of_number = [alone[0], alone[1]._replace(date_of_birth=ANA.date_of_birth.replace(month=1))]
    columns = Roll.of_pages(pages_of(rows_of(*twins_of_number))).columns
    assert len(RollKeys(columns, [MatchPass.SSN4_YEAR], 10).pairs(range(2))[0]) == 1
    assert len(RollKeys(columns, DUPLICATE_PASSES, 10).pairs(range(2))[0]) == 0


@pytest.mark.requirement("DUP-01")
def test_a_key_of_too_many_is_left_out_and_reported_as_it_is_stored():
    crowd = [BOB._replace(drivers_license=None, ssn4=None, first_name=f"B{letter}", last_name=f"{letter}ung") for letter in "ACDEFG"]
    roll = Roll.of_pages(pages_of(rows_of(*crowd)))
    keys = RollKeys(roll.columns, [MatchPass.ADDRESS], 5)
    assert len(keys.pairs(range(6))[0]) == 0
    stored, _, _ = keys_of(taken(roll.columns, np.array([0])), [MatchPass.ADDRESS])
    assert [(capped.key, capped.size) for capped in keys.capped] == [(stored[0], 6)]
    assert len(RollKeys(roll.columns, [MatchPass.ADDRESS], 6).pairs(range(6))[0]) == 15
