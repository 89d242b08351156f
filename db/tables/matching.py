"""Matching: people as they are compared, their match keys, and how matching is set (COA-05, COA-06, COA-11, COA-12, JOB-04).

`voter_match` and `voter_match_key` are derived from `voter` and kept with it in one transaction; `votecal match
rebuild-keys` makes them anew. They have no foreign keys: voters are never deleted, and a check for each key would cost.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table

from db.tables.base import BigId, identity, metadata
from db.types import JsonText, LongText, ShortText, UtcTimestamp
from votecal_soap.search.standardising import StandardPerson

voter_match = Table(
    "voter_match",
    metadata,
    Column("state_voter_id", BigId, nullable=False, autoincrement=False),
    Column("county_code", ShortText(2), nullable=False, comment="Of the voter: whose confidential address a county may see"),
    Column("confidential", SmallInteger, nullable=False, comment="1: the address is for the voter's own county only (EWS-14)"),
    *(Column(name, Integer if name == "date_of_birth" else ShortText(60)) for name in StandardPerson._fields),
    PrimaryKeyConstraint("state_voter_id", name="pk_voter_match"),
    CheckConstraint("confidential IN (0,1)", name="confidential"),
    comment="Each voter as compared by the Search Service; derived from voter",
)

voter_match_key = Table(
    "voter_match_key",
    metadata,
    Column("match_key", BigInteger, nullable=False, comment="The lowest four bits name the pass"),
    Column("state_voter_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("match_key", "state_voter_id", name="pk_voter_match_key"),
    comment="Who shares a match key; all of it is its primary key. A voter's keys are computed again to delete them",
    sqlite_with_rowid=False,
)

voter_match_key_recent = Table(
    "voter_match_key_recent",
    metadata,
    Column("match_key", BigInteger, nullable=False),
    Column("state_voter_id", BigInteger, nullable=False),
    Column("held", SmallInteger, nullable=False, comment="1: the voter has gained the key, 0: has lost it"),
    PrimaryKeyConstraint("match_key", "state_voter_id", name="pk_voter_match_key_recent"),
    CheckConstraint("held IN (0,1)", name="held"),
    comment="Keys that changed since the last merge; what it says of a key and a voter holds, whatever voter_match_key says",
    sqlite_with_rowid=False,
)

match_key_build = Table(
    "match_key_build",
    metadata,
    Column("build_id", Integer, nullable=False, autoincrement=False, comment="1: there is one row at most"),
    Column("cleared_ranges", Integer, nullable=False, comment="Ranges of old keys that are gone"),
    Column("last_state_voter_id", BigInteger, nullable=False, comment="Voters up to this one have their keys"),
    Column("done", SmallInteger, nullable=False),
    PrimaryKeyConstraint("build_id", name="pk_match_key_build"),
    CheckConstraint("done IN (0,1)", name="done"),
    comment="How far the rebuilding of all keys has come",
)

match_key_capped = Table(
    "match_key_capped",
    metadata,
    Column("match_key", BigInteger, nullable=False, autoincrement=False),
    Column("voter_count", Integer, nullable=False),
    Column("reported_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("match_key", name="pk_match_key_capped"),
    comment="Keys of so many voters that they find nobody, as last seen",
)

matching_setting = Table(
    "matching_setting",
    metadata,
    Column("function_name", ShortText(30), primary_key=True),
    Column("field_names", ShortText(400), nullable=False, comment="The fields used, with commas between"),
    Column("automatic", Integer, nullable=False, comment="Confidence from which a match is applied"),
    Column("manual", Integer, nullable=False, comment="Confidence from which the county decides"),
    Column("ceilings", JsonText, nullable=False, comment="JSON: family rules with another ceiling than the shipped one"),
    Column("changed_at", UtcTimestamp, nullable=False),
    Column("changed_by", ShortText(60), nullable=False),
    comment="Fields and thresholds of each matching function (COA-06); none: the shipped defaults",
)

county_matching_mode = Table(
    "county_matching_mode",
    metadata,
    Column("county_code", ShortText(2), ForeignKey("county.county_code", name="fk_county_mode_county"), nullable=False),
    Column("function_name", ShortText(30), nullable=False),
    Column("matching_mode", ShortText(20), nullable=False, comment="apply or provisional"),
    Column("changed_at", UtcTimestamp, nullable=False),
    Column("changed_by", ShortText(60), nullable=False),
    PrimaryKeyConstraint("county_code", "function_name", name="pk_county_matching_mode"),
    comment="What each county wants done with automatic matches (COA-12)",
)

statewide_setting = Table(
    "statewide_setting",
    metadata,
    Column("setting_name", ShortText(60), primary_key=True),
    Column("setting_value", ShortText(200), nullable=False),
    Column("changed_at", UtcTimestamp, nullable=False),
    Column("changed_by", ShortText(60), nullable=False),
    comment="Settings of the whole state: coa_cross_county (COA-11), the weights in force; none: the shipped default",
)

blackout = Table(
    "blackout",
    metadata,
    identity("blackout_id", "No order is implied"),
    Column("county_code", ShortText(2), ForeignKey("county.county_code", name="fk_blackout_county"), comment="NULL: the whole state"),
    Column("function_name", ShortText(30), comment="NULL: every matching function"),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("reason", ShortText(400), nullable=False),
    Column("added_at", UtcTimestamp, nullable=False),
    Column("added_by", ShortText(60), nullable=False),
    Index("ix_blackout_county", "county_code"),
    comment="Times in which nothing is cancelled (JOB-04)",
)

state_holiday = Table(
    "state_holiday",
    metadata,
    Column("holiday", Date, primary_key=True),
    Column("name", ShortText(100), nullable=False),
    comment="Holidays of the State of California (COA-37)",
)

zip_county = Table(
    "zip_county",
    metadata,
    Column("first_zip_code", ShortText(5), nullable=False),
    Column("last_zip_code", ShortText(5), nullable=False, comment="The same as the first, unless all between lie in the county"),
    Column("county_code", ShortText(2), ForeignKey("county.county_code", name="fk_zip_county_county"), nullable=False),
    PrimaryKeyConstraint("first_zip_code", "last_zip_code", "county_code", name="pk_zip_county"),
    Index("ix_zip_county_county", "county_code"),
    comment="Counties that ZIP codes lie in; several for one that a county line divides (COA-11)",
)

match_weights = Table(
    "match_weights",
    metadata,
    Column("version", ShortText(60), primary_key=True),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("created_by", ShortText(60), nullable=False),
    Column("report", LongText, comment="JSON: the calibration on the held-back part"),
    Column("weights", LongText, nullable=False, comment="JSON"),
    comment="Fitted weights of the Search Service; the setting match_weights names the version in force",
)
