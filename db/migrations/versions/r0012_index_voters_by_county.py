"""Index voters by county and UID: the synchronization check reads a county's records in the order of their UIDs (2 CCR 19083).

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0012
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One pass over the table; a changed voter costs nothing more, for neither column changes but in a move."""
    op.create_index("ix_voter_county", "voter", ["county_code", "state_voter_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_voter_county", table_name="voter")
