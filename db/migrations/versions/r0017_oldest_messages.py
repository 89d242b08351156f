"""Have two views say the oldest message by its place in the voter's line and, on Oracle, by when it was queued, instead of by its id.

Oracle hands ids out in a block for each instance of a cluster: there a county's lowest open id is not always its oldest message. Elsewhere ids
rise as messages come (revision 0002), and the lowest is found without reading the others.
A revision is a record of what was done and never changes: it has the views' new text itself, and the old one is in revision 0014.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.versions.r0014_dba_pack import NOW, SECONDS_SINCE, VIEW_COMMENTS
from db.migrations.versions.r0014_dba_pack import VIEWS as BEFORE

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Messages without a place in a voter's line hold nobody back.
STUCK_VOTER = """
SELECT b.county_code, b.state_voter_id, m.message_id, m.message_type, m.enqueued_at, {since_enqueued} AS waiting_seconds,
    b.open_count - 1 AS blocked_count
FROM (SELECT o.queue_county AS county_code, o.state_voter_id, MIN(o.voter_sequence) AS voter_sequence, COUNT(*) AS open_count
    FROM ems_message o WHERE o.queue_county IS NOT NULL AND o.state_voter_id IS NOT NULL AND o.voter_sequence IS NOT NULL
    GROUP BY o.queue_county, o.state_voter_id HAVING COUNT(*) > 1) b
JOIN ems_message m ON m.state_voter_id = b.state_voter_id AND m.queue_county = b.county_code AND m.voter_sequence = b.voter_sequence"""
DEPTH_ON_ORACLE = """
SELECT c.county_code, c.name AS county_name, COALESCE(q.open_count, 0) AS open_count, m.enqueued_at AS oldest_open_at,
    {since_enqueued} AS oldest_open_seconds,
    (SELECT COUNT(*) FROM poison_message p WHERE p.county_code = c.county_code) AS poison_count
FROM county c LEFT JOIN ems_queue q ON q.county_code = c.county_code
LEFT JOIN (SELECT o.queue_county, MIN(o.enqueued_at) AS enqueued_at FROM ems_message o
    WHERE o.queue_county IS NOT NULL GROUP BY o.queue_county) m ON m.queue_county = c.county_code"""


def upgrade() -> None:
    """Say them anew."""
    for name, text in _changed().items():
        _create_view(name, text)


def downgrade() -> None:
    """Say them as before."""
    for name in _changed():
        _create_view(name, BEFORE[name])


def _changed() -> dict[str, str]:
    everywhere = {"v_ems_stuck_voter": STUCK_VOTER}
    return {"v_ems_queue_depth": DEPTH_ON_ORACLE, **everywhere} if op.get_context().dialect.name == "oracle" else everywhere


def _create_view(name: str, text: str) -> None:
    dialect = op.get_context().dialect.name
    said = text.format(since_enqueued=_seconds_since_enqueued(dialect)).replace(":", "\\:")
    if dialect == "sqlite":
        op.execute(f"DROP VIEW IF EXISTS {name}")
        op.execute(sa.text(f"CREATE VIEW {name} AS{said}"))
        return
    op.execute(sa.text(f"CREATE OR REPLACE VIEW {name} AS{said}"))
    kind = "VIEW" if dialect == "postgresql" else "TABLE"
    op.execute(sa.text(f"COMMENT ON {kind} {name} IS '{VIEW_COMMENTS[name]}'"))


def _seconds_since_enqueued(dialect: str) -> str:
    passed = f"{NOW['oracle']} - m.enqueued_at"
    names = {"days": "DAY", "hours": "HOUR", "minutes": "MINUTE", "seconds": "SECOND"}
    return SECONDS_SINCE[dialect].format(at="m.enqueued_at", **{name: f"EXTRACT({part} FROM ({passed}))" for name, part in names.items()})
