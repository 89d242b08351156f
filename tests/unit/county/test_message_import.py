import json

import pytest

from votecal_soap.clock import SystemClock
from votecal_soap.contract.queue_page import ReceivedFieldError, ReceivedIdvResult
from votecal_soap.county.data_exchange_service import DataExchangeService
from votecal_soap.county.ems_schema import KIND_BITS
from votecal_soap.county.message_import import ImportOutcome, import_messages
from votecal_soap.county.reprecincting import reprecinct
from votecal_soap.domain.jobs import DataKind

NOW = SystemClock().now()
ERROR = ReceivedFieldError("PartyUnknown", "Registration/Party", "NonFatal", "The party code is not in the state's table.")


def outcomes(imported):
    return [(item.message_id, item.outcome, item.is_new) for item in imported]


@pytest.mark.requirement("VRU-11")
def test_an_applied_record_brings_the_new_version_and_the_state_id(ems, make_message, voter_row):
    ems.connection.execute("UPDATE voters SET state_uid = NULL WHERE voter_num = 'LA-1'")
    import_messages(ems, [make_message(1, version=5)], NOW)
    assert voter_row(1, "state_uid, base_version, state_status") == (100000001, 5, "Applied")


def test_an_applied_record_takes_the_change_mark_of_what_the_job_sent(ems, office, state, make_message, voter_row):
    reprecinct(ems, {("1234", "A"): ("5678", None)}, "2026-P")
    ems.change("LA-1", DataKind.PARTY, {"pty_cd": "R"})
    state.offer(7)
    DataExchangeService(office, state).run()
    import_messages(ems, [make_message(1)], NOW)
    assert voter_row(1, "changed_kinds, pty_cd") == (KIND_BITS[DataKind.PARTY], "R")


def test_a_change_that_came_after_the_extract_keeps_its_mark(ems, office, state, make_message, voter_row):
    reprecinct(ems, {("1234", "A"): ("5678", None)}, "2026-P")
    state.offer(7)
    DataExchangeService(office, state).run()
    reprecinct(ems, {("5678", None): ("9999", None)}, "2026-P")
    import_messages(ems, [make_message(1)], NOW)
    assert voter_row(1, "changed_since_sync") == (1,)


def test_a_failed_record_keeps_reason_and_errors_for_the_clerk_and_the_change_mark(ems, make_message, voter_row):
    ems.change("LA-1", DataKind.PARTY, {"pty_cd": "?"})
    failed = make_message(1, kind="BatchRecordFailed", version=9, reason="FailedValidation", errors=(ERROR,))
    import_messages(ems, [failed], NOW)
    assert voter_row(1, "state_status, clerk_note, changed_since_sync, base_version") == ("Failed", "FailedValidation", 1, 1)
    reason, errors = ems.connection.execute("SELECT reason, errors FROM state_messages").fetchone()
    assert (reason, json.loads(errors)) == ("FailedValidation", [ERROR._asdict()])


def test_a_failed_record_of_a_voter_that_the_county_lacks_is_still_kept(ems, make_message):
    (item,) = import_messages(ems, [make_message(1, number=99, kind="BatchRecordFailed", reason="VoterNotFound")], NOW)
    assert item.outcome is ImportOutcome.PROCESSED


def test_the_answer_of_dmv_is_kept_without_the_number(ems, make_message, voter_row):
    idv = make_message(1, kind="IdvResult", version=4, idv_result=ReceivedIdvResult("Ssn4", "Verified", "2026-02-01"))
    import_messages(ems, [idv], NOW)
    assert voter_row(1, "ssn_verif, ssn_verif_dt, base_version") == ("Verified", "2026-02-01", 4)


@pytest.mark.requirement("EWS-04")
def test_a_message_that_comes_again_is_not_imported_again(ems, make_message, voter_row):
    import_messages(ems, [make_message(1, version=2)], NOW)
    ems.connection.execute("UPDATE voters SET base_version = 8, state_status = 'Clerk was here'")
    assert outcomes(import_messages(ems, [make_message(1, version=2)], NOW)) == [(1, ImportOutcome.PROCESSED, False)]
    assert voter_row(1, "base_version, state_status") == (8, "Clerk was here")


def test_an_older_version_never_replaces_a_newer(ems, make_message, voter_row):
    import_messages(ems, [make_message(1, version=6), make_message(2, version=3)], NOW)
    assert voter_row(1, "base_version") == (6,)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"number": 99}, "The EMS has no such voter."),
        ({"uid": 200000000}, "The EMS knows this voter by another state id; a state id is never reassigned."),
        ({"batch_record_result": None}, "The message has no detail of its type."),
        ({"kind": "IdvResult"}, "The message has no detail of its type."),
        ({"kind": "IdvResult", "idv_result": ReceivedIdvResult("Passport", "Verified", None)}, "The EMS does not know this kind of identification."),
    ],
)
def test_a_message_that_the_ems_cannot_take_fails_alone_with_a_reason(ems, make_message, voter_row, values, text):
    before = voter_row(1, "*")
    failed, good = import_messages(ems, [make_message(1, **values), make_message(2, number=2)], NOW)
    assert (failed.outcome, failed.text, good.outcome) == (ImportOutcome.FAILED, text, ImportOutcome.PROCESSED)
    assert voter_row(1, "*") == before


def test_a_state_id_that_another_voter_has_is_refused(ems, make_message):
    ems.connection.execute("UPDATE voters SET state_uid = NULL WHERE voter_num = 'LA-1'")
    (item,) = import_messages(ems, [make_message(1, uid=100000002)], NOW)
    assert (item.outcome, item.text) == (ImportOutcome.FAILED, "Another voter of the EMS has this state id.")


def test_a_failed_import_is_tried_again_when_sos_has_it_sent_again(ems, make_message, make_voter):
    import_messages(ems, [make_message(1, number=4)], NOW)
    ems.load_voters([make_voter(4)])
    assert outcomes(import_messages(ems, [make_message(1, number=4)], NOW)) == [(1, ImportOutcome.PROCESSED, True)]


@pytest.mark.requirement("EWS-05")
def test_no_message_of_a_voter_overtakes_one_that_is_left_for_a_person(ems, make_message, voter_row):
    page = [make_message(1, kind="VoterMoved"), make_message(2, version=7), make_message(3, number=2)]
    assert outcomes(import_messages(ems, page, NOW)) == [(1, ImportOutcome.LEFT_FOR_PERSON, True), (3, ImportOutcome.PROCESSED, True)]
    assert voter_row(1, "base_version") == (1,)


@pytest.mark.requirement("EWS-04")
def test_a_page_is_imported_whole_or_not_at_all(ems, make_message, voter_row):
    with pytest.raises(AttributeError):
        import_messages(ems, [make_message(1, version=7), None], NOW)
    assert voter_row(1, "base_version") == (1,)
    assert ems.connection.execute("SELECT count(*) FROM state_messages").fetchone() == (0,)
