"""URLs of the three databases."""

import json
import logging

import oracledb
import pytest

from db.engine import READ_ONLY, create_engine
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.log import JsonFormatter


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://h/x", "psycopg"),
        ("postgresql+psycopg://h/x", "psycopg"),
        ("oracle://h/?service_name=x", "oracledb"),
        ("oracle+oracledb://h/?service_name=x", "oracledb"),
        ("sqlite://", "pysqlite"),
    ],
)
def test_each_database_has_its_driver(url, driver):
    assert create_engine(url).driver == driver


def test_a_cx_oracle_url_is_served_by_its_successor_where_cx_oracle_is_missing(caplog, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with caplog.at_level(logging.INFO):
        engine = create_engine("oracle+cx_oracle://app:secret@h/?service_name=x")
    assert engine.driver == "oracledb"
    (record,) = [record for record in caplog.records if record.name == "db.engine"]
    assert json.loads(JsonFormatter().format(record))["event"] == "oracledb serves cx_oracle url"
    assert "secret" not in JsonFormatter().format(record)


def test_only_a_read_only_transaction_maps_the_sqlite_file_though_both_use_one_connection(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/one.db")
    reading = engine.execution_options(**{READ_ONLY: True})
    assert [_mapped_bytes(each) > 0 for each in (engine, reading, engine, reading)] == [False, True, False, True]
    assert engine.pool.checkedin() == 1
    engine.dispose()


def _mapped_bytes(engine):
    with engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA mmap_size").scalar_one()


def test_oracle_fetches_many_rows_at_a_time():
    assert create_engine("oracle+oracledb://h/?service_name=x").dialect.arraysize == 1000


def test_a_site_may_have_its_own_oracle_client_loaded(monkeypatch):
    loaded = []
    monkeypatch.setattr(oracledb, "init_oracle_client", lambda **options: loaded.append(options))
    create_engine("oracle+oracledb://h/?service_name=x")
    assert loaded == []
    create_engine("oracle+oracledb://h/?service_name=x&thick_mode=true")
    assert loaded == [{}]


@pytest.mark.parametrize("url", ["nonsense", "mysql+nothing://h/x", "oracle+nothing://h"])
def test_a_wrong_url_names_the_setting_and_hides_the_url(url):
    with pytest.raises(InvalidRequest) as refused:
        create_engine(url)
    assert refused.value.code is ErrorCode.SETTING_WRONG
    assert refused.value.ref == "VOTECAL_DATABASE_URL"
    assert url not in str(refused.value)


def test_statements_in_errors_show_no_values():
    assert create_engine("sqlite://").hide_parameters
