"""Children that have no row of their own: addresses in the record's versions, signatures from DMV (DLR-09)."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from db.in_lists import listed, select_listed
from db.tables import dmv_signature, voter_signature, voter_version
from votecal_soap.clock import legal_date
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.voter_children import AddressKind, Child, Document, DocumentKind, PastAddress, last_day
from votecal_soap.use_cases.ports import DocumentContent

_VERSIONS: Final = (
    select(
        voter_version.c.state_voter_id,
        voter_version.c.version,
        voter_version.c.effective_date,
        *(voter_version.c[name] for name in (*ResidenceAddress._fields, *MailingAddress._fields)),
    )
    .where(voter_version.c.state_voter_id.in_(listed()))
    .order_by(voter_version.c.state_voter_id, voter_version.c.version)
)
_SIGNATURES: Final = (
    select(voter_signature.c.state_voter_id, voter_signature.c.signature_id, dmv_signature.c.media_type, dmv_signature.c.content, dmv_signature.c.received_at)
    .join_from(voter_signature, dmv_signature, voter_signature.c.signature_id == dmv_signature.c.signature_id)
    .where(voter_signature.c.state_voter_id.in_(listed()), voter_signature.c.withdrawn_at.is_(None), dmv_signature.c.content.is_not(None))
    .order_by(voter_signature.c.state_voter_id, voter_signature.c.signature_id)
)


def addresses(connection: Connection, state_voter_ids: Sequence[int]) -> list[Child]:
    """Each residence and mailing address that a version of the record has, with its first and last day; the one in force has no last."""
    rows = select_listed(connection, _VERSIONS, sorted(state_voter_ids))
    return [child for uid, versions in groupby(rows, key=attrgetter("state_voter_id")) for child in _addresses(uid, list(versions))]


def _addresses(uid: int, versions: Sequence[Row[Any]]) -> Iterator[Child]:
    for kind, part in _PARTS.items():
        spans = [(address, next(rows)) for address, rows in groupby(versions, key=part)]
        following = [*(row.effective_date for _, row in spans[1:]), None]
        for (address, first), next_from in zip(spans, following, strict=True):
            if any((*address.residence, *address.mailing)):
                since, last = first.effective_date, last_day(first.effective_date, next_from)
                yield Child(None, uid, address._replace(effective_from=since, effective_to=last), f"{kind}OfVersion:{uid}:{first.version}")


def _residence(row: Row[Any]) -> PastAddress:
    return PastAddress(AddressKind.RESIDENCE, ResidenceAddress(*(row._mapping[name] for name in ResidenceAddress._fields)), MailingAddress(), None, None)


def _mailing(row: Row[Any]) -> PastAddress:
    return PastAddress(AddressKind.MAILING, ResidenceAddress(), MailingAddress(*(row._mapping[name] for name in MailingAddress._fields)), None, None)


_PARTS: Final = {AddressKind.RESIDENCE: _residence, AddressKind.MAILING: _mailing}


def signatures(connection: Connection, state_voter_ids: Sequence[int]) -> list[Child]:
    """Signatures from DMV that are the voters' own, as documents (COA-38)."""
    return [_signature(row) for row in select_listed(connection, _SIGNATURES, sorted(state_voter_ids))]


def _signature(row: Row[Any]) -> Child:
    digest = _bytes(row).sha256
    content = Document(DocumentKind.SIGNATURE, row.media_type, digest, "Signature from DMV", legal_date(row.received_at))
    return Child(None, row.state_voter_id, content, f"DmvSignature:{row.signature_id}")


def signature_contents(connection: Connection, state_voter_id: int) -> list[DocumentContent]:
    """Their bytes, for a copy among the documents."""
    return [_bytes(row) for row in select_listed(connection, _SIGNATURES, [state_voter_id])]


def _bytes(row: Row[Any]) -> DocumentContent:
    content = base64.b64decode(row.content)
    return DocumentContent(hashlib.sha256(content).hexdigest(), content)
