"""Runs of duplicate detection and the partitions that workers share (DUP-01, JOB-02)."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from db.tables.base import identity, metadata
from db.types import ShortText, UtcTimestamp

duplicate_run = Table(
    "duplicate_run",
    metadata,
    identity("run_id", "No order is implied"),
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_duplicate_run_job"), nullable=False),
    Column(
        "instance_id", BigInteger, ForeignKey("job_instance.instance_id", name="fk_duplicate_run_instance"), nullable=False, comment="The run that planned it"
    ),
    Column("due_at", UtcTimestamp, nullable=False, comment="Of that run"),
    Column("scope", ShortText(10), nullable=False, comment="Whole or Changed"),
    Column("changed_since", UtcTimestamp, comment="NULL: the whole roll"),
    Column("voter_count", Integer, nullable=False, comment="Voters to compare with everybody; of the whole roll about"),
    Column("begun_at", UtcTimestamp, nullable=False),
    Column("finished_at", UtcTimestamp),
    UniqueConstraint("instance_id", name="uq_duplicate_run_instance"),
    Index("ix_duplicate_run_job", "job_id"),
    comment="Runs of duplicate voter detection (DUP-01)",
)

duplicate_partition = Table(
    "duplicate_partition",
    metadata,
    Column("run_id", BigInteger, ForeignKey("duplicate_run.run_id", name="fk_duplicate_partition_run"), nullable=False),
    Column("partition_number", Integer, nullable=False),
    Column("next_state_voter_id", BigInteger, nullable=False, comment="Pairs of lower UIDs are committed"),
    Column("last_state_voter_id", BigInteger, nullable=False),
    Column("voter_count", Integer, nullable=False),
    Column(
        "instance_id",
        BigInteger,
        ForeignKey("job_instance.instance_id", name="fk_duplicate_partition_inst"),
        comment="Who has it; again free once its lease is over",
    ),
    Column("done", SmallInteger, nullable=False),
    PrimaryKeyConstraint("run_id", "partition_number", name="pk_duplicate_partition"),
    CheckConstraint("done IN (0,1)", name="done"),
    Index("ix_duplicate_partition_inst", "instance_id"),
    comment="Ranges of UIDs of a run; each is claimed by one worker at a time",
)

duplicate_partition_count = Table(
    "duplicate_partition_count",
    metadata,
    Column("run_id", BigInteger, nullable=False),
    Column("partition_number", Integer, nullable=False),
    Column("outcome", ShortText(40), nullable=False),
    Column("pair_count", Integer, nullable=False),
    PrimaryKeyConstraint("run_id", "partition_number", "outcome", name="pk_duplicate_partition_count"),
    ForeignKeyConstraint(
        ["run_id", "partition_number"], ["duplicate_partition.run_id", "duplicate_partition.partition_number"], name="fk_duplicate_count_partition"
    ),
    comment="Pairs of each partition by what became of them",
)
