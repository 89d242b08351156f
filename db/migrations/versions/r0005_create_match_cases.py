"""Create the tables of DMV's files and records, the match cases and what comes of them; add confidentiality to the voters.

A revision is a record of what was done and never changes: it names every column itself instead of reading today's tables.

Revision ID: 0005
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.types import LongText, ShortText, UtcTimestamp, YesNo

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TABLES = (
    "dmv_file",
    "dmv_file_count",
    "dmv_file_score",
    "dmv_signature",
    "dmv_work_item",
    "potential_voter",
    "voter_signature",
    "match_case",
    "transfer_out",
    "mailing",
    "stored_reply",
    "search_probe",
)

RESIDENCE = (
    "house_number",
    "house_number_suffix",
    "street_pre_direction",
    "street_name",
    "street_type",
    "street_post_direction",
    "unit_type",
    "unit_number",
    "city",
    "state",
    "zip_code",
)
MAILING = ("mailing_line1", "mailing_line2", "mailing_line3", "mailing_city", "mailing_state", "mailing_zip_code", "mailing_country")


def upgrade() -> None:
    """Create them, those that others refer to first."""
    _add_confidentiality()
    _create_files()
    _create_work_items()
    _create_what_hangs_on_work_items()
    _create_cases()
    _create_transfers()
    _create_mailings()
    _create_replies_and_probes()


def downgrade() -> None:
    """Drop them, with all data."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_voter_confidential", "voter")
    for table in ("voter_version", "voter"):
        for column in ("confidential_since", "confidentiality"):
            op.drop_column(table, column)


def _add_confidentiality() -> None:
    for table in ("voter", "voter_version"):
        op.add_column(table, sa.Column("confidentiality", ShortText(20)))
        op.add_column(table, sa.Column("confidential_since", sa.Date))
    op.create_index("ix_voter_confidential", "voter", ["confidential_since"])


def _create_files() -> None:
    op.create_table(
        "dmv_file",
        sa.Column("file_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("job_id", sa.BigInteger, nullable=False),
        sa.Column("file_name", ShortText(200), nullable=False),
        sa.Column("state", ShortText(20), nullable=False),
        sa.Column("sha256", ShortText(64)),
        sa.Column("taken_key", ShortText(64), comment="sha256 of a file that was not refused: each is processed once"),
        sa.Column("byte_count", sa.BigInteger),
        sa.Column("record_count", sa.Integer),
        sa.Column("error_code", ShortText(60)),
        sa.Column("error_text", ShortText(1000)),
        sa.Column("expected_at", UtcTimestamp, nullable=False),
        sa.Column("taken_at", UtcTimestamp),
        sa.Column("finished_at", UtcTimestamp),
        sa.Column("purged_at", UtcTimestamp),
        sa.PrimaryKeyConstraint("file_id", name="pk_dmv_file"),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name="fk_dmv_file_job"),
        sa.UniqueConstraint("job_id", name="uq_dmv_file_job"),
        sa.UniqueConstraint("taken_key", name="uq_dmv_file_taken"),
        comment="Files from DMV (COA-01); the bytes are in a private folder",
    )
    op.create_table(
        "dmv_file_count",
        sa.Column("file_id", sa.BigInteger, nullable=False),
        sa.Column("outcome", ShortText(40), nullable=False),
        sa.Column("record_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("file_id", "outcome", name="pk_dmv_file_count"),
        sa.ForeignKeyConstraint(["file_id"], ["dmv_file.file_id"], name="fk_dmv_file_count_file"),
        comment="Records of each DMV file by outcome",
    )
    op.create_table(
        "dmv_file_score",
        sa.Column("file_id", sa.BigInteger, nullable=False),
        sa.Column("confidence_from", sa.Integer, nullable=False, comment="Lowest confidence of the bucket: 0, 10 ... 90, 99, 100"),
        sa.Column("record_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("file_id", "confidence_from", name="pk_dmv_file_score"),
        sa.ForeignKeyConstraint(["file_id"], ["dmv_file.file_id"], name="fk_dmv_file_score_file"),
        comment="Records of each DMV file by their best candidate's confidence",
    )


def _create_work_items() -> None:
    op.create_table(
        "dmv_signature",
        sa.Column("signature_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("media_type", ShortText(20), nullable=False),
        sa.Column("content", LongText, comment="The image in base64; NULL once its retention has passed"),
        sa.Column("received_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("signature_id", name="pk_dmv_signature"),
        comment="Digitised signatures from DMV (S6.1)",
    )
    op.create_index("ix_dmv_signature_received", "dmv_signature", ["received_at"])
    op.create_table(
        "dmv_work_item",
        sa.Column("work_item_id", BIG_ID, nullable=False, autoincrement=False, comment="From a number series; later records have higher numbers"),
        sa.Column("job_id", sa.BigInteger, nullable=False),
        sa.Column("record_sequence", sa.Integer, nullable=False),
        sa.Column("item_status", ShortText(10), nullable=False),
        sa.Column("disposition", ShortText(30)),
        sa.Column("county_code", ShortText(2)),
        sa.Column("top_confidence", sa.Integer),
        sa.Column("weights_version", ShortText(60), nullable=False),
        sa.Column("opened_at", UtcTimestamp, nullable=False),
        sa.Column("closed_at", UtcTimestamp),
        *_record_columns(),
        sa.Column("signature_id", sa.BigInteger),
        sa.PrimaryKeyConstraint("work_item_id", name="pk_dmv_work_item"),
        sa.ForeignKeyConstraint(["job_id"], ["job.job_id"], name="fk_dmv_work_item_job"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_dmv_work_item_county"),
        sa.ForeignKeyConstraint(["signature_id"], ["dmv_signature.signature_id"], name="fk_dmv_work_item_signature"),
        sa.UniqueConstraint("transaction_id", name="uq_dmv_work_item_transaction"),
        sa.UniqueConstraint("repeat_key", name="uq_dmv_work_item_repeat"),
        comment="DMV COA Work Items: one for each record that was not seen before (COA-03)",
    )
    op.create_index("ix_dmv_work_item_job", "dmv_work_item", ["job_id", "record_sequence"])
    op.create_index("ix_dmv_work_item_county", "dmv_work_item", ["county_code", "item_status"])
    op.create_index("ix_dmv_work_item_signature", "dmv_work_item", ["signature_id"])


def _record_columns() -> list[sa.Column[Any]]:
    """What DMV sent."""
    return [
        sa.Column("transaction_id", ShortText(60), nullable=False),
        sa.Column("repeat_key", ShortText(64), comment="Digest of DL/ID, new address and date; NULL without them (COA-02)"),
        sa.Column("record_kind", ShortText(20), nullable=False),
        sa.Column("transaction_date", sa.Date, nullable=False),
        sa.Column("drivers_license", ShortText(60)),
        sa.Column("ssn4", ShortText(20)),
        sa.Column("first_name", ShortText(60)),
        sa.Column("middle_name", ShortText(60)),
        sa.Column("last_name", ShortText(60)),
        sa.Column("suffix", ShortText(60)),
        sa.Column("date_of_birth", sa.Date),
        sa.Column("gender", ShortText(60)),
        *(sa.Column(f"new_{name}", ShortText(60)) for name in RESIDENCE),
        *(sa.Column(f"old_{name}", ShortText(60)) for name in RESIDENCE),
        *(sa.Column(name, ShortText(60)) for name in MAILING),
        sa.Column("dmv_county_code", ShortText(20), comment="As DMV sent it"),
        sa.Column("phone", ShortText(60)),
        sa.Column("email", ShortText(200)),
        sa.Column("language", ShortText(60)),
        sa.Column("party", ShortText(60)),
    ]


def _create_what_hangs_on_work_items() -> None:
    op.create_table(
        "potential_voter",
        sa.Column("work_item_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("added_at", UtcTimestamp, nullable=False),
        sa.Column("withdrawn_at", UtcTimestamp, comment="A county named the voter"),
        sa.Column("listed_at", UtcTimestamp, comment="In a mailing list since then (COA-35)"),
        sa.PrimaryKeyConstraint("work_item_id", name="pk_potential_voter"),
        sa.ForeignKeyConstraint(["work_item_id"], ["dmv_work_item.work_item_id"], name="fk_potential_voter_item"),
        comment="People whom DMV named and who are not registered; name and address are the work item's (COA-20)",
    )
    op.create_table(
        "voter_signature",
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("signature_id", sa.BigInteger, nullable=False),
        sa.Column("kept_at", UtcTimestamp, nullable=False),
        sa.Column("withdrawn_at", UtcTimestamp, comment="The match that brought it was undone"),
        sa.PrimaryKeyConstraint("state_voter_id", "signature_id", name="pk_voter_signature"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name="fk_voter_signature_voter"),
        sa.ForeignKeyConstraint(["signature_id"], ["dmv_signature.signature_id"], name="fk_voter_signature_image"),
        comment="Signatures of each voter; the newest that was not withdrawn is in force (COA-38)",
    )
    op.create_index("ix_voter_signature_image", "voter_signature", ["signature_id"])


def _create_cases() -> None:
    op.create_table(
        "match_case",
        sa.Column("case_id", BIG_ID, nullable=False, autoincrement=False, comment="From a number series"),
        sa.Column("case_type", ShortText(20), nullable=False),
        sa.Column("work_item_id", sa.BigInteger),
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("case_state", ShortText(20), nullable=False),
        sa.Column("case_version", sa.Integer, nullable=False, comment="Rises with each change; a decision names the one it saw"),
        sa.Column("confidence", sa.Integer, nullable=False),
        sa.Column("criteria", LongText, nullable=False, comment="JSON: field, level, contribution, text; no values"),
        sa.Column("cap_name", ShortText(60), comment="The rule that held the confidence down"),
        sa.Column("potential_reason", ShortText(30)),
        sa.Column("same_drivers_license", YesNo, nullable=False),
        sa.Column("weights_version", ShortText(60), nullable=False),
        sa.Column("opened_at", UtcTimestamp, nullable=False),
        sa.Column("due_on", sa.Date, comment="The county's last day, in California (COA-37)"),
        sa.Column("overdue_announced_at", UtcTimestamp),
        sa.Column("decided_at", UtcTimestamp),
        sa.Column("decided_by", ShortText(100)),
        sa.Column("basis", ShortText(400)),
        sa.Column("before_version", sa.Integer, comment="The voter's version before the change, for undo (COA-34)"),
        sa.Column("applied_version", sa.Integer, comment="The voter's version that the change made"),
        sa.Column("is_automatic", YesNo, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_match_case"),
        sa.ForeignKeyConstraint(["work_item_id"], ["dmv_work_item.work_item_id"], name="fk_match_case_item"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name="fk_match_case_voter"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_match_case_county"),
        sa.CheckConstraint("same_drivers_license IN (0,1)", name=op.f("ck_match_case_same_license")),
        sa.CheckConstraint("is_automatic IN (0,1)", name=op.f("ck_match_case_is_automatic")),
        comment="Pairs of a record and a voter, why they match, and what was decided",
    )
    op.create_index("ix_match_case_item", "match_case", ["work_item_id"])
    op.create_index("ix_match_case_voter", "match_case", ["state_voter_id", "case_state"])
    op.create_index("ix_match_case_county", "match_case", ["county_code", "case_state", "case_id"])
    op.create_index("ix_match_case_due", "match_case", ["case_state", "due_on"])


def _create_transfers() -> None:
    op.create_table(
        "transfer_out",
        sa.Column("transfer_id", BIG_ID, nullable=False, autoincrement=False, comment="From the number series of the cases"),
        sa.Column("state_voter_id", sa.BigInteger, nullable=False),
        sa.Column("losing_county", ShortText(2), nullable=False),
        sa.Column("gaining_county", ShortText(2), nullable=False),
        sa.Column("case_id", sa.BigInteger),
        sa.Column("transfer_state", ShortText(10), nullable=False),
        sa.Column("is_provisional", YesNo, nullable=False, comment="1: the losing county's cancellation waits for its word"),
        sa.Column("opened_at", UtcTimestamp, nullable=False),
        sa.Column("pending_until", UtcTimestamp, nullable=False),
        sa.Column("decided_at", UtcTimestamp),
        sa.Column("decided_by", ShortText(100)),
        sa.PrimaryKeyConstraint("transfer_id", name="pk_transfer_out"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name="fk_transfer_out_voter"),
        sa.ForeignKeyConstraint(["losing_county"], ["county.county_code"], name="fk_transfer_out_losing"),
        sa.ForeignKeyConstraint(["gaining_county"], ["county.county_code"], name="fk_transfer_out_gaining"),
        sa.ForeignKeyConstraint(["case_id"], ["match_case.case_id"], name="fk_transfer_out_case"),
        sa.CheckConstraint("is_provisional IN (0,1)", name=op.f("ck_transfer_out_is_provisional")),
        comment="Moves out of a county (S4.21)",
    )
    op.create_index("ix_transfer_out_voter", "transfer_out", ["state_voter_id"])
    op.create_index("ix_transfer_out_losing", "transfer_out", ["losing_county", "case_id"])
    op.create_index("ix_transfer_out_gaining", "transfer_out", ["gaining_county"])
    op.create_index("ix_transfer_out_case", "transfer_out", ["case_id"])
    op.create_index("ix_transfer_out_pending", "transfer_out", ["transfer_state", "pending_until"])


def _create_mailings() -> None:
    op.create_table(
        "mailing",
        sa.Column("mailing_id", BIG_ID, sa.Identity(cache=1000), nullable=False, comment="No order is implied"),
        sa.Column("mailing_kind", ShortText(30), nullable=False),
        sa.Column("county_code", ShortText(2)),
        sa.Column("state_voter_id", sa.BigInteger),
        sa.Column("work_item_id", sa.BigInteger),
        sa.Column("remark", ShortText(1000), comment="The county's comment for the letter"),
        sa.Column("open_key", ShortText(60), comment="Kind and subject while a letter is due, so that only one is"),
        sa.Column("due_kind", ShortText(30), comment="mailing_kind while a letter is due: the list's index holds little else"),
        sa.Column("due_at", UtcTimestamp, nullable=False),
        sa.Column("exported_at", UtcTimestamp),
        sa.Column("export_name", ShortText(100)),
        sa.Column("withdrawn_at", UtcTimestamp),
        sa.PrimaryKeyConstraint("mailing_id", name="pk_mailing"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_mailing_county"),
        sa.ForeignKeyConstraint(["state_voter_id"], ["voter.state_voter_id"], name="fk_mailing_voter"),
        sa.ForeignKeyConstraint(["work_item_id"], ["dmv_work_item.work_item_id"], name="fk_mailing_item"),
        sa.UniqueConstraint("open_key", name="uq_mailing_open"),
        comment="Letters that are due or were listed (COA-35); name and address are read at export",
    )
    op.create_index("ix_mailing_due", "mailing", ["due_kind", "mailing_id"])
    op.create_index("ix_mailing_county", "mailing", ["county_code"])
    op.create_index("ix_mailing_voter", "mailing", ["state_voter_id"])
    op.create_index("ix_mailing_item", "mailing", ["work_item_id"])
    op.create_index("ix_mailing_export", "mailing", ["export_name", "mailing_id"])


def _create_replies_and_probes() -> None:
    op.create_table(
        "stored_reply",
        sa.Column("county_code", ShortText(2), nullable=False),
        sa.Column("transaction_id", ShortText(60), nullable=False, comment="The sender's own id of a changing call"),
        sa.Column("request_digest", ShortText(64), nullable=False),
        sa.Column("reply", LongText, nullable=False, comment="The answer's body, given again when the call is sent again"),
        sa.Column("kept_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "transaction_id", name="pk_stored_reply"),
        sa.ForeignKeyConstraint(["county_code"], ["county.county_code"], name="fk_stored_reply_county"),
        comment="Answers of changing calls (EWS-07)",
    )
    op.create_index("ix_stored_reply_kept", "stored_reply", ["kept_at"])
    op.create_table(
        "search_probe",
        sa.Column("username", ShortText(60), nullable=False),
        sa.Column("person_digest", ShortText(64), nullable=False, comment="Keyed hash of the person looked for"),
        sa.Column("ssn4_digest", ShortText(64), nullable=False, comment="Keyed hash of the SSN4 tried"),
        sa.Column("tried_at", UtcTimestamp, nullable=False),
        sa.PrimaryKeyConstraint("username", "person_digest", "ssn4_digest", name="pk_search_probe"),
        sa.ForeignKeyConstraint(["username"], ["credential.username"], name="fk_search_probe_credential"),
        comment="SSN4 tried for one person, so that guessing is noticed (EWS-08)",
    )
    op.create_index("ix_search_probe_tried", "search_probe", ["tried_at"])
