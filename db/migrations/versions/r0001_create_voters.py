"""Create the tables of the reference data, the voters and the trails.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.types import LongText, ShortText, UtcTimestamp

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TABLES = (
    "county",
    "county_rules",
    "credential",
    "staff_user",
    "election",
    "precinct",
    "reference_code",
    "number_series",
    "voter",
    "voter_version",
    "voting_precinct",
    "voter_activity",
    "identity_request",
    "audit_entry",
    "load_progress",
)


def upgrade() -> None:
    """Create them, those that others refer to first."""
    _create_counties()
    _create_codes()
    _create_voters()
    _create_voters_history()
    _create_trails()


def downgrade() -> None:
    """Drop them, with all data."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_counties() -> None:
    op.create_table(
        "county",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("name", ShortText(60), nullable=False),
        sa.Column("fips", ShortText(5), nullable=False),
        sa.PrimaryKeyConstraint("county_code", name="pk_county"),
        comment="The 58 counties",
    )
    op.create_table(
        "county_rules",
        sa.Column("county_code", ShortText(2), nullable=False, comment="00 is the statewide default"),
        sa.Column("rules_toml", LongText, nullable=False, comment="Translation and filtering rules (VRU-08)"),
        sa.PrimaryKeyConstraint("county_code", name="pk_county_rules"),
        comment="Translation and filtering rules as data",
    )
    op.create_table(
        "credential",
        sa.Column("username", ShortText(60), nullable=False),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("secret_hmac", ShortText(64), nullable=False, comment="HMAC-SHA-256 of the secret; the secret is nowhere"),
        sa.Column("expires_at", UtcTimestamp),
        sa.Column("revoked_at", UtcTimestamp),
        sa.Column("certificate_subject", ShortText(200)),
        sa.PrimaryKeyConstraint("username", name="pk_credential"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_credential_county"),
        comment="Machine credentials; each belongs to one county",
    )
    op.create_index("ix_credential_certificate", "credential", ["certificate_subject"])
    op.create_index("ix_credential_county", "credential", ["county_code"])
    op.create_table(
        "staff_user",
        sa.Column("user_name", ShortText(60), nullable=False),
        sa.Column("role_name", ShortText(30), nullable=False),
        sa.Column("county_code", ShortText(2)),
        sa.PrimaryKeyConstraint("user_name", name="pk_staff_user"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_staff_user_county"),
        comment="People who act through the command line or the console",
    )
    op.create_index("ix_staff_user_county", "staff_user", ["county_code"])


def _create_codes() -> None:
    op.create_table(
        "election",
        sa.Column("election_id", ShortText(20), nullable=False),
        sa.Column("name", ShortText(100), nullable=False),
        sa.Column("election_date", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("election_id", name="pk_election"),
        comment="Elections that voting precincts refer to",
    )
    op.create_table(
        "precinct",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("precinct_code", ShortText(20), nullable=False),
        sa.Column("name", ShortText(100)),
        sa.PrimaryKeyConstraint("county_code", "precinct_code", name="pk_precinct"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_precinct_county"),
        comment="Precincts of each county",
    )
    op.create_table(
        "reference_code",
        sa.Column("kind", ShortText(30), nullable=False),
        sa.Column("code", ShortText(20), nullable=False),
        sa.Column("name", ShortText(100), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name="pk_reference_code"),
        comment="Code tables: parties, languages, suffixes, street types",
    )
    op.create_table(
        "number_series",
        sa.Column("series", ShortText(30), nullable=False),
        sa.Column("next_number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_number_series"),
        comment="Numbers handed out in blocks inside a transaction: UIDs",
    )


def _create_voters() -> None:
    op.create_table(
        "voter",
        *_voter_columns(),
        sa.Column("message_sequence", sa.Integer, nullable=False),
        sa.Column("transfer_pending_until", UtcTimestamp),
        sa.Column("updated_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("state_voter_id", name="pk_voter"),
        sa.CheckConstraint("vnc_due IN (0,1)", name=op.f("ck_voter_vnc_due")),
        *([] if _on("oracle") else [sa.UniqueConstraint("county_code", "ems_voter_id", name="uq_voter_ems")]),
        comment="Current voter records, one row a UID",
    )
    if _on("oracle"):
        # A composite key that is NULL in part is not left out of an Oracle index; this one is NULL as a whole.
        op.create_index("uq_voter_ems", "voter", ["ems_voter_id", sa.text("CASE WHEN ems_voter_id IS NOT NULL THEN county_code END")], unique=True)
    op.create_table(
        "voter_version",
        *_voter_columns(),
        sa.Column("job_id", sa.BigInteger, comment="The batch job that wrote this version, if one did (VRU-13)"),
        sa.Column("recorded_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("state_voter_id", "version", name="pk_voter_version"),
        sa.CheckConstraint("vnc_due IN (0,1)", name=op.f("ck_voter_version_vnc_due")),
        comment="Every version of every record; as of a day: the highest version with effective_date <= day",
    )


def _create_voters_history() -> None:
    op.create_table(
        "voting_precinct",
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("election_id", ShortText(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="Version of the voter's record that set it"),
        sa.Column("precinct_code", ShortText(20), nullable=False),
        sa.Column("precinct_part", ShortText(20)),
        sa.Column("recorded_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("state_voter_id", "election_id", "version", name="pk_voting_precinct"),
        sa.ForeignKeyConstraint(["election_id"], ["election.election_id"], name="fk_voting_precinct_election"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name="fk_voting_precinct_voter"),
        comment="Voting precinct per voter and election (S17.3); the highest version is in force",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_voting_precinct_election", "voting_precinct", ["election_id"])
    op.create_table(
        "voter_activity",
        sa.Column("activity_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("activity_type", ShortText(60), nullable=False),
        sa.Column("activity_date", sa.Date, nullable=False),
        sa.Column("basis", ShortText(400), nullable=False),
        sa.Column("record_version", sa.Integer, nullable=False),
        sa.Column("job_id", sa.BigInteger),
        sa.Column("recorded_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("activity_id", name="pk_voter_activity"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name="fk_voter_activity_voter"),
        comment="Activity history of each voter, with the basis of each entry",
    )
    op.create_index("ix_voter_activity_voter", "voter_activity", ["state_voter_id"])
    op.create_table(
        "identity_request",
        sa.Column("request_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="The id that DMV's answer names"),
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("kind", ShortText(20), nullable=False),
        sa.Column("open_key", ShortText(60), comment="UID and kind while open, so that only one is"),
        sa.Column("export_name", ShortText(100), nullable=False),
        sa.Column("requested_at", UtcTimestamp, nullable=False),
        sa.Column("answered_at", UtcTimestamp),
        sa.Column("answer", ShortText(20)),
        sa.PrimaryKeyConstraint("request_id", name="pk_identity_request"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name="fk_identity_request_voter"),
        sa.UniqueConstraint("open_key", name="uq_identity_request_open"),
        comment="Identity verifications that went out to DMV (IDV-01)",
    )
    op.create_index("ix_identity_request_voter", "identity_request", ["state_voter_id"])


def _create_trails() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("audit_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("at", UtcTimestamp, nullable=False),
        sa.Column("actor", ShortText(100), nullable=False),
        sa.Column("action", ShortText(60), nullable=False),
        sa.Column("subject_kind", ShortText(30), nullable=False),
        sa.Column("subject_id", ShortText(60), nullable=False),
        sa.Column("county_code", ShortText(2)),
        sa.Column("correlation_id", ShortText(60)),
        sa.Column("detail", LongText, comment="JSON: old and new values"),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit_entry"),
        comment="Who did what, when, old and new (OPS-02)",
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_kind", "subject_id"])
    op.create_table(
        "load_progress",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("sha256", ShortText(64), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("records", sa.Integer, nullable=False, comment="Of these neither loaded nor refused: the state had them already"),
        sa.Column("loaded", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "sha256", name="pk_load_progress"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_load_progress_county"),
        comment="How far each initial load has come",
    )


def _voter_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("state_voter_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("ems_voter_id", ShortText(60)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("effective_date", sa.Date, nullable=False),
        sa.Column("prefix", ShortText(60)),
        sa.Column("first_name", ShortText(60)),
        sa.Column("middle_name", ShortText(60)),
        sa.Column("last_name", ShortText(60)),
        sa.Column("suffix", ShortText(60)),
        sa.Column("date_of_birth", sa.Date),
        sa.Column("drivers_license", ShortText(60)),
        sa.Column("ssn4", ShortText(20)),
        sa.Column("gender", ShortText(60)),
        sa.Column("language", ShortText(60)),
        sa.Column("party", ShortText(60)),
        sa.Column("phone", ShortText(60)),
        sa.Column("email", ShortText(200)),
        sa.Column("house_number", ShortText(60)),
        sa.Column("house_number_suffix", ShortText(60)),
        sa.Column("street_pre_direction", ShortText(60)),
        sa.Column("street_name", ShortText(60)),
        sa.Column("street_type", ShortText(60)),
        sa.Column("street_post_direction", ShortText(60)),
        sa.Column("unit_type", ShortText(60)),
        sa.Column("unit_number", ShortText(60)),
        sa.Column("residence_city", ShortText(60)),
        sa.Column("residence_state", ShortText(60)),
        sa.Column("residence_zip_code", ShortText(60)),
        sa.Column("mailing_line1", ShortText(60)),
        sa.Column("mailing_line2", ShortText(60)),
        sa.Column("mailing_line3", ShortText(60)),
        sa.Column("mailing_city", ShortText(60)),
        sa.Column("mailing_state", ShortText(60)),
        sa.Column("mailing_zip_code", ShortText(60)),
        sa.Column("mailing_country", ShortText(60)),
        sa.Column("home_precinct", ShortText(60)),
        sa.Column("home_precinct_part", ShortText(60)),
        sa.Column("registration_date", sa.Date),
        sa.Column("status", ShortText(20), nullable=False),
        sa.Column("status_reason", ShortText(60)),
        sa.Column("drivers_license_status", ShortText(60)),
        sa.Column("drivers_license_verified_on", sa.Date),
        sa.Column("ssn4_status", ShortText(60)),
        sa.Column("ssn4_verified_on", sa.Date),
        sa.Column("vnc_due", sa.SmallInteger, nullable=False),
    ]


def _on(dialect: str) -> bool:
    return op.get_context().dialect.name == dialect
