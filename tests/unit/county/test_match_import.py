"""What the state tells of matches, moves and DMV records goes into the county's own records, in its own codes."""

import json
from datetime import date

import pytest
from fakes.dmv import NEW_HOME

from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.message_import import KNOWN_TYPES, ImportOutcome, import_messages
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.match_cases import CaseState, CaseType, TransferState

from .match_messages import NOW, UID, a_transfer, of_confidentiality_changed, of_confidentiality_ending, of_match, of_overdue, of_record, of_transfer, the_voter

MOVED = {**NEW_HOME._asdict(), "home_precinct": None, "home_precinct_part": None}
ADDRESS = "res_house_no, res_street, res_street_typ, res_unit_no, res_city, res_zip"
NEW_ADDRESS = ("12", "New", "Street", "3", "Los Angeles", "90012")


def take(ems, *messages):
    return [(item.outcome, item.text) for item in import_messages(ems, messages, NOW)]


TAKEN = [(ImportOutcome.PROCESSED, None)]


@pytest.mark.requirement("EWS-02")
def test_the_ems_takes_every_message_that_the_contract_has():
    assert frozenset(MessageType) == KNOWN_TYPES


@pytest.mark.requirement("COA-11", "COA-08")
def test_an_applied_match_brings_the_address_in_the_countys_codes_and_asks_for_a_precinct(ems, voter_row):
    message = of_match("AutomaticMatchApplied", voter=the_voter(**MOVED), home_precinct_needed=True, case_state=CaseState.ACCEPTED)
    assert take(ems, message) == TAKEN
    assert voter_row(1, ADDRESS) == NEW_ADDRESS
    assert voter_row(1, "home_pct, home_pct_part, clerk_note, base_version, changed_since_sync") == (None, None, "HomePrecinctNeeded", 2, 0)
    assert voter_row(1, "nm_last, pty_cd") == ("O'Brien & Söhne", "D")
    assert ems.connection.execute("SELECT count(*) FROM voter_precinct_assignment a JOIN voters USING (voter_key) WHERE voter_num = 'LA-1'").fetchone() == (0,)


@pytest.mark.requirement("COA-11")
def test_a_cancelled_registration_is_cancelled_here_too(ems, voter_row):
    voter = the_voter(status="Cancelled", status_reason="Moved Out Of County")
    take(ems, of_match("AutomaticMatchApplied", voter=voter, case_state=CaseState.ACCEPTED))
    assert voter_row(1, "reg_stat, reg_stat_rsn") == ("C", "Moved Out Of County")


@pytest.mark.requirement("COA-38")
def test_a_registration_brings_all_its_data_and_a_change_of_address_only_that(ems, voter_row):
    for case_type, party in ((CaseType.DMV_COA, "D"), (CaseType.DMV_REGISTRATION, "R")):
        version = 2 if case_type is CaseType.DMV_COA else 3
        voter = the_voter(party="REP", version=version, **MOVED)
        take(ems, of_match("AutomaticMatchApplied", voter=voter, case_type=case_type, case_version=version, message_id=version))
        assert voter_row(1, "pty_cd") == (party,)


def test_what_a_clerk_has_changed_and_not_sent_stays(ems, voter_row):
    ems.change("LA-1", DataKind.RESIDENCE_ADDRESS, {"res_house_no": "99"})
    take(ems, of_match("AutomaticMatchApplied", voter=the_voter(**MOVED, mailing_line1="PO BOX 3")))
    assert voter_row(1, "res_house_no, mail_line1, base_version, changed_since_sync") == ("99", "Po Box 3", 2, 1)


def test_an_older_record_than_the_countys_changes_nothing(ems, voter_row):
    ems.connection.execute("UPDATE voters SET base_version = 7")
    take(ems, of_match("AutomaticMatchApplied", voter=the_voter(**MOVED)))
    assert voter_row(1, "res_house_no, base_version") == ("1", 7)


def test_a_match_of_a_voter_whom_the_county_lacks_fails_and_changes_nothing(ems):
    ems.connection.execute("UPDATE voters SET state_uid = NULL")
    assert take(ems, of_match("AutomaticMatchApplied")) == [(ImportOutcome.FAILED, "The EMS has no such voter.")]
    assert ems.connection.execute("SELECT count(*) FROM state_cases").fetchone() == (0,)


@pytest.mark.requirement("COA-30", "COA-32", "COA-31", "COA-37")
def test_a_potential_match_waits_in_the_work_list_until_it_is_replaced(ems):
    take(ems, of_match("PotentialMatch"))
    row = ems.connection.execute("SELECT case_state, confidence, cap, potential_reason, due_dt, state_uid, criteria, new_address FROM state_cases").fetchone()
    assert row[:6] == ("Open", 98, "common_name", "BelowAutomatic", "2026-03-09", UID)
    assert [item["level"] for item in json.loads(row[6])] == ["exact", "exact"]
    assert json.loads(row[7]) == list(NEW_HOME)
    take(ems, of_overdue(message_id=2), of_match("MatchCaseReplaced", case_state=CaseState.REPLACED, case_version=2, message_id=3))
    assert ems.connection.execute("SELECT case_state, case_version, overdue FROM state_cases").fetchall() == [("Replaced", 2, 1)]


def test_an_older_word_of_a_case_changes_nothing(ems):
    take(ems, of_match("MatchCaseDecided", case_state=CaseState.REJECTED, case_version=3), of_match("PotentialMatch", message_id=2))
    assert ems.connection.execute("SELECT case_state, case_version FROM state_cases").fetchall() == [("Rejected", 3)]


def test_a_case_that_is_overdue_and_not_known_fails(ems):
    assert take(ems, of_overdue(case_id=99))[0][0] is ImportOutcome.FAILED


@pytest.mark.requirement("COA-11")
def test_a_voter_who_moved_away_is_cancelled_here(ems, voter_row):
    ems.change("LA-1", DataKind.PARTY, {"pty_cd": "R"})
    assert take(ems, of_transfer("TransferOut", a_transfer())) == TAKEN
    assert voter_row(1, "reg_stat, reg_stat_rsn, changed_since_sync, base_version") == ("C", "Moved out of county", 0, 2)


@pytest.mark.requirement("COA-12")
def test_a_provisional_move_ends_nothing_until_its_time_has_passed(ems, voter_row):
    moved = a_transfer(provisional=True)
    take(ems, of_transfer("TransferOut", moved, case_state=CaseState.PROVISIONAL))
    assert voter_row(1, "reg_stat") == ("A",)
    take(ems, of_match("MatchCaseDecided", voter=the_voter(county_code="01", version=3), case_state=CaseState.ACCEPTED, case_version=2, message_id=2))
    assert voter_row(1, "reg_stat") == ("C",)
    assert ems.connection.execute("SELECT transfer_state FROM state_transfers").fetchall() == [("Accepted",)]


@pytest.mark.requirement("COA-11")
def test_a_voter_who_came_is_a_new_row_with_a_number_of_the_countys(ems):
    voter = the_voter(state_voter_id=100_000_777, ems_voter_id=None, first_name="MARY", last_name="O'BRIEN", gender="F", language="es", **MOVED)
    moved = a_transfer(state_voter_id=100_000_777, losing_county="01", gaining_county="19")
    assert take(ems, of_transfer("TransferIn", moved, voter=voter, home_precinct_needed=True)) == TAKEN
    row = ems.connection.execute(
        f"SELECT voter_num, nm_first, nm_last, sex_cd, lang_cd, reg_stat, clerk_note, {ADDRESS} FROM voters WHERE state_uid = 100000777"
    )
    assert row.fetchone() == ("19-T00000004", "Mary", "O'Brien", "2", "SPA", "A", "HomePrecinctNeeded", *NEW_ADDRESS)


@pytest.mark.requirement("COA-34")
def test_a_reversed_move_brings_the_voter_back_and_takes_away_whom_it_brought(ems, voter_row):
    take(ems, of_transfer("TransferOut", a_transfer()))
    back = of_transfer("TransferReversed", a_transfer(state=TransferState.REVERSED), message_id=2, voter=the_voter(version=3), case_version=2)
    assert take(ems, back) == TAKEN
    assert voter_row(1, "reg_stat, res_street, base_version") == ("A", "Old", 3)
    gone = a_transfer(losing_county="01", gaining_county="19", state=TransferState.REVERSED)
    take(ems, of_transfer("TransferReversed", gone, message_id=3, version=4, voter=the_voter(county_code="01", version=4)))
    assert voter_row(1, "reg_stat, base_version") == ("C", 4)


@pytest.mark.requirement("COA-21", "COA-38")
@pytest.mark.parametrize("kind", ["UnresolvedDmvCoa", "DmvRegistrationPending"])
def test_a_record_of_nobody_is_kept_with_all_its_data(ems, kind):
    assert take(ems, of_record(kind, last_name="QUACKENBUSH")) == TAKEN
    work_item, told, data, disposition = ems.connection.execute("SELECT * FROM dmv_records").fetchone()
    assert (work_item, told, disposition) == (8, kind, "Waiting")
    assert json.loads(data)["LastName"] == "QUACKENBUSH"
    assert json.loads(data)["NewAddress"]["StreetName"] == "NEW"


@pytest.mark.requirement("EWS-14")
def test_the_end_of_a_confidentiality_is_a_note_for_the_clerk(ems, voter_row):
    take(ems, of_confidentiality_ending())
    assert voter_row(1, "clerk_note") == ("ConfidentialityEnding 2026-05-01",)


@pytest.mark.requirement("EWS-14")
@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ({"confidentiality": "SafeAtHome2166_5", "confidential_since": date(2026, 3, 2)}, "Confidentiality SafeAtHome 2026-03-02"),
        ({"confidentiality": None, "confidential_since": None}, "Confidentiality ended"),
    ],
)
def test_what_sos_sets_is_a_note_for_the_clerk(ems, voter_row, changes, noted):
    take(ems, of_confidentiality_changed(**changes))
    assert voter_row(1, "clerk_note") == (noted,)


def test_a_message_without_its_detail_fails(ems):
    bare = of_match("PotentialMatch")._replace(detail=None)
    assert take(ems, bare) == [(ImportOutcome.FAILED, "The message has no detail of its type.")]


def test_an_ems_of_an_earlier_version_gets_the_new_tables_when_it_is_opened(ems, tmp_path):
    for table in ("state_cases", "state_transfers", "dmv_records", "state_answers"):
        ems.connection.execute(f"DROP TABLE {table}")
    with EmsDatabase(ems.path) as opened:
        assert take(opened, of_match("PotentialMatch")) == TAKEN
