"""Store with each message the XML of its header, and give the messages that are there theirs.

A revision is a record of what was done and never changes: it has the header's elements itself instead of today's contract.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

from db.types import ShortText

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANTS = {
    "sqlite": "replace(enqueued_at, ' ', 'T')",
    "postgresql": "to_char(enqueued_at, 'YYYY-MM-DD\"T\"HH24\\:MI\\:SS.US')",
    "oracle": "TO_CHAR(enqueued_at, 'YYYY-MM-DD\"T\"HH24\\:MI\\:SS.FF6')",
}
"""EnqueuedAt without its zone, which is UTC; a colon would begin a parameter."""

ABOUT = {
    "StateVoterId": "state_voter_id",
    "VoterSequence": "voter_sequence",
    "EmsVoterId": "ems_voter_id",
    "RecordVersion": "record_version",
    "JobId": "job_id",
    "RecordSequence": "record_sequence",
}


def upgrade() -> None:
    """Add the column and fill it."""
    comment = "The XML that it gets of the columns above, but for message_id; revision 0003 gave it to older messages"
    op.add_column("ems_message", sa.Column("header", ShortText(500), comment=comment))
    required = f"'<MessageType>' || message_type || '</MessageType><EnqueuedAt>' || {INSTANTS[op.get_context().dialect.name]} || 'Z</EnqueuedAt>'"
    about = (f"CASE WHEN {column} IS NULL THEN '' ELSE '<{element}>' || {column} || '</{element}>' END" for element, column in ABOUT.items())
    op.execute(f"UPDATE ems_message SET header = {' || '.join([required, *about])}")  # noqa: S608 - our own names


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("ems_message", "header")
