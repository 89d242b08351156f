"""Voters, versions, voting precincts and activity, on memory, SQLite and PostgreSQL alike (VRU-10)."""

from datetime import UTC, date, datetime

import pytest

from votecal_soap.domain.voters import FIELD_INDEX, VotingPrecinct
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import NewActivity, VoterChange

ELECTION = "2026-11-03"


def changed(before, **values):
    """A change with its version and sequence raised, as the use cases make it."""
    after = before._replace(version=before.version + 1, message_sequence=before.message_sequence + 1, **values)
    return VoterChange(before, after, tuple(values))


@pytest.fixture
def voters(database, registry):
    """Three voters of Los Angeles and one of Sacramento."""
    rows = [registry.voter(), registry.voter(), registry.voter(ems_voter_id=None), registry.voter(county_code="34")]
    with database() as uow:
        uow.voters.add_voters(rows, registry.now)
        uow.commit()
    return rows


def test_a_record_comes_back_as_it_was_given(database, registry):
    values = {
        "date_of_birth": date(1931, 2, 3),
        "registration_date": date(2001, 1, 1),
        "drivers_license": "D1234567",
        "drivers_license_status": "Verified",
        "drivers_license_verified_on": date(2002, 2, 2),
        "ssn4": "1234",
        "ssn4_status": "Pending",
        "transfer_pending_until": datetime(2026, 3, 12, 8, 30, 15, 123456, tzinfo=UTC),
        "message_sequence": 7,
        "vnc_due": 1,
        "last_name": "Ñuñez-\\O'Brien\tII",
    }
    voter = registry.voter(**values)
    with database() as uow:
        uow.voters.add_voters([voter], registry.now)
        uow.commit()
    with database() as uow:
        assert uow.voters.get(voter.state_voter_id) == voter
        assert uow.voters.lock_by_state_id([voter.state_voter_id]) == [voter]


def test_records_are_found_by_the_states_id_and_unknown_ids_are_left_out(database, voters):
    with database() as uow:
        assert uow.voters.lock_by_state_id([voters[1].state_voter_id, 999_999_999, voters[0].state_voter_id]) == voters[:2]
        assert uow.voters.lock_by_state_id([]) == []


def test_records_are_found_by_a_countys_own_id_within_that_county(database, voters):
    with database() as uow:
        assert uow.voters.lock_by_ems_id("19", [voters[0].ems_voter_id, voters[3].ems_voter_id, "E?"]) == [voters[0]]
        assert uow.voters.lock_by_ems_id("34", [voters[3].ems_voter_id]) == [voters[3]]


def test_more_ids_than_a_list_takes_are_looked_up_in_several(database, registry):
    rows = [registry.voter(ems_voter_id=f"E{9_999 - place}") for place in range(1_901)]
    with database() as uow:
        uow.voters.add_voters(rows, registry.now)
        assert uow.voters.lock_by_state_id([row.state_voter_id for row in rows]) == rows
        assert uow.voters.lock_by_ems_id("19", [row.ems_voter_id for row in rows]) == rows, "locked in the order of the UIDs, as everybody locks"
        assert uow.voters.version_as_of(rows[-1].state_voter_id, date(2026, 1, 1)) == rows[-1]


@pytest.mark.requirement("VRU-10")
def test_a_change_makes_a_version_and_keeps_the_old_one(database, registry, voters):
    change = changed(voters[0], effective_date=date(2026, 6, 1), home_precinct="P2", last_name="BYRON")
    with database() as uow:
        uow.voters.save_changes([change], registry.now, 77)
        uow.commit()
    with database() as uow:
        assert uow.voters.get(voters[0].state_voter_id) == change.after
        assert uow.voters.version_as_of(voters[0].state_voter_id, date(2026, 5, 31)) == voters[0]
        assert uow.voters.version_as_of(voters[0].state_voter_id, date(2026, 6, 1)) == change.after._replace(message_sequence=0)
        assert uow.voters.version_as_of(voters[0].state_voter_id, date(2025, 12, 31)) is None
        assert uow.voters.get(voters[1].state_voter_id) == voters[1]


@pytest.mark.requirement("VRU-10")
def test_of_two_versions_effective_on_one_day_the_later_is_in_force(database, registry, voters):
    first = changed(voters[0], effective_date=date(2026, 6, 1), home_precinct="P2")
    # A correction may be effective before the version that it follows.
    second = changed(first.after, effective_date=date(2026, 5, 1), home_precinct="P3")
    with database() as uow:
        uow.voters.save_changes([first], registry.now)
        uow.voters.save_changes([second], registry.now)
        assert uow.voters.version_as_of(voters[0].state_voter_id, date(2026, 5, 2)).home_precinct == "P3"
        assert uow.voters.version_as_of(voters[0].state_voter_id, date(2026, 7, 1)).home_precinct == "P3"


@pytest.mark.requirement("VRU-07", "VRU-10")
def test_two_changes_of_one_voter_apply_in_order_and_each_makes_its_version(database, registry, voters):
    first = changed(voters[0], effective_date=date(2026, 6, 1), home_precinct="P2")
    second = changed(first.after, effective_date=date(2026, 6, 1), home_precinct="P3", party="GRN")
    other = changed(voters[1], home_precinct="P2")
    with database() as uow:
        uow.voters.save_changes([first, other, second], registry.now)
        assert uow.voters.get(voters[0].state_voter_id) == second.after
        assert uow.voters.version_as_of(voters[0].state_voter_id, date(2026, 6, 1)).version == 3
        assert uow.voters.changed_by_others(1, [(voters[0].state_voter_id, 2), (voters[1].state_voter_id, 2)]) == {(voters[0].state_voter_id, 2)}


def test_a_change_without_a_new_version_leaves_the_versions_alone(database, registry, voters):
    announced = voters[0]._replace(message_sequence=1)
    with database() as uow:
        uow.voters.save_changes([VoterChange(voters[0], announced, ())], registry.now)
        assert uow.voters.get(voters[0].state_voter_id) == announced
        assert uow.voters.version_as_of(voters[0].state_voter_id, date(2026, 12, 31)).version == 1


def test_many_changes_of_many_kinds_are_all_written(database, registry):
    fields = ("home_precinct", "party", "first_name", "phone", "street_name")
    rows = [registry.voter() for _ in range(1_000)]
    changes = [changed(row, **{fields[key % 5] if key % 10 else "email": f"V{key}", "effective_date": date(2026, 6, 1)}) for key, row in enumerate(rows)]
    with database() as uow:
        uow.voters.add_voters(rows, registry.now)
        uow.voters.save_changes(changes, registry.now, 5)
        uow.commit()
    with database() as uow:
        assert uow.voters.lock_by_state_id([row.state_voter_id for row in rows]) == [change.after for change in changes]


@pytest.mark.requirement("VRU-10")
def test_a_record_that_moved_since_it_was_read_is_a_conflict(database, registry, voters):
    with database() as uow:
        (stale,) = uow.voters.lock_by_state_id([voters[0].state_voter_id])
    with database() as uow:
        uow.voters.save_changes([changed(stale, home_precinct="P2")], registry.now)
        uow.commit()
    with pytest.raises(Conflict) as refused, database() as uow:
        uow.voters.save_changes([changed(stale, home_precinct="P3")], registry.now)
    assert refused.value.code is ErrorCode.RECORD_CHANGED
    with database() as uow:
        assert uow.voters.get(stale.state_voter_id)[FIELD_INDEX["home_precinct"]] == "P2"


def test_a_record_that_was_announced_since_it_was_read_is_a_conflict(database, registry, voters):
    with database() as uow:
        uow.voters.save_changes([VoterChange(voters[0], voters[0]._replace(message_sequence=1), ())], registry.now)
        uow.commit()
    with pytest.raises(Conflict), database() as uow:
        uow.voters.save_changes([changed(voters[0], home_precinct="P3")], registry.now)


@pytest.mark.requirement("VRU-13")
def test_versions_of_the_same_job_do_not_count_as_changed_by_others(database, registry, voters):
    ids = [voter.state_voter_id for voter in voters]
    with database() as uow:
        uow.voters.save_changes([changed(voters[0], party="GRN")], registry.now, 5)
        uow.voters.save_changes([changed(voters[1], party="GRN")], registry.now, None)
        known = [(key, 1) for key in ids]
        assert uow.voters.changed_by_others(5, known) == {known[1]}
        assert uow.voters.changed_by_others(6, known) == set(known[:2])
        assert uow.voters.changed_by_others(6, [(ids[0], 2), (ids[1], 2)]) == set()


def test_the_last_voting_precinct_is_in_force_and_each_election_has_its_own(database, registry, voters):
    key = voters[0].state_voter_id
    with database() as uow:
        uow.voters.save_voting_precincts([(key, 1, VotingPrecinct(ELECTION, "P1", None)), (key, 2, VotingPrecinct(ELECTION, "P2", "B"))], registry.now)
        assert uow.voters.voting_precincts(ELECTION, [key, voters[1].state_voter_id]) == {key: VotingPrecinct(ELECTION, "P2", "B")}
        assert uow.voters.voting_precincts("2028-11-07", [key]) == {}


@pytest.mark.requirement("VRU-21")
def test_registered_voters_without_a_voting_precinct_are_counted(database, registry, voters):
    with database() as uow:
        uow.voters.add_voters([registry.voter(status="Cancelled"), registry.voter(status="Inactive")], registry.now)
        uow.voters.save_voting_precincts([(voters[0].state_voter_id, 1, VotingPrecinct(ELECTION, "P1", None))], registry.now)
        assert uow.voters.count_without_voting_precinct("19", ELECTION) == 3
        assert uow.voters.count_without_voting_precinct("34", ELECTION) == 1


def test_a_uid_or_a_countys_id_that_is_taken_is_refused(database, registry, voters):
    with pytest.raises(Conflict) as refused, database() as uow:
        uow.voters.add_voters([registry.voter(state_voter_id=voters[0].state_voter_id, ems_voter_id="NEW")], registry.now)
    assert refused.value.code is ErrorCode.ALREADY_EXISTS
    with pytest.raises(Conflict), database() as uow:
        uow.voters.add_voters([registry.voter(ems_voter_id=voters[0].ems_voter_id)], registry.now)
    with database() as uow:
        uow.voters.add_voters([registry.voter(ems_voter_id=None), registry.voter(ems_voter_id=voters[0].ems_voter_id, county_code="34")], registry.now)


def test_reserved_uids_are_never_handed_out_twice(database):
    with database() as uow:
        first = uow.voters.reserve_state_voter_ids(10)
        second = uow.voters.reserve_state_voter_ids(1)
        uow.commit()
    with database() as uow:
        assert (first, second, uow.voters.reserve_state_voter_ids(5)) == (100_000_001, 100_000_011, 100_000_012)


@pytest.mark.requirement("IDV-01")
def test_voters_that_wait_for_dmv_come_in_uid_order(database, registry):
    rows = [registry.voter(drivers_license_status="Pending"), registry.voter(ssn4_status="Pending"), registry.voter(ssn4_status="Verified")]
    with database() as uow:
        uow.voters.add_voters(rows, registry.now)
        assert uow.voters.pending_identity(0, 10) == rows[:2]
        assert uow.voters.pending_identity(0, 1) == rows[:1]
        assert uow.voters.pending_identity(rows[0].state_voter_id, 10) == rows[1:2]


def test_an_activity_needs_its_voter(real_database, registry):
    with pytest.raises(Exception, match=r"(?i)foreign key"), real_database() as uow:
        uow.voters.add_activities([NewActivity(1, "19", "Update", date(2026, 1, 1), "batch", 1, None)], registry.now)
        uow.commit()


def test_activities_are_counted_by_voter_and_type(database, registry):
    noted = [(100_000_001, "Update"), (100_000_001, "Update"), (100_000_001, "DMV COA Match"), (100_000_002, "Update")]
    with database() as uow:
        uow.voters.add_voters([registry.voter(), registry.voter(state_voter_id=100_000_002, ems_voter_id="19-2")], registry.now)
        uow.voters.add_activities([NewActivity(uid, "19", kind, date(2026, 1, 1), "batch", 1, None) for uid, kind in noted], registry.now)
        assert uow.voters.activity_counts([100_000_001, 100_000_009]) == {(100_000_001, "Update"): 2, (100_000_001, "DMV COA Match"): 1}
        assert uow.voters.activity_counts([]) == {}
        uow.commit()


def test_empty_text_is_stored_as_nothing(real_database, registry):
    with real_database() as uow:
        uow.voters.add_voters([registry.voter(middle_name="")], registry.now)
        assert uow.voters.get(100_000_001).middle_name is None


def test_no_rows_are_no_statement(database, registry):
    with database() as uow:
        uow.voters.add_voters([], registry.now)
        uow.voters.save_changes([], registry.now)
        uow.voters.save_voting_precincts([], registry.now)
        uow.voters.add_activities([], registry.now)
        uow.messages.add([], registry.now)
        uow.audit.add([])
        uow.jobs.add_outcomes(1, [])
        assert uow.messages.clear("19", [], registry.now) == {}
        assert uow.identity.add([], "x", registry.now) == []
        uow.commit()
