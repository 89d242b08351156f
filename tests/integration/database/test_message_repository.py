"""The county queues, on memory and every database alike (EWS-02 to EWS-06)."""

from datetime import timedelta

import pytest

from votecal_soap.contract.queue_messages import ABOUT, render_header
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult, HeardOf, MessageType
from votecal_soap.errors import Conflict, ErrorCode

CLEARED, ALREADY, NOT_FOUND, OLDER = ClearResult.CLEARED, ClearResult.ALREADY_CLEARED, ClearResult.NOT_FOUND, ClearResult.OLDER_MESSAGE_OPEN


def processed(*message_ids):
    return [Clearance(message_id=key, outcome=ClearOutcome.PROCESSED) for key in message_ids]


def ids(uow, county_code="19", limit=1000):
    return [message.message_id for message in uow.messages.page(county_code, limit, with_payload=False)]


@pytest.fixture
def voters(database, registry):
    rows = [registry.voter(), registry.voter()]
    with database() as uow:
        uow.voters.add_voters(rows, registry.now)
        uow.commit()
    return rows


def header(message):
    return render_header(message.message_type, message.enqueued_at, [getattr(message, name) for name in ABOUT])


def add(database, registry, *messages):
    with database() as uow:
        uow.messages.add(messages, registry.now)
        uow.commit()


@pytest.mark.requirement("EWS-02")
def test_an_empty_queue_is_a_normal_answer(database):
    with database(read_only=True) as uow:
        assert uow.messages.page("19", 10, with_payload=True) == []
        assert uow.messages.depth("19") == 0
        assert uow.messages.depth("99") == 0


@pytest.mark.requirement("EWS-02")
def test_messages_come_oldest_first_and_at_most_as_many_as_asked(database, registry):
    for key in range(5):
        add(database, registry, registry.message(payload=f"<M>{key}</M>"))
    with database(read_only=True) as uow:
        page = uow.messages.page("19", 3, with_payload=True)
        assert [message.payload for message in page] == ["<M>0</M>", "<M>1</M>", "<M>2</M>"]
        assert uow.messages.depth("19") == 5


@pytest.mark.requirement("EWS-02")
def test_a_header_has_everything_but_the_payload(database, registry, voters):
    message = registry.message(voters[0], voter_sequence=1, job_id=7, record_sequence=3, message_type=MessageType.IDV_RESULT)
    add(database, registry, message)
    with database(read_only=True) as uow:
        (header,) = uow.messages.page("19", 10, with_payload=False)
        (detail,) = uow.messages.page("19", 10, with_payload=True)
        assert header == detail._replace(payload=None)
        assert detail.payload == message.payload
        assert (header.message_type, header.enqueued_at, header.voter_sequence) == ("IdvResult", registry.now, 1)
        assert header.state_voter_id == voters[0].state_voter_id
        assert (header.ems_voter_id, header.record_version, header.job_id, header.record_sequence) == (voters[0].ems_voter_id, 1, 7, 3)


@pytest.mark.requirement("EWS-05")
def test_messages_of_a_voter_never_overtake_each_other(database, registry, voters):
    younger, older = registry.message(voters[0], voter_sequence=2), registry.message(voters[0], voter_sequence=1)
    other = registry.message(voters[1], voter_sequence=1)
    add(database, registry, younger, older, other)
    with database() as uow:
        assert [message.voter_sequence for message in uow.messages.page("19", 10, with_payload=False)] == [1, 1]
        assert uow.messages.depth("19") == 3
        (first, *_) = ids(uow)
        uow.messages.clear("19", processed(first), registry.now)
        assert {message.voter_sequence for message in uow.messages.page("19", 10, with_payload=False)} == {1, 2}


@pytest.mark.requirement("EWS-02", "EWS-05")
def test_held_back_messages_do_not_make_the_queue_look_empty(database, registry, voters):
    upside_down = [registry.message(voters[0], voter_sequence=sequence) for sequence in (3, 2, 1)]
    add(database, registry, *upside_down, registry.message())
    with database(read_only=True) as uow:
        assert [message.voter_sequence for message in uow.messages.page("19", 1, with_payload=False)] == [1]
        assert len(ids(uow, limit=2)) == 2


@pytest.mark.requirement("EWS-04")
def test_clearing_is_idempotent_and_what_is_cleared_is_not_sent_again(database, registry):
    add(database, registry, registry.message(), registry.message())
    with database() as uow:
        first, second = ids(uow)
        assert uow.messages.clear("19", processed(first), registry.now) == {first: CLEARED}
        uow.commit()
    with database() as uow:
        assert uow.messages.clear("19", processed(first, second, second), registry.now) == {first: ALREADY, second: CLEARED}
        assert ids(uow) == []
        uow.commit()
    with database() as uow:
        assert uow.messages.depth("19") == 0
        assert [message_id for message_id, _, _ in uow.messages.by_ids("19", [second, first])] == [first, second]


@pytest.mark.requirement("EWS-01", "EWS-04")
def test_another_countys_message_is_not_found_and_stays(database, registry):
    add(database, registry, registry.message(county_code="34"))
    with database() as uow:
        (theirs,) = ids(uow, "34")
        assert uow.messages.clear("19", processed(theirs, 999_999), registry.now) == {theirs: NOT_FOUND, 999_999: NOT_FOUND}
        assert uow.messages.by_ids("19", [theirs]) == []
        uow.commit()
    with database() as uow:
        assert ids(uow, "34") == [theirs]
        assert (uow.messages.depth("19"), uow.messages.depth("34")) == (0, 1)


@pytest.mark.requirement("EWS-05")
def test_a_younger_message_is_not_cleared_before_an_older(database, registry, voters):
    add(database, registry, *(registry.message(voters[0], voter_sequence=sequence) for sequence in (1, 2, 3)), registry.message(voters[1], voter_sequence=1))
    with database() as uow:
        first, second, third, other = ids(uow)
        assert uow.messages.clear("19", processed(second, other), registry.now) == {second: OLDER, other: CLEARED}
        assert uow.messages.clear("19", processed(third, first, second), registry.now) == {third: OLDER, first: CLEARED, second: CLEARED}
        assert ids(uow) == [third]
        assert uow.messages.depth("19") == 1


@pytest.mark.requirement("EWS-04", "EWS-05")
def test_a_thousand_are_cleared_in_one_call_in_order(database, registry, voters):
    add(database, registry, *(registry.message(voters[key % 2], voter_sequence=key // 2 + 1) for key in range(1_000)))
    with database() as uow:
        assert set(uow.messages.clear("19", processed(*ids(uow)), registry.now).values()) == {CLEARED}
        uow.commit()
    with database() as uow:
        assert uow.messages.depth("19") == 0


@pytest.mark.requirement("EWS-04")
def test_a_message_that_the_county_could_not_take_is_marked_failed_and_makes_way(database, registry, voters):
    add(database, registry, *(registry.message(voters[0], voter_sequence=sequence) for sequence in (1, 2)))
    with database() as uow:
        first, second = ids(uow)
        failed = Clearance(message_id=first, outcome=ClearOutcome.FAILED, text="cannot import")
        assert uow.messages.clear("19", [failed, *processed(second)], registry.now) == {first: CLEARED, second: CLEARED}
        uow.commit()


@pytest.mark.requirement("EWS-04")
def test_the_words_of_a_failed_message_are_kept(real_database, registry):
    add(real_database, registry, registry.message())
    with real_database() as uow:
        (only,) = ids(uow)
        uow.messages.clear("19", [Clearance(message_id=only, outcome=ClearOutcome.FAILED, text="cannot import")], registry.now)
        uow.commit()
        row = uow._connection.exec_driver_sql("SELECT state, cleared_text, queue_county, CASE WHEN cleared_at IS NULL THEN 1 ELSE 0 END FROM ems_message").one()
    assert tuple(row) == ("Failed", "cannot import", None, 0)


@pytest.mark.requirement("EWS-06", "VRU-20")
def test_a_repeated_message_is_refused_with_all_that_came_with_it(database, registry):
    message = registry.message()
    add(database, registry, message)
    with pytest.raises(Conflict) as refused, database() as uow:
        uow.messages.add([registry.message(), message], registry.now)
        uow.commit()
    assert refused.value.code is ErrorCode.ALREADY_EXISTS
    with database() as uow:
        assert uow.messages.depth("19") == 1


@pytest.mark.requirement("EWS-02")
def test_the_depth_is_right_after_adding_clearing_and_rolling_back(database, registry):
    add(database, registry, *(registry.message() for _ in range(5)), registry.message(county_code="34"))
    with database() as uow:
        uow.messages.add([registry.message(), registry.message()], registry.now)
        uow.messages.clear("19", processed(*ids(uow)[:3]), registry.now)
        assert uow.messages.depth("19") == 4
    with database() as uow:
        assert (uow.messages.depth("19"), uow.messages.depth("34")) == (5, 1)
        uow.messages.clear("19", processed(*ids(uow)[:2]), registry.now)
        uow.commit()
        assert uow.messages.depth("19") == 3
    with database() as uow:
        assert (uow.messages.depth("19"), uow.messages.depth("34")) == (3, 1)


@pytest.mark.requirement("VRU-13")
def test_only_open_messages_about_changes_of_others_block(database, registry, voters):
    keys = [voter.state_voter_id for voter in voters]
    add(database, registry, registry.message(voters[0], voter_sequence=1, blocks_updates=1), registry.message(voters[1], voter_sequence=1))
    with database() as uow:
        assert uow.messages.voters_with_blocking("19", keys) == {keys[0]}
        assert uow.messages.voters_with_blocking("34", keys) == set()
        uow.messages.clear("19", processed(*ids(uow)), registry.now)
        assert uow.messages.voters_with_blocking("19", keys) == set()


@pytest.mark.requirement("EWS-02", "EWS-03", "EWS-05")
@pytest.mark.parametrize("with_payload", [False, True])
def test_a_stored_page_holds_the_messages_of_the_page_with_their_headers(database, registry, voters, with_payload):
    later = registry.message(voters[0], voter_sequence=2)
    full = registry.message(voters[1], voter_sequence=1, job_id=7, record_sequence=3)
    add(database, registry, later, registry.message(voters[0], voter_sequence=1), registry.message(), full)
    with database(read_only=True) as uow:
        page = uow.messages.page("19", 3, with_payload=with_payload)
        stored = uow.messages.stored_page("19", 3, with_payload=with_payload)
        assert stored == [(message.message_id, header(message), message.payload) for message in page]
        assert [header.count("<") for _, header, _ in stored] == [12, 4, 16]
        assert uow.messages.stored_page("34", 3, with_payload=with_payload) == []
        if with_payload:
            assert uow.messages.by_ids("19", [message_id for message_id, _, _ in stored]) == stored


@pytest.mark.requirement("EWS-02", "EWS-05")
def test_a_page_begins_after_an_id(database, registry, voters):
    upside_down = [registry.message(voters[0], voter_sequence=sequence) for sequence in (2, 1)]
    add(database, registry, *upside_down, registry.message(), registry.message())
    with database(read_only=True) as uow:
        first, *behind = ids(uow)
        assert [row[0] for row in uow.messages.stored_page("19", 10, with_payload=False, after=first)] == behind
        assert [row[0] for row in uow.messages.stored_page("19", 1, with_payload=False, after=first)] == behind[:1]
        assert uow.messages.stored_page("19", 10, with_payload=False, after=behind[-1]) == []


@pytest.mark.requirement("EWS-06")
def test_a_message_that_was_ever_queued_is_known_by_its_key(database, registry):
    with database() as uow:
        uow.messages.add([registry.message(dedup_key="a"), registry.message(dedup_key="b")], registry.now)
        (first, _) = uow.messages.page("19", 10, with_payload=False)
        uow.messages.clear("19", [Clearance(message_id=first.message_id, outcome=ClearOutcome.PROCESSED, text=None)], registry.now)
        assert uow.messages.known_keys(["a", "b", "c"]) == {"a", "b"}
        assert uow.messages.known_keys([]) == set()


@pytest.mark.requirement("OPS-01")
def test_when_a_county_was_heard_of_last_never_goes_back(database, registry):
    later, earlier = registry.now, registry.now - timedelta(minutes=1)
    for heard in (HeardOf(later, None), HeardOf(earlier, earlier), HeardOf(None, later)):
        with database() as uow:
            uow.messages.note_consumers({"19": heard})
            uow.commit()
    with database(read_only=True) as uow:
        assert uow.messages.consumers() == {"19": HeardOf(later, later)}
