"""The checkers that know no job find each fault that they are there to find."""

from datetime import date

import pytest
from fakes.dmv import a_voter

from db.repositories.match_keys import match_row
from votecal_soap.domain.voters import VERSION_FIELDS
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.search.stored_keys import owned_keys

from .end_result import differences, end_result
from .planted_rows import PlantedRow, planted, rows
from .standing import faults

ANN = a_voter(100000001)._replace(version=2, message_sequence=2, first_name="ANN")
BOB = a_voter(100000002)._replace(version=1, message_sequence=2, first_name="BOB")
GONE = a_voter(100000003)._replace(version=1, message_sequence=0, merged_into=100000001)
DAY = date(2026, 3, 10)
IN_ROLL = [match_row(voter) for voter in (ANN, BOB)]
KEYS = [{"match_key": key, "state_voter_id": uid} for key, uid in zip(*owned_keys(IN_ROLL), strict=True)]


def version(voter, **more):
    return {**{name: getattr(voter, name) for name in VERSION_FIELDS}, **more}


def message(number, voter, sequence, queue_county="19"):
    return {"message_id": number, "county_code": "19", "queue_county": queue_county, "state_voter_id": voter.state_voter_id, "voter_sequence": sequence}


RIGHT = {
    "voter": [voter._asdict() for voter in (ANN, BOB, GONE)],
    "voter_version": [version(ANN, version=1), version(ANN), version(BOB), version(GONE)],
    "ems_message": [message(1, ANN, 1), message(2, BOB, 1), message(3, ANN, 2, None), message(4, BOB, 2)],
    "ems_queue": [{"county_code": "19", "open_count": 3}],
    "match_case": [{"county_code": "19", "other_county": "30", "case_type": "DuplicateVoter", "case_state": "Open", "due_on": DAY}],
    "open_case_count": [
        {"county_code": county, "case_type": "DuplicateVoter", "case_state": "Open", "due_on": DAY, "is_second": second, "case_count": 1}
        for county, second in (("19", False), ("30", True))
    ],
    "sos_work_item": [{"item_type": "UnresolvedDmvCoa", "item_status": "Open", "due_on": DAY}],
    "sos_work_item_count": [{"item_type": "UnresolvedDmvCoa", "due_on": DAY, "open_count": 1}],
    "voter_match": [dict(zip(CANDIDATE_COLUMNS, row, strict=True)) for row in IN_ROLL],
    "voter_match_key": KEYS[1:],
    "voter_match_key_recent": [{**KEYS[0], "held": 1}, {"match_key": 4711, "state_voter_id": ANN.state_voter_id, "held": 0}],
}
UID = ANN.state_voter_id


def test_a_right_state_has_no_fault():
    assert faults(rows(**RIGHT)) == []


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize(
    ("table", "place", "values", "told"),
    [
        ("voter_version", 0, {}, f"version ({UID}, 1): 0 instead of 1"),
        ("voter_version", None, version(ANN, version=3), f"version ({UID}, 3): 1 instead of 0"),
        ("voter_version", None, version(ANN), f"version ({UID}, 2): 2 instead of 1"),
        ("voter_version", 1, {"first_name": "EVE"}, f"voter {UID} is not as version 2 says"),
        ("ems_message", 0, {}, f"messages of voter {UID} are not numbered 1 to 2 in the order of the queue"),
        ("ems_message", 2, {"voter_sequence": 3}, f"messages of voter {UID} are not numbered 1 to 2 in the order of the queue"),
        ("ems_message", 2, {"message_id": 0}, f"messages of voter {UID} are not numbered 1 to 2 in the order of the queue"),
        ("ems_message", None, message(5, ANN, 2), f"messages of voter {UID} are not numbered 1 to 2 in the order of the queue"),
        ("ems_message", None, message(5, a_voter(9), 1), "message about voter 9, who does not exist"),
        ("ems_queue", 0, {"open_count": 4}, "open messages of county 19: 4 instead of 3"),
        ("open_case_count", 1, {}, f"waiting cases of ('30', 'DuplicateVoter', 'Open', {DAY!r}, True): 0 instead of 1"),
        ("open_case_count", 0, {"case_count": 2}, f"waiting cases of ('19', 'DuplicateVoter', 'Open', {DAY!r}, False): 2 instead of 1"),
        ("sos_work_item_count", 0, {"open_count": 2}, f"open work items of SOS ('UnresolvedDmvCoa', {DAY!r}): 2 instead of 1"),
        ("voter_match_key", 0, {}, f"match key {KEYS[1]['match_key']} of voter {KEYS[1]['state_voter_id']} is missing"),
        ("voter_match_key_recent", 0, {"held": 0}, f"match key {KEYS[0]['match_key']} of voter {KEYS[0]['state_voter_id']} is missing"),
        ("voter_match_key_recent", 1, {"held": 1}, f"match key 4711 of voter {UID} remains"),
        ("voter_match_key", None, {"match_key": 4711, "state_voter_id": GONE.state_voter_id}, f"match key 4711 of voter {GONE.state_voter_id} remains"),
        ("voter_match", 0, {"first_name": "EVE"}, f"person to compare {IN_ROLL[0]}: 0 instead of 1"),
    ],
)
def test_a_planted_fault_is_found(table, place, values, told):
    assert told in faults(planted(RIGHT, table, place, **values))


class Named(PlantedRow):
    """A row that tells its columns."""

    @property
    def _mapping(self):
        return vars(self)


def state(case_id, item_id, name="ANN", **tables):
    item = Named(work_item_id=item_id, record_sequence=4)
    case = Named(case_id=case_id, work_item_id=item_id, state_voter_id=UID, case_state="Open")
    payload = f"<MatchCaseId>{case_id}</MatchCaseId><FirstName>{name}</FirstName>"
    told = Named(message_id=case_id, dedup_key=f"CASE:{case_id}:1:19:PotentialMatch", payload=payload)
    empty = dict.fromkeys(("transfer_out", "audit_entry"), ())
    return end_result({"dmv_work_item": [item], "match_case": [case], "ems_message": [told], **empty, **tables})


@pytest.mark.requirement("COA-36")
def test_two_ends_that_differ_in_numbers_alone_are_the_same():
    assert differences(state(12, 7), state(13, 9)) == []


@pytest.mark.requirement("COA-36")
def test_another_value_or_a_row_too_many_or_too_few_is_told():
    assert len(differences(state(12, 7, "EVE"), state(12, 7))) == 2
    assert differences(state(12, 7, match_case=[]), state(12, 7))[0].startswith("match_case lacks")
    assert "beyond an undisturbed run" in differences(state(12, 7), state(12, 7, ems_message=[]))[0]
