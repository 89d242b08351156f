"""Who did what, how far loads have come, and which releases may work here."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table

from db.tables.base import county_column, identity, metadata
from db.types import LongText, ShortText, UtcTimestamp

audit_entry = Table(
    "audit_entry",
    metadata,
    identity("audit_id", "No order is implied"),
    Column("at", UtcTimestamp, nullable=False),
    Column("actor", ShortText(100), nullable=False),
    Column("action", ShortText(60), nullable=False),
    Column("subject_kind", ShortText(30), nullable=False),
    Column("subject_id", ShortText(60), nullable=False),
    Column("county_code", ShortText(2)),
    Column("correlation_id", ShortText(60)),
    Column("detail", LongText, comment="JSON: old and new values"),
    Index("ix_audit_entry_subject", "subject_kind", "subject_id"),
    comment="Who did what, when, old and new (OPS-02)",
)

load_progress = Table(
    "load_progress",
    metadata,
    county_column(fk="fk_load_progress_county"),
    Column("sha256", ShortText(64), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("records", Integer, nullable=False, comment="Of these neither loaded nor refused: the state had them already"),
    Column("loaded", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    PrimaryKeyConstraint("county_code", "sha256", name="pk_load_progress"),
    comment="How far each initial load has come",
)

schema_compatibility = Table(
    "schema_compatibility",
    metadata,
    Column(
        "oldest_revision",
        ShortText(32),
        primary_key=True,
        comment="Releases made for this revision or a later one may work here; a revision that takes away what they need raises it",
    ),
    comment="Which releases may go on working while a newer one is brought in; one row",
)
