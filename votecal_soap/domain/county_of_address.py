"""Which county a DMV address lies in (COA-11): DMV's own code, else a ZIP-to-county table; where they differ nobody guesses."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord, ResidenceAddress

CALIFORNIA: Final = "CA"
_ZIP_DIGITS: Final = 5


class Placement(NamedTuple):
    """Where an address lies; neither is set when nobody can say."""

    county_code: str | None
    out_of_state: bool


def five_digit_zip(address: ResidenceAddress) -> str | None:
    """The ZIP code that the county table knows; None when there is none."""
    digits = (address.residence_zip_code or "").strip()[:_ZIP_DIGITS]
    return digits if len(digits) == _ZIP_DIGITS and digits.isascii() and digits.isdigit() else None


def place(record: DmvRecord, counties_of_zip: Mapping[str, frozenset[str]], counties: frozenset[str]) -> Placement:
    """The county of the new address; `counties` are all that there are, `counties_of_zip` those that a ZIP code lies in."""
    if is_out_of_state(record.new_address):
        return Placement(None, out_of_state=True)
    by_zip = counties_of_zip.get(five_digit_zip(record.new_address) or "", frozenset())
    if record.county_code:
        # A ZIP code that the table does not know contradicts nothing; one that it knows elsewhere does.
        agreed = record.county_code in counties and (not by_zip or record.county_code in by_zip)
        return Placement(record.county_code if agreed else None, out_of_state=False)
    return Placement(next(iter(by_zip)) if len(by_zip) == 1 else None, out_of_state=False)


def is_out_of_state(address: ResidenceAddress) -> bool:
    """Whether it names another state."""
    return (address.residence_state or CALIFORNIA).strip().upper() != CALIFORNIA
