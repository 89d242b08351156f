"""The scripts for DBAs are those of the migrations, and do what they say on the double of Oracle."""

import re
from pathlib import Path

import pytest
from oracle_double.guards import refuse
from sqlalchemy import inspect

from db import oracle_pack, schema
from db.engine import create_engine
from db.offline_sql import revisions
from db.tables import metadata

KEPT = Path(__file__).parents[3] / "db" / "oracle"
PACK = oracle_pack.files("19")
SCRIPTS = [name for name in PACK if name.endswith(".sql") and name not in ("install.sql", "partitioning.sql")]
FOR_SQLPLUS = re.compile(r"^(?:SET|WHENEVER|--|COMMIT;).*\n|^DECLARE\n(?:.*\n)*?^/\n", re.MULTILINE)


def statements(name):
    """What a script says to the server, without what it says to SQL*Plus, and without PL/SQL, which the double has not."""
    text = FOR_SQLPLUS.sub("", PACK[name])
    session, rest = text.split(";\n", 1)
    return [session, *(part.strip() for part in re.split(r"^/\n", rest, flags=re.MULTILINE) if part.strip())]


def run(engine, *names):
    """Run scripts as a DBA would."""
    with engine.connect() as connection:
        for name in names:
            for statement in statements(name):
                connection.exec_driver_sql(statement)
            connection.commit()


def test_the_kept_scripts_are_those_of_the_migrations():
    kept = {str(path.relative_to(KEPT)): path.read_text(encoding="utf-8") for path in KEPT.rglob("*") if path.is_file()}
    assert kept == PACK, "run `votecal db sql --oracle 19` and keep what it writes"


def test_one_text_serves_both_releases():
    later = oracle_pack.files("23")
    assert {name: text for name, text in later.items() if name != "README.md"} == {name: text for name, text in PACK.items() if name != "README.md"}


def test_a_pack_is_written_anew_without_leaving_files_of_an_older_one(tmp_path):
    (tmp_path / "upgrade").mkdir()
    (tmp_path / "upgrade" / "r0000.sql").write_text("old")
    written = oracle_pack.write(tmp_path, "19")
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [*SCRIPTS, "partitioning.sql"])
def test_no_statement_of_a_script_is_one_that_oracle_refuses(name):
    found = statements(name)
    assert len(found) > 1
    for statement in found:
        refuse(statement)
        assert not re.search(r"\bBOOLEAN\b|\bJSON\b(?!:)|:\w", re.sub(r"'[^']*'", "''", statement)), statement


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name.startswith(("upgrade/r0002", "rollback/r0002"))])
def test_a_script_refuses_a_schema_at_another_revision(name):
    wanted = "0001" if name.startswith("upgrade") else "0002"
    assert f"found_revision <> '{wanted}'" in PACK[name]
    assert "WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK" in PACK[name]


@pytest.mark.oracle
@pytest.mark.requirement("OPS-01")
def test_the_scripts_install_the_schema_and_take_it_back(empty_oracle_url):
    engine = create_engine(empty_oracle_url)
    upgrades = [f"upgrade/r{script.revision}.sql" for script in revisions()]
    run(engine, *upgrades, "views.sql", "roles.sql", "grants.sql", "grants.sql")  # the last again, as after an upgrade
    assert schema.current(empty_oracle_url) == schema.head()
    with engine.connect() as connection:
        assert all(inspect(connection).has_table(table) for table in metadata.tables)
        assert all(connection.exec_driver_sql(f"SELECT COUNT(*) FROM {view}").scalar_one() == 0 for view in oracle_pack.views())
    run(engine, *(name.replace("upgrade", "rollback") for name in reversed(upgrades)))
    with engine.connect() as connection:
        assert not any(inspect(connection).has_table(table) for table in (*metadata.tables, "alembic_version"))
    engine.dispose()


@pytest.mark.requirement("OPS-01")
def test_the_watchers_role_reads_views_alone_and_the_programs_role_cannot_rewrite_the_audit_trail():
    granted = statements("grants.sql")
    to_watchers = [statement for statement in granted if statement.endswith(f"TO {oracle_pack.MONITOR_ROLE}")]
    assert to_watchers == [f"GRANT READ ON {view} TO ems_monitor" for view in oracle_pack.views()]
    assert "GRANT SELECT, INSERT ON audit_entry TO ems_app" in granted
    assert len([statement for statement in granted if "TO ems_app" in statement]) == len(metadata.tables) + 1
