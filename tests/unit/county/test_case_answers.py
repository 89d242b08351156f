"""The county answers once, whatever breaks: what it said is kept before it is sent, and takes effect in its own records with the state's answer."""

import re

import pytest

from votecal_soap.county.case_answers import CaseAnswers
from votecal_soap.county.message_import import import_messages
from votecal_soap.domain.match_cases import CaseState, PotentialReason
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.errors import Conflict, ErrorCode, Unavailable

from .match_messages import NOW, a_transfer, of_match, of_record, of_transfer

ANOTHER = (Criterion(MatchField.FIRST_NAME, "different", -7.9, "Different first names"), Criterion(MatchField.DATE_OF_BIRTH, "different", -10.4, "Different"))


@pytest.fixture
def answers(office, state):
    return CaseAnswers(office, state)


@pytest.fixture
def hear(ems, state):
    """The messages are imported, and the state has their cases as they say."""

    def heard(*messages):
        matches = [match for message in messages if (match := getattr(message.detail, "match", message.detail)) and hasattr(match, "case_id")]
        state.cases.update({match.case_id: match for match in matches})
        import_messages(ems, messages, NOW)

    return heard


def case_states(ems):
    return ems.connection.execute("SELECT case_id, case_state, case_version FROM state_cases ORDER BY case_id").fetchall()


@pytest.mark.requirement("COA-33", "EWS-11")
def test_an_accepted_match_takes_effect_in_the_countys_own_records(ems, state, answers, hear, voter_row):
    hear(of_match("PotentialMatch"))
    assert dict(answers.answer()) == {"DecideMatchCase Accept Accepted": 1}
    assert voter_row(1, "res_house_no, res_street, home_pct, clerk_note, base_version, changed_since_sync") == ("12", "New", None, "HomePrecinctNeeded", 7, 0)
    assert case_states(ems) == [(5, "Accepted", 2)]
    assert [answer[1:] for answer in state.answers] == [("Accept", 5, 1)]


@pytest.mark.requirement("COA-33")
def test_an_accepted_move_to_another_county_ends_the_registration_here(answers, hear, voter_row):
    hear(of_match("PotentialMatch", new_county="01"))
    answers.answer()
    assert voter_row(1, "reg_stat, res_street") == ("C", "Main")


@pytest.mark.requirement("COA-33")
def test_a_voter_out_of_state_is_inactive_and_a_rejected_match_changes_nothing(answers, hear, voter_row):
    hear(of_match("PotentialMatch", criteria=ANOTHER))
    assert dict(answers.answer()) == {"DecideMatchCase Reject Rejected": 1}
    assert voter_row(1, "reg_stat, res_street") == ("A", "Main")
    hear(of_match("PotentialMatch", case_id=6, potential_reason=PotentialReason.OUT_OF_STATE, new_county=None, message_id=2))
    assert dict(answers.answer()) == {"DecideMatchCase OutOfState Accepted": 1}
    assert voter_row(1, "reg_stat, reg_stat_rsn") == ("I", "Moved out of state")


def test_the_other_candidates_of_an_accepted_record_are_rejected_here_too(ems, answers, hear):
    hear(of_match("PotentialMatch"), of_match("PotentialMatch", case_id=6, confidence=60, message_id=2))
    answers.answer()
    assert [state for _, state, _ in case_states(ems)] == ["Accepted", "Rejected"]


@pytest.mark.requirement("EWS-07")
def test_a_process_that_died_sends_the_same_again_under_the_same_id(state, answers, hear):
    hear(of_match("PotentialMatch"))
    state.failures = [("decide_match_case", Unavailable(ErrorCode.BUSY, "down"))] * 4
    with pytest.raises(Unavailable):
        answers.answer()
    assert dict(answers.answer()) == {"DecideMatchCase Accept Accepted": 1}
    assert len(state.answers) == 5
    assert len(set(state.answers)) == 1
    assert re.fullmatch(r"19-[0-9a-f]{32}", state.answers[0][0])
    assert not answers.answer()


@pytest.mark.requirement("COA-33")
def test_a_case_that_somebody_else_decided_is_not_decided_again(ems, state, answers, hear, voter_row):
    hear(of_match("PotentialMatch"))
    state.failures = [("decide_match_case", Conflict(ErrorCode.CASE_DECIDED, "It is Accepted."))]
    assert dict(answers.answer()) == {"DecideMatchCase refused VC-4009": 1}
    assert not answers.answer()
    assert voter_row(1, "res_street") == ("Main",)
    hear(of_match("PotentialMatch", case_version=2, message_id=2))
    assert dict(answers.answer()) == {"DecideMatchCase Accept Accepted": 1}


@pytest.mark.requirement("COA-12", "EWS-11")
def test_a_provisional_move_is_accepted_once_and_ends_the_registration(ems, state, answers, hear, voter_row):
    hear(of_transfer("TransferOut", a_transfer(provisional=True), case_state=CaseState.PROVISIONAL))
    assert dict(answers.answer()) == {"AcceptTransferOut Accepted": 1}
    assert not answers.answer()
    assert voter_row(1, "reg_stat") == ("C",)
    assert [state for _, state, _ in case_states(ems)] == ["Accepted"]


@pytest.mark.requirement("COA-21")
def test_a_record_of_nobody_is_reported_as_such_and_a_registration_waits_for_a_clerk(ems, answers, hear):
    hear(of_record("UnresolvedDmvCoa"))
    assert dict(answers.answer()) == {"ReportUnresolvedCoa NonMatch": 1}
    assert ems.connection.execute("SELECT disposition FROM dmv_records").fetchall() == [("NonMatch",)]
    ems.connection.execute("UPDATE dmv_records SET work_item_id = 9, message_type = 'DmvRegistrationPending', disposition = 'Waiting'")
    assert not answers.answer()


def test_another_countys_case_is_not_answered(answers, hear):
    hear(of_match("PotentialMatch", county_code="01"))
    assert not answers.answer()
