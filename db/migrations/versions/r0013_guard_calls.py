"""Create what web processes share about calls: nonces, budgets, alerts, payload logs; give credentials a secret for digests.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

from db.types import ShortText, UtcTimestamp

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("used_nonce", "call_budget", "credential_alert", "payload_log_setting")


def upgrade() -> None:
    """Create them."""
    op.add_column("credential", sa.Column("digest_secret", ShortText(200), comment="Secret for PasswordDigest, AES-256-GCM under a key of the configuration"))
    _create_nonces()
    _create_budgets()
    _create_alerts()
    _create_payload_log_settings()


def downgrade() -> None:
    """Drop them, with all data."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("credential", "digest_secret")


def _create_nonces() -> None:
    op.create_table(
        "used_nonce",
        sa.Column("nonce_key", ShortText(64), nullable=False, comment="Keyed hash of user name and nonce"),
        sa.Column("good_until", UtcTimestamp, nullable=False, comment="Afterwards the digest is too old, and the row is of no use"),
        sa.PrimaryKeyConstraint("nonce_key", name="pk_used_nonce"),
        comment="Nonces of PasswordDigest, so that a recorded call cannot be sent again",
    )
    op.create_index("ix_used_nonce_until", "used_nonce", ["good_until"])


def _create_budgets() -> None:
    op.create_table(
        "call_budget",
        sa.Column("scope", ShortText(2), nullable=False, comment="A county, or 00 for all of them"),
        sa.Column("minute_number", sa.BigInteger, nullable=False, comment="Minutes since 1970"),
        sa.Column("taken_count", sa.Integer, nullable=False, comment="Calls that web processes took out of the minute, in blocks"),
        sa.PrimaryKeyConstraint("scope", "minute_number", name="pk_call_budget"),
        comment="Calls a minute of whoever makes many; a county that only polls has no row",
    )
    op.create_index("ix_call_budget_minute", "call_budget", ["minute_number"])


def _create_alerts() -> None:
    op.create_table(
        "credential_alert",
        sa.Column("username", ShortText(60), nullable=False),
        sa.Column("opened_at", UtcTimestamp, nullable=False),
        sa.Column("last_at", UtcTimestamp, nullable=False),
        sa.Column("attempt_count", sa.Integer, nullable=False, comment="Wrong secrets in a row that were counted, from all addresses"),
        sa.Column("read_by", ShortText(60), comment="Who of SOS has read it; NULL: nobody yet"),
        sa.Column("read_at", UtcTimestamp),
        sa.PrimaryKeyConstraint("username", name="pk_credential_alert"),
        sa.ForeignKeyConstraint(["username"], ["credential.username"], name="fk_credential_alert_cred"),
        comment="Credentials that somebody calls with wrong secrets again and again",
    )


def _create_payload_log_settings() -> None:
    op.create_table(
        "payload_log_setting",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("logged_until", UtcTimestamp, nullable=False, comment="Afterwards nothing more is written"),
        sa.Column("switched_on_by", ShortText(60), nullable=False),
        sa.Column("switched_on_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("county_code", name="pk_payload_log_setting"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_payload_log_county"),
        comment="Counties whose calls are written, masked, into files (OPS-05)",
    )
