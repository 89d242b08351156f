"""A clerk's word takes effect in the EMS with the state's answer; what the state refuses is raised and may be said otherwise."""

import sqlite3
from contextlib import closing

import pytest

from votecal_soap.contract.received_voters import ReceivedChange, ReceivedRecord
from votecal_soap.county.answer_book import WordDetail
from votecal_soap.county.case_answers import CaseAnswers
from votecal_soap.county.clerk import Clerk
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_schema import KIND_BITS
from votecal_soap.county.message_import import import_messages
from votecal_soap.county.reconciliation import reconcile
from votecal_soap.county.voter_work import change_voter
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.match_cases import CaseState, CaseType, Decision
from votecal_soap.errors import Conflict, ErrorCode, Unavailable

from .match_messages import NOW, UID, a_transfer, of_match, of_record, of_transfer, the_voter


@pytest.fixture
def clerk(office, state):
    return Clerk(office, state)


@pytest.fixture
def at_state(state):
    """The state has the cases of these messages."""
    return lambda *messages: state.cases.update({message.detail.case_id: message.detail for message in messages})


def case_states(ems):
    return ems.connection.execute("SELECT case_id, case_state, case_version, county_code FROM state_cases ORDER BY case_id").fetchall()


@pytest.mark.requirement("COA-33")
def test_a_word_is_said_of_the_case_as_it_is_now(ems, state, clerk, at_state):
    at_state(of_match("PotentialMatch", case_version=4))
    detail = WordDetail(county_code=None, comment="Which street?")
    assert clerk.decide(5, Decision.UNPRECINCTABLE, "A post office box", detail) == "Unprecinctable Accepted"
    assert (state.said.expected_version, state.said.comment) == (4, "Which street?")
    assert case_states(ems) == [(5, "Accepted", 5, "19")]
    assert ems.connection.execute("SELECT clerk_note FROM voters WHERE state_uid = ?", (UID,)).fetchone() == ("AddressUnprecinctable",)


@pytest.mark.requirement("COA-33")
def test_a_redirected_case_is_the_other_countys(ems, clerk, at_state):
    at_state(of_match("PotentialMatch"))
    clerk.decide(5, Decision.REDIRECT, "Not ours", WordDetail(county_code="46"))
    assert case_states(ems) == [(5, "Open", 2, "46")]


@pytest.mark.requirement("COA-33")
def test_a_voter_whom_a_redirected_case_brings_here_is_added_to_the_ems(ems, clerk, at_state):
    at_state(of_match("PotentialMatch", voter=the_voter(state_voter_id=UID + 50, county_code="01", ems_voter_id=None)))
    clerk.decide(5, Decision.ACCEPT, "She lives here now")
    assert ems.connection.execute("SELECT res_house_no, reg_stat FROM voters WHERE state_uid = ?", (UID + 50,)).fetchone() == ("12", "A")


@pytest.mark.requirement("COA-34")
def test_an_undone_match_gives_the_voter_back_as_she_was(ems, clerk, at_state, voter_row):
    at_state(of_match("PotentialMatch", case_state=CaseState.ACCEPTED, potential_reason=None, voter=the_voter(house_number="77")))
    assert clerk.undo(5, "She never moved") == "Rejected"
    assert voter_row(1, "res_house_no, base_version") == ("77", 7)
    assert case_states(ems) == [(5, "Rejected", 2, "19")]


@pytest.mark.requirement("COA-38")
def test_an_accepted_registration_brings_all_its_data(clerk, at_state, voter_row):
    at_state(of_match("PotentialMatch", case_type=CaseType.DMV_REGISTRATION, voter=the_voter(party="GRN")))
    clerk.decide(5, Decision.ACCEPT, "The same")
    assert voter_row(1, "pty_cd") == ("G",)


@pytest.mark.requirement("EWS-11")
def test_a_reversed_move_is_not_accepted_by_the_rule(ems, state, office, clerk):
    import_messages(ems, [of_transfer("TransferOut", a_transfer(provisional=True), case_state=CaseState.PROVISIONAL)], NOW)
    assert clerk.reverse_move(3, "Another person") == "Reversed"
    assert not CaseAnswers(office, state).answer()
    assert case_states(ems)[0][1] == "Rejected"


@pytest.mark.requirement("COA-21")
def test_a_record_of_somebody_whom_the_county_may_know_waits_for_a_clerk_who_names_her_and_may_then_say_nobody(ems, state, office, clerk):
    import_messages(ems, [of_record("UnresolvedDmvCoa", first_name="FIRST2", date_of_birth=None)], NOW)
    ems.connection.execute("UPDATE dmv_records SET data = json_set(data, '$.DateOfBirth', '1980-02-03')")
    assert not CaseAnswers(office, state).answer()
    assert clerk.report(8, UID, "Married since") == "VoterNamed"
    assert clerk.report(8, None, "It was not she") == "NonMatch"
    assert [answer[1] for answer in state.answers] == ["VoterNamed", "NonMatch"]


def test_what_the_state_refused_is_raised_and_may_be_said_again(state, clerk, at_state):
    at_state(of_match("PotentialMatch"))
    state.failures = [("decide_match_case", Conflict(ErrorCode.CASE_CHANGED, "Read it again."))]
    with pytest.raises(Conflict):
        clerk.decide(5, Decision.REJECT, "Somebody else")
    assert clerk.decide(5, Decision.REJECT, "Somebody else") == "Reject Rejected"
    assert len({answer[0] for answer in state.answers}) == 2


@pytest.mark.requirement("EWS-07")
def test_a_word_that_is_still_on_its_way_is_not_said_twice(state, clerk, at_state):
    at_state(of_match("PotentialMatch"))
    state.failures = [("decide_match_case", Unavailable(ErrorCode.BUSY, "down"))] * 4
    with pytest.raises(Unavailable):
        clerk.decide(5, Decision.REJECT, "Somebody else")
    with pytest.raises(Conflict) as refused:
        clerk.decide(5, Decision.ACCEPT, "She it is")
    assert refused.value.code is ErrorCode.CASE_DECIDED
    assert len(state.answers) == 4


@pytest.mark.requirement("EWS-11")
def test_after_a_start_the_ems_has_every_case_that_waits_page_by_page(ems, state, office, clerk, at_state):
    at_state(*(of_match("PotentialMatch", case_id=number) for number in range(5, 10)))
    state.cases[20] = state.cases[5]._replace(case_id=20, county_code="01")
    assert reconcile(office, state) == 5
    assert [row[0] for row in case_states(ems)] == [5, 6, 7, 8, 9]
    assert [match.case_id for match in clerk.cases()] == [5, 6, 7, 8, 9, 20]
    assert reconcile(office, state) == 0


@pytest.mark.requirement("EWS-11")
def test_after_a_start_a_case_that_waits_here_alone_is_read_again(ems, state, office, at_state):
    import_messages(ems, [of_match("PotentialMatch"), of_match("PotentialMatch", case_id=6, message_id=2)], NOW)
    at_state(of_match("PotentialMatch", case_state=CaseState.REPLACED, case_version=2))
    assert reconcile(office, state) == 1
    assert [row[:3] for row in case_states(ems)] == [(5, "Replaced", 2), (6, "Open", 1)]


def test_an_ems_of_an_earlier_release_gets_what_it_lacks(tmp_path):
    path = tmp_path / "old.db"
    EmsDatabase.create(path, "19").close()
    with closing(sqlite3.connect(path)) as old:
        old.execute("ALTER TABLE state_answers DROP COLUMN detail")
    with EmsDatabase(path) as ems:
        assert ems.connection.execute("SELECT count(detail) FROM state_answers").fetchone() == (0,)


@pytest.mark.requirement("EWS-09")
@pytest.mark.parametrize("call", ["update_voter", "transfer_voter"])
def test_what_a_clerk_changes_while_a_word_is_on_its_way_stays_marked(ems, state, clerk, call):
    def answer(*_):
        with ems.transaction() as connection:
            change_voter(connection, key, {"phone_no": "2135550199"}, ems.next_change_no())
        outcome = "Applied" if call == "update_voter" else "Transferred"
        return ReceivedChange(outcome, None, UID, 2, "Active", None, None, (), 8, "37", "2026-03-11T12:00:00Z")

    (key, number) = ems.connection.execute("SELECT voter_key, voter_num FROM voters WHERE state_uid = ?", (UID,)).fetchone()
    setattr(state, call, answer)
    state.get_voter = lambda *_, **__: ReceivedRecord(the_voter(), own=False, current_version=1, merged_id=None, pending_until=None, entries=(), more=False)
    if call == "update_voter":
        clerk.update(number, {"nm_last": "Quackenbush"}, "married")
    else:
        clerk.transfer(UID, {"nm_last": "Quackenbush"}, None, "a new affidavit")
    (mask, version) = ems.connection.execute("SELECT changed_kinds, base_version FROM voters WHERE voter_key = ?", (key,)).fetchone()
    assert (mask & KIND_BITS[DataKind.CONTACT], version) == (KIND_BITS[DataKind.CONTACT], 2)
