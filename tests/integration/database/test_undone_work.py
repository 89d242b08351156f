"""OPS-04: which failures of a database undo a unit of work, so that it may be run again, and which leave its outcome unknown."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from fixtures.databases import SERVERS
from fixtures.driver_faults import DriverFaults

from votecal_soap.domain.counties import County
from votecal_soap.errors import ErrorCode, OutcomeUnknown, Unavailable, Undone
from votecal_soap.retrying import retry_undone

YOLO = County(county_code="57", name="Yolo", fips="06113")


@pytest.fixture
def faults(real_database, monkeypatch):
    return DriverFaults(real_database, monkeypatch)


@pytest.fixture
def change(real_database, registry):
    """A change of several tables, made in one unit of work."""

    def changed(uid=100_000_001):
        with real_database() as uow:
            uow.reference.save_counties([YOLO])
            uow.voters.add_voters([registry.voter(state_voter_id=uid)], registry.now)
            uow.messages.add([registry.message(dedup_key=f"about {uid}")], registry.now)
            uow.commit()

    return changed


def found(real_database, uid=100_000_001):
    with real_database(read_only=True) as uow:
        return uow.reference.county("57") is not None, uow.voters.get(uid) is not None, uow.messages.depth("19")


@pytest.mark.slow
@pytest.mark.requirement("OPS-04")
def test_undone_at_any_statement_it_is_run_again_and_done_once(real_database, change, faults):
    for number in range(1, 100):
        uid = 100_000_000 + number
        faults.at_statement(number)
        retry_undone(partial(change, uid), sleep=lambda _: None)
        faults.calm()
        assert found(real_database, uid) == (True, True, number)
        if not faults.met:
            break
    assert number > 5, "so many statements it has at least, and was undone at each"


@pytest.mark.requirement("OPS-04")
def test_undone_too_often_it_is_busy_and_nothing_is_changed(real_database, change, faults):
    faults.at_statement(2, times=50)
    with pytest.raises(Undone) as refused:
        retry_undone(change, sleep=lambda _: None)
    faults.calm()
    assert (refused.value.code, refused.value.retryable) == (ErrorCode.BUSY, True)
    assert found(real_database) == (False, False, 0)


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("after", [True, False])
def test_a_connection_that_is_lost_as_a_commit_is_sent_leaves_the_outcome_unknown_and_is_not_run_again(real_database, change, faults, after):
    faults.at_commit(after=after)
    with pytest.raises(OutcomeUnknown) as refused:
        retry_undone(change)
    assert (refused.value.code, refused.value.retryable, faults.met) == (ErrorCode.OUTCOME_UNKNOWN, True, 1)
    assert found(real_database) == ((True, True, 1) if after else (False, False, 0))


@pytest.mark.requirement("OPS-04")
def test_who_has_waited_for_a_locked_file_long_enough_is_told_at_once(sqlite_uow, sqlite_url, monkeypatch):
    monkeypatch.setattr("db.writers_place.BUSY_SECONDS", 0.01)
    impatient = type(sqlite_uow).from_url(sqlite_url)
    with sqlite_uow(), pytest.raises(Unavailable) as refused, impatient():
        pass
    impatient.close()
    assert not isinstance(refused.value, Undone)


@pytest.mark.requirement("OPS-04")
@pytest.mark.postgres
def test_a_session_that_the_server_ended_is_run_again_on_another(postgres_uow):
    ended = []

    def work():
        with postgres_uow() as uow:
            if not ended:
                ended.append(True)
                uow._connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
            uow.reference.save_counties([YOLO])
            uow.commit()

    retry_undone(work)
    with postgres_uow(read_only=True) as uow:
        assert uow.reference.county("57") == YOLO


@pytest.fixture(params=SERVERS[1:])
def server_uow(request):
    """A database with more than one writer at a time."""
    return request.getfixturevalue(f"{request.param}_uow")


@pytest.mark.requirement("OPS-04")
def test_of_two_that_wait_for_each_other_the_victim_is_run_again_and_both_are_done(server_uow, registry):
    """A real deadlock: each holds a voter and wants the other's."""
    voters = [registry.voter(), registry.voter()]
    with server_uow() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037")])
        uow.voters.add_voters(voters, registry.now)
        uow.commit()
    both_hold, runs = threading.Barrier(2), []

    def change_both(order):
        with server_uow() as uow:
            if uow._connection.dialect.name == "postgresql":
                uow._connection.exec_driver_sql("SET LOCAL deadlock_timeout = '20ms'")
            uow.voters.lock_by_state_id([voters[order[0]].state_voter_id])
            runs.append(order)
            if runs.count(order) == 1:
                both_hold.wait(60)
            uow.voters.lock_by_state_id([voters[order[1]].state_voter_id])
            uow.messages.add([registry.message(dedup_key=f"by {order}")], registry.now)
            uow.commit()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(retry_undone, partial(change_both, order)) for order in ((0, 1), (1, 0))]:
            future.result(120)
    assert len(runs) == 3, "one of them was undone"
    with server_uow(read_only=True) as uow:
        assert uow.messages.depth("19") == 2
