"""What DBAs watch: the views, and that each table and column says what it holds (OPS-01)."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import ProgrammingError

from db.engine import create_engine
from db.tables import ems_consumer
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome

DBA = Path(__file__).parents[3] / "docs" / "dba.md"
VIEWS = ("v_ems_queue_depth", "v_ems_throughput_hour", "v_ems_poison", "v_ems_stuck_voter", "v_ems_consumer", "v_open_work_items", "v_job_run")


def rows(uow, view):
    """The view's rows by column name."""
    return [dict(row) for row in uow._connection.exec_driver_sql(f"SELECT * FROM {view} ORDER BY 1").mappings()]


@pytest.fixture
def queue(real_database, registry):
    """Four messages of Los Angeles: three of one voter, and one that the county failed on."""
    voter, queued_at = registry.voter(), datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=100)
    with real_database() as uow:
        uow.voters.add_voters([voter], registry.now)
        of_voter = [registry.message(voter, voter_sequence=place) for place in (1, 2, 3)]
        uow.messages.add([registry.message(), *of_voter], queued_at)
        uow.commit()
        failed = uow.messages.page("19", 10, with_payload=False)[0]
        uow.messages.clear("19", [Clearance(message_id=failed.message_id, outcome=ClearOutcome.FAILED, text="cannot import")], queued_at)
        uow._connection.execute(insert(ems_consumer).values(county_code="19", last_polled_at=queued_at))
        uow.commit()
    return real_database


@pytest.mark.requirement("OPS-01")
def test_every_view_answers_on_an_empty_database(sql_uow):
    with sql_uow(read_only=True) as uow:
        assert {view: rows(uow, view) for view in VIEWS} == {view: [] for view in VIEWS}


@pytest.mark.requirement("OPS-01")
def test_the_depth_of_each_queue_and_the_age_of_its_oldest_message(queue):
    with queue(read_only=True) as uow:
        los_angeles, sacramento = rows(uow, "v_ems_queue_depth")
    assert (los_angeles["county_code"], los_angeles["open_count"], los_angeles["poison_count"]) == ("19", 3, 1)
    assert 99 <= los_angeles["oldest_open_seconds"] <= 400
    assert (sacramento["open_count"], sacramento["oldest_open_at"], sacramento["oldest_open_seconds"], sacramento["poison_count"]) == (0, None, None, 0)


@pytest.mark.requirement("OPS-01")
def test_what_each_hour_added_and_cleared(queue):
    with queue(read_only=True) as uow:
        assert [(row["county_code"], row["added_count"], row["cleared_count"]) for row in rows(uow, "v_ems_throughput_hour")] == [("19", 4, 1)]


@pytest.mark.requirement("OPS-01", "EWS-04")
def test_poison_messages_with_the_countys_words(queue):
    with queue(read_only=True) as uow:
        assert [(row["county_code"], row["cleared_text"]) for row in rows(uow, "v_ems_poison")] == [("19", "cannot import")]


@pytest.mark.requirement("OPS-01", "EWS-05")
def test_a_voter_whose_oldest_message_holds_others_back(queue):
    with queue(read_only=True) as uow:
        (stuck,) = rows(uow, "v_ems_stuck_voter")
    assert (stuck["county_code"], stuck["blocked_count"]) == ("19", 2)
    assert 99 <= stuck["waiting_seconds"] <= 400


@pytest.fixture
def out_of_order(real_database, registry):
    """A voter's second message has a lower id than its first, as on a cluster of Oracle's that hands ids out in blocks; ages 50, 10, 500 seconds."""
    voter, now = registry.voter(), datetime.now(UTC).replace(microsecond=0)
    with real_database() as uow:
        uow.voters.add_voters([voter], registry.now)
        for place, seconds in ((2, 50), (3, 10), (1, 500)):
            uow.messages.add([registry.message(voter, voter_sequence=place)], now - timedelta(seconds=seconds))
        uow.messages.add([registry.message(voter), registry.message(voter, voter_sequence=4, county_code="34")], now)
        uow.commit()
    return real_database


@pytest.mark.requirement("OPS-01", "EWS-05")
def test_who_holds_others_back_is_known_by_the_place_in_the_voters_line(out_of_order):
    with out_of_order(read_only=True) as uow:
        (stuck,) = rows(uow, "v_ems_stuck_voter")
        ids = {message.voter_sequence: message.message_id for message in uow.messages.page("19", 10, with_payload=False)}
    assert (stuck["county_code"], stuck["message_id"], stuck["blocked_count"]) == ("19", ids[1], 2), "one without a place in line neither holds nor is held"
    assert 499 <= stuck["waiting_seconds"] <= 800


@pytest.mark.requirement("OPS-01")
@pytest.mark.parametrize("database_url", [pytest.param("oracle", marks=pytest.mark.oracle)], indirect=True)
def test_on_oracle_the_oldest_message_is_known_by_its_time(out_of_order):
    with out_of_order(read_only=True) as uow:
        los_angeles, sacramento = rows(uow, "v_ems_queue_depth")
    assert (los_angeles["open_count"], sacramento["open_count"]) == (4, 1)
    assert 499 <= los_angeles["oldest_open_seconds"] <= 800


@pytest.mark.requirement("OPS-01")
def test_when_each_county_was_heard_of_last(queue):
    with queue(read_only=True) as uow:
        los_angeles, sacramento = rows(uow, "v_ems_consumer")
    assert 99 <= los_angeles["last_polled_seconds"] <= 400
    assert los_angeles["last_cleared_at"] is sacramento["last_polled_at"] is sacramento["last_polled_seconds"] is None


@pytest.mark.requirement("OPS-01", "JOB-03")
def test_runs_with_a_lease_that_is_over(real_database, registry):
    with real_database() as uow:
        registry.run(uow, registry.job(uow))
        uow.commit()
        claimed = uow.jobs.claim("w", lease_seconds=-5, attempt_limit=20)
        uow.commit()
        (run,) = rows(uow, "v_job_run")
    assert (run["instance_id"], run["county_code"], run["state"], run["worker"], run["lease_is_over"]) == (claimed.instance_id, "19", "Running", "w", 1)


@pytest.fixture
def monitor(postgres_url):
    """A connection in the role that docs/dba.md has made on PostgreSQL."""
    statements = re.search(r"```sql\n(CREATE ROLE.*?)```", DBA.read_text(encoding="utf-8"), re.DOTALL).group(1)
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        connection.exec_driver_sql(statements)
        connection.exec_driver_sql("SET LOCAL ROLE ems_monitor")
        yield connection
        connection.rollback()  # the role belongs to the whole server
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.requirement("OPS-01")
@pytest.mark.parametrize("refused", ["SELECT * FROM voter", "SELECT * FROM v_job_run FOR UPDATE", "DELETE FROM poison_message", "CREATE TABLE mine (a INT)"])
def test_who_watches_reads_every_view_and_nothing_else(monitor, refused):
    for view in VIEWS:
        monitor.exec_driver_sql(f"SELECT * FROM {view}").all()
    with pytest.raises(ProgrammingError, match="permission denied"):
        monitor.exec_driver_sql(refused)
