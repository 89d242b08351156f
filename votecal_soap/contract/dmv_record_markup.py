"""The elements of a DMV record and their order: the same in the DMV COA File and in what a county is told (COA-03, COA-21)."""

from base64 import b64encode
from datetime import date
from typing import Final

from votecal_soap.contract.markup import branch, leaf, text
from votecal_soap.domain.dmv_records import DmvRecord, MailingAddress, ResidenceAddress, SignatureImage

RESIDENCE_ELEMENTS: Final = (
    *("HouseNumber", "HouseNumberSuffix", "StreetPreDirection", "StreetName", "StreetType", "StreetPostDirection"),
    *("UnitType", "UnitNumber", "City", "State", "ZipCode"),
)
"""In the order of `ResidenceAddress`."""

MAILING_ELEMENTS: Final = ("AddressLine1", "AddressLine2", "AddressLine3", "City", "State", "ZipCode", "Country")
"""In the order of `MailingAddress`."""


def render_dmv_data(record: DmvRecord) -> str:
    """Everything that DMV sent, without the place in its file."""
    return "".join(
        (
            leaf("TransactionId", record.transaction_id),
            leaf("Kind", record.kind.value),
            day("TransactionDate", record.transaction_date),
            leaf("DriversLicense", record.drivers_license),
            leaf("Ssn4", record.ssn4),
            leaf("FirstName", record.first_name),
            leaf("MiddleName", record.middle_name),
            leaf("LastName", record.last_name),
            leaf("Suffix", record.suffix),
            day("DateOfBirth", record.date_of_birth),
            leaf("Gender", record.gender),
            render_residence("NewAddress", record.new_address),
            render_residence("OldAddress", record.old_address),
            render_mailing("MailingAddress", record.mailing_address),
            leaf("CountyCode", record.county_code),
            leaf("Phone", record.phone),
            leaf("Email", record.email),
            leaf("Language", record.language),
            leaf("Party", record.party),
            render_signature(record.signature),
        )
    )


def render_residence(name: str, address: ResidenceAddress | None) -> str:
    """A residence in its parts; nothing at all when there is none."""
    return "" if address is None else branch(name, _parts(RESIDENCE_ELEMENTS, address))


def render_mailing(name: str, address: MailingAddress | None) -> str:
    """A mailing address in its parts; nothing at all when there is none."""
    return "" if address is None else branch(name, _parts(MAILING_ELEMENTS, address))


def _parts(elements: tuple[str, ...], parts: tuple[str | None, ...]) -> str:
    # Each message has two addresses of which half is empty: one loop in place of a call for each part.
    return "".join([f"<{name}>{text(part)}</{name}>" for name, part in zip(elements, parts, strict=True) if part is not None])


def render_signature(image: SignatureImage | None) -> str:
    """An image as base64."""
    return "" if image is None else branch("Signature", leaf("MediaType", image.media_type), leaf("Content", b64encode(image.content).decode()))


def day(name: str, value: date | None) -> str:
    """A calendar day."""
    return "" if value is None else f"<{name}>{value.isoformat()}</{name}>"
