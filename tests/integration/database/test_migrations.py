"""Migrations make exactly the tables that the code speaks of, from an installed package, in any folder."""

import multiprocessing
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import insert, select

from db import schema
from db.engine import create_engine
from db.offline_sql import revision_sql, revisions, upgrade_sql
from db.tables import ems_message, ems_message_archive, metadata, voter_match_key, voter_match_key_recent
from votecal_soap.contract.queue_messages import ABOUT, render_header
from votecal_soap.errors import ErrorCode, Unavailable

COLUMNS = """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, identity_generation
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
    AND table_name NOT IN (SELECT viewname FROM pg_views) ORDER BY 1, 2"""
CONSTRAINTS = """SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
    WHERE c.connamespace = 'public'::regnamespace AND c.conname <> 'alembic_version_pkc' ORDER BY 1, 2"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
COMMENTS = """SELECT c.relname, a.attname, d.description FROM pg_description d JOIN pg_class c ON c.oid = d.objoid
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind <> 'v' ORDER BY 1, 2"""
SEQUENCES = "SELECT sequencename, data_type, cache_size FROM pg_sequences ORDER BY 1"


def rows(url, sql):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(sql)]
    engine.dispose()
    return found


def created(url):
    """What metadata makes, in a database of its own."""
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    return url


def sqlite_definitions(url):
    found = rows(url, "SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' AND type <> 'view'")
    # The order says nothing: a column that is added later stands last, and after the constraints.
    return {(kind, name): sorted(re.split(r"\s*,\s+(?=\w+ )|\s*\n\s*", (sql or "").removesuffix(")").rstrip())) for kind, name, sql in found}


def test_migrations_and_metadata_make_the_same_on_sqlite(sqlite_url, tmp_path):
    assert sqlite_definitions(sqlite_url) == sqlite_definitions(created(f"sqlite:///{tmp_path / 'metadata.db'}"))


@pytest.mark.postgres
@pytest.mark.parametrize("catalogue", [COLUMNS, CONSTRAINTS, INDEXES, COMMENTS, SEQUENCES])
def test_migrations_and_metadata_make_the_same_on_postgresql(postgres_url, empty_postgres_url, catalogue):
    made = rows(created(empty_postgres_url), catalogue)
    assert made
    assert rows(postgres_url, catalogue) == made


def test_an_upgrade_can_be_taken_back_and_done_again(empty_database_url):
    assert schema.current(empty_database_url) is None
    for _ in range(2):
        schema.upgrade(empty_database_url)
        assert schema.current(empty_database_url) == schema.head()
        schema.downgrade(empty_database_url, "base")
        assert schema.current(empty_database_url) is None


def test_a_second_upgrade_changes_nothing(sqlite_url):
    before = sqlite_definitions(sqlite_url)
    schema.upgrade(sqlite_url)
    assert sqlite_definitions(sqlite_url) == before


@pytest.mark.requirement("EWS-02")
def test_messages_of_the_release_before_are_given_their_headers(empty_database_url):
    at = datetime(2026, 3, 2, 17, 0, 0, 120, tzinfo=UTC)
    about = [(100_000_001, 2, "LA-1", 3, 7, 9), (100_000_002, 1, "LA-2", 1, None, None)]
    schema.upgrade(empty_database_url, "0002")
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        for key, values in enumerate(about):
            told = {"county_code": "19", "message_type": "IdvResult", "state": "Open", "dedup_key": f"key:{key}", "blocks_updates": 0, "payload": "<X/>"}
            connection.execute(insert(ems_message).values(**told, enqueued_at=at, **dict(zip(ABOUT, values, strict=True))))
    schema.upgrade(empty_database_url)
    with engine.connect() as connection:
        found = list(connection.execute(select(ems_message.c.header).order_by(ems_message.c.dedup_key)).scalars())
    engine.dispose()
    assert found == [render_header("IdvResult", at, values) for values in about]


@pytest.mark.requirement("COA-05")
def test_recent_match_keys_are_taken_over_when_their_table_goes(empty_database_url):
    schema.upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(insert(voter_match_key), [{"match_key": key, "state_voter_id": 1} for key in (1, 2, 3)])
        recent = [{"match_key": key, "state_voter_id": 1, "held": held} for key, held in ((2, 0), (3, 1), (4, 1), (5, 0))]
        connection.execute(insert(voter_match_key_recent), recent)
    schema.downgrade(empty_database_url, "0005")
    with engine.connect() as connection:
        left = [tuple(row) for row in connection.execute(select(voter_match_key).order_by(voter_match_key.c.match_key))]
    engine.dispose()
    assert left == [(1, 1), (3, 1), (4, 1)]


def test_two_upgrades_at_once_are_done_one_after_the_other(empty_database_url):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(schema.upgrade, [empty_database_url] * 2, chunksize=1)
    schema.check(empty_database_url)


def test_an_upgrade_of_several_revisions_is_seen_as_a_whole_or_not_at_all(tmp_path):
    url = f"sqlite:///{tmp_path / 'whole.db'}"
    with schema._connection(url) as connection:
        command.upgrade(schema.config(connection), "0003")
        assert schema.current(url) is None
        connection.commit()
    assert schema.current(url) == "0003"


def test_two_upgrades_in_one_process_do_not_meet(sqlite_url, tmp_path):
    urls = [f"sqlite:///{tmp_path / name}" for name in ("a.db", "b.db", "a.db")]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(schema.upgrade, urls))
    assert [sqlite_definitions(url) for url in urls] == [sqlite_definitions(sqlite_url)] * 3


def test_a_database_that_is_not_upgraded_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(Unavailable, match="votecal db upgrade") as refused:
        schema.check(f"sqlite:///{tmp_path / 'old.db'}")
    assert refused.value.code is ErrorCode.SCHEMA_OUTDATED


@pytest.fixture
def newer_url(sqlite_url):
    """A database that a later release has added to."""
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE ems_message ADD COLUMN of_a_later_release VARCHAR(10)")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    return sqlite_url


def test_a_release_goes_on_working_on_a_schema_that_a_later_one_has_added_to(newer_url):
    schema.check(newer_url)
    schema.upgrade(newer_url)
    assert schema.current(newer_url) == "9999"


@pytest.mark.parametrize("says", ["UPDATE schema_compatibility SET oldest_revision = '9998'", "DELETE FROM schema_compatibility"])
def test_a_release_that_a_later_schema_does_not_serve_any_more_is_told_to_make_way(newer_url, says):
    engine = create_engine(newer_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(says)
    engine.dispose()
    for refused in (schema.check, schema.upgrade):
        with pytest.raises(Unavailable, match="newer release, install that one"):
            refused(newer_url)


@pytest.mark.slow
@pytest.mark.requirement("OPS-05", "EWS-04")
def test_archived_messages_are_taken_back_into_the_queues_table_when_the_archive_goes(empty_database_url):
    schema.upgrade(empty_database_url)
    engine, at = create_engine(empty_database_url), datetime(2026, 3, 2, tzinfo=UTC)
    told = {"message_id": 7, "county_code": "19", "message_type": "IdvResult", "state": "Processed", "dedup_key": "k", "payload": "<X/>"}
    with engine.begin() as connection:
        connection.execute(insert(ems_message_archive).values(**told, enqueued_at=at, cleared_at=at, archived_at=at))
    schema.downgrade(empty_database_url, "0014")
    columns = (ems_message.c.message_id, ems_message.c.queue_county, ems_message.c.cleared_at, ems_message.c.payload)
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(select(*columns))] == [(7, None, at, "<X/>")]
    engine.dispose()


def test_the_upgrade_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    schema.upgrade("sqlite:///here.db")
    schema.check("sqlite:///here.db")


def test_the_upgrade_for_oracle_is_plain_sql_for_19c():
    sql = upgrade_sql("oracle+oracledb://")
    assert "CREATE TABLE voter (" in sql
    assert "CREATE UNIQUE INDEX uq_voter_ems ON voter (ems_voter_id, CASE WHEN ems_voter_id IS NOT NULL THEN county_code END)" in sql
    assert "CONSTRAINT uq_voter_ems" not in sql
    assert not re.search(r"\bBOOLEAN\b|\bJSON,|RETURNING|VARCHAR2[^(]", sql)


@pytest.mark.oracle
def test_a_revision_that_broke_in_the_middle_is_run_again_where_each_definition_is_committed(empty_oracle_url):
    engine = create_engine(empty_oracle_url)
    schema.upgrade(empty_oracle_url, "0007")
    begun = [statement for statement in revision_sql(_revision("0008"), "upgrade") if "staff_login" in statement or "open_case_count" in statement]
    with engine.begin() as connection:
        for statement in begun:
            connection.exec_driver_sql(statement)
    schema.upgrade(empty_oracle_url)
    schema.check(empty_oracle_url)
    schema.downgrade(empty_oracle_url, "0008")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE case_note")
    schema.downgrade(empty_oracle_url, "base")
    engine.dispose()


def _revision(name):
    return next(script for script in revisions() if script.revision == name)
