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
    # Added by revision 0007: SQLite adds neither a foreign key nor a check to a table that is there, and voters and counties never go.
    Column("other_voter_id", BigInteger, comment="Duplicates: the higher UID"),
    Column("other_county", ShortText(2), comment="Its county, if another"),
    Column("pair_key", ShortText(40), comment="Both UIDs and the round: one case per unordered pair and round (DUP-01)"),
    Column("round_number", Integer, comment="Rises when a rejected pair is opened again"),
    Column("cause", ShortText(20), comment="What made a pair of duplicates: VerifiedLicense, Likeness or Registration"),
    Column("deciding_digest", ShortText(64), comment="Digest of the fields that decide on the pair, as they were judged last"),
    Column("asked_county", ShortText(2), comment="The one county whose word is awaited; NULL: any of the case's"),
    Column("first_rejected_by", ShortText(2), comment="The county that rejected first (DUP-03)"),
    CheckConstraint("same_drivers_license IN (0,1)", name="same_license"),
    CheckConstraint("is_automatic IN (0,1)", name="is_automatic"),
    Index("ix_match_case_item", "work_item_id"),
    Index("ix_match_case_voter", "state_voter_id", "case_state"),
    Index("ix_match_case_county", "county_code", "case_state", "case_id"),
    Index("ix_match_case_due", "case_state", "due_on", "case_id"),
    Index("ix_match_case_state", "case_state", "case_id"),
    Index("ix_match_case_confidence", "case_state", "confidence", "case_id"),
    Index("ix_match_case_other_voter", "other_voter_id", "case_state"),
    Index("ix_match_case_other_county", "other_county", "case_state", "case_id"),
    Index("ix_match_case_cause", "cause", "case_state", "case_id"),
    Index("uq_match_case_pair", "pair_key", unique=True),
    comment="Pairs of a record and a voter, or of two voters, why they match, and what was decided",
)

case_claim = Table(
    "case_claim",
    metadata,
    Column("case_id", BigId, ForeignKey("match_case.case_id", name="fk_case_claim_case"), primary_key=True, autoincrement=False),
    Column("claimed_by", ShortText(60), nullable=False),
    Column("claimed_at", UtcTimestamp, nullable=False),
    comment="Who works on a match case; a claim lapses after some hours",
)

case_note = Table(
    "case_note",
    metadata,
    identity("note_id", "No order is implied"),
    Column("case_id", BigInteger, ForeignKey("match_case.case_id", name="fk_case_note_case"), nullable=False),
    Column("noted_at", UtcTimestamp, nullable=False),
    Column("noted_by", ShortText(60), nullable=False),
    Column("text", ShortText(1000), nullable=False),
    Index("ix_case_note_case", "case_id"),
    comment="What clerks wrote about a match case",
)

open_case_count = Table(
    "open_case_count",
    metadata,
    county_column(fk="fk_open_case_count_county"),
    Column("case_type", ShortText(20), nullable=False),
    Column("case_state", ShortText(20), nullable=False, comment="Only states in which a case waits for somebody"),
    Column("due_on", Date, nullable=False, comment="9999-12-31: no day is set"),
    Column("is_second", YesNo, nullable=False, comment="1: a pair that is counted for its first county too; left out where all counties are added up"),
    Column("case_count", BigInteger, nullable=False),
    PrimaryKeyConstraint("county_code", "case_type", "case_state", "due_on", "is_second", name="pk_open_case_count"),
    CheckConstraint("is_second IN (0,1)", name="is_second"),
    comment="Match cases that wait, kept with every case so that nothing scans",
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
