"""COA-11, COA-12, COA-34, EWS-11: moves, provisional ones, their reversal, and undoing after the world went on."""

import threading
from datetime import date

import pytest
from fakes.dmv import NEW_HOME, a_record, a_voter

from db.tables import mailing
from votecal_soap.domain.match_cases import Decision, MailingKind
from votecal_soap.domain.matching import CrossCountyMode
from votecal_soap.errors import Conflict, ErrorCode

from .answers import CountyAnswers
from .dmv_runs import NOW
from .test_county_answers import potential, refused, written_by_hand
from .test_dmv_coa_situations import ONE, REGISTRATION, SAN_DIEGO, configure

ALAMEDA = NEW_HOME._replace(residence_city="OAKLAND", residence_zip_code="94601")
INVITE = CrossCountyMode.CANCEL_AND_INVITE


def to_san_diego(sequence=1, **changes):
    return a_record(sequence, new_address=SAN_DIEGO, **changes)


def to_alameda(sequence=2, **changes):
    return a_record(sequence, new_address=ALAMEDA, county_code="01", transaction_date=date(2026, 3, 5), **changes)


def waiting_cancellation(runs):
    """A provisional case in the mode `cancel_and_invite`."""
    configure(runs, mode="19", cross_county=INVITE)
    runs.add_voters(a_voter())
    assert runs.run(to_san_diego()) == {"ProvisionalMatch": 1}
    return runs.cases()[0].case_id


def letters(runs):
    return [row.mailing_kind for row in runs.rows(mailing) if row.withdrawn_at is None]


def at_once(*acts):
    """What each of several threads got: a result, or the code of its refusal."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            outcomes[place] = act()
        except Conflict as error:
            outcomes[place] = error.code

    threads = [threading.Thread(target=run, args=given) for given in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.requirement("COA-12", "COA-33")
def test_a_waiting_cancellation_of_a_voter_who_left_meanwhile_cancels_nobody(runs):
    case_id = waiting_cancellation(runs)
    written_by_hand(runs, ONE, county_code="37", ems_voter_id="SD1")
    refused(lambda: CountyAnswers(runs).decide(case_id), ErrorCode.RECORD_CHANGED)
    assert runs.voter(ONE).status == "Active"
    assert CountyAnswers(runs).decide(case_id, Decision.REJECT).state == "Rejected"
    assert (runs.voter(ONE).county_code, runs.voter(ONE).status, letters(runs)) == ("37", "Active", [])


@pytest.mark.requirement("COA-12", "COA-33")
def test_a_registration_that_ended_meanwhile_is_not_cancelled_a_second_time(runs):
    case_id = waiting_cancellation(runs)
    written_by_hand(runs, ONE, status="Cancelled", status_reason="Deceased")
    refused(lambda: CountyAnswers(runs).decide(case_id), ErrorCode.RECORD_CHANGED)
    assert (runs.voter(ONE).status_reason, letters(runs)) == ("Deceased", [])


@pytest.mark.requirement("COA-12", "COA-34")
def test_a_cancellation_that_was_rejected_while_it_waited_leaves_the_voter_as_she_was(runs):
    case_id = waiting_cancellation(runs)
    assert CountyAnswers(runs).decide(case_id, Decision.REJECT).state == "Rejected"
    assert (runs.voter(ONE).status, runs.voter(ONE).version, runs.items()[0].disposition) == ("Active", 1, "Unresolved")
    assert runs.messages()[-1] == ("37", "UnresolvedDmvCoa", None)


@pytest.mark.requirement("COA-34", "COA-35")
def test_an_undone_cancellation_registers_again_and_takes_back_its_own_letter_only(runs):
    case_id = waiting_cancellation(runs)
    CountyAnswers(runs).decide(case_id)
    assert runs.voter(ONE).status == "Cancelled"
    runs.run(to_alameda(), name="b.xml")
    other = next(row.work_item_id for row in runs.items() if row.work_item_id != runs.cases()[0].work_item_id)
    with runs.factory() as uow:
        uow.mailings.add([(MailingKind.OUT_OF_STATE, "19", ONE, other, None)], NOW)
        uow.commit()
    CountyAnswers(runs).undo(case_id, version=2)
    assert (runs.voter(ONE).status, runs.voter(ONE).status_reason) == ("Active", a_voter().status_reason)
    assert letters(runs) == ["OutOfState"]


@pytest.mark.requirement("COA-34", "EWS-11")
def test_a_voter_who_moved_on_to_a_third_county_is_taken_back_step_by_step(runs):
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    runs.run(to_alameda(), name="b.xml")
    first, second = (row.case_id for row in runs.cases())
    assert runs.voter(ONE).county_code == "01"
    before = runs.everything()
    refused(lambda: CountyAnswers(runs).undo(first), ErrorCode.NOT_UNDOABLE)
    refused(lambda: CountyAnswers(runs).reverse_transfer(runs.transfers()[0].transfer_id), ErrorCode.NOT_UNDOABLE)
    assert runs.everything() == before
    CountyAnswers(runs, "01").undo(second)
    assert (runs.voter(ONE).county_code, runs.voter(ONE).residence_city) == ("37", "SAN DIEGO")
    CountyAnswers(runs).undo(first)
    assert (runs.voter(ONE).county_code, runs.voter(ONE).ems_voter_id, runs.voter(ONE).street_name) == ("19", "LA1", "OLD")
    assert [row.transfer_state for row in runs.transfers()] == ["Reversed", "Reversed"]


@pytest.mark.requirement("COA-34", "EWS-11")
def test_a_move_that_the_losing_county_accepted_can_still_be_undone_by_the_gaining_one(runs):
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    (transfer,) = runs.transfers()
    CountyAnswers(runs).accept_transfer(transfer.transfer_id)
    refused(lambda: CountyAnswers(runs).reverse_transfer(transfer.transfer_id), ErrorCode.CASE_DECIDED)
    refused(lambda: CountyAnswers(runs, "01").undo(runs.cases()[0].case_id), ErrorCode.CASE_NOT_FOUND)
    CountyAnswers(runs, "37").undo(runs.cases()[0].case_id)
    assert runs.voter(ONE).county_code == "19"
    assert {("19", "TransferReversed", ONE), ("37", "TransferReversed", ONE)} <= set(runs.messages())


@pytest.mark.requirement("COA-34")
def test_what_the_gaining_county_entered_goes_with_a_reversed_move_and_other_changes_stay(runs):
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    written_by_hand(runs, ONE, ems_voter_id="SD77", home_precinct="3700001", phone="6195550100")
    CountyAnswers(runs).reverse_transfer(runs.transfers()[0].transfer_id)
    voter = runs.voter(ONE)
    assert (voter.ems_voter_id, voter.home_precinct, voter.phone) == ("LA1", a_voter().home_precinct, "6195550100")


@pytest.mark.requirement("COA-12", "VRU-15", "EWS-13")
def test_a_case_of_a_voter_in_a_pending_move_waits_for_the_move(runs):
    configure(runs, mode="19")
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    assert runs.run(to_alameda(), name="b.xml") == {"PotentialMatch": 1}
    case = runs.cases()[-1]
    assert (case.potential_reason, case.county_code) == ("UpdatePending", "37")
    for decision in (Decision.ACCEPT, Decision.OUT_OF_STATE):
        refused(lambda decision=decision: CountyAnswers(runs, "37").decide(case.case_id, decision), ErrorCode.TRANSFER_PENDING)
    CountyAnswers(runs).accept_transfer(runs.transfers()[0].transfer_id)
    CountyAnswers(runs, "37").decide(case.case_id)
    assert runs.voter(ONE).county_code == "01"


@pytest.mark.requirement("COA-12", "VRU-15")
def test_a_case_that_waits_for_a_move_can_be_rejected_and_the_move_still_reversed(runs):
    configure(runs, mode="19")
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    runs.run(to_alameda(), name="b.xml")
    CountyAnswers(runs, "37").decide(runs.cases()[-1].case_id, Decision.REJECT)
    CountyAnswers(runs).reverse_transfer(runs.transfers()[0].transfer_id)
    assert (runs.voter(ONE).county_code, runs.voter(ONE).transfer_pending_until) == ("19", None)


@pytest.mark.requirement("COA-12", "VRU-15", "EWS-11")
def test_the_word_on_an_older_move_does_not_end_the_waiting_of_a_later_one(runs):
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    configure(runs, mode="37")
    runs.run(to_alameda(), name="b.xml")
    older, later = runs.transfers()
    CountyAnswers(runs).accept_transfer(older.transfer_id)
    assert runs.voter(ONE).transfer_pending_until is not None
    CountyAnswers(runs, "37").accept_transfer(later.transfer_id)
    assert runs.voter(ONE).transfer_pending_until is None


@pytest.mark.requirement("EWS-11", "DLR-20")
def test_of_two_clerks_who_accept_and_reverse_one_move_one_is_told_that_it_is_decided(runs):
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    transfer_id = runs.transfers()[0].transfer_id
    answers = CountyAnswers(runs)
    outcomes = at_once(lambda: answers.accept_transfer(transfer_id).state, lambda: answers.reverse_transfer(transfer_id).transfer.state)
    assert outcomes.count(ErrorCode.CASE_DECIDED) == 1
    (state,) = (outcome for outcome in outcomes if outcome is not ErrorCode.CASE_DECIDED)
    assert runs.transfers()[0].transfer_state == state
    assert runs.voter(ONE).county_code == ("37" if state == "Accepted" else "19")


@pytest.mark.requirement("COA-33", "DLR-20")
def test_of_two_counties_that_undo_one_move_at_once_one_does(runs):
    runs.add_voters(a_voter())
    runs.run(to_san_diego())
    case_id = runs.cases()[0].case_id
    outcomes = at_once(lambda: CountyAnswers(runs).undo(case_id).state, lambda: CountyAnswers(runs, "37").undo(case_id).state)
    assert sorted(map(str, outcomes)) == ["Rejected", str(ErrorCode.CASE_DECIDED)]
    assert (runs.voter(ONE).county_code, runs.voter(ONE).version) == ("19", 3)


@pytest.mark.requirement("COA-33", "COA-38")
@pytest.mark.parametrize(("kind", "status"), [(None, "Cancelled"), (REGISTRATION, "Active")])
def test_only_a_new_registration_begins_one_that_had_ended(runs, kind, status):
    configure(runs, settings={"automatic": 100, "manual": 1})
    given = {} if kind is None else {"kind": kind, "county_code": "19"}
    case = potential(runs, a_voter(status="Cancelled", status_reason="Moved Out Of State"), **given)[ONE]
    assert runs.voter(ONE).status == "Cancelled"
    CountyAnswers(runs).decide(case.case_id)
    voter = runs.voter(ONE)
    assert (voter.status, voter.street_name) == (status, "NEW")
    if kind is REGISTRATION:
        assert (voter.status_reason, voter.registration_date) == (None, date(2026, 3, 1))
