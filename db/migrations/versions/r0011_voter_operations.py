"""Say of a move what the gaining county's affidavit gave; make the table of images that arrive in parts.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

from db.types import LongText, ShortText, UtcTimestamp

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

OF_A_MOVE = ("before_version", "applied_version", "given_fields")


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("transfer_out", sa.Column("before_version", sa.Integer, comment="Of a move by TransferVoter: the version of the record before it"))
    op.add_column("transfer_out", sa.Column("applied_version", sa.Integer, comment="The version that the move made"))
    op.add_column("transfer_out", sa.Column("given_fields", ShortText(1000), comment="The fields that the affidavit gave, with commas between"))
    op.create_table(
        "document_part",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("sha256", ShortText(64), nullable=False, comment="Of the whole document"),
        sa.Column("part_offset", sa.BigInteger, nullable=False),
        sa.Column("byte_count", sa.Integer, nullable=False),
        sa.Column("content", LongText, nullable=False, comment="The bytes in base64"),
        sa.Column("received_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "sha256", "part_offset", name="pk_document_part"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_document_part_county"),
        comment="Images and documents that a county sends in parts, until the last part is there",
    )
    op.create_index("ix_document_part_received", "document_part", ["received_at"])


def downgrade() -> None:
    """Drop them, with all data."""
    op.drop_table("document_part")
    for name in reversed(OF_A_MOVE):
        op.drop_column("transfer_out", name)
