"""Counties, credentials, people, elections, precincts, codes: loaded beforehand."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from db.tables.base import county_column, metadata
from db.types import LongText, ShortText, UtcTimestamp

county = Table(
    "county",
    metadata,
    Column("county_code", ShortText(2), primary_key=True),
    Column("name", ShortText(60), nullable=False),
    Column("fips", ShortText(5), nullable=False),
    comment="The 58 counties",
)

county_rules = Table(
    "county_rules",
    metadata,
    Column("county_code", ShortText(2), primary_key=True, comment="00 is the statewide default"),
    Column("rules_toml", LongText, nullable=False, comment="Translation and filtering rules (VRU-08)"),
    comment="Translation and filtering rules as data",
)

credential = Table(
    "credential",
    metadata,
    Column("username", ShortText(60), primary_key=True),
    county_column(fk="fk_credential_county"),
    Column("secret_hmac", ShortText(64), nullable=False, comment="HMAC-SHA-256 of the secret; the secret is nowhere"),
    Column("expires_at", UtcTimestamp),
    Column("revoked_at", UtcTimestamp),
    Column("certificate_subject", ShortText(200)),
    Column("digest_secret", ShortText(200), comment="Secret for PasswordDigest, AES-256-GCM under a key of the configuration"),
    Index("ix_credential_county", "county_code"),
    Index("ix_credential_certificate", "certificate_subject"),
    comment="Machine credentials; each belongs to one county",
)

staff_user = Table(
    "staff_user",
    metadata,
    Column("user_name", ShortText(60), primary_key=True),
    Column("role_name", ShortText(30), nullable=False),
    county_column(nullable=True, fk="fk_staff_user_county"),
    Index("ix_staff_user_county", "county_code"),
    comment="People who act through the command line or the console",
)

election = Table(
    "election",
    metadata,
    Column("election_id", ShortText(20), primary_key=True),
    Column("name", ShortText(100), nullable=False),
    Column("election_date", Date, nullable=False),
    Column("is_federal", Integer, comment="1: federal offices are on the ballot; NULL: not told, and so none"),
    comment="Elections that voting precincts refer to",
)

precinct = Table(
    "precinct",
    metadata,
    county_column(fk="fk_precinct_county"),
    Column("precinct_code", ShortText(20), nullable=False),
    Column("name", ShortText(100)),
    PrimaryKeyConstraint("county_code", "precinct_code", name="pk_precinct"),
    comment="Precincts of each county",
)

reference_code = Table(
    "reference_code",
    metadata,
    Column("kind", ShortText(30), nullable=False),
    Column("code", ShortText(20), nullable=False),
    Column("name", ShortText(100), nullable=False),
    PrimaryKeyConstraint("kind", "code", name="pk_reference_code"),
    comment="Code tables: parties, languages, suffixes, street types",
)

number_series = Table(
    "number_series",
    metadata,
    Column("series", ShortText(30), primary_key=True),
    Column("next_number", BigInteger, nullable=False),
    comment="Numbers handed out in blocks inside a transaction: UIDs",
)
