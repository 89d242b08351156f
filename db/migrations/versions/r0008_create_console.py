"""Create the tables of the console: logins, sessions, counted attempts, counted cases and messages, poison messages.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0008
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

from db.types import ShortText, UtcTimestamp, YesNo

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


TABLES = ("staff_login", "console_session", "sign_in_counter", "open_case_count", "queue_hour", "poison_message", "case_claim", "case_note")

COUNT_COLUMNS = ["county_code", "case_type", "case_state", "due_on", "is_second", "case_count"]
NO_DAY = date(9999, 12, 31)


def upgrade() -> None:
    """Create them, and count what is there."""
    _create_logins()
    _create_sessions()
    _create_counters()
    _create_case_counts()
    _create_queue_hours()
    _create_poison_messages()
    _create_claims_and_notes()
    op.drop_index("ix_match_case_due", "match_case")
    op.create_index("ix_match_case_due", "match_case", ["case_state", "due_on", "case_id"])
    op.create_index("ix_match_case_state", "match_case", ["case_state", "case_id"])
    op.create_index("ix_match_case_confidence", "match_case", ["case_state", "confidence", "case_id"])


def downgrade() -> None:
    """Drop them, with all data."""
    op.drop_index("ix_match_case_confidence", "match_case")
    op.drop_index("ix_match_case_state", "match_case")
    op.drop_index("ix_match_case_due", "match_case")
    op.create_index("ix_match_case_due", "match_case", ["case_state", "due_on"])
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_logins() -> None:
    op.create_table(
        "staff_login",
        sa.Column("user_name", ShortText(60), nullable=False),
        sa.Column("password_hash", ShortText(200), comment="Argon2id, with salt and parameters"),
        sa.Column("password_set_at", UtcTimestamp),
        sa.Column("authenticator_number", ShortText(60), comment="With the state's key it makes the app's secret; alone it makes nothing"),
        sa.Column("authenticator_set_at", UtcTimestamp),
        sa.Column("last_step", sa.BigInteger, comment="Time step of the last code accepted: each is accepted once"),
        sa.PrimaryKeyConstraint("user_name", name="pk_staff_login"),
        sa.ForeignKeyConstraint(["user_name"], ["staff_user.user_name"], name="fk_staff_login_user"),
        comment="What people sign in to the console with",
    )


def _create_sessions() -> None:
    op.create_table(
        "console_session",
        sa.Column("token_hash", ShortText(64), nullable=False, comment="Keyed hash of the token in the browser's cookie"),
        sa.Column("user_name", ShortText(60), nullable=False),
        sa.Column("begun_at", UtcTimestamp, nullable=False),
        sa.Column("last_seen_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_console_session"),
        sa.ForeignKeyConstraint(["user_name"], ["staff_user.user_name"], name="fk_console_session_user"),
        comment="Signed-in browsers; a deleted row is a session revoked",
    )
    op.create_index("ix_console_session_user", "console_session", ["user_name"])
    op.create_index("ix_console_session_begun", "console_session", ["begun_at"])


def _create_counters() -> None:
    op.create_table(
        "sign_in_counter",
        sa.Column("counter_key", ShortText(64), nullable=False, comment="Keyed hash of account, source address, or both"),
        sa.Column("failure_count", sa.Integer, nullable=False),
        sa.Column("last_failed_at", UtcTimestamp),
        sa.Column("succeeded_at", UtcTimestamp),
        sa.Column("touched_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("counter_key", name="pk_sign_in_counter"),
        comment="Wrong attempts to sign in, so that guessing takes time",
    )
    op.create_index("ix_sign_in_counter_touched", "sign_in_counter", ["touched_at"])


def _create_case_counts() -> None:
    op.create_table(
        "open_case_count",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("case_type", ShortText(20), nullable=False),
        sa.Column("case_state", ShortText(20), nullable=False, comment="Only states in which a case waits for somebody"),
        sa.Column("due_on", sa.Date, nullable=False, comment="9999-12-31: no day is set"),
        sa.Column("is_second", YesNo, nullable=False, comment="1: a pair that is counted for its first county too; left out where all counties are added up"),
        sa.Column("case_count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "case_type", "case_state", "due_on", "is_second", name="pk_open_case_count"),
        sa.CheckConstraint("is_second IN (0,1)", name="is_second"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_open_case_count_county"),
        comment="Match cases that wait, kept with every case so that nothing scans",
    )
    case = sa.table("match_case", *(sa.column(name) for name in ("county_code", "case_type", "case_state")), sa.column("due_on", sa.Date))
    waiting = case.c.case_state.in_(["Open", "Provisional"])
    by = (case.c.county_code, case.c.case_type, case.c.case_state, case.c.due_on)
    due_on = sa.func.coalesce(case.c.due_on, sa.literal(NO_DAY, sa.Date))
    counted = sa.select(*by[:3], due_on, sa.literal(0), sa.func.count()).where(waiting).group_by(*by)
    target = sa.table("open_case_count", *(sa.column(name) for name in COUNT_COLUMNS))
    op.execute(target.insert().from_select(COUNT_COLUMNS, counted))


def _create_queue_hours() -> None:
    op.create_table(
        "queue_hour",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("hour_start", UtcTimestamp, nullable=False),
        sa.Column("added_count", sa.BigInteger, nullable=False),
        sa.Column("cleared_count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "hour_start", name="pk_queue_hour"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_queue_hour_county"),
        comment="Messages added to and cleared from each queue, hour by hour; begins with revision 0008",
    )
    op.create_index("ix_queue_hour_start", "queue_hour", ["hour_start"])


def _create_poison_messages() -> None:
    op.create_table(
        "poison_message",
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=False),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("failed_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_poison_message"),
        sa.ForeignKeyConstraint(["message_id"], ["ems_message.message_id"], name="fk_poison_message_message"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_poison_message_county"),
        comment="Messages that their county could not take, until SOS requeues or skips them (EWS-04)",
    )
    op.create_index("ix_poison_message_county", "poison_message", ["county_code", "message_id"])
    op.execute(
        "INSERT INTO poison_message (message_id, county_code, failed_at)"
        " SELECT message_id, county_code, cleared_at FROM ems_message WHERE state = 'Failed' AND cleared_at IS NOT NULL"
    )


def _create_claims_and_notes() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "case_claim",
        sa.Column("case_id", big_id, nullable=False, autoincrement=False),
        sa.Column("claimed_by", ShortText(60), nullable=False),
        sa.Column("claimed_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_claim"),
        sa.ForeignKeyConstraint(["case_id"], ["match_case.case_id"], name="fk_case_claim_case"),
        comment="Who works on a match case; a claim lapses after some hours",
    )
    op.create_table(
        "case_note",
        sa.Column("note_id", big_id, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("noted_at", UtcTimestamp, nullable=False),
        sa.Column("noted_by", ShortText(60), nullable=False),
        sa.Column("text", ShortText(1000), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_case_note"),
        sa.ForeignKeyConstraint(["case_id"], ["match_case.case_id"], name="fk_case_note_case"),
        comment="What clerks wrote about a match case",
    )
    op.create_index("ix_case_note_case", "case_note", ["case_id"])
