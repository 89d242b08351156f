"""What DMV sends: a change of address or a new registration of one driver (COA-03, COA-38)."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from votecal_soap.domain.batches import FieldError
from votecal_soap.domain.matching import MatchingFunction


class DmvRecordKind(StrEnum):
    """What a DMV record asks for."""

    CHANGE_OF_ADDRESS = "ChangeOfAddress"
    NEW_REGISTRATION = "NewRegistration"

    @property
    def matching_function(self) -> MatchingFunction:
        """The function whose settings match it (COA-06)."""
        return MatchingFunction.DMV_COA if self is DmvRecordKind.CHANGE_OF_ADDRESS else MatchingFunction.DMV_REGISTRATION


class ResidenceAddress(NamedTuple):
    """A residence in the parts that the voter record keeps; the names are those of `Voter`."""

    house_number: str | None = None
    house_number_suffix: str | None = None
    street_pre_direction: str | None = None
    street_name: str | None = None
    street_type: str | None = None
    street_post_direction: str | None = None
    unit_type: str | None = None
    unit_number: str | None = None
    residence_city: str | None = None
    residence_state: str | None = None
    residence_zip_code: str | None = None

    @property
    def number(self) -> str:
        """House number and its suffix in one text."""
        return " ".join(filter(None, (self.house_number, self.house_number_suffix)))

    @property
    def street(self) -> str:
        """Direction, name and type in one text."""
        return " ".join(filter(None, (self.street_pre_direction, self.street_name, self.street_type, self.street_post_direction)))


class MailingAddress(NamedTuple):
    """Where mail goes if not to the residence; the names are those of `Voter`."""

    mailing_line1: str | None = None
    mailing_line2: str | None = None
    mailing_line3: str | None = None
    mailing_city: str | None = None
    mailing_state: str | None = None
    mailing_zip_code: str | None = None
    mailing_country: str | None = None


class SignatureImage(NamedTuple):
    """A digitised signature (S6.1)."""

    media_type: str  # image/gif, image/jpeg, image/png or image/tiff
    content: bytes


class DmvRecord(NamedTuple):
    """One record of a DMV file, with everything DMV sent (COA-03)."""

    sequence: int
    transaction_id: str
    kind: DmvRecordKind
    transaction_date: date
    drivers_license: str | None
    ssn4: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    suffix: str | None
    date_of_birth: date | None
    gender: str | None
    new_address: ResidenceAddress
    old_address: ResidenceAddress | None
    mailing_address: MailingAddress | None
    county_code: str | None
    """DMV's county of the new address."""
    phone: str | None
    email: str | None
    language: str | None
    party: str | None
    """Of a new registration."""
    signature: SignatureImage | None


class UnreadableDmvRecord(NamedTuple):
    """A record that breaks the file's schema: counted and reported by its place, never by a value."""

    sequence: int
    errors: tuple[FieldError, ...]
