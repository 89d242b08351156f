"""Match cases and what comes of them: transfers, mailings, stored replies, counted searches."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.schema import CheckConstraint

from db.tables.base import BigId, county_column, identity, metadata
from db.types import LongText, ShortText, UtcTimestamp, YesNo

match_case = Table(
    "match_case",
    metadata,
    Column("case_id", BigId, primary_key=True, autoincrement=False, comment="From a number series"),
    Column("case_type", ShortText(20), nullable=False),
    Column("work_item_id", BigInteger, ForeignKey("dmv_work_item.work_item_id", name="fk_match_case_item")),
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_match_case_voter"), nullable=False),
    county_column(fk="fk_match_case_county"),
    Column("case_state", ShortText(20), nullable=False),
    Column("case_version", Integer, nullable=False, comment="Rises with each change; a decision names the one it saw"),
    Column("confidence", Integer, nullable=False),
    Column("criteria", LongText, nullable=False, comment="JSON: field, level, contribution, text; no values"),
    Column("cap_name", ShortText(60), comment="The rule that held the confidence down"),
    Column("potential_reason", ShortText(30)),
    Column("same_drivers_license", YesNo, nullable=False),
    Column("weights_version", ShortText(60), nullable=False),
    Column("opened_at", UtcTimestamp, nullable=False),
    Column("due_on", Date, comment="The county's last day, in California (COA-37)"),
    Column("overdue_announced_at", UtcTimestamp),
    Column("decided_at", UtcTimestamp),
    Column("decided_by", ShortText(100)),
    Column("basis", ShortText(400)),
    Column("before_version", Integer, comment="The voter's version before the change, for undo (COA-34)"),
    Column("applied_version", Integer, comment="The voter's version that the change made"),
    Column("is_automatic", YesNo, nullable=False),
    CheckConstraint("same_drivers_license IN (0,1)", name="same_license"),
    CheckConstraint("is_automatic IN (0,1)", name="is_automatic"),
    Index("ix_match_case_item", "work_item_id"),
    Index("ix_match_case_voter", "state_voter_id", "case_state"),
    Index("ix_match_case_county", "county_code", "case_state", "case_id"),
    Index("ix_match_case_due", "case_state", "due_on"),
    comment="Pairs of a record and a voter, why they match, and what was decided",
)

transfer_out = Table(
    "transfer_out",
    metadata,
    Column("transfer_id", BigId, primary_key=True, autoincrement=False, comment="From the number series of the cases"),
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_transfer_out_voter"), nullable=False),
    Column("losing_county", ShortText(2), ForeignKey("county.county_code", name="fk_transfer_out_losing"), nullable=False),
    Column("gaining_county", ShortText(2), ForeignKey("county.county_code", name="fk_transfer_out_gaining"), nullable=False),
    Column("case_id", BigInteger, ForeignKey("match_case.case_id", name="fk_transfer_out_case")),
    Column("transfer_state", ShortText(10), nullable=False),
    Column("is_provisional", YesNo, nullable=False, comment="1: the losing county's cancellation waits for its word"),
    Column("opened_at", UtcTimestamp, nullable=False),
    Column("pending_until", UtcTimestamp, nullable=False),
    Column("decided_at", UtcTimestamp),
    Column("decided_by", ShortText(100)),
    CheckConstraint("is_provisional IN (0,1)", name="is_provisional"),
    Index("ix_transfer_out_voter", "state_voter_id"),
    Index("ix_transfer_out_losing", "losing_county", "case_id"),
    Index("ix_transfer_out_gaining", "gaining_county"),
    Index("ix_transfer_out_case", "case_id"),
    Index("ix_transfer_out_pending", "transfer_state", "pending_until"),
    comment="Moves out of a county (S4.21)",
)

mailing = Table(
    "mailing",
    metadata,
    identity("mailing_id", "No order is implied"),
    Column("mailing_kind", ShortText(30), nullable=False),
    county_column(nullable=True, fk="fk_mailing_county"),
    Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name="fk_mailing_voter")),
    Column("work_item_id", BigInteger, ForeignKey("dmv_work_item.work_item_id", name="fk_mailing_item")),
    Column("remark", ShortText(1000), comment="The county's comment for the letter"),
    Column("open_key", ShortText(60), comment="Kind and subject while a letter is due, so that only one is"),
    Column("due_kind", ShortText(30), comment="mailing_kind while a letter is due: the list's index holds little else"),
    Column("due_at", UtcTimestamp, nullable=False),
    Column("exported_at", UtcTimestamp),
    Column("export_name", ShortText(100)),
    Column("withdrawn_at", UtcTimestamp),
    UniqueConstraint("open_key", name="uq_mailing_open"),
    Index("ix_mailing_due", "due_kind", "mailing_id"),
    Index("ix_mailing_county", "county_code"),
    Index("ix_mailing_voter", "state_voter_id"),
    Index("ix_mailing_item", "work_item_id"),
    Index("ix_mailing_export", "export_name", "mailing_id"),
    comment="Letters that are due or were listed (COA-35); name and address are read at export",
)

stored_reply = Table(
    "stored_reply",
    metadata,
    county_column(fk="fk_stored_reply_county"),
    Column("transaction_id", ShortText(60), nullable=False, comment="The sender's own id of a changing call"),
    Column("request_digest", ShortText(64), nullable=False),
    Column("reply", LongText, nullable=False, comment="The answer's body, given again when the call is sent again"),
    Column("kept_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("county_code", "transaction_id", name="pk_stored_reply"),
    Index("ix_stored_reply_kept", "kept_at"),
    comment="Answers of changing calls (EWS-07)",
)

search_probe = Table(
    "search_probe",
    metadata,
    Column("username", ShortText(60), ForeignKey("credential.username", name="fk_search_probe_credential"), nullable=False),
    Column("person_digest", ShortText(64), nullable=False, comment="Keyed hash of the person looked for"),
    Column("ssn4_digest", ShortText(64), nullable=False, comment="Keyed hash of the SSN4 tried"),
    Column("tried_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("username", "person_digest", "ssn4_digest", name="pk_search_probe"),
    Index("ix_search_probe_tried", "tried_at"),
    comment="SSN4 tried for one person, so that guessing is noticed (EWS-08)",
)
