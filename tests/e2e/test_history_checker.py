"""The checker of the kill test finds each fault that it is there to find."""

from dataclasses import replace

import pytest

from .history_checker import History, MessageRow, OutcomeRow, VoterRow, faults

ANN, BOB, EVE = 100000001, 100000002, 100000003
JOB = 7
BEFORE = {ANN: VoterRow(1, 0), BOB: VoterRow(2, 1), EVE: VoterRow(1, 0)}

OUTCOMES = (
    OutcomeRow(1, "Applied", None, ANN, 2),
    OutcomeRow(2, "Unchanged", None, BOB, 2),
    OutcomeRow(3, "Applied", None, ANN, 3),
    OutcomeRow(4, "Failed", "VoterNotFound", 999000000001, None),
)
MESSAGES = (
    MessageRow(10, "19", False, "IdvResult", BOB, 1, 2, None, None),
    MessageRow(11, "19", True, "BatchRecordApplied", ANN, 1, 2, JOB, 1),
    MessageRow(12, "19", True, "BatchRecordUnchanged", BOB, 2, 2, JOB, 2),
    MessageRow(13, "19", True, "BatchRecordApplied", ANN, 2, 3, JOB, 3),
    MessageRow(14, "19", True, "BatchRecordFailed", None, None, None, JOB, 4),
)
RIGHT = History(
    job_id=JOB,
    outcomes=OUTCOMES,
    messages=MESSAGES,
    voters={ANN: VoterRow(3, 2), BOB: VoterRow(2, 2), EVE: VoterRow(1, 0)},
    versions=((ANN, 1), (ANN, 2), (ANN, 3), (BOB, 1), (BOB, 2), (EVE, 1)),
    job_versions=((ANN, 2), (ANN, 3)),
    activities=((ANN, 2), (ANN, 3)),
    precincts=((ANN, 3),),
    audits=("7/1", "7/3"),
    depths={"19": 4},
    counts={("Applied", "-"): 2, ("Unchanged", "-"): 1, ("Failed", "VoterNotFound"): 1},
)


def test_a_right_history_has_no_fault():
    assert faults(RIGHT, 4, BEFORE) == []


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ({"outcomes": (*OUTCOMES, OUTCOMES[0])}, "outcome of record 1: 2 instead of 1"),
        ({"outcomes": OUTCOMES[:3]}, "outcome of record 4: 0 instead of 1"),
        ({"outcomes": (*OUTCOMES[:3], OUTCOMES[3]._replace(sequence=5))}, "outcome of record 5: 1 instead of 0"),
        ({"outcomes": (OUTCOMES[0]._replace(version=4), *OUTCOMES[1:])}, "record 1 tells version 4 and the voter has 2"),
        ({"messages": (*MESSAGES, MESSAGES[2]._replace(message_id=20)), "depths": {"19": 5}}, "message (2, 'BatchRecordUnchanged', 2): 2 instead of 1"),
        ({"messages": MESSAGES[:4], "depths": {"19": 3}}, "message (4, 'BatchRecordFailed', None): 0 instead of 1"),
        ({"messages": (*MESSAGES[:4], MESSAGES[4]._replace(message_type="BatchRecordApplied"))}, "message (4, 'BatchRecordApplied', None): 1 instead of 0"),
        ({"job_versions": ((ANN, 2),)}, f"version of this job ({ANN}, 3): 0 instead of 1"),
        ({"versions": RIGHT.versions[:2] + RIGHT.versions[3:]}, f"version ({ANN}, 3): 0 instead of 1"),
        ({"versions": (*RIGHT.versions, (ANN, 3))}, f"version ({ANN}, 3): 2 instead of 1"),
        ({"versions": (*RIGHT.versions, (EVE, 2))}, f"version ({EVE}, 2): 1 instead of 0"),
        ({"voters": {**RIGHT.voters, ANN: VoterRow(4, 2)}}, f"current version ({ANN}, 4): 1 instead of 0"),
        ({"activities": (*RIGHT.activities, (ANN, 3))}, f"activity ({ANN}, 3): 2 instead of 1"),
        ({"audits": ("7/1",)}, "audit entry 7/3: 0 instead of 1"),
        ({"precincts": ((BOB, 2),)}, f"voting precinct ({BOB}, 2) has no version of this job"),
        ({"depths": {"19": 5}}, "open messages of county 19: 5 instead of 4"),
        ({"depths": {}}, "open messages of county 19: 0 instead of 4"),
        ({"counts": {**RIGHT.counts, ("Unchanged", "-"): 2}}, "count of ('Unchanged', '-'): 2 instead of 1"),
        (
            {"messages": (*MESSAGES[:1], MESSAGES[1]._replace(voter_sequence=2), MESSAGES[2], MESSAGES[3]._replace(voter_sequence=1), MESSAGES[4])},
            f"messages of voter {ANN} are not numbered 1 to 2 in the order of the queue",
        ),
        (
            {"messages": (*MESSAGES[:1], MESSAGES[1]._replace(record_sequence=3), MESSAGES[2], MESSAGES[3]._replace(record_sequence=1), MESSAGES[4])},
            f"messages of voter {ANN} are not in the order of the file",
        ),
        ({"voters": {**RIGHT.voters, EVE: VoterRow(1, 1)}}, f"voter {EVE} got 0 messages of this job and the record counts otherwise"),
    ],
)
def test_a_planted_fault_is_found(planted, told):
    assert told in faults(replace(RIGHT, **planted), 4, BEFORE)
