"""Merges with all that undo needs, and the work items of SOS (DLR-03 to DLR-05, DLR-14, DLR-19)."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from db.tables.base import BigId, identity, metadata
from db.types import JsonText, ShortText, UtcTimestamp

merge_record = Table(
    "merge_record",
    metadata,
    Column("case_id", BigId, ForeignKey("match_case.case_id", name="fk_merge_record_case"), primary_key=True, autoincrement=False),
    Column("merge_sequence", BigInteger, nullable=False, comment="Rises with each merge: which of two stands on top"),
    Column("newer_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_merge_record_newer"), nullable=False),
    Column("older_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_merge_record_older"), nullable=False),
    Column("newer_change", JsonText, nullable=False, comment="JSON: versions around the merge, and each field before and after"),
    Column("older_change", JsonText, comment="The same of the older record; NULL while its cancellation waits"),
    Column("merged_at", UtcTimestamp, nullable=False),
    Column("completed_at", UtcTimestamp, comment="NULL: provisional, the older record's county has not accepted its cancellation"),
    Column("undone_at", UtcTimestamp),
    Index("ix_merge_record_newer", "newer_voter_id", "merge_sequence"),
    Index("ix_merge_record_older", "older_voter_id", "merge_sequence"),
    comment="What each merge changed, so that it can be taken back at any time (DLR-14)",
)

sos_work_item = Table(
    "sos_work_item",
    metadata,
    Column("item_id", BigId, primary_key=True, autoincrement=False, comment="From a number series"),
    Column("item_type", ShortText(40), nullable=False),
    Column("item_status", ShortText(10), nullable=False),
    Column("case_id", BigInteger, ForeignKey("match_case.case_id", name="fk_sos_work_item_case")),
    Column("dmv_work_item_id", BigInteger, ForeignKey("dmv_work_item.work_item_id", name="fk_sos_work_item_dmv")),
    Column("open_key", ShortText(80), comment="Type and subject while open, so that only one is"),
    Column("opened_at", UtcTimestamp, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("claimed_by", ShortText(60)),
    Column("claimed_at", UtcTimestamp),
    Column("closed_at", UtcTimestamp),
    Column("closed_by", ShortText(100)),
    Column("outcome", ShortText(40), comment="How it was closed"),
    Column("cause", ShortText(40), comment="Why the records were two people's or bore one number (DLR-18)"),
    Column("item_version", Integer, nullable=False, comment="Rises with each change; a change names the one it saw"),
    UniqueConstraint("open_key", name="uq_sos_work_item_open"),
    Index("ix_sos_work_item_due", "item_type", "item_status", "due_on", "item_id"),
    Index("ix_sos_work_item_type", "item_type", "item_status", "item_id"),
    Index("ix_sos_work_item_case", "case_id"),
    Index("ix_sos_work_item_dmv", "dmv_work_item_id"),
    comment="Work items that SOS users decide",
)

sos_work_item_note = Table(
    "sos_work_item_note",
    metadata,
    identity("note_id", "No order is implied"),
    Column("item_id", BigInteger, ForeignKey("sos_work_item.item_id", name="fk_sos_work_item_note_item"), nullable=False),
    Column("noted_at", UtcTimestamp, nullable=False),
    Column("noted_by", ShortText(100), nullable=False),
    Column("note_text", ShortText(1000), nullable=False),
    Index("ix_sos_work_item_note_item", "item_id"),
    comment="What SOS users wrote about a work item",
)

sos_work_item_count = Table(
    "sos_work_item_count",
    metadata,
    Column("item_type", ShortText(40), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("open_count", Integer, nullable=False),
    PrimaryKeyConstraint("item_type", "due_on", name="pk_sos_work_item_count"),
    comment="Open work items by type and day, kept with each so that a summary does not scan",
)
