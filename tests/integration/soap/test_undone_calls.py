"""OPS-04, EWS-07: a call that the database undid is run again; one whose saving nobody knows of is answered by what was kept."""

import pytest
from fixtures.driver_faults import DriverFaults
from lxml import etree
from sqlalchemy import func, select

from db.tables import audit_entry, ems_message, stored_reply

from .match_situations import UID, Situations


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("votecal_soap.retrying.FIRST_PAUSE_SECONDS", 0)


@pytest.fixture
def situations(state):
    return Situations(state)


@pytest.fixture
def faults(state, monkeypatch):
    return DriverFaults(state.application.unit_of_work, monkeypatch)


def decide(state, case_id, transaction_id="T-1"):
    parts = {"TransactionId": transaction_id, "MatchCaseId": case_id, "ExpectedVersion": 1, "Decision": "Accept", "Basis": "the signatures agree"}
    return state.call("ems-integration", "DecideMatchCase", "".join(f"<{name}>{value}</{name}>" for name, value in parts.items()))


def rows(state, table):
    with state.application.unit_of_work(read_only=True) as uow:
        return uow._connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.slow
@pytest.mark.requirement("OPS-04", "EWS-07", "COA-33")
def test_a_decision_undone_at_any_of_its_statements_is_made_once(state, situations, faults):
    decided, made = 0, set()
    for number in range(1, 200):
        uid = situations.add_voter(state_voter_id=UID + number).state_voter_id
        case_id = situations.add_case(situations.add_item(), state_voter_id=uid)
        told, audited = rows(state, ems_message), rows(state, audit_entry)
        faults.at_statement(number)
        answer = decide(state, case_id, f"T-{number}")
        faults.calm()
        if answer.status == 200:
            assert (answer.text("CaseState"), situations.voter(uid).version) == ("Accepted", 2)
            made.add((rows(state, ems_message) - told, rows(state, audit_entry) - audited))
            decided += 1
        else:
            # Before the operation: who calls is asked without it, and nothing has been begun.
            assert (answer.fault["Code"], situations.voter(uid).version) == ("VC-5001", 1)
        if not faults.met:
            break
    assert decided > 10
    assert len(made) == 1, "each made as many messages and entries of the audit trail as the one that was not undone"
    assert rows(state, stored_reply) == decided


@pytest.mark.requirement("OPS-04", "EWS-07")
def test_a_decision_that_was_saved_as_the_connection_was_lost_is_answered_by_what_was_kept(state, situations, faults):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    state.call("ems-integration", "Ping")  # the first call of a county is noted in a transaction of its own
    faults.at_commit(after=True)
    answer = decide(state, case_id)
    assert (faults.met, answer.status, answer.text("CaseState")) == (1, 200, "Accepted")
    assert etree.tostring(decide(state, case_id).body) == etree.tostring(answer.body)
    assert situations.voter().version == 2


@pytest.mark.requirement("OPS-04", "EWS-07", "EWS-13")
def test_a_decision_that_was_not_saved_is_a_typed_fault_and_is_made_when_it_is_sent_again(state, situations, faults):
    situations.add_voter()
    case_id = situations.add_case(situations.add_item())
    state.call("ems-integration", "Ping")
    faults.at_commit(after=False)
    fault = decide(state, case_id).fault
    assert (fault["Code"], fault["Retryable"]) == ("VC-5005", "true")
    assert situations.voter().version == 1
    assert decide(state, case_id).text("CaseState") == "Accepted"
    assert situations.voter().version == 2
