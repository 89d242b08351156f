"""UC03.22.01 from end to end: DMV's file at the state, its messages in the EMS, the county's answers over SOAP, and both sides alike."""

import pytest

from votecal_soap.county.answer_book import WordDetail
from votecal_soap.county.case_answers import CaseAnswers
from votecal_soap.county.clerk import Clerk
from votecal_soap.county.queue_consumer import QueueConsumer
from votecal_soap.county.reconciliation import reconcile
from votecal_soap.domain.match_cases import CaseDecision, CaseState, Decision
from votecal_soap.domain.matching import MatchingFunction, MatchSettings, Person
from votecal_soap.domain.voter_searches import VoterSearch
from votecal_soap.errors import Conflict, ErrorCode, NotFound

from .dmv_drops import process, record


@pytest.mark.requirement("COA-21", "COA-33", "EWS-07", "EWS-11")
def test_the_countys_answers_stand_on_both_sides_alike(state, ems, office, client, voters):
    process(state, record(1, voters[0]), record(2))
    assert dict(QueueConsumer(office, client).drain().imported) == {"PotentialMatch": 1, "UnresolvedDmvCoa": 1}
    answers = CaseAnswers(office, client)
    assert dict(answers.answer()) == {"DecideMatchCase Accept Accepted": 1, "ReportUnresolvedCoa NonMatch": 1}
    with state.application.unit_of_work(read_only=True) as uow:
        moved = uow.voters.get(int(voters[0].state_voter_id))
    assert (moved.house_number, moved.street_name, moved.home_precinct, moved.version) == ("20001", "FLOWER", None, 2)
    row = ems.connection.execute(
        "SELECT res_house_no, res_street, home_pct, base_version, changed_since_sync FROM voters WHERE voter_num = ?", (moved.ems_voter_id,)
    )
    assert row.fetchone() == ("20001", "Flower", None, 2, 0)
    assert not answers.answer()
    assert QueueConsumer(office, client).drain().imported.total() == 0


@pytest.mark.requirement("EWS-07")
def test_a_word_that_was_sent_before_is_answered_as_before_and_another_is_refused(state, ems, office, client, voters):
    process(state, record(1, voters[0]))
    QueueConsumer(office, client).drain()
    (case_id,) = ems.connection.execute("SELECT case_id FROM state_cases").fetchone()
    word = CaseDecision(case_id=case_id, expected_version=1, decision=Decision.REJECT, basis="Somebody else")
    first = client.decide_match_case("19-one", word)
    assert client.decide_match_case("19-one", word) == first
    with pytest.raises(Conflict) as refused:
        client.decide_match_case("19-two", word)
    assert refused.value.code is ErrorCode.CASE_DECIDED
    assert not CaseAnswers(office, client).answer()
    assert ems.connection.execute("SELECT case_state, case_version FROM state_cases").fetchall() == [("Rejected", 2)]


@pytest.mark.requirement("EWS-11")
def test_a_move_that_is_not_there_is_not_accepted(client):
    with pytest.raises(NotFound) as missing:
        client.accept_transfer_out("19-one", 99)
    assert missing.value.code is ErrorCode.TRANSFER_NOT_FOUND


def row_of(ems, voter, columns):
    return ems.connection.execute(f"SELECT {columns} FROM voters WHERE state_uid = ?", (int(voter.state_voter_id),)).fetchone()


@pytest.fixture
def clerk(office, client):
    return Clerk(office, client)


@pytest.mark.requirement("COA-34", "EWS-11")
def test_a_clerk_undoes_an_automatic_match_and_both_sides_have_the_old_address(state, ems, office, client, clerk, voters):
    before = row_of(ems, voters[0], "res_house_no, res_street, home_pct, reg_stat")
    process(state, record(1, voters[0], drivers_license=voters[0].drivers_license)._replace(middle_name=voters[0].middle_name))
    assert dict(QueueConsumer(office, client).drain().imported) == {"AutomaticMatchApplied": 1}
    assert row_of(ems, voters[0], "res_house_no, res_street") == ("20001", "Flower")
    (match,) = clerk.cases([CaseState.ACCEPTED])
    assert clerk.undo(match.case_id, "She never moved") == "Rejected"
    assert row_of(ems, voters[0], "res_house_no, res_street, home_pct, reg_stat, base_version") == (*before, 3)
    assert clerk.case(match.case_id).match.case_state == "Rejected"
    with pytest.raises(Conflict) as twice:
        clerk.undo(match.case_id, "Again")
    assert twice.value.code is ErrorCode.CASE_DECIDED


@pytest.mark.requirement("EWS-11")
def test_a_case_that_the_ems_lost_is_found_again_and_shown_with_what_dmv_sent(state, ems, office, client, clerk, voters):
    process(state, record(1, voters[0]))
    QueueConsumer(office, client).drain()
    ems.connection.execute("DELETE FROM state_cases")
    assert (reconcile(office, client), reconcile(office, client)) == (1, 0)
    (match,) = clerk.cases()
    found = clerk.case(match.case_id)
    assert (found.match.potential_reason, found.match.voter.state_voter_id) == ("BelowAutomatic", int(voters[0].state_voter_id))
    assert (found.dmv_record["TransactionId"], found.dmv_record["NewAddress"]["StreetName"]) == ("T1", "FLOWER")
    assert dict(CaseAnswers(office, client).answer()) == {"DecideMatchCase Accept Accepted": 1}


@pytest.mark.requirement("COA-21", "EWS-08")
def test_a_clerk_searches_for_a_voter_names_and_accepts_her(state, ems, office, client, clerk, voters):
    known = voters[0]
    with state.application.unit_of_work() as uow:
        # On so small a roll a first name and a birth alone make one person more likely than not.
        uow.matching.save_settings(MatchSettings(function=MatchingFunction.DMV_COA, manual=95), state.application.clock.now(), "sam")
        uow.commit()
    process(state, record(1)._replace(first_name=known.first_name, last_name="QUACKENBUSH-SMYTHE", date_of_birth=known.date_of_birth))
    QueueConsumer(office, client).drain()
    assert not CaseAnswers(office, client).answer()
    found = clerk.search(VoterSearch(person=Person(first_name=known.first_name, date_of_birth=known.date_of_birth)))
    assert found[0].voter.state_voter_id == int(known.state_voter_id)
    assert found[0].criteria
    assert clerk.report(1, int(known.state_voter_id), "Married since") == "VoterNamed"
    QueueConsumer(office, client).drain()
    (match,) = clerk.cases()
    assert match.potential_reason == "NamedByCounty"
    assert clerk.decide(match.case_id, Decision.ACCEPT, "It is she") == "Accept Accepted"
    assert row_of(ems, known, "res_house_no, res_street") == ("20001", "Flower")


@pytest.mark.requirement("COA-33")
def test_a_clerk_redirects_a_case_and_cannot_decide_it_any_more(state, ems, office, client, clerk, voters):
    process(state, record(1, voters[0]))
    QueueConsumer(office, client).drain()
    (match,) = clerk.cases()
    assert clerk.decide(match.case_id, Decision.REDIRECT, "Not ours", WordDetail(county_code="46")) == "Redirect Open"
    assert ems.connection.execute("SELECT county_code, case_version FROM state_cases").fetchall() == [("46", 2)]
    with pytest.raises(NotFound) as gone:
        clerk.case(match.case_id)
    assert gone.value.code is ErrorCode.CASE_NOT_FOUND
    assert not CaseAnswers(office, client).answer()


@pytest.mark.requirement("EWS-11")
def test_a_move_that_is_not_there_is_not_reversed(clerk):
    with pytest.raises(NotFound) as missing:
        clerk.reverse_move(99, "Somebody else")
    assert missing.value.code is ErrorCode.TRANSFER_NOT_FOUND
