"""Groups that cover every UID, and the differences of one, in the order of 2 CCR 19083."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.record_checksums import COMPARED_FIELDS, ComparedRecord, kind_checksums
from votecal_soap.domain.synchronisation import (
    CHECKSUMS,
    CountyRecord,
    DifferenceKind,
    DigestQuery,
    StateRecord,
    SynchronizationScope,
    find_differences,
    group_records,
)

pytestmark = pytest.mark.requirement("2-CCR-19083")
RECORD, STATUS = SynchronizationScope.RECORD, SynchronizationScope.STATUS


def record(uid, **fields):
    return ComparedRecord(uid, [{"status": "Active", **fields}.get(name) for name in COMPARED_FIELDS])


def at_state(uid, **fields):
    return StateRecord(record(uid, **fields), f"E{uid}", 3, fields.get("status", "Active"))


def at_county(uid, scope=RECORD, **fields):
    mine = record(uid, **fields)
    return CountyRecord(uid, CHECKSUMS[scope](mine), kind_checksums(mine.values), mine.has_ended)


def kinds(differences):
    return [(item.kind, item.state_voter_id) for item in differences]


def test_what_is_missing_at_the_state_comes_first_then_what_is_missing_at_the_county_then_what_differs():
    ours = [at_state(2), at_state(5), at_state(7, party="DEM"), at_state(8)]
    theirs = [at_county(9), at_county(1), at_county(7, party="REP"), at_county(8)]
    assert kinds(find_differences(RECORD, ours, theirs)) == [
        (DifferenceKind.MISSING_AT_STATE, 1),
        (DifferenceKind.MISSING_AT_STATE, 9),
        (DifferenceKind.MISSING_AT_COUNTY, 2),
        (DifferenceKind.MISSING_AT_COUNTY, 5),
        (DifferenceKind.FIELDS_DIFFER, 7),
    ]


@pytest.mark.parametrize("ended", ["Cancelled", "Declined"])
def test_a_registration_that_has_ended_is_no_difference_unless_the_other_side_has_it_in_force(ended):
    assert find_differences(RECORD, [at_state(1, status=ended)], []) == []
    assert find_differences(RECORD, [], [at_county(1, status=ended)]) == []
    assert find_differences(RECORD, [at_state(1, status=ended, party="DEM")], [at_county(1, status="Declined", party="REP")]) == []
    for ours, theirs in ((ended, "Active"), ("Inactive", ended)):
        (found,) = find_differences(RECORD, [at_state(1, status=ours)], [at_county(1, status=theirs)])
        assert (found.kind, found.data_kinds) == (DifferenceKind.FIELDS_DIFFER, (DataKind.REGISTRATION,))


def test_the_kinds_of_data_are_named_when_the_county_sent_their_checksums():
    ours, theirs = [at_state(1, party="DEM", phone="1")], at_county(1, party="REP", phone="2")
    assert find_differences(RECORD, ours, [theirs])[0].data_kinds == (DataKind.CONTACT, DataKind.PARTY)
    assert find_differences(RECORD, ours, [theirs._replace(kind_checksums=None)])[0].data_kinds == ()


def test_the_status_alone_is_compared_when_that_is_asked_for():
    assert find_differences(STATUS, [at_state(1, party="DEM")], [at_county(1, STATUS, party="REP")]) == []
    (found,) = find_differences(STATUS, [at_state(1)], [at_county(1, STATUS, status="Inactive")])
    assert found.data_kinds == (DataKind.REGISTRATION,)


@given(st.sets(st.integers(1, 500)), st.integers(1, 20), st.booleans())
def test_groups_cover_every_uid_once_and_only_the_last_of_all_is_open(uids, size, to_the_end):
    records = [record(uid) for uid in sorted(uids)]
    groups = list(group_records(records, DigestQuery(scope=RECORD, group_size=size), to_the_end=to_the_end))
    assert [group.uids.after for group in groups] == [None, *(group.uids.last for group in groups[:-1])][: len(groups)]
    assert [group.uids.last is None for group in groups] == [to_the_end and place == len(groups) - 1 for place in range(len(groups))]
    assert sum(group.record_count for group in groups) == len(uids)
    assert all(sum(group.uids.holds(uid) for group in groups) == 1 for uid in uids)


def test_an_ended_registration_is_in_no_count_and_no_checksum():
    query = DigestQuery(scope=RECORD, group_size=10)
    with_ended, without = ([record(1), *more] for more in ([record(2, status="Cancelled")], []))
    assert list(group_records(with_ended, query, to_the_end=True)) == list(group_records(without, query, to_the_end=True))
