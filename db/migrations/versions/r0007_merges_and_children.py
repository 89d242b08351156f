"""Create the children of voters, the merge records and the work items of SOS; let match cases hold two voters.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0007
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.types import JsonText, LongText, ShortText, UtcTimestamp

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TABLES = (
    "voter_address",
    "voter_participation",
    "document_content",
    "voter_document",
    "voter_contact",
    "voter_custom_field",
    "merge_record",
    "sos_work_item",
    "sos_work_item_note",
    "sos_work_item_count",
)
ADDRESS_PARTS = (
    "house_number",
    "house_number_suffix",
    "street_pre_direction",
    "street_name",
    "street_type",
    "street_post_direction",
    "unit_type",
    "unit_number",
    "residence_city",
    "residence_state",
    "residence_zip_code",
    "mailing_line1",
    "mailing_line2",
    "mailing_line3",
    "mailing_city",
    "mailing_state",
    "mailing_zip_code",
    "mailing_country",
)
CASE_INDEXES = {
    "ix_match_case_other_voter": ["other_voter_id", "case_state"],
    "ix_match_case_other_county": ["other_county", "case_state", "case_id"],
    "ix_match_case_cause": ["cause", "case_state", "case_id"],
}


def upgrade() -> None:
    """Widen what is there, then create the rest, those that others refer to first."""
    _widen_voters()
    _widen_cases()
    _create_children()
    _create_documents()
    _create_merges()
    _create_sos_work_items()


def downgrade() -> None:
    """Drop them, with all data."""
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in ("uq_match_case_pair", *CASE_INDEXES):
        op.drop_index(name, "match_case")
    for column in reversed(_case_columns()):
        op.drop_column("match_case", column.name)
    op.drop_column("election", "is_federal")
    for column in reversed(_merge_columns()):
        op.drop_column("voter_activity", column.name)
    for table in ("voter_version", "voter"):
        for name in ("merged_into", "first_time_federal"):
            op.drop_column(table, name)


def _merge_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("copied_from", ShortText(60), comment="What the original of this copy is known by; NULL: no copy"),
        sa.Column("merge_case_id", sa.BigInteger, comment="The match case whose merge made this copy"),
        sa.Column("deleted_case_id", sa.BigInteger, comment="The match case whose merge, or its undo, marked the row as deleted; NULL: in force"),
    ]


def _case_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("other_voter_id", sa.BigInteger, comment="Duplicates: the higher UID"),
        sa.Column("other_county", ShortText(2), comment="Its county, if another"),
        sa.Column("pair_key", ShortText(40), comment="Both UIDs and the round: one case per unordered pair and round (DUP-01)"),
        sa.Column("round_number", sa.Integer, comment="Rises when a rejected pair is opened again"),
        sa.Column("cause", ShortText(20), comment="What made a pair of duplicates: VerifiedLicense, Likeness or Registration"),
        sa.Column("deciding_digest", ShortText(64), comment="Digest of the fields that decide on the pair, as they were judged last"),
        sa.Column("asked_county", ShortText(2), comment="The one county whose word is awaited; NULL: any of the case's"),
        sa.Column("first_rejected_by", ShortText(2), comment="The county that rejected first (DUP-03)"),
    ]


def _widen_voters() -> None:
    for table in ("voter", "voter_version"):
        op.add_column(table, sa.Column("first_time_federal", sa.Integer))
        op.add_column(table, sa.Column("merged_into", sa.BigInteger))
    for column in _merge_columns():
        op.add_column("voter_activity", column)
    op.add_column("election", sa.Column("is_federal", sa.Integer, comment="1: federal offices are on the ballot; NULL: not told, and so none"))


def _widen_cases() -> None:
    # SQLite adds neither a foreign key nor a check to a table that is there.
    for column in _case_columns():
        op.add_column("match_case", column)
    op.create_index("uq_match_case_pair", "match_case", ["pair_key"], unique=True)
    for name, columns in CASE_INDEXES.items():
        op.create_index(name, "match_case", columns)
    if op.get_context().dialect.name != "sqlite":
        op.create_table_comment(
            "match_case",
            "Pairs of a record and a voter, or of two voters, why they match, and what was decided",
            existing_comment="Pairs of a record and a voter, why they match, and what was decided",
        )


def _create_child(name: str, key: str, *columns: Any, comment: str) -> None:  # noqa: ANN401 - columns and constraints
    op.create_table(
        name,
        sa.Column(key, BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        *columns,
        *_merge_columns(),
        sa.Column("recorded_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name=f"fk_{name}_voter"),
        comment=comment,
    )
    op.create_index(f"ix_{name}_voter", name, ["state_voter_id"])


def _county(name: str) -> tuple[Any, ...]:
    return (
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name=f"fk_{name}_county"),
    )


def _create_children() -> None:
    _create_child(
        "voter_address",
        "address_id",
        sa.Column("address_kind", ShortText(10), nullable=False),
        *(sa.Column(name, ShortText(60)) for name in ADDRESS_PARTS),
        sa.Column("effective_from", sa.Date),
        sa.Column("effective_to", sa.Date),
        comment="Addresses that a voter had before the state kept versions, or on a record merged into this one",
    )
    _create_child(
        "voter_participation",
        "participation_id",
        *_county("voter_participation"),
        sa.Column("election_id", ShortText(20), nullable=False),
        sa.ForeignKeyConstraint(["election_id"], ["election.election_id"], name="fk_voter_participation_elect"),
        sa.Column("voting_method", ShortText(20), nullable=False),
        comment="Elections at which a voter voted",
    )
    op.create_index("ix_voter_participation_county", "voter_participation", ["county_code"])
    op.create_index("ix_voter_participation_elect", "voter_participation", ["election_id"])
    _create_child(
        "voter_contact",
        "contact_id",
        *_county("voter_contact"),
        sa.Column("contacted_at", UtcTimestamp, nullable=False),
        sa.Column("channel", ShortText(20), nullable=False),
        sa.Column("author", ShortText(100), nullable=False),
        sa.Column("remark", ShortText(1000), nullable=False),
        comment="Contact log and clerks' comments",
    )
    op.create_index("ix_voter_contact_county", "voter_contact", ["county_code"])
    _create_child(
        "voter_custom_field",
        "custom_field_id",
        *_county("voter_custom_field"),
        sa.Column("field_name", ShortText(60), nullable=False),
        sa.Column("field_value", ShortText(400), nullable=False),
        comment="Values that only their county knows the meaning of",
    )
    op.create_index("ix_voter_custom_field_county", "voter_custom_field", ["county_code"])


def _create_documents() -> None:
    op.create_table(
        "document_content",
        sa.Column("sha256", ShortText(64), nullable=False),
        sa.Column("content", LongText, nullable=False, comment="The bytes in base64: the portable schema has no binary type"),
        sa.Column("received_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_document_content"),
        comment="Bytes of images and documents, each kept once whoever holds it",
    )
    _create_child(
        "voter_document",
        "document_id",
        sa.Column("document_kind", ShortText(20), nullable=False),
        sa.Column("media_type", ShortText(60), nullable=False),
        sa.Column("sha256", ShortText(64), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document_content.sha256"], name="fk_voter_document_content"),
        sa.Column("title", ShortText(100)),
        sa.Column("received_on", sa.Date, nullable=False),
        comment="Affidavit images, signature images and other documents of each voter",
    )
    op.create_index("ix_voter_document_content", "voter_document", ["sha256"])


def _create_merges() -> None:
    op.create_table(
        "merge_record",
        sa.Column("case_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("merge_sequence", sa.BigInteger, nullable=False, comment="Rises with each merge: which of two stands on top"),
        sa.Column("newer_voter_id", sa.BigInteger, nullable=False),
        sa.Column("older_voter_id", sa.BigInteger, nullable=False),
        sa.Column("newer_change", JsonText, nullable=False, comment="JSON: versions around the merge, and each field before and after"),
        sa.Column("older_change", JsonText, comment="The same of the older record; NULL while its cancellation waits"),
        sa.Column("merged_at", UtcTimestamp, nullable=False),
        sa.Column("completed_at", UtcTimestamp, comment="NULL: provisional, the older record's county has not accepted its cancellation"),
        sa.Column("undone_at", UtcTimestamp),
        sa.PrimaryKeyConstraint("case_id", name="pk_merge_record"),
        sa.ForeignKeyConstraint(["case_id"], ["match_case.case_id"], name="fk_merge_record_case"),
        sa.ForeignKeyConstraint(["newer_voter_id"], ["voter.state_voter_id"], name="fk_merge_record_newer"),
        sa.ForeignKeyConstraint(["older_voter_id"], ["voter.state_voter_id"], name="fk_merge_record_older"),
        comment="What each merge changed, so that it can be taken back at any time (DLR-14)",
    )
    op.create_index("ix_merge_record_newer", "merge_record", ["newer_voter_id", "merge_sequence"])
    op.create_index("ix_merge_record_older", "merge_record", ["older_voter_id", "merge_sequence"])


def _create_sos_work_items() -> None:
    op.create_table(
        "sos_work_item",
        sa.Column("item_id", BIG_ID, autoincrement=False, nullable=False, comment="From a number series"),
        sa.Column("item_type", ShortText(40), nullable=False),
        sa.Column("item_status", ShortText(10), nullable=False),
        sa.Column("case_id", sa.BigInteger),
        sa.Column("dmv_work_item_id", sa.BigInteger),
        sa.Column("open_key", ShortText(80), comment="Type and subject while open, so that only one is"),
        sa.Column("opened_at", UtcTimestamp, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("claimed_by", ShortText(60)),
        sa.Column("claimed_at", UtcTimestamp),
        sa.Column("closed_at", UtcTimestamp),
        sa.Column("closed_by", ShortText(100)),
        sa.Column("outcome", ShortText(40), comment="How it was closed"),
        sa.Column("cause", ShortText(40), comment="Why the records were two people's or bore one number (DLR-18)"),
        sa.Column("item_version", sa.Integer, nullable=False, comment="Rises with each change; a change names the one it saw"),
        sa.PrimaryKeyConstraint("item_id", name="pk_sos_work_item"),
        sa.ForeignKeyConstraint(["case_id"], ["match_case.case_id"], name="fk_sos_work_item_case"),
        sa.ForeignKeyConstraint(["dmv_work_item_id"], ["dmv_work_item.work_item_id"], name="fk_sos_work_item_dmv"),
        sa.UniqueConstraint("open_key", name="uq_sos_work_item_open"),
        comment="Work items that SOS users decide",
    )
    op.create_index("ix_sos_work_item_due", "sos_work_item", ["item_type", "item_status", "due_on", "item_id"])
    op.create_index("ix_sos_work_item_type", "sos_work_item", ["item_type", "item_status", "item_id"])
    op.create_index("ix_sos_work_item_case", "sos_work_item", ["case_id"])
    op.create_index("ix_sos_work_item_dmv", "sos_work_item", ["dmv_work_item_id"])
    op.create_table(
        "sos_work_item_note",
        sa.Column("note_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("item_id", sa.BigInteger, nullable=False),
        sa.Column("noted_at", UtcTimestamp, nullable=False),
        sa.Column("noted_by", ShortText(100), nullable=False),
        sa.Column("note_text", ShortText(1000), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_sos_work_item_note"),
        sa.ForeignKeyConstraint(["item_id"], ["sos_work_item.item_id"], name="fk_sos_work_item_note_item"),
        comment="What SOS users wrote about a work item",
    )
    op.create_index("ix_sos_work_item_note_item", "sos_work_item_note", ["item_id"])
    op.create_table(
        "sos_work_item_count",
        sa.Column("item_type", ShortText(40), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("open_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("item_type", "due_on", name="pk_sos_work_item_count"),
        comment="Open work items by type and day, kept with each so that a summary does not scan",
    )
