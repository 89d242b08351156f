"""`votecal county compare` (2 CCR 19083): an EMS in its own codes against the state on a real socket; what differs is found, marked and sent."""

import json
from dataclasses import replace

import pytest

from votecal_soap.county.progress import Step
from votecal_soap.county.record_comparison import ComparisonSettings, compare_records
from votecal_soap.county.synchronise import synchronise
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.synchronisation import DifferenceKind, SynchronizationScope

from .test_clerk_commands import _logging_as_before, county  # noqa: F401 - fixtures

pytestmark = pytest.mark.requirement("2-CCR-19083")
STATUS_ONLY = ComparisonSettings(scope=SynchronizationScope.STATUS)


def compare(office, client, **settings):
    return compare_records(office, client, ComparisonSettings(**{"group_size": 20, **settings}))


def listed(comparison):
    return [(item.kind, item.state_uid, item.data_kinds) for item in comparison.differences]


def spoil(ems, uid, **columns):
    with ems.transaction() as connection:
        for column, value in columns.items():
            connection.execute(f"UPDATE voters SET {column} = ? WHERE state_uid = ?", (value, uid))


def test_an_ems_in_codes_of_its_own_is_like_the_state_that_was_loaded_from_it(office, client, voters):
    found = compare(office, client)
    assert listed(found) == []
    assert (found.voters, found.groups, found.groups_that_differ) == (300, 15, 0)
    assert listed(compare_records(office, client, STATUS_ONLY)) == []


@pytest.fixture
def spoilt(ems, voters):
    """Six voters with something wrong, and their UIDs."""
    uids = [int(voter.state_voter_id) for voter in voters[:6]]
    spoil(ems, uids[0], nm_mid="Zzyzx", phone_no="(213) 555-0199")
    spoil(ems, uids[1], reg_stat="I")
    spoil(ems, uids[2], state_uid=999_999_999)
    spoil(ems, uids[3], state_uid=None)
    spoil(ems, uids[4], reg_stat="C", res_street="Elsewhere")
    spoil(ems, uids[5], nm_first=f"  {voters[5].first_name.lower()} ")
    return uids


def test_what_is_not_alike_is_found_and_nothing_else(office, client, spoilt):
    found = compare(office, client)
    assert listed(found) == [
        (DifferenceKind.MISSING_AT_STATE, 999_999_999, ()),
        (DifferenceKind.MISSING_AT_STATE, None, ()),
        (DifferenceKind.MISSING_AT_COUNTY, spoilt[2], ()),
        (DifferenceKind.MISSING_AT_COUNTY, spoilt[3], ()),
        (DifferenceKind.FIELDS_DIFFER, spoilt[0], ("Name", "Contact")),
        (DifferenceKind.FIELDS_DIFFER, spoilt[1], ("Registration",)),
        (DifferenceKind.FIELDS_DIFFER, spoilt[4], ("ResidenceAddress", "Registration")),
    ]
    assert dict(found.counts) == {"MissingAtState": 2, "MissingAtCounty": 2, "FieldsDiffer": 3}
    assert 1 < found.groups_that_differ < found.groups
    assert found.voters == 300


def test_the_status_alone_is_compared_when_that_is_asked_for(office, client, spoilt):
    differing = [item for item in compare_records(office, client, STATUS_ONLY).differences if item.kind is DifferenceKind.FIELDS_DIFFER]
    assert [(item.state_uid, item.data_kinds) for item in differing] == [(spoilt[1], ("Registration",)), (spoilt[4], ("Registration",))]


def test_all_differences_are_counted_and_as_many_kept_as_were_asked_for(office, client, spoilt):
    found = compare(office, client, keep=1)
    assert len(list(found.differences)) == 3
    assert found.counts["FieldsDiffer"] == 3


def test_the_uid_of_a_voter_known_by_the_countys_number_is_taken_over_when_that_is_asked_for(ems, office, client, spoilt):
    found = compare(office, client, link=True)
    assert found.linked == 1
    assert (DifferenceKind.MISSING_AT_STATE, None, ()) not in listed(found)
    assert ems.connection.execute("SELECT count(*) FROM voters WHERE state_uid IS NULL").fetchone() == (0,)
    assert compare(office, client, link=True).linked == 0


def test_an_ems_that_has_no_uid_at_all_learns_them_and_is_alike(ems, office, client, voters):
    ems.connection.execute("UPDATE voters SET state_uid = NULL")
    in_force = ems.connection.execute("SELECT count(*) FROM voters WHERE reg_stat NOT IN ('C', 'D')").fetchone()[0]
    found = compare(office, client, link=True, group_size=50)
    assert (found.linked, found.voters, listed(found)) == (in_force, in_force, [])


@pytest.mark.requirement("VRU-04")
def test_what_differs_is_marked_goes_with_the_next_batch_and_is_alike_afterwards(state, ems, office, client, settings, spoilt):
    found = compare(office, client, mark=True)
    assert found.marked == 2
    marked = ems.connection.execute("SELECT state_uid FROM voters WHERE changed_since_sync ORDER BY state_uid").fetchall()
    assert marked == [(uid,) for uid in sorted(spoilt[:2])]
    assert [item.unsent for item in compare(office, client).differences if item.state_uid in spoilt[:2]] == [True, True]
    state.schedule(DataKind.NAME, DataKind.CONTACT, DataKind.REGISTRATION)
    with state.working():
        synchronise(replace(settings, poll_seconds=0.05))
    left = [item.state_uid for item in compare(office, client).differences if item.kind is DifferenceKind.FIELDS_DIFFER]
    assert left == [spoilt[4]]


def test_progress_is_told_up_to_the_last_voter(office, client, voters):
    told = []
    compare(replace(office, tell=told.append), client)
    assert {item.step for item in told} == {Step.COMPARE_RECORDS}
    assert (told[-1].done, told[-1].total) == (300, 300)


def test_an_ems_with_more_voters_than_one_call_takes_is_compared_in_parts(monkeypatch, office, client, spoilt):
    at_once = listed(compare(office, client, group_size=300))
    monkeypatch.setattr("votecal_soap.county.record_comparison.RECORDS_A_CALL", 7)
    monkeypatch.setattr("votecal_soap.county.record_comparison.DIFFERENCES_A_PAGE", 1)
    assert listed(compare(office, client, group_size=300)) == at_once


def test_a_clerk_sees_a_table_of_differences_and_a_program_their_json(county, spoilt):  # noqa: F811
    shown = county("compare")
    assert "missing at the county" in shown
    assert "Name, Contact" in shown
    assert "300 voters compared in 3 groups" in shown
    told = json.loads(county("compare", "--show", 1, "--json"))
    assert told["counts"] == {"MissingAtState": 2, "MissingAtCounty": 2, "FieldsDiffer": 3}
    assert [item["kind"] for item in told["differences"]] == ["MissingAtState", "MissingAtCounty", "FieldsDiffer"]
    assert json.loads(county("compare", "--mark", "--json"))["marked"] == 2
    assert json.loads(county("compare", "--status-only", "--json"))["counts"]["FieldsDiffer"] == 2
