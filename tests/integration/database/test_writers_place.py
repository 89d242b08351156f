"""SQLite has one writer at a time: a county's call gets in beside a run that begins its next transaction at once."""

import fcntl
import threading
import time

import pytest

from db.unit_of_work import SqlUnitOfWorkFactory

LONG_SECONDS = 0.3


@pytest.fixture
def run(sqlite_url):
    factory = SqlUnitOfWorkFactory.from_url(sqlite_url)
    yield factory
    factory.close()


def waiting_file(url):
    return f"{url.removeprefix('sqlite:///')}-waiting"


def somebody_waits(url):
    with open(waiting_file(url), "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.requirement("OPS-04")
def test_who_held_the_writers_place_long_lets_who_waits_go_first(run, sqlite_uow, sqlite_url):
    order = []

    def call():
        with sqlite_uow():
            order.append("call")

    waiting = threading.Thread(target=call)
    with run():
        waiting.start()
        while not somebody_waits(sqlite_url):
            time.sleep(0.001)
        time.sleep(LONG_SECONDS)
    with run():
        order.append("run")
    waiting.join()
    assert order == ["call", "run"]


@pytest.mark.requirement("OPS-04")
def test_who_waits_and_never_comes_holds_a_run_up_no_longer_than_it_held_the_place(run, sqlite_url):
    with open(waiting_file(sqlite_url), "wb") as stopped:
        fcntl.flock(stopped, fcntl.LOCK_SH)
        with run():
            time.sleep(0.06)
        with run() as uow:
            assert uow.reference.counties() == []


def test_all_threads_that_write_at_once_get_in(run):
    numbers = []

    def write():
        with run() as uow:
            numbers.append(uow.voters.reserve_state_voter_ids(1))
            uow.commit()

    threads = [threading.Thread(target=write) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 12
