"""Jobs, uploads, runs and what became of records."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from db.tables.base import county_column, identity, metadata
from db.types import JsonText, LongText, ShortText, UtcTimestamp

job = Table(
    "job",
    metadata,
    identity("job_id", "No order is implied"),
    Column("job_type", ShortText(30), nullable=False),
    Column("state", ShortText(20), nullable=False),
    county_column(nullable=True, fk="fk_job_county"),
    Column("election_id", ShortText(20), ForeignKey("election.election_id", name="fk_job_election")),
    Column("data_kinds", JsonText, nullable=False),
    Column("not_before", UtcTimestamp, nullable=False),
    Column("repeat_cron", ShortText(60), comment="Cron line in California's time"),
    Column("notice", ShortText(400), comment="Who at the county gave notice, and when (VRU-03)"),
    Column("scheduled_by", ShortText(60), nullable=False),
    Column("scheduled_at", UtcTimestamp, nullable=False),
    Column("authorised_by", ShortText(60)),
    Column("authorised_at", UtcTimestamp),
    Column("remark", ShortText(1000)),
    Column("scope", ShortText(10), comment="Of duplicate detection: Whole or Changed"),
    Index("ix_job_county_state", "county_code", "state"),
    Index("ix_job_election", "election_id"),
    comment="What SOS scheduled",
)

upload = Table(
    "upload",
    metadata,
    identity("upload_id", "No order is implied"),
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_upload_job"), nullable=False),
    county_column(fk="fk_upload_county"),
    Column("state", ShortText(20), nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    Column("received_bytes", BigInteger, nullable=False),
    Column("sha256", ShortText(64), nullable=False),
    Column("record_count", Integer, nullable=False),
    Column("compression", ShortText(10), nullable=False),
    Column("token_hash", ShortText(64)),
    Column("token_expires_at", UtcTimestamp),
    Column("begun_at", UtcTimestamp, nullable=False),
    Column("completed_at", UtcTimestamp),
    Column("purged_at", UtcTimestamp),
    Index("ix_upload_job", "job_id"),
    Index("ix_upload_county", "county_code"),
    comment="Uploads and their next offset; the bytes are in the spool",
)

job_instance = Table(
    "job_instance",
    metadata,
    identity("instance_id", "No order is implied"),
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_job_instance_job"), nullable=False),
    Column("job_type", ShortText(30), nullable=False),
    Column("due_at", UtcTimestamp, nullable=False),
    Column("state", ShortText(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", ShortText(100)),
    Column("lease_token", ShortText(40)),
    Column("lease_until", UtcTimestamp, comment="By the database's clock; nobody else claims the run before"),
    Column("stop_requested", ShortText(10)),
    Column("position", BigInteger, nullable=False, comment="First byte not yet processed"),
    Column("records_processed", Integer, nullable=False),
    Column("record_count", Integer),
    Column("without_precinct_count", Integer, comment="Registered voters without a voting precinct as the run ended (VRU-21)"),
    Column("upload_id", BigInteger, ForeignKey("upload.upload_id", name="fk_job_instance_upload")),
    Column("error_code", ShortText(60)),
    Column("error_text", ShortText(1000)),
    Column("error_ref", ShortText(200)),
    Column("started_at", UtcTimestamp),
    Column("finished_at", UtcTimestamp),
    UniqueConstraint("job_id", "due_at", name="uq_job_instance_due"),
    Index("ix_job_instance_state", "state", "due_at"),
    Index("ix_job_instance_upload", "upload_id"),
    comment="Runs of jobs, claimed under a lease (JOB-02)",
)

batch_outcome_count = Table(
    "batch_outcome_count",
    metadata,
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_batch_outcome_count_job"), nullable=False),
    Column("outcome", ShortText(20), nullable=False),
    Column("reason", ShortText(40), nullable=False, comment="- when there is none"),
    Column("record_count", Integer, nullable=False),
    PrimaryKeyConstraint("job_id", "outcome", "reason", name="pk_batch_outcome_count"),
    comment="Counts by outcome and reason (VRU-21)",
)

batch_record_outcome = Table(
    "batch_record_outcome",
    metadata,
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_batch_record_outcome_job"), nullable=False),
    Column("record_sequence", Integer, nullable=False),
    Column("outcome", ShortText(20), nullable=False),
    Column("reason", ShortText(40)),
    Column("state_voter_id", BigInteger),
    Column("ems_voter_id", ShortText(60)),
    Column("record_version", Integer),
    Column("detail", LongText, comment="JSON: further reasons and broken rules, without values"),
    PrimaryKeyConstraint("job_id", "record_sequence", name="pk_batch_record_outcome"),
    comment="One outcome for each record of a batch",
    sqlite_with_rowid=False,
)
