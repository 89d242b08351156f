"""Create the table of recent match keys: written with the voters, merged into the large one in its order (docs/adr/0007).

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RECENT_ON_ORACLE = """
CREATE TABLE voter_match_key_recent (
    match_key NUMBER(19) NOT NULL,
    state_voter_id NUMBER(19) NOT NULL,
    held NUMBER(5) NOT NULL,
    CONSTRAINT pk_voter_match_key_recent PRIMARY KEY (match_key, state_voter_id),
    CONSTRAINT ck_voter_match_key_recent_held CHECK (held IN (0,1))
) ORGANIZATION INDEX
"""
"""The table is its own index, as the large one is."""


def upgrade() -> None:
    """Create it, empty: every key that there is stands in the large table."""
    if op.get_context().dialect.name == "oracle":
        op.execute(RECENT_ON_ORACLE)
        return
    op.create_table(
        "voter_match_key_recent",
        sa.Column("match_key", sa.BigInteger, nullable=False),
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("held", sa.SmallInteger, nullable=False, comment="1: the voter has gained the key, 0: has lost it"),
        sa.PrimaryKeyConstraint("match_key", "state_voter_id", name="pk_voter_match_key_recent"),
        sa.CheckConstraint("held IN (0,1)", name=op.f("ck_voter_match_key_recent_held")),
        comment="Keys that changed since the last merge; what it says of a key and a voter holds, whatever voter_match_key says",
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Bring the large table up to date, and drop this one."""
    op.execute(
        "DELETE FROM voter_match_key WHERE EXISTS (SELECT 1 FROM voter_match_key_recent recent"
        " WHERE recent.match_key = voter_match_key.match_key AND recent.state_voter_id = voter_match_key.state_voter_id)"
    )
    op.execute("INSERT INTO voter_match_key (match_key, state_voter_id) SELECT match_key, state_voter_id FROM voter_match_key_recent WHERE held = 1")
    op.drop_table("voter_match_key_recent")
