"""The county queues."""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    event,
)

from db.tables.base import BigId, county_column, identity, metadata
from db.types import LongText, ShortText, UtcTimestamp

ems_message = Table(
    "ems_message",
    metadata,
    identity("message_id", "Rises with insertion; order per voter is voter_sequence"),
    Column("county_code", ShortText(2), nullable=False),
    Column("queue_county", ShortText(2), comment="county_code while open, NULL once cleared: the queue's index holds little else"),
    Column("message_type", ShortText(40), nullable=False),
    Column("state", ShortText(10), nullable=False),
    Column("dedup_key", ShortText(80), nullable=False, comment="The producer's own key; a repetition is refused"),
    Column("blocks_updates", SmallInteger, nullable=False, comment="1: a change the county did not make itself"),
    Column("state_voter_id", BigInteger),
    Column("voter_sequence", Integer),
    Column("ems_voter_id", ShortText(60)),
    Column("record_version", Integer),
    Column("job_id", BigInteger),
    Column("record_sequence", Integer),
    Column("enqueued_at", UtcTimestamp, nullable=False),
    Column("cleared_at", UtcTimestamp),
    Column("cleared_text", ShortText(1000)),
    Column("payload", LongText, nullable=False, comment="The XML that the county gets"),
    Column("header", ShortText(500), comment="The XML that it gets of the columns above, but for message_id; revision 0003 gave it to older messages"),
    UniqueConstraint("dedup_key", name="uq_ems_message_dedup"),
    Index("ix_ems_message_queue", "queue_county", "message_id"),
    Index("ix_ems_message_voter", "state_voter_id", "queue_county", "voter_sequence", "blocks_updates"),
    CheckConstraint("blocks_updates IN (0,1)", name="blocks_updates"),
    comment="Message queues of the counties (UC04.06.01)",
)

event.listen(
    ems_message,
    "after_create",
    # A session's own block of 1,000 ids would let younger messages pass older ones; PostgreSQL hands ids out one by one at no cost.
    DDL("ALTER SEQUENCE ems_message_message_id_seq CACHE 1").execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call] # SQLAlchemy's own gap
)

ems_queue = Table(
    "ems_queue",
    metadata,
    Column("county_code", ShortText(2), ForeignKey("county.county_code", name="fk_ems_queue_county"), primary_key=True),
    Column("open_count", BigInteger, nullable=False),
    comment="Depth of each queue, kept with every message so that nothing scans",
)

ems_consumer = Table(
    "ems_consumer",
    metadata,
    Column(
        "county_code",
        ShortText(2),
        ForeignKey("county.county_code", name="fk_ems_consumer_county"),
        primary_key=True,
        comment="The county whose EMS takes messages from the queue",
    ),
    Column("last_polled_at", UtcTimestamp, comment="When it asked for its queue last, UTC"),
    Column("last_cleared_at", UtcTimestamp, comment="When it cleared messages last, UTC"),
    comment="When each county was heard of last; written at most once a minute, outside the calls (OPS-01)",
)

ems_message_archive = Table(
    "ems_message_archive",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False, comment="As it was in the queue"),
    Column("county_code", ShortText(2), nullable=False, comment="County, two digits"),
    Column("message_type", ShortText(40), nullable=False, comment="Type of the message, as in the contract"),
    Column("state", ShortText(10), nullable=False, comment="Processed or Skipped"),
    Column("dedup_key", ShortText(80), nullable=False, comment="The producer's own key; a repetition is known by it"),
    Column("state_voter_id", BigInteger, comment="UID of the voter"),
    Column("voter_sequence", Integer, comment="Place in the line of the voter's messages"),
    Column("ems_voter_id", ShortText(60), comment="The county's own id of the voter"),
    Column("record_version", Integer, comment="Version of the voter's record that it is about"),
    Column("job_id", BigInteger, comment="The job that it comes from"),
    Column("record_sequence", Integer, comment="Number of the record in its file"),
    Column("enqueued_at", UtcTimestamp, nullable=False, comment="When it was queued, UTC"),
    Column("cleared_at", UtcTimestamp, nullable=False, comment="When the county cleared it, UTC"),
    Column("cleared_text", ShortText(1000), comment="The county's words about one that failed and was skipped"),
    Column("payload", LongText, nullable=False, comment="The XML that the county gets"),
    Column("header", ShortText(500), comment="The XML that it gets of the columns above, but for message_id"),
    Column("archived_at", UtcTimestamp, nullable=False, comment="When it was moved here, UTC"),
    UniqueConstraint("dedup_key", name="uq_ems_message_archive_dedup"),
    Index("ix_ems_message_archive_cleared", "cleared_at"),
    comment="Messages that were cleared or skipped some time ago, so that the queue's table stays small (OPS-05)",
)

queue_hour = Table(
    "queue_hour",
    metadata,
    county_column(fk="fk_queue_hour_county"),
    Column("hour_start", UtcTimestamp, nullable=False),
    Column("added_count", BigInteger, nullable=False),
    Column("cleared_count", BigInteger, nullable=False),
    PrimaryKeyConstraint("county_code", "hour_start", name="pk_queue_hour"),
    Index("ix_queue_hour_start", "hour_start"),
    comment="Messages added to and cleared from each queue, hour by hour; begins with revision 0008",
)

poison_message = Table(
    "poison_message",
    metadata,
    Column("message_id", BigId, ForeignKey("ems_message.message_id", name="fk_poison_message_message"), primary_key=True, autoincrement=False),
    county_column(fk="fk_poison_message_county"),
    Column("failed_at", UtcTimestamp, nullable=False),
    Index("ix_poison_message_county", "county_code", "message_id"),
    comment="Messages that their county could not take, until SOS requeues or skips them (EWS-04)",
)
