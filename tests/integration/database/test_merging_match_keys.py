"""Keys that changed stand in a small table until a merge; what is found is the same before, between and after (COA-05)."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from integration.database.match_key_rows import FULL, HOME, ask, change, keys_of, merged_keys, person_row, recent_keys, save, shown_right, stored_keys
from sqlalchemy import delete, literal, select

from db.repositories import match_candidates
from db.tables import voter, voter_match, voter_match_key, voter_match_key_recent, voter_version
from votecal_soap.clock import FixedClock
from votecal_soap.domain.counties import County, Role, StaffUser
from votecal_soap.search.key_joins import asked_keys
from votecal_soap.search.match_keys import match_keys
from votecal_soap.search.memory_index import MemoryIndex
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.use_cases import merge_match_keys as module
from votecal_soap.use_cases.merge_match_keys import merge_match_keys
from votecal_soap.use_cases.rebuild_match_keys import RebuildMatchKeys, rebuild_match_keys

pytestmark = pytest.mark.requirement("COA-05")


@pytest.fixture
def voters(real_database, registry):
    """Two voters of one home."""
    added = [registry.voter(**FULL), registry.voter(**HOME, first_name="BEN")]
    with real_database() as uow:
        uow.voters.add_voters(added, registry.now)
        uow.commit()
    return added


def all_merged(database, voters):
    """The large table alone says who holds which key."""
    with database() as uow:
        assert recent_keys(uow) == {}
        assert merged_keys(uow) == set().union(*map(keys_of, voters))


def test_a_change_leaves_the_large_table_alone_until_a_merge(real_database, registry, voters):
    with real_database() as uow:
        before = merged_keys(uow)
    changed = change(voters[0], last_name="BYRON")
    save(real_database, registry, changed)
    with real_database() as uow:
        assert merged_keys(uow) == before
        lost, gained = keys_of(voters[0]) - keys_of(changed.after), keys_of(changed.after) - keys_of(voters[0])
        assert recent_keys(uow) == {**dict.fromkeys(lost, 0), **dict.fromkeys(gained, 1)}
    assert merge_match_keys(real_database) == len(lost) + len(gained)
    all_merged(real_database, [changed.after, voters[1]])
    assert merge_match_keys(real_database) == 0


def test_a_key_that_is_lost_and_gained_again_before_the_merge_is_held(real_database, registry, voters):
    away = change(voters[0], last_name="BYRON")
    back = change(away.after, last_name=voters[0].last_name)
    save(real_database, registry, away)
    save(real_database, registry, back)
    shown_right(real_database, [back.after, voters[1]])
    merge_match_keys(real_database)
    all_merged(real_database, [back.after, voters[1]])


def test_a_key_that_is_gained_and_lost_again_before_the_merge_is_not_held(real_database, registry, voters):
    away = change(voters[0], last_name="BYRON")
    further = change(away.after, last_name="KEATS")
    save(real_database, registry, away)
    save(real_database, registry, further)
    shown_right(real_database, [further.after, voters[1]])
    merge_match_keys(real_database)
    all_merged(real_database, [further.after, voters[1]])


def test_what_is_rolled_back_is_never_merged(real_database, registry, voters):
    with real_database() as uow:
        uow.voters.save_changes([change(voters[0], last_name="BYRON")], registry.now)
    assert merge_match_keys(real_database) == 0
    all_merged(real_database, voters)


class Killed(BaseException):
    """The process is gone."""


class DyingFactory:
    """Units of work of which one is killed before its commit."""

    def __init__(self, factory, commits):
        self._factory = factory
        self._left = commits

    def __call__(self):
        unit = self._factory()
        commit = unit.commit

        def dying_commit():
            if not self._left:
                raise Killed
            self._left -= 1
            commit()

        unit.commit = dying_commit
        return unit


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("commits", range(4))
def test_a_merge_that_is_killed_loses_nothing_and_goes_on_with_what_is_left(real_database, registry, voters, monkeypatch, commits):
    monkeypatch.setattr(module, "STEP_KEYS", 2)
    moved = change(voters[0], last_name="BYRON", residence_zip_code="95814")
    save(real_database, registry, moved)
    with real_database() as uow:
        waiting = len(recent_keys(uow))
    with pytest.raises(Killed):
        merge_match_keys(DyingFactory(real_database, commits))
    shown_right(real_database, [moved.after, voters[1]])
    with real_database() as uow:
        assert len(recent_keys(uow)) == waiting - 2 * commits
    back = change(moved.after, last_name=voters[0].last_name)
    save(real_database, registry, back)
    shown_right(real_database, [back.after, voters[1]])
    merge_match_keys(real_database)
    all_merged(real_database, [back.after, voters[1]])


def test_a_merge_stops_between_two_steps_when_it_should(real_database, registry, voters, monkeypatch):
    monkeypatch.setattr(module, "STEP_KEYS", 2)
    moved = change(voters[0], last_name="BYRON")
    save(real_database, registry, moved)
    answers = iter([False, True])
    assert merge_match_keys(real_database, lambda: next(answers)) == 2
    shown_right(real_database, [moved.after, voters[1]])


@pytest.mark.postgres
def test_a_key_that_somebody_is_writing_is_left_for_the_next_merge(postgres_uow, registry):
    ada, ben = registry.voter(**FULL), registry.voter(**HOME, first_name="BEN")
    with_a_county(postgres_uow)
    with postgres_uow() as uow:
        uow.voters.add_voters([ada, ben], registry.now)
        uow.commit()
    first, other = change(ada, last_name="BYRON"), change(ben, last_name="KEATS")
    save(postgres_uow, registry, first, other)
    back = change(first.after, last_name=ada.last_name)
    with postgres_uow() as writer:
        writer.voters.save_changes([back], registry.now)
        merge_match_keys(postgres_uow)  # would wait for ever for the writer above
        with postgres_uow() as uow:
            assert {number for _, number in recent_keys(uow)} == {ada.state_voter_id}
        writer.commit()
    shown_right(postgres_uow, [back.after, other.after])
    merge_match_keys(postgres_uow)
    all_merged(postgres_uow, [back.after, other.after])


def with_a_county(database):
    with database() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037")])
        uow.commit()


# What is found


NAMES = st.sampled_from(["ADA", "BEN", "ROBERT", "BOB", "GARCIA LOPEZ", None])
CHANGED = st.fixed_dictionaries(
    {},
    optional={
        "first_name": NAMES,
        "middle_name": NAMES,
        "last_name": NAMES,
        "date_of_birth": st.sampled_from([None, date(1960, 12, 10), date(1961, 12, 10)]),
        "ssn4": st.sampled_from([None, "1234"]),
        "house_number": st.sampled_from(["12", "99"]),
        "residence_zip_code": st.sampled_from(["90001", "95814"]),
    },
)
STEPS = st.lists(st.one_of(st.just("merge"), st.tuples(st.integers(0, 4), CHANGED)), max_size=12)


def found(index, people, cap):
    keys = [np.array(match_keys(person), np.int64) for person in people]
    answer = index.candidates(asked_keys(keys, [mine * 0 + number for number, mine in enumerate(keys)]), cap)
    pairs = {(query, answer.rows[member][0]) for query, member in zip(answer.queries.tolist(), answer.members.tolist(), strict=True)}
    return pairs, sorted(answer.capped)


@given(steps=STEPS, cap=st.integers(1, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_recent_and_merged_keys_find_whom_an_index_in_memory_finds(real_database, registry, steps, cap):
    standing = [registry.voter(**HOME, first_name=name) for name in ("ADA", "ADA", "BEN", "BOB", "CAT")]
    empty(real_database)
    with real_database() as uow:
        uow.voters.add_voters(standing, registry.now)
        uow.commit()
    for step in steps:
        if step == "merge":
            merge_match_keys(real_database)
        else:
            changed = change(standing[step[0]], **step[1])
            save(real_database, registry, changed)
            standing[step[0]] = changed.after
        people = [standardise(voter_person(item)) for item in standing]
        with real_database(read_only=True) as uow:
            assert found(uow.matching, people, cap) == found(MemoryIndex([person_row(item) for item in standing]), people, cap)


def empty(database):
    with database() as uow:
        for table in (voter_match_key, voter_match_key_recent, voter_match, voter_version, voter):
            uow._connection.execute(delete(table))
        uow.commit()


def crowd(database, registry):
    """Four voters of one home and initial, one of whom has moved away since, and one of whom has come."""
    added = [registry.voter(first_name=name, last_name=name, date_of_birth=None, **HOME) for name in ("ANN", "ART", "AMY", "ABE")]
    stranger = registry.voter(first_name="AVA", last_name="AVA", date_of_birth=None, **{**HOME, "house_number": "77"})
    with database() as uow:
        uow.voters.add_voters([*added, stranger], registry.now)
        uow.commit()
    save(database, registry, change(added[3], house_number="99"), change(stranger, house_number=HOME["house_number"]))
    return [*added[:3], stranger], added[3]


@pytest.mark.parametrize("few", [1, match_candidates.FEW], ids=["very many", "few"])
def test_the_cap_counts_who_holds_a_key_now(real_database, registry, monkeypatch, few):
    monkeypatch.setattr(match_candidates, "FEW", few)
    here, gone = crowd(real_database, registry)
    person = standardise(voter_person(here[0]))
    for _ in ("recent", "merged"):
        pairs, _ = ask(real_database, person, cap=4)
        assert pairs == {(0, item.state_voter_id) for item in here}
        pairs, answer = ask(real_database, person, cap=3)
        assert (0, gone.state_voter_id) not in pairs
        assert [capped.size for capped in answer.capped] == [4]
        merge_match_keys(real_database)


def test_keys_that_are_too_common_are_those_of_both_tables(real_database, registry):
    crowd(real_database, registry)
    with real_database(read_only=True) as uow:
        sizes = Counter(key for key, _ in stored_keys(uow))
        recent = uow.matching.oversized_keys(2)
    assert dict(recent) == {key: size for key, size in sizes.items() if size > 2} != {}
    merge_match_keys(real_database)
    with real_database(read_only=True) as uow:
        assert uow.matching.oversized_keys(2) == recent


# Rebuilding


def rebuilt(database, registry):
    with database() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.commit()
    rebuild_match_keys(RebuildMatchKeys(acting_user="ada", on_progress=lambda done, of: None), database, FixedClock(registry.now))


@pytest.mark.parametrize("times", [1, 2])
def test_a_rebuilding_takes_the_recent_keys_over(real_database, registry, voters, times):
    changed = [change(voters[0], last_name="BYRON"), change(voters[1], house_number="99")]
    save(real_database, registry, *changed)
    for _ in range(times):
        rebuilt(real_database, registry)
    all_merged(real_database, [item.after for item in changed])


def test_a_rebuilding_does_not_believe_recent_keys_that_are_wrong(real_database, registry, voters):
    with real_database() as uow:
        mine = select(voter_match_key.c.match_key, voter_match_key.c.state_voter_id, literal(0))
        columns = ["match_key", "state_voter_id", "held"]
        uow._connection.execute(voter_match_key_recent.insert().from_select(columns, mine))
        uow.commit()
    rebuilt(real_database, registry)
    all_merged(real_database, voters)
