"""DMV's files and records: work items with all that DMV sent, signatures, potential voters (COA-01 to COA-38)."""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from db.tables.base import BigId, county_column, identity, metadata
from db.types import LongText, ShortText, UtcTimestamp
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress

NEW_ADDRESS: Final = tuple(f"new_{name.removeprefix('residence_')}" for name in ResidenceAddress._fields)
OLD_ADDRESS: Final = tuple(f"old_{name.removeprefix('residence_')}" for name in ResidenceAddress._fields)
MAILING_ADDRESS: Final = MailingAddress._fields


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, ShortText(60)) for name in names]


dmv_file = Table(
    "dmv_file",
    metadata,
    identity("file_id", "No order is implied"),
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_dmv_file_job"), nullable=False),
    Column("file_name", ShortText(200), nullable=False),
    Column("state", ShortText(20), nullable=False),
    Column("sha256", ShortText(64)),
    Column("taken_key", ShortText(64), comment="sha256 of a file that was not refused: each is processed once"),
    Column("byte_count", BigInteger),
    Column("record_count", Integer),
    Column("error_code", ShortText(60)),
    Column("error_text", ShortText(1000)),
    Column("expected_at", UtcTimestamp, nullable=False),
    Column("taken_at", UtcTimestamp),
    Column("finished_at", UtcTimestamp),
    Column("purged_at", UtcTimestamp),
    UniqueConstraint("job_id", name="uq_dmv_file_job"),
    UniqueConstraint("taken_key", name="uq_dmv_file_taken"),
    comment="Files from DMV (COA-01); the bytes are in a private folder",
)

dmv_file_count = Table(
    "dmv_file_count",
    metadata,
    Column("file_id", BigInteger, ForeignKey("dmv_file.file_id", name="fk_dmv_file_count_file"), nullable=False),
    Column("outcome", ShortText(40), nullable=False),
    Column("record_count", Integer, nullable=False),
    PrimaryKeyConstraint("file_id", "outcome", name="pk_dmv_file_count"),
    comment="Records of each DMV file by outcome",
)

dmv_file_score = Table(
    "dmv_file_score",
    metadata,
    Column("file_id", BigInteger, ForeignKey("dmv_file.file_id", name="fk_dmv_file_score_file"), nullable=False),
    Column("confidence_from", Integer, nullable=False, comment="Lowest confidence of the bucket: 0, 10 ... 90, 99, 100"),
    Column("record_count", Integer, nullable=False),
    PrimaryKeyConstraint("file_id", "confidence_from", name="pk_dmv_file_score"),
    comment="Records of each DMV file by their best candidate's confidence",
)

dmv_signature = Table(
    "dmv_signature",
    metadata,
    # Ids come from a number series, so that a work item can name its signature in the same bulk.
    Column("signature_id", BigId, primary_key=True, autoincrement=False),
    Column("media_type", ShortText(20), nullable=False),
    Column("content", LongText, comment="The image in base64; NULL once its retention has passed"),
    Column("received_at", UtcTimestamp, nullable=False),
    Index("ix_dmv_signature_received", "received_at"),
    comment="Digitised signatures from DMV (S6.1)",
)

dmv_work_item = Table(
    "dmv_work_item",
    metadata,
    Column("work_item_id", BigId, primary_key=True, autoincrement=False, comment="From a number series; later records have higher numbers"),
    Column("job_id", BigInteger, ForeignKey("job.job_id", name="fk_dmv_work_item_job"), nullable=False),
    Column("record_sequence", Integer, nullable=False),
    Column("item_status", ShortText(10), nullable=False),
    Column("disposition", ShortText(30)),
    county_column(nullable=True, fk="fk_dmv_work_item_county"),
    Column("top_confidence", Integer),
    Column("weights_version", ShortText(60), nullable=False),
    Column("opened_at", UtcTimestamp, nullable=False),
    Column("closed_at", UtcTimestamp),
    Column("transaction_id", ShortText(60), nullable=False),
    Column("repeat_key", ShortText(64), comment="Digest of DL/ID, new address and date; NULL without them (COA-02)"),
    Column("record_kind", ShortText(20), nullable=False),
    Column("transaction_date", Date, nullable=False),
    *_texts("drivers_license"),
    Column("ssn4", ShortText(20)),
    *_texts("first_name", "middle_name", "last_name", "suffix"),
    Column("date_of_birth", Date),
    *_texts("gender", *NEW_ADDRESS, *OLD_ADDRESS, *MAILING_ADDRESS),
    Column("dmv_county_code", ShortText(20), comment="As DMV sent it"),
    *_texts("phone"),
    Column("email", ShortText(200)),
    *_texts("language", "party"),
    Column("signature_id", BigInteger, ForeignKey("dmv_signature.signature_id", name="fk_dmv_work_item_signature")),
    UniqueConstraint("transaction_id", name="uq_dmv_work_item_transaction"),
    UniqueConstraint("repeat_key", name="uq_dmv_work_item_repeat"),
    Index("ix_dmv_work_item_job", "job_id", "record_sequence"),
    Index("ix_dmv_work_item_county", "county_code", "item_status"),
    Index("ix_dmv_work_item_signature", "signature_id"),
    comment="DMV COA Work Items: one for each record that was not seen before (COA-03)",
)

potential_voter = Table(
    "potential_voter",
    metadata,
    Column("work_item_id", BigId, ForeignKey("dmv_work_item.work_item_id", name="fk_potential_voter_item"), primary_key=True, autoincrement=False),
    Column("added_at", UtcTimestamp, nullable=False),
    Column("withdrawn_at", UtcTimestamp, comment="A county named the voter"),
    Column("listed_at", UtcTimestamp, comment="In a mailing list since then (COA-35)"),
    comment="People whom DMV named and who are not registered; name and address are the work item's (COA-20)",
)

voter_signature = Table(
    "voter_signature",
    metadata,
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_voter_signature_voter"), nullable=False),
    Column("signature_id", BigInteger, ForeignKey("dmv_signature.signature_id", name="fk_voter_signature_image"), nullable=False),
    Column("kept_at", UtcTimestamp, nullable=False),
    Column("withdrawn_at", UtcTimestamp, comment="The match that brought it was undone"),
    PrimaryKeyConstraint("state_voter_id", "signature_id", name="pk_voter_signature"),
    Index("ix_voter_signature_image", "signature_id"),
    comment="Signatures of each voter; the newest that was not withdrawn is in force (COA-38)",
)
