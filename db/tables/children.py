"""What hangs on a voter beside its versions: past addresses, participation, documents, contacts, custom data (DLR-09).

Each row says whether a merge copied it, and whether a merge or an undo marked it as deleted; none is deleted physically
(DLR-12). The activity history, the same kind of child, stands with the voter.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from db.tables.base import county_column, identity, metadata
from db.types import LongText, ShortText, UtcTimestamp
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress


def merge_columns() -> list[Column[Any]]:
    """How a child takes part in merges; without foreign keys, for a key on each would cost an index on each."""
    return [
        Column("copied_from", ShortText(60), comment="What the original of this copy is known by; NULL: no copy"),
        Column("merge_case_id", BigInteger, comment="The match case whose merge made this copy"),
        Column("deleted_case_id", BigInteger, comment="The match case whose merge, or its undo, marked the row as deleted; NULL: in force"),
    ]


def _child(name: str, key: str, *columns: Any, comment: str) -> Table:  # noqa: ANN401 - columns, constraints, indexes
    return Table(
        name,
        metadata,
        identity(key, "No order is implied"),
        Column("state_voter_id", BigInteger, ForeignKey("voter.state_voter_id", name=f"fk_{name}_voter"), nullable=False),
        *columns,
        *merge_columns(),
        Column("recorded_at", UtcTimestamp, nullable=False),
        Index(f"ix_{name}_voter", "state_voter_id"),
        comment=comment,
    )


voter_address = _child(
    "voter_address",
    "address_id",
    Column("address_kind", ShortText(10), nullable=False),
    *(Column(name, ShortText(60)) for name in (*ResidenceAddress._fields, *MailingAddress._fields)),
    Column("effective_from", Date),
    Column("effective_to", Date),
    comment="Addresses that a voter had before the state kept versions, or on a record merged into this one",
)

voter_participation = _child(
    "voter_participation",
    "participation_id",
    county_column(fk="fk_voter_participation_county"),
    Column("election_id", ShortText(20), ForeignKey("election.election_id", name="fk_voter_participation_elect"), nullable=False),
    Column("voting_method", ShortText(20), nullable=False),
    Index("ix_voter_participation_county", "county_code"),
    Index("ix_voter_participation_elect", "election_id"),
    comment="Elections at which a voter voted",
)

document_content = Table(
    "document_content",
    metadata,
    Column("sha256", ShortText(64), primary_key=True),
    Column("content", LongText, nullable=False, comment="The bytes in base64: the portable schema has no binary type"),
    Column("received_at", UtcTimestamp, nullable=False),
    comment="Bytes of images and documents, each kept once whoever holds it",
)

document_part = Table(
    "document_part",
    metadata,
    county_column(fk="fk_document_part_county"),
    Column("sha256", ShortText(64), nullable=False, comment="Of the whole document"),
    Column("part_offset", BigInteger, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("content", LongText, nullable=False, comment="The bytes in base64"),
    Column("received_at", UtcTimestamp, nullable=False),
    PrimaryKeyConstraint("county_code", "sha256", "part_offset", name="pk_document_part"),
    Index("ix_document_part_received", "received_at"),
    comment="Images and documents that a county sends in parts, until the last part is there",
)

voter_document = _child(
    "voter_document",
    "document_id",
    Column("document_kind", ShortText(20), nullable=False),
    Column("media_type", ShortText(60), nullable=False),
    Column("sha256", ShortText(64), ForeignKey("document_content.sha256", name="fk_voter_document_content"), nullable=False),
    Column("title", ShortText(100)),
    Column("received_on", Date, nullable=False),
    Index("ix_voter_document_content", "sha256"),
    comment="Affidavit images, signature images and other documents of each voter",
)

voter_contact = _child(
    "voter_contact",
    "contact_id",
    county_column(fk="fk_voter_contact_county"),
    Column("contacted_at", UtcTimestamp, nullable=False),
    Column("channel", ShortText(20), nullable=False),
    Column("author", ShortText(100), nullable=False),
    Column("remark", ShortText(1000), nullable=False),
    Index("ix_voter_contact_county", "county_code"),
    comment="Contact log and clerks' comments",
)

voter_custom_field = _child(
    "voter_custom_field",
    "custom_field_id",
    county_column(fk="fk_voter_custom_field_county"),
    Column("field_name", ShortText(60), nullable=False),
    Column("field_value", ShortText(400), nullable=False),
    Index("ix_voter_custom_field_county", "county_code"),
    comment="Values that only their county knows the meaning of",
)
