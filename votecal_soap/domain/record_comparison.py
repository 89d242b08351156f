"""Two records side by side, field by field, with what differs (DLR-03): what a clerk reads before deciding."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord, MailingAddress, ResidenceAddress
from votecal_soap.domain.voters import Voter

Value = str | date | int | None

ON_FILE: Final = "on file"
"""Shown in place of an SSN4: whether two agree is told, what they are is not."""


class ComparedField(NamedTuple):
    """One line: what it is, what either record has, and whether they differ; None when one of them has nothing."""

    label: str
    left: Value
    right: Value
    differs: bool | None


Record = Mapping[str, Value]
"""A record by the labels of its lines."""

LABELS: Final = (
    "Last name",
    "First name",
    "Middle name",
    "Suffix",
    "Date of birth",
    "Gender",
    "DL/ID",
    "DL/ID verification",
    "SSN4",
    "Residence",
    "Unit",
    "City and ZIP",
    "Mailing address",
    "Phone",
    "E-mail",
    "Language",
    "Party",
    "County",
    "Status",
    "Date of registration",
)


def voter_record(voter: Voter) -> Record:
    """A voter on the roll."""
    return {
        "Last name": voter.last_name,
        "First name": voter.first_name,
        "Middle name": voter.middle_name,
        "Suffix": voter.suffix,
        "Date of birth": voter.date_of_birth,
        "Gender": voter.gender,
        "DL/ID": voter.drivers_license,
        "DL/ID verification": voter.drivers_license_status,
        "SSN4": voter.ssn4,
        **_residence(residence_of(voter)),
        "Mailing address": mailing_line(MailingAddress(*(getattr(voter, name) for name in MailingAddress._fields))),
        "Phone": voter.phone,
        "E-mail": voter.email,
        "Language": voter.language,
        "Party": voter.party,
        "County": voter.county_code,
        "Status": voter.status,
        "Date of registration": voter.registration_date,
    }


def dmv_record(record: DmvRecord, county_code: str | None) -> Record:
    """What DMV sent: its new address is the one that is compared."""
    return {
        "Last name": record.last_name,
        "First name": record.first_name,
        "Middle name": record.middle_name,
        "Suffix": record.suffix,
        "Date of birth": record.date_of_birth,
        "Gender": record.gender,
        "DL/ID": record.drivers_license,
        "SSN4": record.ssn4,
        **_residence(record.new_address),
        "Mailing address": None if record.mailing_address is None else mailing_line(record.mailing_address),
        "Phone": record.phone,
        "E-mail": record.email,
        "Language": record.language,
        "Party": record.party,
        "County": county_code,
    }


def compared(left: Record, right: Record) -> tuple[ComparedField, ...]:
    """Every line that either record has something in, in the order of a registration card."""
    return tuple(_line(label, left.get(label), right.get(label)) for label in LABELS if left.get(label) or right.get(label))


def residence_of(voter: Voter) -> ResidenceAddress:
    """A voter's residence."""
    return ResidenceAddress(*(getattr(voter, name) for name in ResidenceAddress._fields))


def residence_line(address: ResidenceAddress) -> str | None:
    """A residence in one line."""
    parts = _residence(address)
    return ", ".join(str(part) for part in parts.values() if part) or None


def mailing_line(address: MailingAddress) -> str | None:
    """A mailing address in one line."""
    return ", ".join(filter(None, address)) or None


def _residence(address: ResidenceAddress) -> dict[str, Value]:
    return {
        "Residence": " ".join(filter(None, (address.number, address.street))) or None,
        "Unit": " ".join(filter(None, (address.unit_type, address.unit_number))) or None,
        "City and ZIP": " ".join(filter(None, (address.residence_city, address.residence_state, address.residence_zip_code))) or None,
    }


def _line(label: str, left: Value, right: Value) -> ComparedField:
    differs = None if not left or not right else _plain(left) != _plain(right)
    shown = _SHOWN.get(label, _as_it_is)
    return ComparedField(label, shown(left), shown(right), differs)


def _plain(value: Value) -> object:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def _as_it_is(value: Value) -> Value:
    return value


def _on_file(value: Value) -> Value:
    return ON_FILE if value else None


_SHOWN: Final[Mapping[str, Callable[[Value], Value]]] = {"SSN4": _on_file}
