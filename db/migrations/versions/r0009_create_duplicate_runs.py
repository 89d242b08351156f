"""Create the tables of duplicate voter detection; say of a job which voters it compares.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

from db.types import ShortText, UtcTimestamp

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TABLES = ("duplicate_run", "duplicate_partition", "duplicate_partition_count")


def upgrade() -> None:
    """Create them, those that others refer to first."""
    op.add_column("job", sa.Column("scope", ShortText(10), comment="Of duplicate detection: Whole or Changed"))
    _create_runs()
    _create_partitions()


def downgrade() -> None:
    """Drop them, with all data."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("job", "scope")


def _create_runs() -> None:
    op.create_table(
        "duplicate_run",
        sa.Column("run_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("job_id", sa.BigInteger, nullable=False),
        sa.Column("instance_id", sa.BigInteger, nullable=False, comment="The run that planned it"),
        sa.Column("due_at", UtcTimestamp, nullable=False, comment="Of that run"),
        sa.Column("scope", ShortText(10), nullable=False, comment="Whole or Changed"),
        sa.Column("changed_since", UtcTimestamp, comment="NULL: the whole roll"),
        sa.Column("voter_count", sa.Integer, nullable=False, comment="Voters to compare with everybody; of the whole roll about"),
        sa.Column("begun_at", UtcTimestamp, nullable=False),
        sa.Column("finished_at", UtcTimestamp),
        sa.PrimaryKeyConstraint("run_id", name="pk_duplicate_run"),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name="fk_duplicate_run_job"),
        sa.ForeignKeyConstraint(["instance_id"], ["job_instance.instance_id"], name="fk_duplicate_run_instance"),
        sa.UniqueConstraint("instance_id", name="uq_duplicate_run_instance"),
        comment="Runs of duplicate voter detection (DUP-01)",
    )
    op.create_index("ix_duplicate_run_job", "duplicate_run", ["job_id"])


def _create_partitions() -> None:
    op.create_table(
        "duplicate_partition",
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("partition_number", sa.Integer, nullable=False),
        sa.Column("next_state_voter_id", sa.BigInteger, nullable=False, comment="Pairs of lower UIDs are committed"),
        sa.Column("last_state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("voter_count", sa.Integer, nullable=False),
        sa.Column("instance_id", sa.BigInteger, comment="Who has it; again free once its lease is over"),
        sa.Column("done", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "partition_number", name="pk_duplicate_partition"),
        sa.ForeignKeyConstraint(["run_id"], ["duplicate_run.run_id"], name="fk_duplicate_partition_run"),
        sa.ForeignKeyConstraint(["instance_id"], ["job_instance.instance_id"], name="fk_duplicate_partition_inst"),
        sa.CheckConstraint("done IN (0,1)", name="done"),
        comment="Ranges of UIDs of a run; each is claimed by one worker at a time",
    )
    op.create_index("ix_duplicate_partition_inst", "duplicate_partition", ["instance_id"])
    op.create_table(
        "duplicate_partition_count",
        sa.Column("run_id", sa.BigInteger, nullable=False),
        sa.Column("partition_number", sa.Integer, nullable=False),
        sa.Column("outcome", ShortText(40), nullable=False),
        sa.Column("pair_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "partition_number", "outcome", name="pk_duplicate_partition_count"),
        sa.ForeignKeyConstraint(
            ["run_id", "partition_number"],
            ["duplicate_partition.run_id", "duplicate_partition.partition_number"],
            name="fk_duplicate_count_partition",
        ),
        comment="Pairs of each partition by what became of them",
    )
