"""Create the archive of cleared messages, and the word on which releases may work on the schema.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.
Messages that were cleared already are moved by the purge job, in small transactions, not here.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op

from db.types import LongText, ShortText, UtcTimestamp

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

KEPT = (
    "message_id, county_code, message_type, state, dedup_key, state_voter_id, voter_sequence, ems_voter_id, record_version, job_id, "
    "record_sequence, enqueued_at, cleared_at, cleared_text, payload, header"
)


def upgrade() -> None:
    """Create both; releases from this revision on may work on the schema."""
    _create_archive()
    op.create_table(
        "schema_compatibility",
        sa.Column(
            "oldest_revision",
            ShortText(32),
            nullable=False,
            comment="Releases made for this revision or a later one may work here; a revision that takes away what they need raises it",
        ),
        sa.PrimaryKeyConstraint("oldest_revision", name="pk_schema_compatibility"),
        comment="Which releases may go on working while a newer one is brought in; one row",
    )
    op.execute(f"INSERT INTO schema_compatibility (oldest_revision) VALUES ('{revision}')")  # noqa: S608 - a name of our own


def downgrade() -> None:
    """Take the archived messages back into the queue's table, where they stay cleared, and drop both."""
    op.execute(f"INSERT INTO ems_message ({KEPT}, blocks_updates) SELECT {KEPT}, 0 FROM ems_message_archive")  # noqa: S608 - our own names
    op.drop_table("schema_compatibility")
    op.drop_table("ems_message_archive")


def _create_archive() -> None:
    op.create_table(
        "ems_message_archive",
        sa.Column("message_id", sa.BigInteger, autoincrement=False, nullable=False, comment="As it was in the queue"),
        sa.Column("county_code", ShortText(2), nullable=False, comment="County, two digits"),
        sa.Column("message_type", ShortText(40), nullable=False, comment="Type of the message, as in the contract"),
        sa.Column("state", ShortText(10), nullable=False, comment="Processed or Skipped"),
        sa.Column("dedup_key", ShortText(80), nullable=False, comment="The producer's own key; a repetition is known by it"),
        sa.Column("state_voter_id", sa.BigInteger, comment="UID of the voter"),
        sa.Column("voter_sequence", sa.Integer, comment="Place in the line of the voter's messages"),
        sa.Column("ems_voter_id", ShortText(60), comment="The county's own id of the voter"),
        sa.Column("record_version", sa.Integer, comment="Version of the voter's record that it is about"),
        sa.Column("job_id", sa.BigInteger, comment="The job that it comes from"),
        sa.Column("record_sequence", sa.Integer, comment="Number of the record in its file"),
        sa.Column("enqueued_at", UtcTimestamp, nullable=False, comment="When it was queued, UTC"),
        sa.Column("cleared_at", UtcTimestamp, nullable=False, comment="When the county cleared it, UTC"),
        sa.Column("cleared_text", ShortText(1000), comment="The county's words about one that failed and was skipped"),
        sa.Column("payload", LongText, nullable=False, comment="The XML that the county gets"),
        sa.Column("header", ShortText(500), comment="The XML that it gets of the columns above, but for message_id"),
        sa.Column("archived_at", UtcTimestamp, nullable=False, comment="When it was moved here, UTC"),
        sa.PrimaryKeyConstraint("message_id", name="pk_ems_message_archive"),
        sa.UniqueConstraint("dedup_key", name="uq_ems_message_archive_dedup"),
        comment="Messages that were cleared or skipped some time ago, so that the queue's table stays small (OPS-05)",
    )
    op.create_index("ix_ems_message_archive_cleared", "ems_message_archive", ["cleared_at"])
