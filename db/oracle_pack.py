"""The schema as files that a DBA runs with SQL*Plus, for sites where nobody else may define tables.

Definitions are plain, one statement after the other: Oracle commits each, so after an error the DBA mends its cause and
goes on from the statement that failed. `votecal db upgrade` does the same from the program.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from alembic.script import Script

from db.offline_sql import revision_sql, revisions
from db.tables import metadata

RELEASES: Final = ("19", "23")

APPLICATION_ROLE: Final = "ems_app"
MONITOR_ROLE: Final = "ems_monitor"

_APPEND_ONLY: Final = frozenset({"audit_entry"})
_COUNTY_CODES: Final = [f"{number:02}" for number in range(1, 59)]
_PARTITIONED: Final = ("ems_message", "voter_activity")

_SETTINGS: Final = """\
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
"""

_AT_REVISION: Final = """\
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '{revision}' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for {revision}.');
    END IF;
END;
/
"""

_README: Final = """\
# Scripts for Oracle Database

Written by `votecal db sql --oracle {release}`; a test compares them with the migrations. Oracle Database {release}c and later take them as they are documented
to; they have not been run on an Oracle Database (docs/operations.md).

Run them as the schema's owner: `sqlplus -L owner@service @install.sql`. Each stops at its first error; what stands before it is committed, as Oracle does with
every definition. Mend the cause and go on from the statement that failed.

| file | does |
|---|---|
| `install.sql` | everything, on an empty schema: each file of `upgrade/` in turn, then `roles.sql` and `grants.sql` |
| `upgrade/rNNNN.sql` | one revision; refuses a schema that is not at the one before. After a release's last, `grants.sql` again: there may be new tables |
| `rollback/rNNNN.sql` | takes that revision back, with its data; refuses a schema that is not at it |
| `views.sql` | the views that DBAs watch, again; harmless at any time |
| `roles.sql` | makes the roles `{application}` (the program's user) and `{monitor}` (read-only, the views alone), once; needs CREATE ROLE |
| `grants.sql` | what these may do; harmless at any time |
| `partitioning.sql` | optional, Enterprise Edition with Partitioning: the queue's and the activities' tables by county, the archive of messages by month |

The program's own user needs CREATE SESSION and the role `{application}`, and its URL says whose tables are meant: `...&current_schema=OWNER`.
"""


def files(release: str) -> dict[str, str]:
    """Each file's text by its path in the pack."""
    pack = {"README.md": _README.format(release=release, application=APPLICATION_ROLE, monitor=MONITOR_ROLE)}
    for script in revisions():
        pack[f"upgrade/r{script.revision}.sql"] = _upgrade(script)
        pack[f"rollback/r{script.revision}.sql"] = _rollback(script)
    pack["views.sql"] = _script("The views that DBAs watch", [], views().values())
    pack["roles.sql"] = _script("Roles", [], (f"CREATE ROLE {role}" for role in (APPLICATION_ROLE, MONITOR_ROLE)))
    pack["grants.sql"] = _script("What the roles may do", [], _grants())
    pack["partitioning.sql"] = _script(
        "Optional: tables by county and month (Enterprise Edition with Partitioning). Not run anywhere yet: try it on a copy first", [], _partitions()
    )
    pack["install.sql"] = "".join(f"@@upgrade/r{script.revision}.sql\n" for script in revisions()) + "@@roles.sql\n@@grants.sql\n"
    return pack


def write(folder: Path, release: str) -> list[Path]:
    """Write all files; those of an earlier pack that are no more are removed."""
    pack = files(release)
    for old in folder.rglob("*.sql"):
        if str(old.relative_to(folder)) not in pack:
            old.unlink()
    for name, text in pack.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [folder / name for name in pack]


def views() -> Mapping[str, str]:
    """The newest text of each view, by name."""
    found: dict[str, str] = {}
    for script in revisions():
        for statement in revision_sql(script, "upgrade"):
            if statement.startswith("CREATE OR REPLACE VIEW"):
                found[statement.split()[4]] = statement
    return found


def _upgrade(script: Script) -> str:
    before = [_AT_REVISION.format(revision=script.down_revision)] if script.down_revision else []
    return _script(f"Revision {script.revision}: {script.doc}", before, revision_sql(script, "upgrade"))


def _rollback(script: Script) -> str:
    statements = revision_sql(script, "downgrade")
    if script.down_revision is None:
        statements.append("DROP TABLE alembic_version")  # Alembic would keep it, and the pack's first revision makes it
    return _script(f"Takes revision {script.revision} back: {script.doc}", [_AT_REVISION.format(revision=script.revision)], statements)


def _script(title: str, blocks: list[str], statements: Iterable[str]) -> str:
    said = "".join(f"{statement}\n/\n" for statement in statements)
    return f"-- {title}\n{_SETTINGS}{''.join(blocks)}{said}COMMIT;\n"


def _grants() -> Iterator[str]:
    for table in sorted(metadata.tables):
        may = "SELECT, INSERT" if table in _APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        yield f"GRANT {may} ON {table} TO {APPLICATION_ROLE}"
    # READ, for SELECT would let a watcher lock rows.
    yield f"GRANT READ ON alembic_version TO {APPLICATION_ROLE}"
    for view in views():
        yield f"GRANT READ ON {view} TO {MONITOR_ROLE}"


def _partitions() -> Iterator[str]:
    listed = ",\n    ".join(f"PARTITION p_{code} VALUES ('{code}')" for code in _COUNTY_CODES)
    for table in _PARTITIONED:
        yield f"ALTER TABLE {table} MODIFY PARTITION BY LIST (county_code) (\n    {listed}\n) ONLINE UPDATE INDEXES"
    # By month, so that what is older than its retention goes by DROP PARTITION ... UPDATE INDEXES.
    months = "PARTITION BY RANGE (cleared_at) INTERVAL (NUMTOYMINTERVAL(1, 'MONTH'))"
    first = "PARTITION p_first VALUES LESS THAN (TIMESTAMP '2026-01-01 00:00:00')"
    yield f"ALTER TABLE ems_message_archive MODIFY {months} (\n    {first}\n) ONLINE UPDATE INDEXES"
