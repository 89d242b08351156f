"""Two calls on one case at the same moment, over real sockets, on SQLite and PostgreSQL: one wins, the other gets the typed conflict."""

import threading

import pytest
import zeep

from db.tables import audit_entry, stored_reply, voter
from votecal_soap.domain.match_cases import CaseState

from .match_situations import UID, Situations
from .soap_requests import OTHER_SECRET

ROUNDS = 6
TOO_LATE = {"VC-4009", "VC-4010"}
"""It was decided before; the case has changed since it was read."""


@pytest.fixture
def state_url(database_url):
    """SQLite, then PostgreSQL."""
    return database_url


@pytest.fixture
def situations(state):
    return Situations(state)


@pytest.fixture
def los_angeles(connect):
    """Two programs of one county."""
    return [connect("ems-integration").service for _ in range(2)]


def at_once(*calls):
    """What each call came to: its answer, or the code of its fault; all begin together."""
    barrier, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def make(place, call):
        barrier.wait(30)
        try:
            outcomes[place] = call()
        except zeep.exceptions.Fault as fault:
            outcomes[place] = fault.detail.findtext("{*}VoteCalFault/{*}Code")

    threads = [threading.Thread(target=make, args=given) for given in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes


def deciding(service, case_id, decision, transaction_id):
    given = {"MatchCaseId": case_id, "ExpectedVersion": 1, "Decision": decision, "Basis": "the clerk has looked"}
    return lambda: service.DecideMatchCase(TransactionId=transaction_id, **given)


def refused_codes(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, str)]


def count(situations, table, **where):
    with situations.state.application.unit_of_work(read_only=True) as uow:
        query = table.select().where(*(table.c[name] == value for name, value in where.items()))
        return len(uow._connection.execute(query).all())


@pytest.mark.requirement("COA-33", "DLR-20", "EWS-13")
def test_of_two_programs_that_decide_one_case_one_wins_and_the_other_is_told(situations, los_angeles):
    for number in range(ROUNDS):
        uid = situations.add_voter(state_voter_id=UID + number).state_voter_id
        case_id = situations.add_case(situations.add_item(), state_voter_id=uid)
        first, second = los_angeles
        outcomes = at_once(deciding(first, case_id, "Accept", f"A-{number}"), deciding(second, case_id, "Reject", f"R-{number}"))
        (code,) = refused_codes(outcomes)
        assert code in TOO_LATE
        (won,) = (outcome for outcome in outcomes if not isinstance(outcome, str))
        voter = situations.voter(uid)
        expected = {"Accepted": (2, "MAIN"), "Rejected": (1, "OLD")}
        assert (voter.version, voter.street_name) == expected[won.CaseState]
        assert count(situations, audit_entry, action="DecideMatchCase", subject_id=str(case_id)) == 1


@pytest.mark.requirement("COA-33", "EWS-07")
def test_the_same_call_sent_twice_at_once_is_done_once_and_answered_twice(situations, los_angeles):
    for number in range(ROUNDS):
        uid = situations.add_voter(state_voter_id=UID + number).state_voter_id
        case_id = situations.add_case(situations.add_item(), state_voter_id=uid)
        answers = at_once(*(deciding(service, case_id, "Accept", f"T-{number}") for service in los_angeles))
        assert [(answer.CaseState, answer.RecordVersion) for answer in answers] == [("Accepted", 2)] * 2
        assert situations.voter(uid).version == 2
    assert count(situations, stored_reply) == ROUNDS


@pytest.mark.requirement("COA-33", "EWS-11", "DLR-20")
def test_of_two_counties_that_take_back_one_move_one_does(situations, los_angeles, connect):
    transfer_id = situations.add_transfer()
    with situations.state.application.unit_of_work(read_only=True) as uow:
        case_id = uow.match_cases.transfer(transfer_id).case_id
    sacramento = connect("ems-integration", "sac-ems", OTHER_SECRET).service
    outcomes = at_once(
        lambda: los_angeles[0].ReverseTransferOut(TransactionId="LA-1", TransferId=transfer_id, Basis="she still lives here"),
        lambda: sacramento.UndoMatchCase(TransactionId="SAC-1", MatchCaseId=case_id, ExpectedVersion=1, Basis="another person"),
    )
    (code,) = refused_codes(outcomes)
    assert code in TOO_LATE
    voter = situations.voter()
    assert (voter.county_code, voter.version, voter.residence_city) == ("19", 3, "PASADENA")
    with situations.state.application.unit_of_work(read_only=True) as uow:
        assert uow.match_cases.get(case_id).state is CaseState.REJECTED


def registering(service, transaction_id, ems_voter_id="LA-NEW"):
    registration = {"Name": {"LastName": "Quackenbush"}, "RegistrationDate": "2026-02-01"}
    return lambda: service.RegisterVoter(TransactionId=transaction_id, EmsVoterId=ems_voter_id, Registration=registration)


@pytest.mark.requirement("EWS-07", "EWS-09")
def test_the_same_registration_twice_at_once_registers_one_voter_and_both_get_the_answer(situations, los_angeles):
    for number in range(ROUNDS):
        outcomes = at_once(*(registering(service, f"R-{number}", f"LA-{number}") for service in los_angeles))
        assert refused_codes(outcomes) == []
        assert len({outcome.StateVoterId for outcome in outcomes}) == 1
    assert count(situations, voter) == ROUNDS


@pytest.mark.requirement("EWS-09", "EWS-07")
def test_one_county_id_under_two_transactions_at_once_is_registered_once(situations, los_angeles):
    for number in range(ROUNDS):
        one, other = at_once(*(registering(service, f"R-{number}-{place}", f"LA-{number}") for place, service in enumerate(los_angeles)))
        told = {outcome if isinstance(outcome, str) else outcome.RegistrationOutcome for outcome in (one, other)}
        assert told in ({"Registered", "Refused"}, {"Registered", "CandidatesFound"}, {"Registered", "VC-4007"})
    assert count(situations, voter) == ROUNDS
