"""A right secret is let in without waiting for what is written down about another's (EWS-01)."""

import threading
from datetime import UTC, datetime

import pytest
from fakes.unit_of_work import FakeDatabase

from votecal_soap.clock import FixedClock
from votecal_soap.domain.counties import Credential
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.use_cases.wrong_secrets import WrongSecrets

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADDRESS = "192.0.2.7"


def credential_of(county_code):
    return Credential(username=f"c{county_code}", county_code=county_code, secret_hmac="", expires_at=None, revoked_at=None, certificate_subject=None)


@pytest.fixture
def database():
    return FakeDatabase()


@pytest.fixture
def wrong_secrets(database):
    return WrongSecrets(database, FixedClock(NOON), b"a key")


@pytest.mark.requirement("EWS-01")
def test_while_one_countys_first_call_waits_for_the_writer_the_others_are_let_in(database, wrong_secrets):
    first = threading.Thread(target=wrong_secrets.admit, args=(credential_of("19"), ADDRESS))
    with database.writing:
        first.start()
        while not wrong_secrets._is_noting:
            pass
        wrong_secrets.admit(credential_of("34"), ADDRESS)
        wrong_secrets.admit(credential_of("57"), ADDRESS)
        assert database.committed.failures == {}
    first.join()
    # Name with address and county with address of each, and the address itself.
    assert len(database.committed.failures) == 3 * 2 + 1


@pytest.mark.requirement("EWS-01")
def test_what_could_not_be_written_is_written_with_the_next_countys(database, wrong_secrets, monkeypatch):
    monkeypatch.setattr("fakes.unit_of_work.FakeUnitOfWork.commit", refuse)
    wrong_secrets.admit(credential_of("19"), ADDRESS)
    assert database.committed.failures == {}
    monkeypatch.undo()
    wrong_secrets.admit(credential_of("34"), ADDRESS)
    assert len(database.committed.failures) == 2 * 2 + 1


@pytest.mark.requirement("EWS-01")
def test_wrong_ones_are_counted_in_the_order_in_which_right_ones_are_noted(wrong_secrets, monkeypatch):
    counted = []
    monkeypatch.setattr("fakes.logins.FakeLoginRepository.note_failure", lambda self, counter, at, *, forgiven_before: counted.append(counter))
    refusal = Unavailable(ErrorCode.BUSY, "Wrong.", retry_after_seconds=1)
    for number in range(10):
        wrong_secrets.refused(f"c{number}", ADDRESS, None, refusal)
    by_call = [counted[begin : begin + 3] for begin in range(0, len(counted), 3)]
    assert len(by_call) == 10
    assert by_call == [sorted(counters) for counters in by_call]


def refuse(uow):
    raise Unavailable(ErrorCode.BUSY, "The database is busy.", retry_after_seconds=1)
