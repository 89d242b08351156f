"""The checker of a DMV file's history finds each fault that it is there to find."""

import pytest

from .dmv_history import DmvFileExpected, faults
from .planted_rows import planted, rows

JOB, ANN, BOB, EVE = 7, 100000001, 100000002, 100000003
BY_JOB = {"actor": "job:7"}
EXPECTED = DmvFileExpected(job_id=JOB, record_count=8, unreadable=frozenset({3}), repeated=frozenset({8}))


def item(number, sequence, status, disposition, county="19", kind="ChangeOfAddress", **more):
    shown = {"item_status": status, "disposition": disposition, "county_code": county, "record_kind": kind}
    return {"work_item_id": number, "job_id": JOB, "record_sequence": sequence, **shown, **more}


def case(number, item_id, uid, state, before=None, applied=None):
    versions = {"before_version": before, "applied_version": applied}
    return {"case_id": number, "work_item_id": item_id, "state_voter_id": uid, "county_code": "19", "case_state": state, **versions}


# A voter moves within the county, one to another; one may be meant, and is again by a newer record; one is nobody's, one nobody's of another state.
RIGHT = {
    "job": [{"job_id": JOB, "state": "Completed"}],
    "job_instance": [{"job_id": JOB, "state": "Completed"}],
    "dmv_file": [{"file_id": 1, "job_id": JOB, "state": "Completed"}],
    "dmv_file_count": [
        {"file_id": 1, "outcome": outcome, "record_count": count}
        for outcome, count in {
            "AutomaticMatch": 1,
            "ProvisionalMatch": 1,
            "PotentialMatch": 2,
            "NoMatch": 1,
            "NoMatchOutOfState": 1,
            "Unreadable": 1,
            "Duplicate": 1,
        }.items()
    ],
    "dmv_file_score": [{"file_id": 1, "confidence_from": 0, "record_count": 2}, {"file_id": 1, "confidence_from": 90, "record_count": 4}],
    "batch_record_outcome": [{"job_id": JOB, "record_sequence": 3}],
    "dmv_work_item": [
        item(11, 1, "Closed", "AutomaticMatch"),
        item(12, 2, "Closed", "AutomaticMatch", county="30", signature_id=91),
        item(13, 4, "Closed", "Replaced"),
        item(14, 5, "Open", "PotentialMatch"),
        item(15, 6, "Closed", "NoMatch"),
        item(16, 7, "Closed", "NoMatch", county=None),
    ],
    "dmv_signature": [{"signature_id": 91}],
    "match_case": [
        case(51, 11, ANN, "Accepted", 1, 2),
        case(52, 12, BOB, "Provisional", 1, 2),
        case(53, 13, EVE, "Replaced"),
        case(54, 14, EVE, "Open"),
    ],
    "transfer_out": [{"transfer_id": 61, "case_id": 52, "losing_county": "19", "gaining_county": "30"}],
    "mailing": [{"mailing_kind": "OutOfState", "work_item_id": 16}],
    "potential_voter": [{"work_item_id": 15}, {"work_item_id": 16}],
    "ems_message": [
        {"job_id": JOB, "dedup_key": key}
        for key in (
            "CASE:51:1:19:AutomaticMatchApplied",
            "TRANSFER:61:19:TransferOut",
            "TRANSFER:61:30:TransferIn",
            "CASE:53:1:19:PotentialMatch",
            "CASE:53:2:19:MatchCaseReplaced",
            "CASE:54:1:19:PotentialMatch",
            "DMV:15:UnresolvedDmvCoa",
        )
    ],
    "voter_version": [
        {"state_voter_id": ANN, "version": 2, "county_code": "19", "job_id": JOB},
        {"state_voter_id": BOB, "version": 2, "county_code": "30", "job_id": JOB},
    ],
    "voter_activity": [
        {"job_id": JOB, "state_voter_id": ANN, "activity_type": "DMV COA Match"},
        {"job_id": JOB, "state_voter_id": BOB, "activity_type": "DMV COA Match"},
        {"job_id": JOB, "state_voter_id": EVE, "activity_type": "Potential DMV COA Match"},
        {"job_id": JOB, "state_voter_id": EVE, "activity_type": "Potential DMV COA Match"},
    ],
    "audit_entry": [
        {**BY_JOB, "action": "ApplyDmvMatch", "subject_id": str(ANN)},
        {**BY_JOB, "action": "ApplyDmvMatch", "subject_id": str(BOB)},
        {**BY_JOB, "action": "ReplaceMatchCase", "subject_id": "53"},
        {**BY_JOB, "action": "DmvFileCompleted", "subject_id": "7"},
    ],
}


def test_a_right_history_has_no_fault():
    assert faults(rows(**RIGHT), EXPECTED) == []


@pytest.mark.requirement("COA-36")
@pytest.mark.parametrize(
    ("table", "place", "values", "told"),
    [
        ("dmv_work_item", 4, {}, "work item of record 6: 0 instead of 1"),
        ("dmv_work_item", None, item(17, 6, "Closed", "NoMatch"), "work item of record 6: 2 instead of 1"),
        ("dmv_work_item", None, item(17, 8, "Closed", "NoMatch"), "work item of record 8: 1 instead of 0"),
        ("dmv_work_item", None, item(17, 3, "Closed", "NoMatch"), "work item of record 3: 1 instead of 0"),
        ("batch_record_outcome", 0, {}, "refusal of record 3: 0 instead of 1"),
        ("batch_record_outcome", None, {"job_id": JOB, "record_sequence": 3}, "refusal of record 3: 2 instead of 1"),
        ("dmv_signature", 0, {}, "signature 91: 0 instead of 1"),
        ("dmv_file_count", 0, {"record_count": 2}, "count of AutomaticMatch: 2 instead of 1"),
        ("dmv_file_count", 6, {}, "count of Duplicate: 0 instead of 1"),
        ("dmv_file_score", 0, {"record_count": 3}, "7 records are in the histogram and 6 have a work item"),
        ("match_case", 0, {}, "work item 11 ended as AutomaticMatch with 0 cases"),
        ("match_case", None, case(55, 11, EVE, "Accepted"), "work item 11 ended as AutomaticMatch with 2 cases"),
        ("match_case", None, case(55, 15, EVE, "Open"), "work item 15 ended as NoMatch with 1 cases"),
        ("match_case", None, case(55, 99, EVE, "Open"), "case of work item 99, which is not there"),
        ("match_case", 2, {"case_state": "Open"}, "work item 13 is Closed as Replaced and its cases are ['Open']"),
        ("dmv_work_item", 3, {"item_status": "Closed"}, "work item 14 is Closed as PotentialMatch and its cases are ['Open']"),
        ("ems_message", 5, {}, "message CASE:54:1:19:PotentialMatch: 0 instead of 1"),
        ("ems_message", 2, {}, "message TRANSFER:61:30:TransferIn: 0 instead of 1"),
        ("ems_message", 6, {}, "message DMV:15:UnresolvedDmvCoa: 0 instead of 1"),
        ("ems_message", 4, {}, "message CASE:53:2:19:MatchCaseReplaced: 0 instead of 1"),
        ("ems_message", None, {"job_id": JOB, "dedup_key": "CASE:54:1:19:PotentialMatch"}, "message CASE:54:1:19:PotentialMatch: 2 instead of 1"),
        ("voter_version", 0, {}, f"version of this job ({ANN}, 2): 0 instead of 1"),
        ("voter_version", None, {"state_voter_id": EVE, "version": 2, "job_id": JOB}, f"version of this job ({EVE}, 2): 1 instead of 0"),
        ("audit_entry", 0, {}, f"audit entry of voter {ANN}: 0 instead of 1"),
        ("audit_entry", 2, {}, "audit entry of replaced case 53: 0 instead of 1"),
        ("audit_entry", 3, {}, "audit entry DmvFileCompleted: 0 instead of 1"),
        ("audit_entry", None, {**BY_JOB, "action": "DmvFileCompleted"}, "audit entry DmvFileCompleted: 2 instead of 1"),
        ("voter_activity", 0, {}, f"activity ({ANN}, 'DMV COA Match'): 0 instead of 1"),
        ("voter_activity", 2, {}, f"activity ({EVE}, 'Potential DMV COA Match'): 1 instead of 2"),
        ("transfer_out", 0, {}, "transfer of case 52: 0 instead of 1"),
        ("potential_voter", 0, {}, "potential voter of work item 15: 0 instead of 1"),
        ("mailing", 0, {}, "work item of SOS for 16: 0 instead of 1"),
        ("job_instance", 0, {"state": "Running"}, "state of job, run and file Running: 1 instead of 0"),
        ("dmv_file", 0, {"state": "Taken"}, "state of job, run and file Taken: 1 instead of 0"),
    ],
)
def test_a_planted_fault_is_found(table, place, values, told):
    assert told in faults(planted(RIGHT, table, place, **values), EXPECTED)
