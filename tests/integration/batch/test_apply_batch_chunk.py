"""UC04.14.01 against real databases: what each record does to voter, versions, messages, activity and audit (VRU-07 to VRU-20)."""

import json
import shutil
from datetime import date, timedelta

import pytest

from db.tables import audit_entry, ems_message, voter_activity, voter_version, voting_precinct
from votecal_soap.contract.batch_writer import WireHomePrecinct, WireName, WireRecord, WireRegistration
from votecal_soap.contract.message_payloads import render_idv_result
from votecal_soap.contract.queue_messages import ABOUT, render_header
from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, MessageType, NewMessage
from votecal_soap.domain.jobs import DataKind, InstanceState
from votecal_soap.domain.voters import VotingPrecinct
from votecal_soap.log import correlation_id
from votecal_soap.use_cases.ports import VoterChange

from .batch_runs import NOW, TODAY, Mortal, begin, end
from .batch_texts import ELECTION, FIRST_UID, PLANTED, voter

ANN, BOB, CAL, DEE, EVE = range(FIRST_UID, FIRST_UID + 5)
DAY = date(2020, 1, 2)
NUMBERS = {"drivers_license_status": "Verified", "drivers_license_verified_on": DAY, "ssn4_status": "Verified", "ssn4_verified_on": DAY}
VOTERS = (*(voter(uid, **NUMBERS) for uid in (ANN, BOB, CAL, DEE)), voter(EVE, "34", **NUMBERS))


@pytest.fixture
def runs(database_url, tmp_path):
    """Four voters of Los Angeles and one of Sacramento, on SQLite and PostgreSQL in turn."""
    begun = begin(database_url, tmp_path / "runs", *VOTERS)
    yield begun
    end(begun)


def moved(uid, code, **fields):
    return WireRecord(state_voter_id=uid, registration=WireRegistration(home_precinct=WireHomePrecinct(code)), **fields)


def renamed(uid, last_name, **fields):
    return WireRecord(state_voter_id=uid, registration=WireRegistration(name=WireName("ADA", last_name)), **fields)


def contacted(uid, **fields):
    return WireRecord(state_voter_id=uid, registration=WireRegistration(**fields))


def judged(outcomes):
    return [(outcome.outcome, outcome.reason) for outcome in outcomes]


APPLIED, UNCHANGED = (Outcome.APPLIED, None), (Outcome.UNCHANGED, None)


def failed(reason):
    return Outcome.FAILED, reason


def changed_by_the_state(runs, uid, **values):
    """A change that no county made: another version, without a message."""
    with runs.factory() as uow:
        (before,) = uow.voters.lock_by_state_id([uid])
        uow.voters.save_changes([VoterChange(before, before._replace(version=before.version + 1, **values), tuple(values))], NOW)
        uow.commit()


def told_by_the_state(runs, uid):
    """An open message about a change that the county did not make."""
    with runs.factory() as uow:
        (before,) = uow.voters.lock_by_state_id([uid])
        sequence = before.message_sequence + 1
        payload = render_idv_result("Ssn4", "Verified", TODAY)
        about = {"state_voter_id": uid, "voter_sequence": sequence, "ems_voter_id": before.ems_voter_id, "record_version": before.version}
        rest = {"county_code": "19", "message_type": MessageType.IDV_RESULT, "dedup_key": f"idv:{uid}", "payload": payload, "blocks_updates": 1}
        uow.messages.add([NewMessage(**about, **rest, job_id=None, record_sequence=None)], NOW)
        uow.voters.save_changes([VoterChange(before, before._replace(message_sequence=sequence), ())], NOW)
        uow.commit()


def clear_all(runs):
    with runs.factory() as uow:
        page = uow.messages.page("19", 100, with_payload=False)
        uow.messages.clear("19", [Clearance(message_id=message.message_id, outcome=ClearOutcome.PROCESSED) for message in page], NOW)
        uow.commit()


@pytest.mark.requirement("VRU-07", "VRU-10", "VRU-11", "OPS-02")
@pytest.mark.parametrize("chunk", [10_000, 1], ids=["in one chunk", "in two chunks"])
def test_two_records_for_one_voter_apply_in_sequence(runs, chunk):
    by_ems_id = WireRecord(ems_voter_id=f"LA-{ANN}", registration=WireRegistration(home_precinct=WireHomePrecinct("0003")))
    outcomes = runs.run(moved(ANN, "0002"), by_ems_id, moved(ANN, "0003"), chunk=chunk)
    assert judged(outcomes) == [APPLIED, APPLIED, UNCHANGED]
    assert [outcome.version for outcome in outcomes] == [2, 3, 3]
    assert (runs.voter(ANN).version, runs.voter(ANN).message_sequence, runs.voter(ANN).home_precinct) == (3, 3, "0003")
    assert [(row.version, row.home_precinct) for row in runs.rows(voter_version, state_voter_id=ANN)] == [(1, "0001"), (2, "0002"), (3, "0003")]
    changes = [json.loads(row.detail)["home_precinct"] for row in runs.rows(audit_entry, subject_id=str(ANN))]
    assert changes == [["0001", "0002"], ["0002", "0003"]]
    told = [(row.voter_sequence, row.record_sequence, row.record_version, row.message_type) for row in runs.rows(ems_message)]
    assert told == [(1, 1, 2, "BatchRecordApplied"), (2, 2, 3, "BatchRecordApplied"), (3, 3, 3, "BatchRecordUnchanged")]


@pytest.mark.requirement("VRU-07", "VRU-13", "VRU-20")
@pytest.mark.parametrize("chunk", [10_000, 1], ids=["in one chunk", "in two chunks"])
def test_a_version_of_the_same_batch_counts_as_known(runs, chunk):
    outcomes = runs.run(moved(ANN, "0002", base_version=1), moved(ANN, "0003", base_version=1), chunk=chunk)
    assert judged(outcomes) == [APPLIED, APPLIED]


@pytest.mark.requirement("VRU-07", "VRU-13", "VRU-20")
def test_a_version_of_the_same_batch_counts_as_known_after_a_kill_too(runs):
    job_id = runs.send([moved(ANN, "0002", base_version=1), moved(ANN, "0003", base_version=1)], one_by_one=True)
    assert runs.work(chunk=1, mortal=Mortal(runs.factory, lives=3)) is None
    assert runs.voter(ANN).home_precinct == "0002"
    assert runs.work(chunk=1) is InstanceState.COMPLETED
    assert judged(runs.outcomes(job_id)) == [APPLIED, APPLIED]


@pytest.mark.requirement("VRU-13")
def test_an_older_base_version_waits_for_the_county_to_take_the_states_change(runs):
    changed_by_the_state(runs, ANN, vnc_due=1)
    outcomes = runs.run(moved(ANN, "0002", base_version=1), moved(BOB, "0002", base_version=1))
    assert judged(outcomes) == [failed(FailureReason.STATE_UPDATE_PENDING), APPLIED]
    # Version 2 of Bob is an earlier batch's by now, and this record does not know it.
    assert judged(runs.run(moved(ANN, "0002", base_version=2), moved(BOB, "0003", base_version=1))) == [APPLIED, failed(FailureReason.STATE_UPDATE_PENDING)]


@pytest.mark.requirement("VRU-07", "VRU-13", "VRU-20")
@pytest.mark.parametrize("chunk", [10_000, 1], ids=["in one chunk", "in chunks of their own"])
def test_each_record_is_judged_by_its_own_base_version(runs, chunk):
    changed_by_the_state(runs, ANN, vnc_due=1)
    outcomes = runs.run(moved(ANN, "0002", base_version=1), moved(ANN, "0002", base_version=2), moved(ANN, "0003"), chunk=chunk)
    assert judged(outcomes) == [failed(FailureReason.STATE_UPDATE_PENDING), APPLIED, APPLIED]


@pytest.mark.requirement("VRU-13", "VRU-16")
def test_a_base_version_that_the_state_never_reached_is_wrong(runs):
    (outcome,) = runs.run(moved(ANN, "0002", base_version=7))
    assert (outcome.reason, [error.code for error in outcome.errors]) == (FailureReason.FAILED_VALIDATION, ["BaseVersionUnknown"])


@pytest.mark.requirement("VRU-13")
def test_an_open_message_of_the_state_blocks_until_it_is_cleared_and_batch_results_never_do(runs):
    told_by_the_state(runs, ANN)
    assert judged(runs.run(moved(ANN, "0002"), moved(BOB, "0002"))) == [failed(FailureReason.STATE_UPDATE_PENDING), APPLIED]
    assert judged(runs.run(moved(BOB, "0003"))) == [APPLIED]
    clear_all(runs)
    assert judged(runs.run(moved(ANN, "0002"))) == [APPLIED]


@pytest.mark.requirement("VRU-15")
def test_a_pending_transfer_blocks_until_its_time_has_passed(runs):
    with runs.factory() as uow:
        (before,) = uow.voters.lock_by_state_id([ANN])
        after = before._replace(transfer_pending_until=NOW + timedelta(days=10))
        uow.voters.save_changes([VoterChange(before, after, ("transfer_pending_until",))], NOW)
        uow.commit()
    assert judged(runs.run(moved(ANN, "0002"))) == [failed(FailureReason.VOTER_PENDING_TRANSFER)]
    runs.clock.instant = NOW + timedelta(days=10, seconds=1)
    assert judged(runs.run(moved(ANN, "0002"))) == [APPLIED]


@pytest.mark.requirement("VRU-12", "VRU-14", "EWS-01")
def test_another_countys_voter_is_left_alone_and_the_sender_is_told_nothing_of_it(runs):
    before = runs.voter(EVE)
    (outcome,) = runs.run(moved(EVE, "0002"))
    assert (outcome.outcome, outcome.reason) == failed(FailureReason.VOTER_DOES_NOT_BELONG)
    assert (outcome.ems_voter_id, outcome.version) == (None, None)
    assert runs.voter(EVE)._replace(message_sequence=before.message_sequence) == before
    (message,) = runs.rows(ems_message)
    assert (message.county_code, message.ems_voter_id, message.record_version) == ("19", None, None)
    assert before.ems_voter_id not in message.payload
    by_its_county_id = WireRecord(ems_voter_id=before.ems_voter_id, registration=WireRegistration(party="DEM"))
    assert judged(runs.run(by_its_county_id)) == [failed(FailureReason.VOTER_NOT_FOUND)]


@pytest.mark.requirement("VRU-17", "VRU-19")
def test_a_batch_registers_nobody_and_reassigns_no_id(runs):
    unknown = WireRecord(ems_voter_id="LA-NEW", registration=WireRegistration(name=WireName("NEW", "VOTER")))
    taken = moved(ANN, "0002", ems_voter_id=f"LA-{BOB}")
    outcomes = runs.run(unknown, moved(999_000_000_001, "0002"), taken)
    assert [outcome.reason for outcome in outcomes] == [FailureReason.VOTER_NOT_FOUND, FailureReason.VOTER_NOT_FOUND, FailureReason.FAILED_VALIDATION]
    assert {row.state_voter_id for row in runs.rows(voter_version)} == {ANN, BOB, CAL, DEE, EVE}
    assert runs.voter(ANN).ems_voter_id == f"LA-{ANN}"


@pytest.mark.requirement("VRU-17")
def test_the_first_reason_that_blocks_is_the_reason_and_the_rest_are_details(runs):
    told_by_the_state(runs, ANN)
    wrong = renamed(ANN, None)._replace(voting_precinct=VotingPrecinct("NO-ELECTION", "9999", None))
    (outcome,) = runs.run(wrong)
    assert outcome.reason is FailureReason.STATE_UPDATE_PENDING
    assert outcome.further_reasons == (FailureReason.FAILED_VALIDATION, FailureReason.ELECTION_NOT_FOUND, FailureReason.PRECINCT_NOT_FOUND)


@pytest.mark.requirement("VRU-19", "VRU-10")
@pytest.mark.parametrize(
    ("record", "pending", "card"),
    [
        (renamed(ANN, "NEWNAME"), {"drivers_license", "ssn4"}, 1),
        (contacted(ANN, date_of_birth=date(1938, 4, 5)), {"drivers_license", "ssn4"}, 0),
        (contacted(ANN, drivers_license="B7654321"), {"drivers_license"}, 0),
        (contacted(ANN, ssn4="1212"), {"ssn4"}, 0),
        (moved(ANN, "0002"), set(), 0),
        (contacted(ANN, party="NPP"), set(), 1),
        (contacted(ANN, phone="2135550100"), set(), 0),
    ],
    ids=["name", "date of birth", "licence", "SSN4", "re-precincting", "party", "phone"],
)
def test_a_change_has_the_after_steps_of_its_kind(runs, record, pending, card):
    assert judged(runs.run(record)) == [APPLIED]
    after = runs.voter(ANN)
    statuses = {"drivers_license": after.drivers_license_status, "ssn4": after.ssn4_status}
    days = {"drivers_license": after.drivers_license_verified_on, "ssn4": after.ssn4_verified_on}
    assert {name for name, status in statuses.items() if status == "Pending"} == pending
    assert {name for name, day in days.items() if day is None} == pending
    assert after.vnc_due == card
    kept = runs.rows(voter_version, state_voter_id=ANN)[-1]
    assert (kept.version, kept.vnc_due, kept.ssn4_status) == (2, card, after.ssn4_status)


@pytest.mark.requirement("VRU-10", "VRU-11", "OPS-02")
def test_an_applied_record_leaves_version_activity_audit_and_message(runs):
    runs.run(renamed(ANN, "NEWNAME"))
    assert [row.last_name for row in runs.rows(voter_version, state_voter_id=ANN)] == [PLANTED["last_name"], "NEWNAME"]
    (activity,) = runs.rows(voter_activity)
    assert (activity.state_voter_id, activity.county_code, activity.activity_date, activity.record_version, activity.job_id) == (ANN, "19", TODAY, 2, 1)
    assert activity.basis.startswith("Job 1, record 1: ")
    (audit,) = runs.rows(audit_entry, action="VoterUpdated")
    assert (audit.actor, audit.subject_id, audit.county_code, audit.correlation_id) == ("job:1", str(ANN), "19", "1/1")
    assert json.loads(audit.detail)["last_name"] == [PLANTED["last_name"], "NEWNAME"]
    (message,) = runs.rows(ems_message)
    told = (message.county_code, message.state_voter_id, message.ems_voter_id, message.record_version, message.job_id, message.record_sequence)
    assert told == ("19", ANN, f"LA-{ANN}", 2, 1, 1)
    assert "<Outcome>Applied</Outcome>" in message.payload
    assert "NEWNAME" not in message.payload


@pytest.mark.requirement("VRU-11", "EWS-02")
def test_the_header_of_a_message_says_what_its_columns_say(runs):
    runs.run(moved(ANN, "0002"), moved(BOB, "0001"), moved(999_000_000_001, "0002"))
    told = [(row, [getattr(row, name) for name in ABOUT]) for row in runs.rows(ems_message)]
    assert [about.count(None) for _, about in told] == [0, 0, 3]
    assert [row.header for row, _ in told] == [render_header(row.message_type, row.enqueued_at, about) for row, about in told]


@pytest.mark.requirement("VRU-11", "EWS-13")
def test_a_message_of_a_batch_ends_in_the_run_that_it_comes_from(runs):
    token = correlation_id.set("run-7")
    try:
        runs.run(moved(ANN, "0002"), moved(999_000_000_001, "0002"))
    finally:
        correlation_id.reset(token)
    headers = [row.header for row in runs.rows(ems_message)]
    assert len(headers) == 2
    assert all(header.count("<CorrelationId>run-7</CorrelationId>") == 1 and header.endswith("</CorrelationId>") for header in headers)


@pytest.mark.requirement("VRU-11")
def test_an_unchanged_record_leaves_a_message_and_nothing_else(runs):
    assert judged(runs.run(moved(ANN, "0001"))) == [UNCHANGED]
    assert (runs.voter(ANN).version, runs.voter(ANN).message_sequence) == (1, 1)
    assert runs.rows(voter_activity) == runs.rows(audit_entry, action="VoterUpdated") == []
    assert [(row.message_type, row.record_version) for row in runs.rows(ems_message)] == [("BatchRecordUnchanged", 1)]


@pytest.mark.requirement("VRU-09", "VRU-11", "VRU-12")
def test_a_non_fatal_fault_keeps_one_field_and_a_fatal_one_the_record(runs):
    warned, refused = runs.run(contacted(ANN, phone="555", party="NPP"), contacted(BOB, phone="2135550100", drivers_license="WRONG", ssn4="12"))
    assert (warned.outcome, [error.code for error in warned.errors]) == (Outcome.APPLIED, ["PhoneFormat"])
    assert (runs.voter(ANN).party, runs.voter(ANN).phone) == ("NPP", PLANTED["phone"])
    assert (refused.reason, sorted(error.code for error in refused.errors)) == (FailureReason.FAILED_VALIDATION, ["DriversLicenseFormat", "Ssn4Format"])
    assert (runs.voter(BOB).version, runs.voter(BOB).status, runs.voter(BOB).phone) == (1, "Active", PLANTED["phone"])
    payloads = [row.payload for row in runs.rows(ems_message)]
    assert ["PhoneFormat" in payloads[0], "DriversLicenseFormat" in payloads[1], "Ssn4Format" in payloads[1]] == [True] * 3


@pytest.mark.requirement("VRU-03", "VRU-16")
def test_a_kind_of_data_that_was_not_authorised_fails_the_record(runs):
    outcomes = runs.run(renamed(ANN, "NEWNAME"), moved(BOB, "0002"), kinds=frozenset({DataKind.HOME_PRECINCT}))
    assert judged(outcomes) == [failed(FailureReason.FAILED_VALIDATION), APPLIED]
    assert [error.code for error in outcomes[0].errors] == ["KindNotAuthorised"]


@pytest.mark.requirement("VRU-08", "VRU-16")
def test_the_countys_rules_translate_what_the_state_stores(runs):
    with runs.factory() as uow:
        uow.reference.save_rules_text("19", '[[rule]]\nfields = ["party"]\naction = "translate"\n[rule.table]\n"D" = "DEM"\n')
        uow.commit()
    assert judged(runs.run(contacted(ANN, party="D"), contacted(BOB, party="dem"))) == [APPLIED, APPLIED]
    assert [runs.voter(uid).party for uid in (ANN, BOB)] == ["DEM", "DEM"]


@pytest.mark.requirement("VRU-04", "VRU-10", "VRU-21")
@pytest.mark.parametrize("chunk", [10_000, 1], ids=["in one chunk", "in two chunks"])
def test_a_voting_precinct_is_kept_for_the_election_apart_from_the_home_precinct(runs, chunk):
    def votes(uid, code):
        return WireRecord(state_voter_id=uid, voting_precinct=VotingPrecinct(ELECTION, code, None))

    assert judged(runs.run(votes(ANN, "0002"), votes(ANN, "0003"), votes(ANN, "0003"), chunk=chunk)) == [APPLIED, APPLIED, UNCHANGED]
    assert [(row.version, row.precinct_code) for row in runs.rows(voting_precinct)] == [(2, "0002"), (3, "0003")]
    assert (runs.voter(ANN).home_precinct, runs.voter(ANN).version, runs.voter(ANN).vnc_due) == ("0001", 3, 0)
    with runs.factory(read_only=True) as uow:
        assert uow.voters.count_without_voting_precinct("19", ELECTION) == 3


@pytest.mark.requirement("VRU-10")
def test_as_of_a_day_the_record_is_as_it_was_in_force(runs):
    early, late = (renamed(ANN, name, effective_date=day) for name, day in (("EARLY", date(2026, 2, 1)), ("LATE", date(2026, 2, 20))))
    future = renamed(BOB, "FUTURE", effective_date=date(2026, 12, 31))
    outcomes = runs.run(early, late, future)
    assert [error.code for error in outcomes[2].errors] == ["EffectiveDateInFuture"]
    with runs.factory(read_only=True) as uow:
        names = [uow.voters.version_as_of(ANN, day).last_name for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 19), date(2026, 2, 20))]
        assert names == [PLANTED["last_name"], "EARLY", "EARLY", "LATE"]
        assert uow.voters.version_as_of(BOB, TODAY).effective_date == TODAY


MIXED = (
    moved(ANN, "0002", base_version=1),
    renamed(BOB, None),
    moved(ANN, "0003", base_version=1),
    moved(EVE, "0002"),
    WireRecord(ems_voter_id=f"LA-{CAL}", voting_precinct=VotingPrecinct(ELECTION, "0002", None)),
    contacted(DEE, phone="555", language="es"),
    moved(DEE, "0001"),
)


@pytest.mark.requirement("OPS-04", "EWS-06", "VRU-20")
def test_nothing_of_a_chunk_is_written_when_its_commit_fails(runs):
    runs.send(MIXED)
    before = runs.everything()
    assert runs.work(mortal=Mortal(runs.factory, lives=2)) is None
    after = runs.everything()
    assert {name for name in after if after[name] != before[name]} <= {"job", "job_instance"}
    assert (runs.instance().position, runs.instance().records_processed) == (0, 0)


@pytest.fixture
def uninterrupted(sqlite_template, tmp_path):
    """All rows that the same batch leaves when nobody kills it."""
    path = tmp_path / "uninterrupted.db"
    shutil.copy(sqlite_template, path)
    runs = begin(f"sqlite:///{path}", tmp_path / "uninterrupted", *VOTERS)
    job_id = runs.send(MIXED, one_by_one=True)
    assert runs.work(chunk=10_000) is InstanceState.COMPLETED
    assert len({*judged(runs.outcomes(job_id))}) == 4
    yield runs.everything()
    end(runs)


@pytest.mark.requirement("VRU-20", "VRU-07", "OPS-04", "JOB-02")
@pytest.mark.parametrize("after", [False, True], ids=["at each commit", "after each commit"])
def test_a_batch_that_is_killed_everywhere_ends_like_one_that_was_not(runs, uninterrupted, after):
    runs.send(MIXED, one_by_one=True)
    kills = 0
    # Two commits come before the first chunk: the run's beginning and the count of the records.
    while runs.work(chunk=1, mortal=Mortal(runs.factory, lives=min(kills, 2 if after else 3), after=after)) is None and not runs.instance().state.is_finished:
        kills += 1
    assert kills >= len(MIXED) + 1
    found = runs.everything()
    assert {name for name in found if found[name] != uninterrupted[name]} == set()
