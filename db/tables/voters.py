"""Voters, their versions, and what hangs on them."""

from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table, UniqueConstraint, case
from sqlalchemy.engine import Dialect

from db.tables.base import BigId, identity, metadata
from db.tables.children import merge_columns
from db.types import ShortText, UtcTimestamp
from votecal_soap.domain.voters import VERSION_FIELDS, Voter

_VOTER_TYPES: Final[dict[str, Any]] = {
    "state_voter_id": BigId,
    "version": Integer,
    "effective_date": Date,
    "date_of_birth": Date,
    "registration_date": Date,
    "drivers_license_verified_on": Date,
    "ssn4_verified_on": Date,
    "confidential_since": Date,
    "vnc_due": SmallInteger,
    "first_time_federal": Integer,
    "merged_into": BigInteger,
    "message_sequence": Integer,
    "transfer_pending_until": UtcTimestamp,
    "county_code": ShortText(2),
    "email": ShortText(200),
    "ssn4": ShortText(20),
    "status": ShortText(20),
    "confidentiality": ShortText(20),
}
_REQUIRED: Final = {"state_voter_id", "county_code", "version", "effective_date", "status", "vnc_due", "message_sequence"}


def _voter_columns(names: tuple[str, ...]) -> list[Column[Any]]:
    # UIDs come from a number series, never from the database's own counter.
    return [Column(name, _VOTER_TYPES.get(name, ShortText(60)), nullable=name not in _REQUIRED, autoincrement=False) for name in names]


def _not_on_oracle(*_: object, dialect: Dialect, **__: object) -> bool:
    return dialect.name != "oracle"


voter = Table(
    "voter",
    metadata,
    *_voter_columns(Voter._fields),
    Column("updated_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("state_voter_id", name="pk_voter"),
    UniqueConstraint("county_code", "ems_voter_id", name="uq_voter_ems").ddl_if(callable_=_not_on_oracle),
    CheckConstraint("vnc_due IN (0,1)", name="vnc_due"),
    Index("ix_voter_confidential", "confidential_since"),
    Index("ix_voter_county", "county_code", "state_voter_id"),
    comment="Current voter records, one row a UID",
)
Index(
    "uq_voter_ems",
    voter.c.ems_voter_id,
    case((voter.c.ems_voter_id.is_not(None), voter.c.county_code)),
    unique=True,
).ddl_if(dialect="oracle")
"""Oracle takes two records of a county without a county's id for equal; a key that is NULL as a whole is left out of its index."""

voter_version = Table(
    "voter_version",
    metadata,
    *_voter_columns(VERSION_FIELDS),
    Column("job_id", BigInteger, comment="The batch job that wrote this version, if one did (VRU-13)"),
    Column("recorded_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("state_voter_id", "version", name="pk_voter_version"),
    CheckConstraint("vnc_due IN (0,1)", name="vnc_due"),
    comment="Every version of every record; as of a day: the highest version with effective_date <= day",
)

voting_precinct = Table(
    "voting_precinct",
    metadata,
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_voting_precinct_voter"), nullable=False),
    Column("election_id", ShortText(20), ForeignKey("election.election_id", name="fk_voting_precinct_election"), nullable=False),
    Column("version", Integer, nullable=False, comment="Version of the voter's record that set it"),
    Column("precinct_code", ShortText(20), nullable=False),
    Column("precinct_part", ShortText(20)),
    Column("recorded_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("state_voter_id", "election_id", "version", name="pk_voting_precinct"),
    Index("ix_voting_precinct_election", "election_id"),
    comment="Voting precinct per voter and election (S17.3); the highest version is in force",
    sqlite_with_rowid=False,
)

voter_activity = Table(
    "voter_activity",
    metadata,
    identity("activity_id", "No order is implied"),
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_voter_activity_voter"), nullable=False),
    Column("county_code", ShortText(2), nullable=False),
    Column("activity_type", ShortText(60), nullable=False),
    Column("activity_date", Date, nullable=False),
    Column("basis", ShortText(400), nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("job_id", BigInteger),
    *merge_columns(),
    Column("recorded_at", UtcTimestamp, nullable=False),
    Index("ix_voter_activity_voter", "state_voter_id"),
    comment="Activity history of each voter, with the basis of each entry",
)

identity_request = Table(
    "identity_request",
    metadata,
    identity("request_id", "The id that DMV's answer names"),
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_identity_request_voter"), nullable=False),
    Column("kind", ShortText(20), nullable=False),
    Column("open_key", ShortText(60), comment="UID and kind while open, so that only one is"),
    Column("export_name", ShortText(100), nullable=False),
    Column("requested_at", UtcTimestamp, nullable=False),
    Column("answered_at", UtcTimestamp),
    Column("answer", ShortText(20)),
    UniqueConstraint("open_key", name="uq_identity_request_open"),
    Index("ix_identity_request_voter", "state_voter_id"),
    comment="Identity verifications that went out to DMV (IDV-01)",
)
