"""The checker of duplicate detection's history finds each fault that it is there to find."""

import pytest

from .detection_history import DetectionExpected, faults
from .planted_rows import planted, rows

JOB = 7
A, B, C, D, E, F = range(100000001, 100000007)
EXPECTED = DetectionExpected(job_id=JOB, pairs=frozenset({(A, B), (C, D), (E, F)}))


def case(number, one, other, state):
    return {"case_id": number, "state_voter_id": one, "other_voter_id": other, "case_state": state}


def part(number, following, last, done=1):
    return {"partition_number": number, "next_state_voter_id": following, "last_state_voter_id": last, "done": done}


# One pair is merged, one waits for the older record's county, one waits for both of its counties.
RIGHT = {
    "job": [{"job_id": JOB, "state": "Completed"}],
    "job_instance": [{"job_id": JOB, "state": "Completed"}, {"job_id": JOB, "state": "Completed"}],
    "duplicate_run": [{"run_id": 1, "finished_at": "then"}],
    "duplicate_partition": [part(1, C, B), part(2, F + 1, F)],
    "duplicate_partition_count": [
        {"partition_number": 1, "outcome": "Merged", "pair_count": 1},
        {"partition_number": 2, "outcome": "ProvisionallyMerged", "pair_count": 1},
        {"partition_number": 2, "outcome": "Opened", "pair_count": 1},
    ],
    "match_case": [case(51, A, B, "Accepted"), case(52, C, D, "Provisional"), case(53, E, F, "Open")],
    "merge_record": [
        {"case_id": 51, "newer_voter_id": B, "older_voter_id": A, "older_change": {}, "completed_at": "then"},
        {"case_id": 52, "newer_voter_id": C, "older_voter_id": D},
    ],
    "voter": [
        {"state_voter_id": A, "county_code": "19", "merged_into": B},
        *({"state_voter_id": uid, "county_code": "19"} for uid in (B, C, D, E)),
        {"state_voter_id": F, "county_code": "30"},
    ],
    "voter_version": [{"job_id": JOB, "state_voter_id": uid} for uid in (A, B, C)],
    "voter_activity": [{"job_id": JOB, "state_voter_id": uid} for uid in (A, B, C)],
    "audit_entry": [{"action": "MergeVoters", "subject_id": str(uid)} for uid in (A, B, C)] + [{"action": "DetectDuplicates"}],
    "ems_message": [
        {"job_id": JOB, "dedup_key": key}
        for key in (
            f"PAIR:51:1:{A}:MergedIntoNewer",
            f"PAIR:51:1:{B}:MergeReceived",
            f"PAIR:52:1:{D}:MergeProvisional",
            f"PAIR:52:1:{C}:MergeReceived",
            f"PAIR:53:1:{E}:PotentialDuplicate",
            f"PAIR:53:1:{F}:PotentialDuplicate",
        )
    ],
}


def test_a_right_history_has_no_fault():
    assert faults(rows(**RIGHT), EXPECTED) == []


@pytest.mark.requirement("DUP-01", "DUP-07")
@pytest.mark.parametrize(
    ("table", "place", "values", "told"),
    [
        ("match_case", 2, {}, f"case of pair ({E}, {F}): 0 instead of 1"),
        ("match_case", None, case(54, E, F, "Open"), f"case of pair ({E}, {F}): 2 instead of 1"),
        ("match_case", None, case(54, A, F, "Open"), f"case of pair ({A}, {F}): 1 instead of 0"),
        ("match_case", 2, {"case_state": "Rejected"}, "case 53 is Rejected"),
        ("duplicate_partition", 1, {"done": 0}, f"partition 2 stands at {F + 1} and ends with {F}"),
        ("duplicate_partition", 1, {"next_state_voter_id": E}, f"partition 2 stands at {E} and ends with {F}"),
        ("duplicate_partition_count", 0, {"pair_count": 2}, "count of Merged: 2 instead of 1"),
        ("duplicate_partition_count", 2, {}, "count of Opened: 0 instead of 1"),
        ("merge_record", 1, {}, "merge of case 52: 0 instead of 1"),
        ("merge_record", None, {"case_id": 53, "newer_voter_id": E, "older_voter_id": F}, "merge of case 53: 1 instead of 0"),
        ("merge_record", 0, {"older_change": None}, "the merge of case 51 is half done"),
        ("merge_record", 0, {"completed_at": None}, "the merge of case 51 is half done"),
        ("merge_record", 1, {"older_change": {}, "completed_at": "then"}, "the merge of case 52 is half done"),
        ("voter", 0, {"merged_into": None}, f"voter {A} is merged into None, and the merges say {B}"),
        ("voter", 3, {"merged_into": C}, f"voter {D} is merged into {C}, and the merges say None"),
        ("ems_message", 0, {}, f"message PAIR:51:1:{A}:MergedIntoNewer: 0 instead of 1"),
        ("ems_message", 3, {}, f"message PAIR:52:1:{C}:MergeReceived: 0 instead of 1"),
        ("ems_message", 5, {}, f"message PAIR:53:1:{F}:PotentialDuplicate: 0 instead of 1"),
        (
            "ems_message",
            None,
            {"job_id": JOB, "dedup_key": f"PAIR:53:1:{E}:PotentialDuplicate"},
            f"message PAIR:53:1:{E}:PotentialDuplicate: 2 instead of 1",
        ),
        ("voter_version", 0, {}, f"version of voter {A}: 0 instead of 1"),
        ("voter_version", None, {"job_id": JOB, "state_voter_id": B}, f"version of voter {B}: 2 instead of 1"),
        ("voter_activity", 2, {}, f"activity of voter {C}: 0 instead of 1"),
        ("audit_entry", 1, {}, f"audit entry of voter {B}: 0 instead of 1"),
        ("audit_entry", 3, {}, "audit entry DetectDuplicates: 0 instead of 1"),
        ("audit_entry", None, {"action": "DetectDuplicates"}, "audit entry DetectDuplicates: 2 instead of 1"),
        ("job_instance", 1, {"state": "Running"}, "job_instance is Running"),
        ("job", 0, {"state": "Processing"}, "job is Processing"),
        ("duplicate_run", 0, {"finished_at": None}, "run 1 of detection has no end"),
    ],
)
def test_a_planted_fault_is_found(table, place, values, told):
    assert told in faults(planted(RIGHT, table, place, **values), EXPECTED)
