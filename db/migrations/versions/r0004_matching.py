"""Create the tables of matching: people as compared, match keys, and how matching is set.

The keys of voters who are there already are not made here: that takes minutes for a million voters, and must survive
a kill. `votecal match rebuild-keys` does it afterwards, and `votecal db check` says so until it is done. Voters written
from now on get theirs in the transaction that writes them.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

from db.types import JsonText, LongText, ShortText, UtcTimestamp

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TABLES = (
    "voter_match",
    "voter_match_key",
    "match_key_build",
    "match_key_capped",
    "matching_setting",
    "county_matching_mode",
    "statewide_setting",
    "blackout",
    "state_holiday",
    "zip_county",
    "match_weights",
)

KEYS_ON_ORACLE = """
CREATE TABLE voter_match_key (
    match_key NUMBER(19) NOT NULL,
    state_voter_id NUMBER(19) NOT NULL,
    CONSTRAINT pk_voter_match_key PRIMARY KEY (match_key, state_voter_id)
) ORGANIZATION INDEX COMPRESS 1
"""
"""The table is its own index, and each key stands once for all its voters: half the size of a table and an index."""


def upgrade() -> None:
    """Create them."""
    _create_people()
    _create_keys()
    _create_key_books()
    _create_settings()
    _create_statewide_settings()
    _create_blackouts()
    _create_reference()


def downgrade() -> None:
    """Drop them, with all data."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_people() -> None:
    op.create_table(
        "voter_match",
        sa.Column("state_voter_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("county_code", ShortText(2), nullable=False, comment="Of the voter: whose confidential address a county may see"),
        sa.Column("confidential", sa.SmallInteger, nullable=False, comment="1: the address is for the voter's own county only (EWS-14)"),
        sa.Column("first_name", ShortText(60)),
        sa.Column("first_canonical", ShortText(60)),
        sa.Column("middle_name", ShortText(60)),
        sa.Column("middle_second", ShortText(60)),
        sa.Column("last_name", ShortText(60)),
        sa.Column("last_first_token", ShortText(60)),
        sa.Column("last_second_token", ShortText(60)),
        sa.Column("date_of_birth", sa.Integer),
        sa.Column("suffix", ShortText(60)),
        sa.Column("gender", ShortText(60)),
        sa.Column("drivers_license", ShortText(60)),
        sa.Column("ssn4", ShortText(60)),
        sa.Column("house_number", ShortText(60)),
        sa.Column("street", ShortText(60)),
        sa.Column("unit_number", ShortText(60)),
        sa.Column("city", ShortText(60)),
        sa.Column("zip_code", ShortText(60)),
        sa.PrimaryKeyConstraint("state_voter_id", name="pk_voter_match"),
        sa.CheckConstraint("confidential IN (0,1)", name=op.f("ck_voter_match_confidential")),
        comment="Each voter as compared by the Search Service; derived from voter",
    )


def _create_keys() -> None:
    if op.get_context().dialect.name == "oracle":
        op.execute(KEYS_ON_ORACLE)
        return
    op.create_table(
        "voter_match_key",
        sa.Column("match_key", sa.BigInteger, nullable=False, comment="The lowest four bits name the pass"),
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("match_key", "state_voter_id", name="pk_voter_match_key"),
        comment="Who shares a match key; all of it is its primary key. A voter's keys are computed again to delete them",
        sqlite_with_rowid=False,
    )


def _create_key_books() -> None:
    op.create_table(
        "match_key_build",
        sa.Column("build_id", sa.Integer, nullable=False, autoincrement=False, comment="1: there is one row at most"),
        sa.Column("cleared_ranges", sa.Integer, nullable=False, comment="Ranges of old keys that are gone"),
        sa.Column("last_state_voter_id", sa.BigInteger, nullable=False, comment="Voters up to this one have their keys"),
        sa.Column("done", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("build_id", name="pk_match_key_build"),
        sa.CheckConstraint("done IN (0,1)", name=op.f("ck_match_key_build_done")),
        comment="How far the rebuilding of all keys has come",
    )
    op.create_table(
        "match_key_capped",
        sa.Column("match_key", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("voter_count", sa.Integer, nullable=False),
        sa.Column("reported_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("match_key", name="pk_match_key_capped"),
        comment="Keys of so many voters that they find nobody, as last seen",
    )


def _create_settings() -> None:
    op.create_table(
        "matching_setting",
        sa.Column("function_name", ShortText(30), nullable=False),
        sa.Column("field_names", ShortText(400), nullable=False, comment="The fields used, with commas between"),
        sa.Column("automatic", sa.Integer, nullable=False, comment="Confidence from which a match is applied"),
        sa.Column("manual", sa.Integer, nullable=False, comment="Confidence from which the county decides"),
        sa.Column("ceilings", JsonText, nullable=False, comment="JSON: family rules with another ceiling than the shipped one"),
        sa.Column("changed_at", UtcTimestamp, nullable=False),
        sa.Column("changed_by", ShortText(60), nullable=False),
        sa.PrimaryKeyConstraint("function_name", name="pk_matching_setting"),
        comment="Fields and thresholds of each matching function (COA-06); none: the shipped defaults",
    )
    op.create_table(
        "county_matching_mode",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("function_name", ShortText(30), nullable=False),
        sa.Column("matching_mode", ShortText(20), nullable=False, comment="apply or provisional"),
        sa.Column("changed_at", UtcTimestamp, nullable=False),
        sa.Column("changed_by", ShortText(60), nullable=False),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_county_mode_county"),
        sa.PrimaryKeyConstraint("county_code", "function_name", name="pk_county_matching_mode"),
        comment="What each county wants done with automatic matches (COA-12)",
    )


def _create_statewide_settings() -> None:
    op.create_table(
        "statewide_setting",
        sa.Column("setting_name", ShortText(60), nullable=False),
        sa.Column("setting_value", ShortText(200), nullable=False),
        sa.Column("changed_at", UtcTimestamp, nullable=False),
        sa.Column("changed_by", ShortText(60), nullable=False),
        sa.PrimaryKeyConstraint("setting_name", name="pk_statewide_setting"),
        comment="Settings of the whole state: coa_cross_county (COA-11), the weights in force; none: the shipped default",
    )
    op.create_table(
        "match_weights",
        sa.Column("version", ShortText(60), nullable=False),
        sa.Column("created_at", UtcTimestamp, nullable=False),
        sa.Column("created_by", ShortText(60), nullable=False),
        sa.Column("report", LongText, comment="JSON: the calibration on the held-back part"),
        sa.Column("weights", LongText, nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("version", name="pk_match_weights"),
        comment="Fitted weights of the Search Service; the setting match_weights names the version in force",
    )


def _create_blackouts() -> None:
    op.create_table(
        "blackout",
        sa.Column("blackout_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("county_code", ShortText(2), comment="NULL: the whole state"),
        sa.Column("function_name", ShortText(30), comment="NULL: every matching function"),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reason", ShortText(400), nullable=False),
        sa.Column("added_at", UtcTimestamp, nullable=False),
        sa.Column("added_by", ShortText(60), nullable=False),
        sa.PrimaryKeyConstraint("blackout_id", name="pk_blackout"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_blackout_county"),
        comment="Times in which nothing is cancelled (JOB-04)",
    )
    op.create_index("ix_blackout_county", "blackout", ["county_code"])


def _create_reference() -> None:
    op.create_table(
        "state_holiday",
        sa.Column("holiday", sa.Date, nullable=False),
        sa.Column("name", ShortText(100), nullable=False),
        sa.PrimaryKeyConstraint("holiday", name="pk_state_holiday"),
        comment="Holidays of the State of California (COA-37)",
    )
    op.create_table(
        "zip_county",
        sa.Column("first_zip_code", ShortText(5), nullable=False),
        sa.Column("last_zip_code", ShortText(5), nullable=False, comment="The same as the first, unless all between lie in the county"),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_zip_county_county"),
        sa.PrimaryKeyConstraint("first_zip_code", "last_zip_code", "county_code", name="pk_zip_county"),
        comment="Counties that ZIP codes lie in; several for one that a county line divides (COA-11)",
    )
    op.create_index("ix_zip_county_county", "zip_county", ["county_code"])
