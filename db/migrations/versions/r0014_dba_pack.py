"""Create what DBAs watch: views, when each county was heard of last, and a comment on every column.

A revision is a record of what was done and never changes: it has the views' text itself. The words of the comments are in
db.tables.column_comments, which does not change either. A later revision that copies a table on SQLite (batch mode) drops
the views that read it first, and one that changes a view says so by its whole new text.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

from db.tables.column_comments import COLUMN_COMMENTS
from db.types import ShortText, UtcTimestamp

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NOW = {
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
    "postgresql": "(statement_timestamp() AT TIME ZONE 'utc')",
    "oracle": "SYS_EXTRACT_UTC(SYSTIMESTAMP)",
}
SECONDS_SINCE = {
    "sqlite": "CAST((julianday('now') - julianday({at})) * 86400 AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM statement_timestamp() AT TIME ZONE 'utc' - {at}) AS BIGINT)",
    "oracle": "FLOOR({days} * 86400 + {hours} * 3600 + {minutes} * 60 + {seconds})",
}

# What waits: {now} is the database's instant, {since:x} the whole seconds since a column's.
VIEWS = {
    "v_ems_queue_depth": """
SELECT c.county_code, c.name AS county_name, COALESCE(q.open_count, 0) AS open_count, m.enqueued_at AS oldest_open_at,
    {since_enqueued} AS oldest_open_seconds,
    (SELECT COUNT(*) FROM poison_message p WHERE p.county_code = c.county_code) AS poison_count
FROM county c LEFT JOIN ems_queue q ON q.county_code = c.county_code
LEFT JOIN ems_message m ON m.message_id = (SELECT MIN(o.message_id) FROM ems_message o WHERE o.queue_county = c.county_code)""",
    "v_ems_throughput_hour": """
SELECT h.county_code, h.hour_start, h.added_count, h.cleared_count
FROM queue_hour h""",
    "v_ems_poison": """
SELECT p.county_code, p.message_id, m.message_type, m.state_voter_id, m.job_id, m.enqueued_at, p.failed_at, m.cleared_text
FROM poison_message p JOIN ems_message m ON m.message_id = p.message_id""",
    "v_ems_stuck_voter": """
SELECT b.county_code, b.state_voter_id, b.message_id, m.message_type, m.enqueued_at, {since_enqueued} AS waiting_seconds,
    b.open_count - 1 AS blocked_count
FROM (SELECT o.queue_county AS county_code, o.state_voter_id, MIN(o.message_id) AS message_id, COUNT(*) AS open_count
    FROM ems_message o WHERE o.queue_county IS NOT NULL AND o.state_voter_id IS NOT NULL
    GROUP BY o.queue_county, o.state_voter_id HAVING COUNT(*) > 1) b
JOIN ems_message m ON m.message_id = b.message_id""",
    "v_ems_consumer": """
SELECT c.county_code, c.name AS county_name, m.last_polled_at, {since_polled} AS last_polled_seconds,
    m.last_cleared_at, COALESCE(q.open_count, 0) AS open_count
FROM county c LEFT JOIN ems_consumer m ON m.county_code = c.county_code LEFT JOIN ems_queue q ON q.county_code = c.county_code""",
    "v_open_work_items": """
SELECT w.case_type AS item_type, w.case_state AS item_state, w.county_code, w.due_on, w.case_count AS open_count
FROM open_case_count w WHERE w.is_second = 0 AND w.case_count > 0
UNION ALL
SELECT s.item_type, 'Open', NULL, s.due_on, s.open_count FROM sos_work_item_count s WHERE s.open_count > 0
UNION ALL
SELECT 'DmvWorkItem', d.item_status, d.county_code, NULL, COUNT(*) FROM dmv_work_item d WHERE d.item_status = 'Open'
GROUP BY d.item_status, d.county_code""",
    "v_job_run": """
SELECT i.instance_id, i.job_id, i.job_type, j.county_code, i.state, i.due_at, i.started_at, i.finished_at, i.attempt, i.worker,
    i.records_processed, i.lease_until, CASE WHEN i.state = 'Running' AND i.lease_until < {now} THEN 1 ELSE 0 END AS lease_is_over,
    i.error_code, i.error_text
FROM job_instance i JOIN job j ON j.job_id = i.job_id""",
}

VIEW_COMMENTS = {
    "v_ems_queue_depth": "Open messages of each county, the age of the oldest in seconds, and how many are poison",
    "v_ems_throughput_hour": "Messages queued and cleared, by county and hour, UTC",
    "v_ems_poison": "Messages that their county could not take, with its words, until SOS requeues or skips them",
    "v_ems_stuck_voter": "Voters whose oldest open message holds others back; reads all open messages",
    "v_ems_consumer": "When each county was heard of last, to the minute",
    "v_open_work_items": "Match cases, work items of SOS and DMV work items that wait, by county and last day",
    "v_job_run": "Runs of jobs, how far they are, and whether a lease ran out",
}

# Made by statements of their own on Oracle (revisions 0004 and 0006), without comments.
ORACLE_TABLES = {
    "voter_match_key": "Who shares a match key; all of it is its primary key. A voter's keys are computed again to delete them",
    "voter_match_key_recent": "Keys that changed since the last merge; what it says of a key and a voter holds, whatever voter_match_key says",
}
ORACLE_COLUMNS = {
    "voter_match_key.match_key": "The lowest four bits name the pass",
    "voter_match_key_recent.held": "1: the voter has gained the key, 0: has lost it",
}


def upgrade() -> None:
    """Create the table and the views, and say what each column holds."""
    op.create_table(
        "ems_consumer",
        sa.Column("county_code", ShortText(2), nullable=False, comment="The county whose EMS takes messages from the queue"),
        sa.Column("last_polled_at", UtcTimestamp, comment="When it asked for its queue last, UTC"),
        sa.Column("last_cleared_at", UtcTimestamp, comment="When it cleared messages last, UTC"),
        sa.PrimaryKeyConstraint("county_code", name="pk_ems_consumer"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_ems_consumer_county"),
        comment="When each county was heard of last; written at most once a minute, outside the calls (OPS-01)",
    )
    for name in VIEWS:
        _create_view(name)
    if _dialect() != "sqlite":  # which keeps no comments
        _write_comments()


def downgrade() -> None:
    """Drop the views and the table; comments harm nobody."""
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
    op.drop_table("ems_consumer")


def _create_view(name: str) -> None:
    dialect = _dialect()
    text = VIEWS[name].format(now=NOW[dialect], since_enqueued=_seconds_since("m.enqueued_at"), since_polled=_seconds_since("m.last_polled_at"))
    if dialect == "sqlite":
        op.execute(f"DROP VIEW IF EXISTS {name}")
    op.execute(sa.text(f"CREATE {'' if dialect == 'sqlite' else 'OR REPLACE '}VIEW {name} AS{text}".replace(":", "\\:")))
    if dialect != "sqlite":
        _comment("VIEW" if dialect == "postgresql" else "TABLE", name, VIEW_COMMENTS[name])


def _seconds_since(at: str) -> str:
    dialect = _dialect()
    passed = f"{NOW['oracle']} - {at}"
    names = {"days": "DAY", "hours": "HOUR", "minutes": "MINUTE", "seconds": "SECOND"}
    parts = {name: f"EXTRACT({part} FROM ({passed}))" for name, part in names.items()} if dialect == "oracle" else {}
    return SECONDS_SINCE[dialect].format(at=at, **parts)


def _write_comments() -> None:
    on_oracle = _dialect() == "oracle"
    for table, comment in ORACLE_TABLES.items() if on_oracle else ():
        _comment("TABLE", table, comment)
    for column, comment in ORACLE_COLUMNS.items() if on_oracle else ():
        _comment("COLUMN", column, comment)
    for name, comment, tables in COLUMN_COMMENTS:
        for table in tables.split():
            _comment("COLUMN", f"{table}.{_quoted(name)}", comment)


def _comment(kind: str, what: str, comment: str) -> None:
    text = comment.replace("'", "''").replace(":", "\\:")
    op.execute(sa.text(f"COMMENT ON {kind} {what} IS '{text}'"))


def _quoted(name: str) -> str:
    return op.get_context().dialect.identifier_preparer.quote(name)


def _dialect() -> str:
    return op.get_context().dialect.name
