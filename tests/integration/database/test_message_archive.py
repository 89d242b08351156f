"""Cleared messages leave the queue's table, and a county that asks for them notices nothing (OPS-05, EWS-04)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from db.tables import ems_message, ems_message_archive
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult

ALREADY, NOT_FOUND = ClearResult.ALREADY_CLEARED, ClearResult.NOT_FOUND


@pytest.fixture
def cleared(database, registry):
    """Messages of Los Angeles: processed, failed, skipped, open; by id."""
    with database() as uow:
        uow.messages.add([registry.message(dedup_key=key) for key in ("processed", "failed", "skipped", "open")], registry.now)
        ids = [message.message_id for message in uow.messages.page("19", 10, with_payload=False)]
        clearances = [Clearance(message_id=ids[0], outcome=ClearOutcome.PROCESSED)]
        clearances += [Clearance(message_id=key, outcome=ClearOutcome.FAILED, text="cannot import") for key in ids[1:3]]
        uow.messages.clear("19", clearances, registry.now)
        assert uow.messages.skip("19", ids[2])
        uow.commit()
    return ids


def archive(database, registry):
    """Move what was cleared until now."""
    with database() as uow:
        over = uow.messages.over_before(registry.now + timedelta(seconds=1), 10)
        assert uow.messages.archive(over, registry.now) == len(over)
        uow.commit()
    return over


@pytest.mark.requirement("OPS-05")
def test_what_is_processed_or_skipped_is_over_and_what_failed_waits_for_sos(database, registry, cleared):
    processed, _, skipped, _ = cleared
    with database(read_only=True) as uow:
        later = registry.now + timedelta(seconds=1)
        assert uow.messages.over_before(registry.now, 10) == []
        assert uow.messages.over_before(later, 10) == [processed, skipped]
        assert uow.messages.over_before(later, 1) == [processed]
        assert uow.messages.over_before(later, 10, processed) == [skipped]


@pytest.mark.requirement("OPS-05", "EWS-04")
def test_a_county_is_answered_about_archived_messages_as_before(database, registry, cleared):
    with database(read_only=True) as uow:
        before = uow.messages.by_ids("19", cleared)
    over = archive(database, registry)
    with database() as uow:
        assert uow.messages.by_ids("19", cleared[::-1]) == before
        assert uow.messages.by_ids("34", cleared) == []
        again = [Clearance(message_id=key, outcome=ClearOutcome.PROCESSED) for key in [*over[::-1], 999_999]]
        assert list(uow.messages.clear("19", again, registry.now).items()) == [*((key, ALREADY) for key in over[::-1]), (999_999, NOT_FOUND)]
        assert set(uow.messages.clear("34", again, registry.now).values()) == {NOT_FOUND}
        assert uow.messages.known_keys(["processed", "skipped", "open", "never"]) == {"processed", "skipped", "open"}
        assert uow.messages.depth("19") == 1


@pytest.mark.requirement("OPS-05")
def test_archiving_again_moves_nothing_and_what_is_not_over_stays(database, registry, cleared):
    archive(database, registry)
    assert archive(database, registry) == []
    with database() as uow:
        assert uow.messages.archive(cleared, registry.now) == 0
        assert [message.message_id for message in uow.messages.poison("19", 10)] == [cleared[1]]
        assert uow.messages.requeue("19", cleared[1], registry.now)


@pytest.mark.requirement("OPS-05")
def test_archived_messages_are_forgotten_the_longest_cleared_first(database, registry, cleared):
    archive(database, registry)
    with database() as uow:
        assert uow.messages.forget_archived(registry.now, 10) == 0
        later = registry.now + timedelta(seconds=1)
        assert [uow.messages.forget_archived(later, 1) for _ in range(3)] == [1, 1, 0]
        uow.commit()
    with database(read_only=True) as uow:
        assert [message[0] for message in uow.messages.by_ids("19", cleared)] == [cleared[1], cleared[3]]


@pytest.mark.requirement("OPS-05", "JOB-02")
def test_rows_are_locked_in_the_order_of_their_keys_however_they_are_named_so_that_two_wait_for_each_other(real_database, registry):
    locked = []
    with real_database() as uow:
        event.listen(uow._connection, "before_execute", lambda _, statement, many, given, options: locked.append((str(statement.compile()), given)))
        uow.messages.archive(range(2_000, 0, -1), registry.now)
        uow.messages.forget_archived(registry.now, 10)
    named = [(sql, given["listed"]) for sql, given in locked if "FOR UPDATE" in sql]
    assert len(named) == 3
    assert all("ORDER BY ems_message.message_id" in sql for sql, _ in named)
    assert [key for _, keys in named for key in keys] == sorted(key for _, keys in named for key in keys)


@pytest.mark.requirement("OPS-05", "JOB-02")
def test_two_that_archive_the_same_at_once_move_each_message_once(real_database, registry):
    with real_database() as uow:
        uow.messages.add([registry.message() for _ in range(400)], registry.now)
        ids = [message.message_id for message in uow.messages.page("19", 400, with_payload=False)]
        uow.messages.clear("19", [Clearance(message_id=key, outcome=ClearOutcome.PROCESSED) for key in ids], registry.now)
        uow.commit()

    def move(_):
        with real_database() as uow:
            moved = uow.messages.archive(ids, registry.now)
            uow.commit()
        return moved

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, range(2))) == [0, 400]
    with real_database(read_only=True) as uow:
        counts = [uow._connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (ems_message, ems_message_archive)]
    assert counts == [0, 400]
