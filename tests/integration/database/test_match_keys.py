"""People as compared and their match keys stand in the database as the voters stand, after every write (COA-05)."""

from collections import Counter
from datetime import date

import pytest
from integration.database.match_key_rows import FULL, HOME, ask, change, person_row, save, shown_right, stored_keys
from sqlalchemy import delete, func, select, update

from db.repositories import voter_changes
from db.tables import audit_entry, match_key_build, voter_match, voter_match_key, voter_match_key_recent
from votecal_soap.clock import FixedClock
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.errors import ErrorCode, NotAllowed, Unavailable
from votecal_soap.search.standardising import KEY_COLUMNS, standardise, voter_person
from votecal_soap.use_cases import rebuild_match_keys as module
from votecal_soap.use_cases.rebuild_match_keys import KeyRebuildReport, RebuildMatchKeys, rebuild_match_keys, require_match_keys

pytestmark = pytest.mark.requirement("COA-05")


@pytest.fixture
def voters(real_database, registry):
    """Three voters, two of one home, added in one transaction."""
    added = [
        registry.voter(**FULL),
        registry.voter(**HOME, first_name="BEN"),
        registry.voter(first_name=None, last_name=None, date_of_birth=None),
    ]
    with real_database() as uow:
        uow.voters.add_voters(added, registry.now)
        uow.commit()
    return added


def test_new_voters_are_stored_with_their_keys(real_database, voters):
    shown_right(real_database, voters)


@pytest.mark.parametrize(
    "values",
    [
        {"last_name": "BYRON"},
        {"first_name": "AUGUSTA", "middle_name": None},
        {"date_of_birth": date(1961, 12, 10)},
        {"drivers_license": "E7654321", "ssn4": None},
        {"house_number": "99", "street_name": "ELM", "residence_zip_code": "95814", "residence_city": "SACRAMENTO"},
        {"county_code": "34", "ems_voter_id": None},
        {"confidentiality": Confidentiality.SAFE_AT_HOME},
        {"suffix": "JR"},
        {"house_number_suffix": "1/2"},
    ],
    ids=lambda values: "-".join(values),
)
def test_a_changed_voter_has_the_keys_of_the_changed_record_and_no_others(real_database, registry, voters, values):
    changed = change(voters[0], **values)
    save(real_database, registry, changed)
    shown_right(real_database, [changed.after, *voters[1:]])


def test_many_changes_at_once_leave_the_same_as_one_by_one(real_database, registry):
    before = [registry.voter(first_name=f"NAME{chr(65 + number % 26)}", **HOME) for number in range(300)]
    with real_database() as uow:
        uow.voters.add_voters(before, registry.now)
        uow.commit()
    changes = [change(voter, last_name="MOVED", house_number=str(number)) for number, voter in enumerate(before)]
    save(real_database, registry, *reversed(changes))
    shown_right(real_database, [item.after for item in changes])


def test_two_changes_of_one_voter_in_one_write_count_as_one(real_database, registry, voters):
    first = change(voters[0], last_name="BYRON")
    second = change(first.after, first_name="ANNE", home_precinct="1900001")
    save(real_database, registry, first, second)
    shown_right(real_database, [second.after, *voters[1:]])


def test_a_change_that_is_taken_back_in_the_same_write_leaves_all_as_it_was(real_database, registry, voters):
    first = change(voters[0], last_name="BYRON")
    save(real_database, registry, first, change(first.after, last_name=voters[0].last_name))
    shown_right(real_database, voters)


def test_nothing_of_matching_is_touched_by_a_new_precinct(real_database, registry, voters, monkeypatch):
    asked = []
    original = voter_changes.keep_match_rows

    def watched(connection, bulk, changes):
        original(connection, Untouchable(asked), changes)

    monkeypatch.setattr(voter_changes, "keep_match_rows", watched)
    save(real_database, registry, *(change(voter, home_precinct="1900001") for voter in voters))
    assert asked == []
    shown_right(real_database, voters)


class Untouchable:
    """A writer that nobody should ask for anything."""

    def __init__(self, asked):
        self._asked = asked

    def __getattr__(self, name):
        return lambda *arguments: self._asked.append(name) or 0


def test_every_field_of_a_key_is_watched(real_database, registry, voters):
    for name in KEY_COLUMNS:
        other = date(1999, 9, 9) if name == "date_of_birth" else "M" if name == "gender" else "7788"
        changed = change(voters[1], **{name: other})
        save(real_database, registry, changed)
        voters[1] = changed.after
        shown_right(real_database, voters)


def test_what_is_rolled_back_leaves_no_key(real_database, registry, voters):
    with real_database() as uow:
        uow.voters.save_changes([change(voters[0], last_name="BYRON")], registry.now)
        uow.voters.add_voters([registry.voter(first_name="LOST")], registry.now)
    shown_right(real_database, voters)


# Candidates


def test_candidates_are_all_who_share_a_key_each_once(real_database, voters):
    ada, ben, nobody = (voter.state_voter_id for voter in voters)
    pairs, found = ask(real_database, *(standardise(voter_person(voter)) for voter in voters))
    assert pairs == {(0, ada), (0, ben), (1, ada), (1, ben)}
    assert [tuple(row) for row in found.rows] == [person_row(voter) for voter in voters[:2]]
    assert nobody not in {row[0] for row in found.rows}


def test_nobody_is_found_by_no_key(real_database, voters):
    assert ask(real_database, standardise(voter_person(voters[2])))[0] == set()


def test_thousands_are_asked_for_as_one_is(real_database, registry):
    people = [registry.voter(first_name="A", last_name=f"N{number}", date_of_birth=None, drivers_license=f"D{number:07}") for number in range(2_500)]
    with real_database() as uow:
        uow.voters.add_voters(people, registry.now)
        uow.commit()
    pairs, _ = ask(real_database, *(standardise(voter_person(voter)) for voter in people))
    assert {(number, voter.state_voter_id) for number, voter in enumerate(people)} <= pairs
    assert all(found in {voter.state_voter_id for voter in people} for _, found in pairs)


def test_a_key_with_more_voters_than_the_cap_finds_nobody_and_is_reported(real_database, registry):
    crowd = [registry.voter(first_name=name, last_name=name, date_of_birth=None, **HOME) for name in ("ANN", "ART", "AMY", "ABE")]
    with real_database() as uow:
        uow.voters.add_voters(crowd, registry.now)
        uow.commit()
    person = standardise(voter_person(crowd[0]))
    everybody = {(0, voter.state_voter_id) for voter in crowd}
    assert ask(real_database, person, cap=4)[0] == everybody
    pairs, found = ask(real_database, person, person, cap=3)
    assert pairs == {(query, crowd[0].state_voter_id) for query in (0, 1)}
    assert [capped.size for capped in found.capped] == [4]


def test_a_key_whose_voter_is_not_stored_is_nobody(real_database, registry, voters):
    with real_database() as uow:
        uow._connection.execute(delete(voter_match).where(voter_match.c.state_voter_id == voters[0].state_voter_id))
        uow.commit()
    assert ask(real_database, standardise(voter_person(voters[0])))[0] == {(0, voters[1].state_voter_id)}


# Rebuilding


@pytest.fixture
def ada(real_database):
    with real_database() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.reference.save_staff_user(StaffUser(user_name="sam", role=Role.SOS_USER, county_code=None))
        uow.commit()
    return "ada"


def rebuild(database, clock, actor="ada", on_progress=lambda done, of: None, cap=1000):
    return rebuild_match_keys(RebuildMatchKeys(acting_user=actor, on_progress=on_progress, cap=cap), database, clock)


@pytest.fixture
def clock(registry):
    return FixedClock(registry.now)


def as_before_the_upgrade(database):
    """Voters as an earlier release left them: without keys."""
    with database() as uow:
        for table in (voter_match, voter_match_key, voter_match_key_recent, match_key_build):
            uow._connection.execute(delete(table))
        uow.commit()


def test_voters_of_an_earlier_release_are_not_matched_before_their_keys_are_built(real_database, voters, ada, clock):
    as_before_the_upgrade(real_database)
    with real_database(read_only=True) as uow, pytest.raises(Unavailable, match="votecal match rebuild-keys") as refused:
        require_match_keys(uow)
    assert refused.value.code is ErrorCode.SCHEMA_OUTDATED
    assert rebuild(real_database, clock) == KeyRebuildReport(voters=3, resumed=False, capped=0)
    with real_database(read_only=True) as uow:
        require_match_keys(uow)
    shown_right(real_database, voters)


def test_a_new_installation_needs_no_rebuilding(real_database, registry):
    with real_database() as uow:
        require_match_keys(uow)
        uow.voters.add_voters([registry.voter()], registry.now)
        require_match_keys(uow)


def test_a_change_before_the_rebuilding_does_no_harm(real_database, registry, voters, ada, clock):
    as_before_the_upgrade(real_database)
    changed = [change(voters[0], last_name="BYRON"), change(voters[1], last_name="KEATS")]
    save(real_database, registry, *changed)
    with real_database() as uow:
        assert stored_keys(uow) == set()
    rebuild(real_database, clock)
    shown_right(real_database, [changed[0].after, changed[1].after, voters[2]])


def test_wrong_and_stray_keys_are_gone_after_a_second_rebuilding(real_database, voters, ada, clock):
    rebuild(real_database, clock)
    with real_database() as uow:
        uow._connection.execute(update(voter_match).values(last_name="WRONG", last_first_token="WRONG"))
        uow._connection.execute(voter_match_key.insert(), [{"match_key": key, "state_voter_id": 1} for key in (-(1 << 63), -1, 0, (1 << 63) - 1)])
        uow.commit()
    rebuild(real_database, clock)
    shown_right(real_database, voters)


class Kill(BaseException):
    """The process is gone."""


def test_a_rebuilding_that_is_killed_goes_on_where_it_was_and_voters_may_be_written_meanwhile(real_database, registry, voters, ada, clock, monkeypatch):
    rebuild(real_database, clock)
    monkeypatch.setattr(module, "CHUNK_VOTERS", 1)
    steps = []

    def killed(done, of):
        steps.append(done)
        if done == 2:
            raise Kill

    with pytest.raises(Kill):
        rebuild(real_database, clock, on_progress=killed)
    with real_database(read_only=True) as uow, pytest.raises(Unavailable):
        require_match_keys(uow)
    changed = [change(voters[0], last_name="BYRON"), change(voters[2], last_name="KEATS")]
    added = registry.voter(first_name="NEW")
    save(real_database, registry, *changed)
    with real_database() as uow:
        uow.voters.add_voters([added], registry.now)
        uow.commit()
    steps.clear()
    report = rebuild(real_database, clock, on_progress=lambda done, of: steps.append((done, of)))
    assert report == KeyRebuildReport(voters=4, resumed=True, capped=0)
    assert steps[0] == (2, 4)
    shown_right(real_database, [changed[0].after, voters[1], changed[1].after, added])


def test_a_rebuilding_reports_the_keys_that_are_too_common(real_database, voters, ada, clock):
    assert rebuild(real_database, clock, cap=1).capped > 0
    with real_database(read_only=True) as uow:
        reported = uow.matching.capped_keys()
        sizes = Counter(key for key, _ in stored_keys(uow))
    assert {item.key: item.voter_count for item in reported} == {key: size for key, size in sizes.items() if size > 1}


@pytest.mark.requirement("OPS-02")
def test_only_an_administrator_rebuilds_and_leaves_a_trace(real_database, voters, ada, clock):
    with pytest.raises(NotAllowed):
        rebuild(real_database, clock, actor="sam")
    rebuild(real_database, clock)
    with real_database() as uow:
        actors = select(audit_entry.c.actor, func.count()).where(audit_entry.c.action == "RebuildMatchKeys").group_by(audit_entry.c.actor)
        assert [tuple(row) for row in uow._connection.execute(actors)] == [("ada", 1)]
