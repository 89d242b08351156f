"""What all web processes share about calls: nonces, budgets, alerts, and for whom payloads are logged."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from db.tables.base import metadata
from db.types import ShortText, UtcTimestamp

used_nonce = Table(
    "used_nonce",
    metadata,
    Column("nonce_key", ShortText(64), primary_key=True, comment="Keyed hash of user name and nonce"),
    Column("good_until", UtcTimestamp, nullable=False, comment="Afterwards the digest is too old, and the row is of no use"),
    Index("ix_used_nonce_until", "good_until"),
    comment="Nonces of PasswordDigest, so that a recorded call cannot be sent again",
)

call_budget = Table(
    "call_budget",
    metadata,
    Column("scope", ShortText(2), nullable=False, comment="A county, or 00 for all of them"),
    Column("minute_number", BigInteger, nullable=False, comment="Minutes since 1970"),
    Column("taken_count", Integer, nullable=False, comment="Calls that web processes took out of the minute, in blocks"),
    PrimaryKeyConstraint("scope", "minute_number", name="pk_call_budget"),
    Index("ix_call_budget_minute", "minute_number"),
    comment="Calls a minute of whoever makes many; a county that only polls has no row",
)

credential_alert = Table(
    "credential_alert",
    metadata,
    Column("username", ShortText(60), ForeignKey("credential.username", name="fk_credential_alert_cred"), primary_key=True),
    Column("opened_at", UtcTimestamp, nullable=False),
    Column("last_at", UtcTimestamp, nullable=False),
    Column("attempt_count", Integer, nullable=False, comment="Wrong secrets in a row that were counted, from all addresses"),
    Column("read_by", ShortText(60), comment="Who of SOS has read it; NULL: nobody yet"),
    Column("read_at", UtcTimestamp),
    comment="Credentials that somebody calls with wrong secrets again and again",
)

payload_log_setting = Table(
    "payload_log_setting",
    metadata,
    Column("county_code", ShortText(2), ForeignKey("county.county_code", name="fk_payload_log_county"), primary_key=True),
    Column("logged_until", UtcTimestamp, nullable=False, comment="Afterwards nothing more is written"),
    Column("switched_on_by", ShortText(60), nullable=False),
    Column("switched_on_at", UtcTimestamp, nullable=False),
    comment="Counties whose calls are written, masked, into files (OPS-05)",
)
