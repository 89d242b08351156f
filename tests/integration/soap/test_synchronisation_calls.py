"""GetSynchronizationDigest and ListDifferences (2 CCR 19083) for a general client; every answer keeps the schema."""

import pytest
import zeep

from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.record_checksums import COMPARED_FIELDS, ComparedRecord, group_checksum, kind_checksums, record_checksum, status_checksum
from votecal_soap.domain.synchronisation import UidRange
from votecal_soap.use_cases import get_synchronization_digest, list_differences

from .match_situations import AnswersKeepTheSchema, a_voter
from .soap_requests import NOW

pytestmark = pytest.mark.requirement("2-CCR-19083")
FIRST = 100_000_001
EMS = "ems-integration"


@pytest.fixture
def voters(state):
    """Seven of Los Angeles, the fifth cancelled, and one of Sacramento's in their midst."""
    mine = [a_voter(FIRST + place, status="Cancelled" if place == 4 else "Active", first_name=f"ANA{place}") for place in range(7)]
    other = a_voter(FIRST + 100, county_code="34", ems_voter_id="S-1")
    with state.application.unit_of_work() as uow:
        uow.voters.add_voters([*mine, other], NOW)
        uow.commit()
    return {voter.state_voter_id: compared(voter) for voter in mine}


def compared(voter):
    values = [getattr(voter, name) for name in COMPARED_FIELDS]
    return ComparedRecord(voter.state_voter_id, [None if value is None else str(value) for value in values])


@pytest.fixture
def service(connect, schemas):
    client = connect(EMS)
    client.plugins.append(AnswersKeepTheSchema(schemas[EMS]))
    return client.service


def county_record(record, **changes):
    given = {"StateVoterId": record.state_voter_id, "Checksum": record_checksum(record), "KindChecksums": kind_checksums(record.values)}
    return {**given, **changes}


def with_fields(record, **fields):
    return ComparedRecord(record.state_voter_id, [fields.get(name, value) for name, value in zip(COMPARED_FIELDS, record.values, strict=True)])


def differences(service, records, scope="Record", **more):
    return service.ListDifferences(SynchronizationScope=scope, CountyRecords={"CountyRecord": records} if records else {}, **more)


def found(answer):
    listed = answer.Differences.Difference if answer.Differences else []
    return [(item.DifferenceKind, int(item.StateVoterId) - FIRST) for item in listed]


def test_a_county_that_has_the_same_records_finds_every_group_alike(service, voters):
    answer = service.GetSynchronizationDigest(SynchronizationScope="Record", GroupSize=3)
    groups = answer.RecordGroups.RecordGroup
    assert [(group.AfterStateVoterId, group.LastStateVoterId, group.RecordCount) for group in groups] == [
        (None, str(FIRST + 2), 3),
        (str(FIRST + 2), str(FIRST + 5), 2),
        (str(FIRST + 5), None, 1),
    ]
    mine = [(uid, record_checksum(record)) for uid, record in voters.items() if not record.has_ended]
    assert [group.Checksum for group in groups] == [group_checksum(part) for part in (mine[:3], mine[3:5], mine[5:])]
    assert answer.MoreRecordGroups is False


def test_the_status_alone_has_checksums_of_its_own(service, voters):
    (group,) = service.GetSynchronizationDigest(SynchronizationScope="Status").RecordGroups.RecordGroup
    assert group.Checksum == group_checksum((uid, status_checksum(record)) for uid, record in voters.items() if not record.has_ended)


def test_groups_come_in_pages_that_go_on_after_the_last_uid(service, voters, monkeypatch):
    monkeypatch.setattr(get_synchronization_digest, "RECORDS_A_CALL", 4)
    pages, after, more = [], None, True
    while more:
        answer = service.GetSynchronizationDigest(SynchronizationScope="Record", GroupSize=2, AfterStateVoterId=after)
        pages.append(answer.RecordGroups.RecordGroup)
        after, more = pages[-1][-1].LastStateVoterId, answer.MoreRecordGroups
    assert [len(page) for page in pages] == [2, 2]
    assert [group.AfterStateVoterId for page in pages for group in page][1:] == [group.LastStateVoterId for page in pages for group in page][:-1]
    assert pages[-1][-1].LastStateVoterId is None


@pytest.mark.requirement("EWS-01")
def test_a_county_without_records_has_one_group_of_none(service):
    (group,) = service.GetSynchronizationDigest(SynchronizationScope="Record").RecordGroups.RecordGroup
    assert (group.AfterStateVoterId, group.LastStateVoterId, group.RecordCount, group.Checksum) == (None, None, 0, group_checksum([]))


@pytest.mark.requirement("EWS-01")
def test_differences_are_listed_in_the_order_of_the_regulation_and_another_countys_voter_is_missing(service, voters):
    records = [county_record(record) for uid, record in voters.items() if uid not in (FIRST, FIRST + 4)]
    records[1] = county_record(with_fields(voters[FIRST + 2], party="DEM", phone="9165550000"))
    answer = differences(service, [county_record(ComparedRecord(FIRST + 100, [None] * len(COMPARED_FIELDS))), *records])
    assert found(answer) == [("MissingAtState", 100), ("MissingAtCounty", 0), ("FieldsDiffer", 2)]
    missing_at_state, missing_at_county, differs = answer.Differences.Difference
    assert (missing_at_state.EmsVoterId, missing_at_state.RecordVersion, missing_at_state.Status) == (None, None, None)
    assert (missing_at_county.EmsVoterId, missing_at_county.RecordVersion, missing_at_county.Status) == (f"LA-{FIRST}", 1, "Active")
    assert differs.DataKinds.DataKind == ["Contact", "Party"]


def test_a_registration_that_has_ended_at_the_county_and_is_in_force_at_the_state_differs(service, voters):
    records = [county_record(record) for record in voters.values()]
    ended = with_fields(voters[FIRST + 1], status="Cancelled")
    records[1] = county_record(ended, Ended=True)
    records[4] = county_record(with_fields(voters[FIRST + 4], party="DEM"), Ended=True)
    answer = differences(service, records)
    assert found(answer) == [("FieldsDiffer", 1)]
    assert answer.Differences.Difference[0].DataKinds.DataKind == ["Registration"]


def test_pages_of_differences_go_on_after_the_last(service, voters):
    first = differences(service, [], MaximumDifferences=4)
    last = first.Differences.Difference[-1]
    place = {"DifferenceKind": last.DifferenceKind, "StateVoterId": last.StateVoterId}
    second = differences(service, [], MaximumDifferences=4, AfterDifference=place)
    assert (found(first) + found(second), first.MoreDifferences, second.MoreDifferences) == (
        [("MissingAtCounty", place) for place in (0, 1, 2, 3, 5, 6)],
        True,
        False,
    )


@pytest.mark.requirement("VRU-13")
def test_a_difference_that_a_waiting_message_explains_says_so(state, service, voters):
    about = {"state_voter_id": FIRST, "voter_sequence": 1, "ems_voter_id": None, "record_version": 1, "job_id": None, "record_sequence": None}
    told = NewMessage(county_code="19", message_type=MessageType.IDV_RESULT, dedup_key="k", payload="<IdvResult/>", blocks_updates=1, **about)
    with state.application.unit_of_work() as uow:
        uow.messages.add([told], NOW)
        uow.commit()
    listed = differences(service, []).Differences.Difference
    assert [item.UpdatePending for item in listed] == [True, False, False, False, False, False]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"LastStateVoterId": FIRST}, "VC-1010"),
        ({"AfterStateVoterId": FIRST + 1}, "VC-1010"),
        ({"MaximumDifferences": 0}, "VC-1009"),
        ({"MaximumDifferences": 5001}, "VC-1009"),
    ],
)
def test_what_cannot_be_compared_is_refused(service, voters, given, code):
    assert fault(differences, service, [county_record(voters[FIRST + 1])], **given) == code


def test_a_record_that_stands_there_twice_is_refused(service, voters):
    assert fault(differences, service, [county_record(voters[FIRST])] * 2) == "VC-1010"


def test_a_range_with_more_records_than_one_call_compares_is_refused(service, voters, monkeypatch):
    monkeypatch.setattr(list_differences, "RECORDS_A_CALL", 6)
    assert fault(differences, service, []) == "VC-1009"


@pytest.mark.requirement("OPS-03")
def test_a_full_page_of_groups_and_one_of_differences_stay_below_48_kilobytes(state):
    many = [a_voter(FIRST + place) for place in range(400)]
    with state.application.unit_of_work() as uow:
        uow.voters.add_voters(many, NOW)
        uow.commit()
    for operation, request in (
        ("GetSynchronizationDigest", "<SynchronizationScope>Record</SynchronizationScope><GroupSize>1</GroupSize>"),
        ("ListDifferences", "<SynchronizationScope>Record</SynchronizationScope><CountyRecords/>"),
    ):
        answer = state.call(EMS, operation, request)
        assert 30_000 < len(answer.content) < 48 << 10
        assert "true" in (answer.text("MoreRecordGroups"), answer.text("MoreDifferences"))
        assert "O'NEIL" not in answer.content.decode()


def fault(act, *arguments, **given):
    with pytest.raises(zeep.exceptions.Fault) as caught:
        act(*arguments, **given)
    return caught.value.detail.find("{*}VoteCalFault").findtext("{*}Code")


def test_whoever_writes_does_not_wait_for_a_check_and_the_check_reads_one_moment(state, voters):
    with state.application.unit_of_work(read_only=True) as reading:
        before = reading.voters.compared("19", UidRange(), 50)
        with state.application.unit_of_work() as writing:
            writing.voters.add_voters([a_voter(FIRST + 50)], NOW)
            writing.commit()
        assert reading.voters.compared("19", UidRange(), 50) == before
