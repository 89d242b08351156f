"""The tables. Names are lower case and at most 30 characters, every foreign key is indexed, every text has a length.

Rules of the portable schema: docs/adr/0003. Comments are for DBAs and live in the schema.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from db.types import JsonText, LongText, UtcTimestamp
from votecal_soap.domain.voters import VERSION_FIELDS, Voter

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BigId = BigInteger().with_variant(Integer, "sqlite")


def _identity(name: str, comment: str) -> Column[int]:
    return Column(name, BigId, Identity(cache=1000), primary_key=True, comment=comment)


def _county(*, nullable: bool = False, fk: str) -> Column[str]:
    return Column("county_code", String(2), ForeignKey("county.county_code", name=fk), nullable=nullable)


county = Table(
    "county",
    metadata,
    Column("county_code", String(2), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("fips", String(5), nullable=False),
    comment="The 58 counties",
)

county_rules = Table(
    "county_rules",
    metadata,
    Column("county_code", String(2), primary_key=True, comment="00 is the statewide default"),
    Column("rules_toml", LongText, nullable=False, comment="Translation and filtering rules (VRU-08)"),
    comment="Translation and filtering rules as data",
)

credential = Table(
    "credential",
    metadata,
    Column("username", String(60), primary_key=True),
    _county(fk="fk_credential_county"),
    Column("secret_hmac", String(64), nullable=False, comment="HMAC-SHA-256 of the secret; the secret is nowhere"),
    Column("expires_at", UtcTimestamp),
    Column("revoked_at", UtcTimestamp),
    Column("certificate_subject", String(200)),
    Index("ix_credential_county", "county_code"),
    Index("ix_credential_certificate", "certificate_subject"),
    comment="Machine credentials; each belongs to one county",
)

staff_user = Table(
    "staff_user",
    metadata,
    Column("user_name", String(60), primary_key=True),
    Column("role_name", String(30), nullable=False),
    _county(nullable=True, fk="fk_staff_user_county"),
    Index("ix_staff_user_county", "county_code"),
    comment="People who act through the command line or the console",
)

election = Table(
    "election",
    metadata,
    Column("election_id", String(20), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("election_date", Date, nullable=False),
    comment="Elections that voting precincts refer to",
)

precinct = Table(
    "precinct",
    metadata,
    _county(fk="fk_precinct_county"),
    Column("precinct_code", String(20), nullable=False),
    Column("name", String(100)),
    PrimaryKeyConstraint("county_code", "precinct_code", name="pk_precinct"),
    comment="Precincts of each county",
)

reference_code = Table(
    "reference_code",
    metadata,
    Column("kind", String(30), nullable=False),
    Column("code", String(20), nullable=False),
    Column("name", String(100), nullable=False),
    PrimaryKeyConstraint("kind", "code", name="pk_reference_code"),
    comment="Code tables: parties, languages, suffixes, street types",
)

number_series = Table(
    "number_series",
    metadata,
    Column("series", String(30), primary_key=True),
    Column("next_number", BigInteger, nullable=False),
    comment="Numbers handed out in blocks inside a transaction: UIDs",
)


_VOTER_TYPES: Final[dict[str, Any]] = {
    "state_voter_id": BigInteger,
    "version": Integer,
    "effective_date": Date,
    "date_of_birth": Date,
    "registration_date": Date,
    "drivers_license_verified_on": Date,
    "ssn4_verified_on": Date,
    "vnc_due": SmallInteger,
    "message_sequence": Integer,
    "transfer_pending_until": UtcTimestamp,
    "county_code": String(2),
    "email": String(200),
    "ssn4": String(20),
    "status": String(20),
}
_REQUIRED: Final = {"state_voter_id", "county_code", "version", "effective_date", "status", "vnc_due", "message_sequence"}


def _voter_columns(names: tuple[str, ...]) -> list[Column[Any]]:
    return [Column(name, _VOTER_TYPES.get(name, String(60)), nullable=name not in _REQUIRED) for name in names]


voter = Table(
    "voter",
    metadata,
    *_voter_columns(Voter._fields),
    Column("updated_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("state_voter_id", name="pk_voter"),
    UniqueConstraint("county_code", "ems_voter_id", name="uq_voter_ems"),
    CheckConstraint("vnc_due IN (0,1)", name="vnc_due"),
    comment="Current voter records, one row a UID",
)

voter_version = Table(
    "voter_version",
    metadata,
    *_voter_columns(VERSION_FIELDS),
    Column("recorded_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("state_voter_id", "version", name="pk_voter_version"),
    comment="Every version of every record; as of a day: the highest version with effective_date <= day",
)

voting_precinct = Table(
    "voting_precinct",
    metadata,
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_voting_precinct_voter"), nullable=False),
    Column("election_id", String(20), ForeignKey("election.election_id", name="fk_voting_precinct_election"), nullable=False),
    Column("version", Integer, nullable=False, comment="Version of the voter's record that set it"),
    Column("precinct_code", String(20), nullable=False),
    Column("precinct_part", String(20)),
    Column("recorded_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("state_voter_id", "election_id", "version", name="pk_voting_precinct"),
    Index("ix_voting_precinct_election", "election_id"),
    comment="Voting precinct per voter and election (S17.3); the highest version is in force",
)

voter_activity = Table(
    "voter_activity",
    metadata,
    _identity("activity_id", "No order is implied"),
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_voter_activity_voter"), nullable=False),
    Column("county_code", String(2), nullable=False),
    Column("activity_type", String(60), nullable=False),
    Column("activity_date", Date, nullable=False),
    Column("basis", String(400), nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("job_id", BigInteger),
    Column("recorded_at", UtcTimestamp, nullable=False),
    Index("ix_voter_activity_voter", "state_voter_id"),
    comment="Activity history of each voter, with the basis of each entry",
)

audit_entry = Table(
    "audit_entry",
    metadata,
    _identity("audit_id", "No order is implied"),
    Column("at", UtcTimestamp, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject_kind", String(30), nullable=False),
    Column("subject_id", String(60), nullable=False),
    Column("county_code", String(2)),
    Column("correlation_id", String(60)),
    Column("detail", LongText, comment="JSON: old and new values"),
    Index("ix_audit_entry_subject", "subject_kind", "subject_id"),
    comment="Who did what, when, old and new (OPS-02)",
)

job = Table(
    "job",
    metadata,
    _identity("job_id", "No order is implied"),
    Column("job_type", String(30), nullable=False),
    Column("state", String(20), nullable=False),
    _county(nullable=True, fk="fk_job_county"),
    Column("election_id", String(20), ForeignKey("election.election_id", name="fk_job_election")),
    Column("data_kinds", JsonText, nullable=False),
    Column("not_before", UtcTimestamp, nullable=False),
    Column("repeat_cron", String(60), comment="Cron line in California's time"),
    Column("notice", String(400), comment="Who at the county gave notice, and when (VRU-03)"),
    Column("scheduled_by", String(60), nullable=False),
    Column("scheduled_at", UtcTimestamp, nullable=False),
    Column("authorised_by", String(60)),
    Column("authorised_at", UtcTimestamp),
    Column("remark", String(1000)),
    Index("ix_job_county_state", "county_code", "state"),
    Index("ix_job_election", "election_id"),
    comment="What SOS scheduled",
)

upload = Table(
    "upload",
    metadata,
    _identity("upload_id", "No order is implied"),
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_upload_job"), nullable=False),
    _county(fk="fk_upload_county"),
    Column("state", String(20), nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    Column("received_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("record_count", Integer, nullable=False),
    Column("compression", String(10), nullable=False),
    Column("token_hash", String(64)),
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
    _identity("instance_id", "No order is implied"),
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_job_instance_job"), nullable=False),
    Column("job_type", String(30), nullable=False),
    Column("due_at", UtcTimestamp, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", String(100)),
    Column("lease_token", String(40)),
    Column("lease_until", UtcTimestamp, comment="By the database's clock"),
    Column("stop_requested", String(10)),
    Column("position", BigInteger, nullable=False, comment="First byte not yet processed"),
    Column("records_processed", Integer, nullable=False),
    Column("record_count", Integer),
    Column("upload_id", BigInteger, ForeignKey("upload.upload_id", name="fk_job_instance_upload")),
    Column("error_code", String(60)),
    Column("error_text", String(1000)),
    Column("error_ref", String(200)),
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
    Column("outcome", String(20), nullable=False),
    Column("reason", String(40), nullable=False, comment="- when there is none"),
    Column("record_count", Integer, nullable=False),
    PrimaryKeyConstraint("job_id", "outcome", "reason", name="pk_batch_outcome_count"),
    comment="Counts by outcome and reason (VRU-21)",
)

batch_record_outcome = Table(
    "batch_record_outcome",
    metadata,
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_batch_record_outcome_job"), nullable=False),
    Column("record_sequence", Integer, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", String(40)),
    Column("state_voter_id", BigInteger),
    Column("ems_voter_id", String(60)),
    Column("record_version", Integer),
    Column("detail", LongText, comment="JSON: further reasons and broken rules, without values"),
    PrimaryKeyConstraint("job_id", "record_sequence", name="pk_batch_record_outcome"),
    comment="One outcome for each record of a batch",
    sqlite_with_rowid=False,
)

ems_message = Table(
    "ems_message",
    metadata,
    _identity("message_id", "Rises with insertion; order per voter is voter_sequence"),
    Column("county_code", String(2), nullable=False),
    Column("queue_county", String(2), comment="county_code while open, NULL once cleared: the queue's index holds little else"),
    Column("message_type", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("dedup_key", String(80), nullable=False, comment="The producer's own key; a repetition is refused"),
    Column("blocks_updates", SmallInteger, nullable=False, comment="1: a change the county did not make itself"),
    Column("state_voter_id", BigInteger),
    Column("voter_sequence", Integer),
    Column("ems_voter_id", String(60)),
    Column("record_version", Integer),
    Column("job_id", BigInteger),
    Column("record_sequence", Integer),
    Column("enqueued_at", UtcTimestamp, nullable=False),
    Column("cleared_at", UtcTimestamp),
    Column("cleared_text", String(1000)),
    Column("payload", LongText, nullable=False, comment="The XML that the county gets"),
    UniqueConstraint("dedup_key", name="uq_ems_message_dedup"),
    Index("ix_ems_message_queue", "queue_county", "message_id"),
    Index("ix_ems_message_voter", "state_voter_id", "county_code", "voter_sequence"),
    CheckConstraint("blocks_updates IN (0,1)", name="blocks_updates"),
    comment="Message queues of the counties (UC04.06.01)",
)

ems_queue = Table(
    "ems_queue",
    metadata,
    Column("county_code", String(2), ForeignKey("county.county_code", name="fk_ems_queue_county"), primary_key=True),
    Column("open_count", BigInteger, nullable=False),
    comment="Depth of each queue, kept with every message so that nothing scans",
)

load_progress = Table(
    "load_progress",
    metadata,
    _county(fk="fk_load_progress_county"),
    Column("sha256", String(64), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    PrimaryKeyConstraint("county_code", "sha256", name="pk_load_progress"),
    comment="How far each initial load has come",
)

identity_request = Table(
    "identity_request",
    metadata,
    _identity("request_id", "The id that DMV's answer names"),
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_identity_request_voter"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("open_key", String(60), comment="UID and kind while open, so that only one is"),
    Column("export_name", String(100), nullable=False),
    Column("requested_at", UtcTimestamp, nullable=False),
    Column("answered_at", UtcTimestamp),
    Column("answer", String(20)),
    UniqueConstraint("open_key", name="uq_identity_request_open"),
    Index("ix_identity_request_voter", "state_voter_id"),
    comment="Identity verifications that went out to DMV (IDV-01)",
)
