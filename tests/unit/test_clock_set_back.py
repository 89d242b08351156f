"""The machine's clock is set back: who was to wait does not wait longer, and nothing that was used once is good again."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from fakes.unit_of_work import FakeDatabase

from votecal_soap.clock import FixedClock
from votecal_soap.credentials import keyed_hash
from votecal_soap.dmv_exchange import FolderDmvExchange
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.sign_in import OF_PAIR, ConsoleSession, Failures, SessionTimes
from votecal_soap.use_cases.console_sessions import resume

NOW = datetime(2026, 3, 10, 20, tzinfo=UTC)
STEPS_BACK = (timedelta(hours=2), timedelta(seconds=1))


@pytest.mark.parametrize("step", STEPS_BACK)
def test_whoever_is_held_for_wrong_secrets_waits_no_longer_than_the_longest_wait(step):
    failures = Failures(OF_PAIR.free + 30, NOW, None)
    until = OF_PAIR.held_until(failures, NOW - step)
    assert until is None or until - (NOW - step) <= OF_PAIR.longest
    assert OF_PAIR.held_until(failures, NOW) == NOW + OF_PAIR.longest


def test_a_session_goes_on_and_its_idle_time_begins_anew():
    database, clock, times = FakeDatabase(), FixedClock(NOW - timedelta(hours=2)), SessionTimes(idle=timedelta(minutes=30), longest=timedelta(hours=10))
    with database() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.logins.add_session(ConsoleSession(keyed_hash("token", b"key"), "ada", NOW, NOW))
        uow.commit()
    assert resume("token", database, clock, b"key", times) is not None
    clock.instant += timedelta(minutes=31)
    assert resume("token", database, clock, b"key", times) is None, "not two hours and a half"


@pytest.mark.requirement("COA-01")
def test_a_whole_dmv_file_of_a_time_to_come_is_taken(tmp_path):
    exchange = FolderDmvExchange(tmp_path / "drop", tmp_path / "private", settle=timedelta(seconds=10), incomplete=timedelta(hours=1))
    for name, content in (("whole.xml", b"<DmvCoaFile></DmvCoaFile>"), ("cut.xml", b"<DmvCoaFile>")):
        path = tmp_path / "drop" / name
        path.write_bytes(content)
        os.utime(path, 2 * ((NOW + timedelta(hours=2)).timestamp(),))
    assert exchange.has_arrived("whole.xml", NOW)
    assert not exchange.has_arrived("whole.xml", NOW + timedelta(hours=2, seconds=-1)), "perhaps somebody still writes"
    assert not exchange.has_arrived("cut.xml", NOW), "nor is a file that is cut off ever believed early"
