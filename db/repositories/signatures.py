"""Signature images from DMV, and whose they are (COA-38).

Kept as base64 text: the portable schema has no binary type, and a message carries them so.
"""

import base64
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, literal, select, update

from db.bulk import BulkWriter, columns_of
from db.in_lists import in_lists, listed
from db.tables import dmv_signature, dmv_work_item, voter_signature
from votecal_soap.domain.dmv_records import SignatureImage
from votecal_soap.domain.match_cases import WorkItemStatus


def add(bulk: BulkWriter, images: Sequence[tuple[int, SignatureImage]], at: datetime) -> None:
    """Keep the images."""
    rows = [(signature_id, image.media_type, base64.b64encode(image.content).decode()) for signature_id, image in images]
    bulk.insert(dmv_signature, columns_of(("signature_id", "media_type", "content"), rows), {"received_at": at})


def get(connection: Connection, signature_id: int) -> SignatureImage | None:
    """One image; None when it was purged."""
    row = connection.execute(select(dmv_signature).where(dmv_signature.c.signature_id == signature_id)).one_or_none()
    return None if row is None or row.content is None else SignatureImage(row.media_type, base64.b64decode(row.content))


def give_to_voters(bulk: BulkWriter, rows: Sequence[tuple[int, int]], at: datetime) -> None:
    """Make them the voters' signatures: (UID, signature id)."""
    bulk.insert(voter_signature, columns_of(("state_voter_id", "signature_id"), rows), {"kept_at": at})


def of_voter(connection: Connection, state_voter_id: int) -> int | None:
    """The signature in force: the newest that was not withdrawn."""
    mine = select(voter_signature.c.signature_id).where(voter_signature.c.state_voter_id == state_voter_id, voter_signature.c.withdrawn_at.is_(None))
    return connection.execute(mine.order_by(voter_signature.c.signature_id.desc()).limit(1)).scalar()


def withdraw(connection: Connection, state_voter_id: int, signature_id: int, at: datetime) -> None:
    """The voter's signature is the one before again."""
    mine = update(voter_signature).where(voter_signature.c.state_voter_id == state_voter_id, voter_signature.c.signature_id == signature_id)
    connection.execute(mine.where(voter_signature.c.withdrawn_at.is_(None)).values(withdrawn_at=at))


def purge(connection: Connection, received_before: datetime, limit: int) -> int:
    """Forget images that came before an instant, are no voter's, and that no open work item needs; how many (OPS-05)."""
    voters = select(literal(1)).where(voter_signature.c.signature_id == dmv_signature.c.signature_id, voter_signature.c.withdrawn_at.is_(None))
    needed = select(literal(1)).where(dmv_work_item.c.signature_id == dmv_signature.c.signature_id, dmv_work_item.c.item_status == WorkItemStatus.OPEN)
    due = (
        select(dmv_signature.c.signature_id)
        .where(dmv_signature.c.received_at < received_before, dmv_signature.c.content.is_not(None), ~voters.exists(), ~needed.exists())
        .order_by(dmv_signature.c.signature_id)
        .limit(limit)
    )
    found = list(connection.execute(due).scalars())
    for part in in_lists(found):
        forgotten = update(dmv_signature).where(dmv_signature.c.signature_id.in_(listed()))
        connection.execute(forgotten.values(content=None), {"listed": part})
    return len(found)
