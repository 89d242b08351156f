"""Children as rows: which table holds which content, and how."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Table

from db.tables import voter_activity, voter_address, voter_contact, voter_custom_field, voter_document, voter_participation
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.voter_children import (
    Activity,
    AddressKind,
    ChildContent,
    Contact,
    CustomField,
    Document,
    DocumentKind,
    Participation,
    PastAddress,
    VotingMethod,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildTable:
    """A kind of content with its table: the columns in the order of `values`, and what reads a row."""

    kind: type[Any]
    table: Table
    key: str
    columns: tuple[str, ...]
    values: Callable[[Any], Sequence[object]]
    content: Callable[[Row[Any]], ChildContent]


def _address_values(address: PastAddress) -> Sequence[object]:
    return (address.address_kind, *address.residence, *address.mailing, address.effective_from, address.effective_to)


def _address(row: Row[Any]) -> PastAddress:
    kept = row._mapping
    residence = ResidenceAddress(*(kept[name] for name in ResidenceAddress._fields))
    mailing = MailingAddress(*(kept[name] for name in MailingAddress._fields))
    return PastAddress(AddressKind(row.address_kind), residence, mailing, row.effective_from, row.effective_to)


def _participation_values(participation: Participation) -> Sequence[object]:
    return participation[:-1]


def _participation(row: Row[Any]) -> Participation:
    return Participation(row.county_code, row.election_id, VotingMethod(row.voting_method), bool(row.is_federal))


def _document(row: Row[Any]) -> Document:
    return Document(DocumentKind(row.document_kind), row.media_type, row.sha256, row.title, row.received_on)


def _plain(kind: type[Any]) -> Callable[[Row[Any]], ChildContent]:
    def content(row: Row[Any]) -> ChildContent:
        made: ChildContent = kind(*(row._mapping[name] for name in kind._fields))
        return made

    return content


CHILD_TABLES: Final = (
    ChildTable(
        kind=PastAddress,
        table=voter_address,
        key="address_id",
        columns=("address_kind", *ResidenceAddress._fields, *MailingAddress._fields, "effective_from", "effective_to"),
        values=_address_values,
        content=_address,
    ),
    ChildTable(kind=Activity, table=voter_activity, key="activity_id", columns=Activity._fields, values=tuple, content=_plain(Activity)),
    ChildTable(
        kind=Participation,
        table=voter_participation,
        key="participation_id",
        columns=Participation._fields[:-1],
        values=_participation_values,
        content=_participation,
    ),
    ChildTable(kind=Document, table=voter_document, key="document_id", columns=Document._fields, values=tuple, content=_document),
    ChildTable(kind=Contact, table=voter_contact, key="contact_id", columns=Contact._fields, values=tuple, content=_plain(Contact)),
    ChildTable(kind=CustomField, table=voter_custom_field, key="custom_field_id", columns=CustomField._fields, values=tuple, content=_plain(CustomField)),
)

TABLE_OF: Final[Mapping[type[Any], ChildTable]] = {held.kind: held for held in CHILD_TABLES}
