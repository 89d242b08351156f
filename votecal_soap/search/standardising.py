"""A person as stored for matching: computed once, when the voter is written, so that a search only compares."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from votecal_soap.domain.matching import Person
from votecal_soap.domain.voters import Voter
from votecal_soap.search.address_text import NO_ADDRESS, Address, standard_address
from votecal_soap.search.name_text import CACHED_TEXTS, LONGEST, fold, is_placeholder, nicknames, words


class StandardPerson(NamedTuple):
    """The stored columns of one person; None is missing, a text is never empty, longer than 60 or in small letters."""

    first_name: str | None  # all words joined: MARYANN
    first_canonical: str | None  # the full form of a nickname: BOB is ROBERT
    middle_name: str | None  # the first word; often a letter
    middle_second: str | None  # the last word, if there are several: often a maiden name
    last_name: str | None  # all words joined: GARCIALOPEZ
    last_first_token: str | None  # GARCIA
    last_second_token: str | None  # LOPEZ
    date_of_birth: int | None  # 19710624
    suffix: str | None  # JR, SR, II, III, IV, V
    gender: str | None  # its first letter
    drivers_license: str | None
    ssn4: str | None
    house_number: str | None
    street: str | None
    unit_number: str | None
    city: str | None
    zip_code: str | None


KEY_COLUMNS: Final = (
    *("first_name", "middle_name", "last_name", "suffix", "date_of_birth", "gender", "drivers_license", "ssn4"),
    *("house_number", "house_number_suffix", "street_pre_direction", "street_name", "street_type", "street_post_direction"),
    *("unit_number", "residence_city", "residence_zip_code"),
)
"""The voter's fields which, if one changes, change the stored columns or the keys."""

_HOME: Final = frozenset(KEY_COLUMNS[KEY_COLUMNS.index("house_number") :])

PLACEHOLDER_BIRTHS: Final = frozenset({18000101, 19000101, 19010101, 11111111, 10010101, 99991231})
"""Dates that only say that nobody knew: 6,498 of the 9,108 namesakes with one birth date in Ohio 2004 were born on 1 January 1800 (McDonald)."""

_SUFFIXES: Final[Mapping[str, str]] = {
    **{"JR": "JR", "JNR": "JR", "JUNIOR": "JR", "SR": "SR", "SNR": "SR", "SENIOR": "SR", "II": "II", "2": "II", "2ND": "II"},
    **{"III": "III", "3": "III", "3RD": "III", "IV": "IV", "4": "IV", "4TH": "IV", "V": "V", "5": "V", "5TH": "V"},
}
_NO_SSN4: Final = frozenset({"0000", "9999"})
_SSN_DIGITS: Final = (4, 9)


def standardise(person: Person) -> StandardPerson:
    """The stored columns of a person with the present address; never fails, whatever the texts hold."""
    address = standard_address(person.house_number, person.street, person.unit_number, person.city, person.zip_code)
    return StandardPerson(
        *standard_given_names(person.first_name, person.middle_name),
        *standard_surname(person.last_name),
        birth_number(person.date_of_birth),
        standard_suffix(person.suffix),
        standard_gender(person.gender),
        standard_id(person.drivers_license),
        standard_ssn4(person.ssn4),
        *address,
    )


def standard_old_address(person: Person) -> Address:
    """The earlier residence of a person; all missing if none is known."""
    if person.old_zip_code or person.old_street or person.old_city or person.old_house_number:
        return standard_address(person.old_house_number, person.old_street, person.old_unit_number, person.old_city, person.old_zip_code)
    return NO_ADDRESS


def voter_person(voter: Voter) -> Person:
    """The person of a voter record; by position, for every written voter passes here."""
    return Person(
        voter.first_name,
        voter.middle_name,
        voter.last_name,
        voter.suffix,
        voter.date_of_birth,
        voter.gender,
        voter.drivers_license,
        voter.ssn4,
        _joined(voter.house_number, voter.house_number_suffix, None, None),
        _joined(voter.street_pre_direction, voter.street_name, voter.street_type, voter.street_post_direction),
        voter.unit_number,
        voter.residence_city,
        voter.residence_zip_code,
    )


def standardise_changed(stored: Sequence[Any], voter: Voter, changed: frozenset[str]) -> list[Any]:
    """The stored columns of a voter of whom these fields have changed, given the columns before; what they feed alone is computed."""
    person, columns = voter_person(voter), list(stored)
    for first, behind, standard in _fed_by(changed):
        columns[first:behind] = standard(person)
    return columns


@lru_cache(1024)
def _fed_by(changed: frozenset[str]) -> tuple[tuple[int, int, Callable[[Person], Sequence[Any]]], ...]:
    """The ranges of stored columns that these fields of a voter feed, and what computes them; few sets of fields change together."""
    found, first = [], 0
    for fields, width, standard in _FEEDING:
        if not fields.isdisjoint(changed):
            found.append((first, first + width, standard))
        first += width
    return tuple(found)


@lru_cache(CACHED_TEXTS)
def _joined(*parts: str | None) -> str | None:
    return " ".join(filter(None, parts)) or None


@lru_cache(CACHED_TEXTS)
def standard_given_names(first: str | None, middle: str | None) -> tuple[str | None, str | None, str | None, str | None]:
    """First name, its full form, first and last middle name."""
    name = "".join(words(first or ""))[:LONGEST]
    middles = [word for word in words(middle or "") if not is_placeholder(word)]
    if not name or is_placeholder(name):
        name = ""
    canonical = nicknames().canonical.get(name, name)
    return name or None, canonical or None, middles[0] if middles else None, middles[-1] if len(middles) > 1 else None


@lru_cache(CACHED_TEXTS)
def standard_surname(last: str | None) -> tuple[str | None, str | None, str | None]:
    """The surname's words joined, its first and its last word; a suffix at its end is no part of it."""
    parts = words(last or "")
    if len(parts) > 1 and parts[-1] in _SUFFIXES:
        parts = parts[:-1]
    name = "".join(parts)[:LONGEST]
    if not name or is_placeholder(name):
        return None, None, None
    return name, parts[0], parts[-1] if len(parts) > 1 else None


@lru_cache(CACHED_TEXTS)
def birth_number(born: date | None) -> int | None:
    """Year, month and day as one number; a placeholder is missing."""
    if born is None:
        return None
    number = born.year * 10_000 + born.month * 100 + born.day
    return None if number in PLACEHOLDER_BIRTHS else number


@lru_cache(CACHED_TEXTS)
def standard_suffix(text: str | None) -> str | None:
    """A suffix of generation; any other, such as MD, tells nobody apart and is missing."""
    return _SUFFIXES.get(fold(text)) if text else None


def standard_gender(text: str | None) -> str | None:
    """Its first letter."""
    return fold(text or "")[:1] or None


def standard_id(text: str | None) -> str | None:
    """A driver's licence or ID number: letters and digits only; one sign repeated, or no digit at all, is missing."""
    if not text:
        return None
    # Not remembered: each number comes once, and would push out names that come often.
    number = (text.upper() if text.isascii() and text.isalnum() else fold(text).replace(" ", ""))[:LONGEST]
    return number if len(set(number)) > 1 and any(map(str.isdigit, number)) else None


@lru_cache(CACHED_TEXTS)
def standard_ssn4(text: str | None) -> str | None:
    """Four digits, the last of nine if all were given; 0000 and 9999 are what people type who do not know."""
    digits = "".join(sign for sign in text or "" if sign in "0123456789")
    if len(digits) not in _SSN_DIGITS or digits[-4:] in _NO_SSN4:
        return None
    return digits[-4:]


_FEEDING: Final[tuple[tuple[frozenset[str], int, Callable[[Person], Sequence[Any]]], ...]] = (
    (frozenset({"first_name", "middle_name"}), 4, lambda person: standard_given_names(person.first_name, person.middle_name)),
    (frozenset({"last_name"}), 3, lambda person: standard_surname(person.last_name)),
    (frozenset({"date_of_birth"}), 1, lambda person: (birth_number(person.date_of_birth),)),
    (frozenset({"suffix"}), 1, lambda person: (standard_suffix(person.suffix),)),
    (frozenset({"gender"}), 1, lambda person: (standard_gender(person.gender),)),
    (frozenset({"drivers_license"}), 1, lambda person: (standard_id(person.drivers_license),)),
    (frozenset({"ssn4"}), 1, lambda person: (standard_ssn4(person.ssn4),)),
    (_HOME, 5, lambda person: standard_address(person.house_number, person.street, person.unit_number, person.city, person.zip_code)),
)
"""Which fields of a voter feed which columns of StandardPerson, in its order."""
