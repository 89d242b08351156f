"""Revisions as SQL text, without a database."""

import io
import re
from typing import Final, Literal

from alembic import command
from alembic.script import Script, ScriptDirectory

from db.schema import ALEMBIC, config

_ORACLE: Final = "oracle+oracledb://"


def revisions() -> list[Script]:
    """All revisions, oldest first."""
    return list(ScriptDirectory.from_config(config()).walk_revisions())[::-1]


def upgrade_sql(dialect_url: str) -> str:
    """The whole upgrade of any database, for DBAs who run it themselves; nothing is connected."""
    return _written(dialect_url, "upgrade", "head")


def revision_sql(script: Script, direction: Literal["upgrade", "downgrade"]) -> list[str]:
    """What one revision says to Oracle, statement by statement, the version's own row included."""
    before = str(script.down_revision or "base")
    steps = f"{before}:{script.revision}" if direction == "upgrade" else f"{script.revision}:{before}"
    if steps.startswith("base:"):
        steps = script.revision
    return _statements(_written(_ORACLE, direction, steps))


def _written(dialect_url: str, direction: Literal["upgrade", "downgrade"], steps: str) -> str:
    """Alembic's own text."""
    written = io.StringIO()
    offline = config()
    offline.output_buffer = written
    offline.set_main_option("sqlalchemy.url", dialect_url.replace("%", "%%"))
    with ALEMBIC:
        (command.upgrade if direction == "upgrade" else command.downgrade)(offline, steps, sql=True)
    return written.getvalue()


def _statements(text: str) -> list[str]:
    """Without Alembic's remarks and blank lines, which SQL*Plus would stumble over or show."""
    parts = re.split(r"^/\s*$", text, flags=re.MULTILINE)
    lines = ([line.rstrip() for line in part.splitlines() if line.strip() and not line.startswith("-- ")] for part in parts)
    return ["\n".join(kept) for kept in lines if kept]
