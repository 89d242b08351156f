import pytest

from votecal_soap.county.queue_consumer import QueueConsumer
from votecal_soap.errors import Unavailable


@pytest.mark.requirement("EWS-02")
def test_an_empty_queue_is_a_normal_answer(office, state):
    drained = QueueConsumer(office, state).drain()
    assert (drained.imported, state.calls) == ({}, ["get_message_queue"])


@pytest.mark.requirement("EWS-02")
def test_the_consumer_goes_on_without_waiting_while_messages_remain(office, state, make_message, pauses):
    state.queue = [make_message(number, number=1 + number % 2) for number in range(1, 8)]
    drained = QueueConsumer(office, state, page_messages=3).drain()
    assert drained.imported == {"BatchRecordApplied": 7}
    assert (state.calls.count("get_message_queue"), state.calls.count("clear_messages"), pauses) == (3, 3, [])


@pytest.mark.requirement("EWS-04")
def test_a_page_is_cleared_in_one_call_with_an_outcome_a_message(office, state, make_message):
    state.queue = [make_message(1), make_message(2, number=99)]
    drained = QueueConsumer(office, state).drain()
    assert [(item.outcome, item.text) for item in state.clearances.values()] == [("Processed", None), ("Failed", "The EMS has no such voter.")]
    assert (drained.imported, drained.failed) == ({"BatchRecordApplied": 1}, {"BatchRecordApplied": 1})


@pytest.mark.requirement("EWS-04")
def test_a_process_that_dies_between_import_and_clear_imports_nothing_twice(office, state, make_message):
    state.queue = [make_message(1), make_message(2)]
    state.failures = [("clear_messages", KeyboardInterrupt())]
    with pytest.raises(KeyboardInterrupt):
        QueueConsumer(office, state).drain()
    assert QueueConsumer(office, state).drain().imported == {}
    assert sorted(state.clearances) == [1, 2]


@pytest.mark.requirement("EWS-04")
def test_an_answer_to_clear_that_is_lost_does_no_harm(office, state, make_message, down, ems):
    state.queue = [make_message(1)]
    state.failures = [("after_clear", down)]
    QueueConsumer(office, state).drain()
    assert ems.connection.execute("SELECT cleared FROM state_messages").fetchone() == (1,)


def test_a_message_of_an_unknown_type_is_left_on_the_queue_and_does_not_stop_the_others(office, state, make_message):
    state.queue = [make_message(1, kind="VoterMoved"), *(make_message(number, number=2) for number in range(2, 6))]
    drained = QueueConsumer(office, state, page_messages=2).drain()
    assert (drained.left_for_person, drained.imported, sorted(state.clearances)) == (1, {"BatchRecordApplied": 4}, [2, 3, 4, 5])


@pytest.mark.requirement("EWS-02")
def test_messages_for_a_person_do_not_hide_what_lies_behind_them(office, state, make_message):
    left = [make_message(number, number=number, kind="VoterMoved") for number in range(11, 16)]
    state.queue = [*left, *(make_message(number) for number in range(16, 20))]
    drained = QueueConsumer(office, state, page_messages=2).drain()
    assert (drained.left_for_person, drained.imported, sorted(state.clearances)) == (5, {"BatchRecordApplied": 4}, [16, 17, 18, 19])


@pytest.mark.requirement("EWS-05")
def test_nothing_overtakes_a_message_for_a_person_from_a_later_page(office, state, make_message):
    state.queue = [make_message(1, kind="VoterMoved"), make_message(2, number=2), make_message(3), make_message(4, number=2)]
    drained = QueueConsumer(office, state, page_messages=2).drain()
    assert (drained.left_for_person, sorted(state.clearances)) == (1, [2, 4])


@pytest.mark.requirement("EWS-02", "EWS-05")
def test_a_message_that_was_held_back_is_taken_though_its_page_is_past(office, state, make_message):
    state.queue = [make_message(1, kind="VoterMoved"), make_message(2, number=2, sequence=2), make_message(3, number=2, sequence=1)]
    drained = QueueConsumer(office, state, page_messages=1).drain()
    assert (drained.left_for_person, list(state.clearances)) == (1, [3, 2])


def test_a_queue_of_messages_for_a_person_is_looked_through_once(office, state, make_message):
    state.queue = [make_message(number, kind="VoterMoved") for number in range(1, 4)]
    assert QueueConsumer(office, state, page_messages=1).drain().left_for_person == 1
    assert state.calls == ["get_message_queue"] * 3


def test_a_state_that_stays_down_is_told_and_nothing_is_lost(office, state, make_message, down, pauses):
    state.queue = [make_message(1)]
    state.failures = [("get_message_queue", down)] * 4
    with pytest.raises(Unavailable):
        QueueConsumer(office, state).drain()
    assert len(pauses) == 3
    assert QueueConsumer(office, state).drain().imported == {"BatchRecordApplied": 1}
