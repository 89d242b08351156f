"""The elements of a DMV record and their order: the same in the DMV COA File and in what a county is told (COA-03, COA-21)."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Final

from votecal_soap.contract.markup import branch, leaf, leaves
from votecal_soap.domain.dmv_records import DmvRecord, SignatureImage

RESIDENCE_ELEMENTS: Final = (
    *("HouseNumber", "HouseNumberSuffix", "StreetPreDirection", "StreetName", "StreetType", "StreetPostDirection"),
    *("UnitType", "UnitNumber", "City", "State", "ZipCode"),
)
"""In the order of `ResidenceAddress`."""

MAILING_ELEMENTS: Final = ("AddressLine1", "AddressLine2", "AddressLine3", "City", "State", "ZipCode", "Country")
"""In the order of `MailingAddress`."""


_IDENTITY: Final = ("DriversLicense", "Ssn4", "FirstName", "MiddleName", "LastName", "Suffix")
_CONTACT: Final = ("CountyCode", "Phone", "Email", "Language", "Party")
_identity, _contact = (
    itemgetter(slice(DmvRecord._fields.index(first), DmvRecord._fields.index(last) + 1))
    for first, last in (("drivers_license", "suffix"), ("county_code", "party"))
)
"""Neighbours in a record."""


def render_dmv_data(record: DmvRecord) -> str:
    """Everything that DMV sent, without the place in its file."""
    return "".join(
        (
            leaf("TransactionId", record.transaction_id),
            leaf("Kind", record.kind.value),
            day("TransactionDate", record.transaction_date),
            leaves(_IDENTITY, _identity(record)),
            day("DateOfBirth", record.date_of_birth),
            leaf("Gender", record.gender),
            render_residence("NewAddress", record.new_address),
            render_residence("OldAddress", record.old_address),
            render_mailing("MailingAddress", record.mailing_address),
            leaves(_CONTACT, _contact(record)),
            render_signature(record.signature),
        )
    )


def render_residence(name: str, address: Sequence[str | None] | None) -> str:
    """A residence in its parts, in the order of `ResidenceAddress`; nothing at all when there is none."""
    return "" if address is None else f"<{name}>{leaves(RESIDENCE_ELEMENTS, address)}</{name}>"


def render_mailing(name: str, address: Sequence[str | None] | None) -> str:
    """A mailing address in its parts, in the order of `MailingAddress`; nothing at all when there is none."""
    return "" if address is None else f"<{name}>{leaves(MAILING_ELEMENTS, address)}</{name}>"


def render_signature(image: SignatureImage | None) -> str:
    """An image as base64."""
    return "" if image is None else branch("Signature", leaf("MediaType", image.media_type), leaf("Content", b64encode(image.content).decode()))


def day(name: str, value: date | None) -> str:
    """A calendar day."""
    return "" if value is None else f"<{name}>{value.isoformat()}</{name}>"
