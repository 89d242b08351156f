"""Create the tables of the jobs and the county queues.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

from db.types import JsonText, LongText, ShortText, UtcTimestamp

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TABLES = (
    "job",
    "upload",
    "job_instance",
    "batch_outcome_count",
    "batch_record_outcome",
    "ems_message",
    "ems_queue",
)


def upgrade() -> None:
    """Create them, those that others refer to first."""
    _create_jobs()
    _create_uploads()
    _create_runs()
    _create_outcomes()
    _create_messages()
    _create_queues()


def downgrade() -> None:
    """Drop them, with all data."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("job_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("job_type", ShortText(30), nullable=False),
        sa.Column("state", ShortText(20), nullable=False),
        sa.Column("county_code", ShortText(2)),
        sa.Column("election_id", ShortText(20)),
        sa.Column("data_kinds", JsonText, nullable=False),
        sa.Column("not_before", UtcTimestamp, nullable=False),
        sa.Column("repeat_cron", ShortText(60), comment="Cron line in California's time"),
        sa.Column("notice", ShortText(400), comment="Who at the county gave notice, and when (VRU-03)"),
        sa.Column("scheduled_by", ShortText(60), nullable=False),
        sa.Column("scheduled_at", UtcTimestamp, nullable=False),
        sa.Column("authorised_by", ShortText(60)),
        sa.Column("authorised_at", UtcTimestamp),
        sa.Column("remark", ShortText(1000)),
        sa.PrimaryKeyConstraint("job_id", name="pk_job"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_job_county"),
        sa.ForeignKeyConstraint(["election_id"], ["election.election_id"], name="fk_job_election"),
        comment="What SOS scheduled",
    )
    op.create_index("ix_job_county_state", "job", ["county_code", "state"])
    op.create_index("ix_job_election", "job", ["election_id"])


def _create_uploads() -> None:
    op.create_table(
        "upload",
        sa.Column("upload_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("job_id", sa.BigInteger, nullable=False),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("state", ShortText(20), nullable=False),
        sa.Column("byte_count", sa.BigInteger, nullable=False),
        sa.Column("received_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", ShortText(64), nullable=False),
        sa.Column("record_count", sa.Integer, nullable=False),
        sa.Column("compression", ShortText(10), nullable=False),
        sa.Column("token_hash", ShortText(64)),
        sa.Column("token_expires_at", UtcTimestamp),
        sa.Column("begun_at", UtcTimestamp, nullable=False),
        sa.Column("completed_at", UtcTimestamp),
        sa.Column("purged_at", UtcTimestamp),
        sa.PrimaryKeyConstraint("upload_id", name="pk_upload"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_upload_county"),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name="fk_upload_job"),
        comment="Uploads and their next offset; the bytes are in the spool",
    )
    op.create_index("ix_upload_county", "upload", ["county_code"])
    op.create_index("ix_upload_job", "upload", ["job_id"])


def _create_runs() -> None:
    op.create_table(
        "job_instance",
        sa.Column("instance_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("job_id", sa.BigInteger, nullable=False),
        sa.Column("job_type", ShortText(30), nullable=False),
        sa.Column("due_at", UtcTimestamp, nullable=False),
        sa.Column("state", ShortText(20), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("worker", ShortText(100)),
        sa.Column("lease_token", ShortText(40)),
        sa.Column("lease_until", UtcTimestamp, comment="By the database's clock; nobody else claims the run before"),
        sa.Column("stop_requested", ShortText(10)),
        sa.Column("position", sa.BigInteger, nullable=False, comment="First byte not yet processed"),
        sa.Column("records_processed", sa.Integer, nullable=False),
        sa.Column("record_count", sa.Integer),
        sa.Column("without_precinct_count", sa.Integer, comment="Registered voters without a voting precinct as the run ended (VRU-21)"),
        sa.Column("upload_id", sa.BigInteger),
        sa.Column("error_code", ShortText(60)),
        sa.Column("error_text", ShortText(1000)),
        sa.Column("error_ref", ShortText(200)),
        sa.Column("started_at", UtcTimestamp),
        sa.Column("finished_at", UtcTimestamp),
        sa.PrimaryKeyConstraint("instance_id", name="pk_job_instance"),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name="fk_job_instance_job"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.upload_id"], name="fk_job_instance_upload"),
        sa.UniqueConstraint("job_id", "due_at", name="uq_job_instance_due"),
        comment="Runs of jobs, claimed under a lease (JOB-02)",
    )
    op.create_index("ix_job_instance_state", "job_instance", ["state", "due_at"])
    op.create_index("ix_job_instance_upload", "job_instance", ["upload_id"])


def _create_outcomes() -> None:
    op.create_table(
        "batch_outcome_count",
        sa.Column("job_id", sa.BigInteger, nullable=False),
        sa.Column("outcome", ShortText(20), nullable=False),
        sa.Column("reason", ShortText(40), nullable=False, comment="- when there is none"),
        sa.Column("record_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "outcome", "reason", name="pk_batch_outcome_count"),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name="fk_batch_outcome_count_job"),
        comment="Counts by outcome and reason (VRU-21)",
    )
    op.create_table(
        "batch_record_outcome",
        sa.Column("job_id", sa.BigInteger, nullable=False),
        sa.Column("record_sequence", sa.Integer, nullable=False),
        sa.Column("outcome", ShortText(20), nullable=False),
        sa.Column("reason", ShortText(40)),
        sa.Column("state_voter_id", sa.BigInteger),
        sa.Column("ems_voter_id", ShortText(60)),
        sa.Column("record_version", sa.Integer),
        sa.Column("detail", LongText, comment="JSON: further reasons and broken rules, without values"),
        sa.PrimaryKeyConstraint("job_id", "record_sequence", name="pk_batch_record_outcome"),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name="fk_batch_record_outcome_job"),
        comment="One outcome for each record of a batch",
        sqlite_with_rowid=False,
    )


def _create_messages() -> None:
    op.create_table(
        "ems_message",
        sa.Column("message_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="Rises with insertion; order per voter is voter_sequence"),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("queue_county", ShortText(2), comment="county_code while open, NULL once cleared: the queue's index holds little else"),
        sa.Column("message_type", ShortText(40), nullable=False),
        sa.Column("state", ShortText(10), nullable=False),
        sa.Column("dedup_key", ShortText(80), nullable=False, comment="The producer's own key; a repetition is refused"),
        sa.Column("blocks_updates", sa.SmallInteger, nullable=False, comment="1: a change the county did not make itself"),
        sa.Column("state_voter_id", sa.BigInteger),
        sa.Column("voter_sequence", sa.Integer),
        sa.Column("ems_voter_id", ShortText(60)),
        sa.Column("record_version", sa.Integer),
        sa.Column("job_id", sa.BigInteger),
        sa.Column("record_sequence", sa.Integer),
        sa.Column("enqueued_at", UtcTimestamp, nullable=False),
        sa.Column("cleared_at", UtcTimestamp),
        sa.Column("cleared_text", ShortText(1000)),
        sa.Column("payload", LongText, nullable=False, comment="The XML that the county gets"),
        sa.PrimaryKeyConstraint("message_id", name="pk_ems_message"),
        sa.CheckConstraint("blocks_updates IN (0,1)", name=op.f("ck_ems_message_blocks_updates")),
        sa.UniqueConstraint("dedup_key", name="uq_ems_message_dedup"),
        comment="Message queues of the counties (UC04.06.01)",
    )
    op.create_index("ix_ems_message_queue", "ems_message", ["queue_county", "message_id"])
    op.create_index("ix_ems_message_voter", "ems_message", ["state_voter_id", "queue_county", "voter_sequence", "blocks_updates"])
    if _on("postgresql"):
        # A session's own block of 1,000 ids would let younger messages pass older ones.
        op.execute("ALTER SEQUENCE ems_message_message_id_seq CACHE 1")


def _create_queues() -> None:
    op.create_table(
        "ems_queue",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("open_count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("county_code", name="pk_ems_queue"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_ems_queue_county"),
        comment="Depth of each queue, kept with every message so that nothing scans",
    )


def _on(dialect: str) -> bool:
    return op.get_context().dialect.name == dialect
