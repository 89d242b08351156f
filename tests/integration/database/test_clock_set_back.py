"""The machine's clock is set back: by two hours, because it was wrong, and by a second. On memory and on every database."""

from datetime import UTC, datetime, timedelta

import pytest

from votecal_soap.clock import FixedClock
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.ems_messages import HeardOf
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.sign_in import StaffLogin
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import VoterChange
from votecal_soap.use_cases.purge_kept_data import PurgeKeptData, purge_kept_data

TWO_HOURS = 2 * 60 * 60
LEASE, LIMIT = 60, 5


@pytest.fixture
def due(database, registry):
    """A run that is due."""
    with database() as uow:
        instance_id = registry.run(uow, registry.job(uow))
        uow.commit()
    return instance_id


def claim(database, *, set_back=0, worker="w"):
    """Claim under a lease that was given by a clock which is set back afterwards."""
    with database() as uow:
        run = uow.jobs.claim(worker, LEASE + set_back, LIMIT)
        uow.commit()
    return run


def beat(database, run):
    with database() as uow:
        uow.jobs.heartbeat(run.instance_id, run.lease_token, LEASE)
        uow.commit()


@pytest.mark.requirement("JOB-02")
def test_a_dead_workers_lease_does_not_last_for_as_long_as_the_clock_was_set_back(database, due):
    dead = claim(database, set_back=TWO_HOURS)
    taken = claim(database, worker="another")
    assert (taken.instance_id, taken.attempt) == (due, 2)
    with pytest.raises(Conflict) as lost:
        beat(database, dead)
    assert lost.value.code is ErrorCode.LEASE_LOST


@pytest.mark.requirement("JOB-02")
def test_a_living_worker_keeps_its_run_with_its_next_heartbeat(database, due):
    beat(database, claim(database, set_back=TWO_HOURS))
    assert claim(database, worker="another") is None


@pytest.mark.requirement("JOB-02")
def test_a_second_changes_nothing_for_a_lease(database, due):
    claim(database, set_back=1)
    assert claim(database, worker="another") is None


@pytest.mark.requirement("JOB-03")
def test_a_run_that_rests_does_not_rest_for_two_hours_more(database, due):
    run = claim(database)
    with database() as uow:
        uow.jobs.release(run.instance_id, run.lease_token, error_code="VC-5001", error_text="away", delay_seconds=TWO_HOURS + 5)
        uow.commit()
    assert claim(database).instance_id == due


@pytest.mark.requirement("VRU-20")
def test_a_file_that_came_before_the_clock_was_set_back_is_processed_now(database, registry):
    with database() as uow:
        job_id = registry.job(uow)
        upload = uow.uploads.add(
            job_id=job_id, county_code="19", byte_count=1, sha256="0" * 64, record_count=1, compression=Compression.NONE, begun_at=registry.now
        )
        ahead = datetime.now(UTC) + timedelta(seconds=TWO_HOURS)
        instance_id = uow.jobs.add_instance(job_id, ahead, upload_id=upload.upload_id, record_count=None)
        uow.jobs.add_instance(registry.job(uow), ahead, upload_id=None, record_count=None)  # 8 p.m. has not come again
        uow.commit()
    assert claim(database).instance_id == instance_id
    assert claim(database) is None


@pytest.mark.requirement("VRU-02")
def test_a_job_that_was_begun_is_offered_whatever_the_clock_has_come_to_say(database, registry):
    with database() as uow:
        waiting, begun = registry.job(uow), registry.job(uow)
        for job_id in (waiting, begun):
            uow.jobs.authorise(job_id, "ada", registry.now)
        uow.jobs.set_state(begun, JobState.STARTED)
        offered = uow.jobs.offered("19", registry.now - timedelta(hours=2))
    assert [job.job_id for job in offered] == [begun]


@pytest.mark.requirement("EWS-02")
def test_a_voters_messages_keep_their_order(database, registry):
    with database() as uow:
        voter = registry.voter()
        uow.voters.add_voters([voter], registry.now)
        for hours in (0, -2):
            (stored,) = uow.voters.by_state_id([voter.state_voter_id])
            sequence = stored.message_sequence + 1
            uow.messages.add([registry.message(voter, voter_sequence=sequence, payload=f"<at{hours}/>")], registry.now + timedelta(hours=hours))
            uow.voters.save_changes([_next(stored, sequence)], registry.now)
        uow.commit()
        assert [message.payload for message in uow.messages.page("19", 10, with_payload=True)] == ["<at0/>", "<at-2/>"]


def _next(stored, sequence):
    return VoterChange(stored, stored._replace(message_sequence=sequence), ())


def test_a_code_of_the_right_time_is_taken_again_after_the_clock_was_two_hours_ahead(database):
    with database() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.logins.save_login(StaffLogin(user_name="ada", last_step=1_000 + TWO_HOURS // 30))
        assert uow.logins.use_step("ada", 1_000)
        assert not uow.logins.use_step("ada", 1_000), "each code once"
        uow.logins.save_login(StaffLogin(user_name="ada", last_step=1_001))
        assert not uow.logins.use_step("ada", 1_000), "a later one was used"


@pytest.mark.requirement("OPS-01")
def test_a_poll_is_noted_also_when_the_last_one_was_noted_ahead_of_its_time(real_database, registry):
    heard = HeardOf(registry.now + timedelta(hours=2), None)
    for told in (heard, replace_polled(heard, registry.now), replace_polled(heard, registry.now - timedelta(seconds=1))):
        with real_database() as uow:
            uow.messages.note_consumers({"19": told})
            uow.commit()
    with real_database(read_only=True) as uow:
        assert uow.messages.consumers()["19"].polled_at == registry.now


def replace_polled(heard, at):
    return heard._replace(polled_at=at)


@pytest.mark.requirement("EWS-01")
def test_a_used_nonce_is_not_forgotten_before_a_clock_set_back_could_make_it_fresh_again(real_database, registry):
    command = PurgeKeptData(replies=timedelta(90), signatures=timedelta(365), actor="sam")
    with real_database() as uow:
        uow.call_guard.use_nonce("used", registry.now)
        uow.commit()
    purge_kept_data(command, real_database, FixedClock(registry.now + timedelta(hours=2)))
    with pytest.raises(Conflict), real_database() as uow:
        uow.call_guard.use_nonce("used", registry.now)
    purge_kept_data(command, real_database, FixedClock(registry.now + timedelta(days=1, seconds=1)))
    with real_database() as uow:
        uow.call_guard.use_nonce("used", registry.now)
