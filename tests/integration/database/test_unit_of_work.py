"""Nothing is saved unless commit is reached (OPS-04)."""

import pytest

from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.domain.counties import County
from votecal_soap.errors import Conflict, ErrorCode, Unavailable

YOLO = County(county_code="57", name="Yolo", fips="06113")


@pytest.mark.requirement("OPS-04")
def test_nothing_is_saved_without_commit(database, registry):
    with database() as uow:
        uow.reference.save_counties([YOLO])
        uow.voters.add_voters([registry.voter()], registry.now)
        uow.messages.add([registry.message()], registry.now)
    with database() as uow:
        assert uow.reference.county("57") is None
        assert uow.voters.get(100_000_001) is None
        assert uow.messages.page("19", 10, with_payload=False) == []
        assert uow.messages.depth("19") == 0


@pytest.mark.requirement("OPS-04")
def test_an_error_rolls_everything_back(database, registry):
    with pytest.raises(ZeroDivisionError), database() as uow:
        uow.reference.save_counties([YOLO])
        uow.voters.add_voters([registry.voter()], registry.now)
        raise ZeroDivisionError
    with database() as uow:
        assert uow.reference.county("57") is None
        assert uow.voters.get(100_000_001) is None


@pytest.mark.requirement("OPS-04")
def test_a_refused_row_takes_the_others_with_it(database, registry):
    voter = registry.voter()
    with database() as uow:
        uow.voters.add_voters([voter], registry.now)
        uow.commit()
    with pytest.raises(Conflict) as refused, database() as uow:
        uow.messages.add([registry.message()], registry.now)
        uow.voters.add_voters([registry.voter(ems_voter_id=voter.ems_voter_id)], registry.now)
        uow.commit()
    assert refused.value.code is ErrorCode.ALREADY_EXISTS
    with database() as uow:
        assert uow.messages.depth("19") == 0


@pytest.mark.requirement("OPS-04")
def test_what_is_committed_is_there_for_the_next(database):
    with database() as uow:
        uow.reference.save_counties([YOLO])
        uow.commit()
    with database(read_only=True) as uow:
        assert uow.reference.county("57") == YOLO


def test_a_reader_does_not_wait_for_a_writer(database):
    with database() as writer:
        writer.reference.save_counties([YOLO])
        with database(read_only=True) as reader:
            assert reader.reference.county("57") is None
        writer.commit()
    with database(read_only=True) as reader:
        assert reader.reference.county("57") == YOLO


def test_the_name_of_a_broken_constraint_is_told_and_no_value(real_database, registry):
    voter = registry.voter()
    with pytest.raises(Conflict) as refused, real_database() as uow:
        uow.voters.add_voters([voter, registry.voter(ems_voter_id=voter.ems_voter_id)], registry.now)
    assert refused.value.ref == "uq_voter_ems"
    assert str(voter.ems_voter_id) not in str(refused.value)


def test_a_read_only_unit_of_work_cannot_write(real_database):
    with pytest.raises(Exception, match=r"(?i)read.?only"), real_database(read_only=True) as uow:
        uow.reference.save_counties([YOLO])
    with real_database() as uow:
        assert uow.reference.save_counties([YOLO]) == 1


def test_a_locked_sqlite_file_is_busy_and_may_be_tried_again(sqlite_uow, sqlite_url, monkeypatch):
    monkeypatch.setattr("db.writers_place.BUSY_SECONDS", 0.01)
    impatient = SqlUnitOfWorkFactory.from_url(sqlite_url)
    with sqlite_uow(), pytest.raises(Unavailable) as refused, impatient():
        pass
    impatient.close()
    assert refused.value.code is ErrorCode.BUSY
    assert refused.value.retryable
    assert refused.value.retry_after_seconds


@pytest.mark.postgres
def test_a_lost_connection_is_busy_and_the_next_unit_of_work_has_another(postgres_uow):
    with pytest.raises(Unavailable) as refused, postgres_uow() as uow:
        uow._connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    assert refused.value.code is ErrorCode.BUSY
    with postgres_uow() as uow:
        assert uow.reference.counties() == []
