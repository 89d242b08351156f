"""Addresses as they are compared: numbers without zeros in front, streets by the Postal Service's abbreviations."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from votecal_soap.search.name_text import CACHED_TEXTS, LONGEST, fold
from votecal_soap.search.words import written_words

_UNIT_WORDS: Final = "APT|APARTMENT|UNIT|STE|SUITE|SPC|SPACE|TRLR|TRAILER|RM|ROOM|NO|NUMBER|LOT|FLAT"
_UNIT: Final = re.compile(rf"(?:(?:^|\s)(?:{_UNIT_WORDS}))+ (\w{{1,6}})$")
_UNIT_MARK: Final = re.compile(rf"^(?:(?:{_UNIT_WORDS}) )+")
_NUMBER_FIRST: Final = re.compile(r"^(\d+[A-Z]?(?: 1 2)?) (?=\S*[^\W\d])(.+)$")
_NINE_DIGITS: Final = re.compile(r"^(\d{5})(?: ?\d{4})?$")


class Address(NamedTuple):
    """A residence as it is compared; None is missing."""

    house_number: str | None
    street: str | None
    unit_number: str | None
    city: str | None
    zip_code: str | None


NO_ADDRESS: Final = Address(None, None, None, None, None)


def standard_address(house_number: str | None, street: str | None, unit_number: str | None, city: str | None, zip_code: str | None) -> Address:
    """An address by its parts; a number or a unit that stands within the street is taken out of it.

    Each part is remembered by itself: few addresses come twice, their streets and cities do.
    """
    number, unit = fold(house_number or ""), fold(unit_number or "")
    number_within, way, unit_within = _standard_street(street or "", unit != "", number != "")
    return Address(
        _without_zeros(number or number_within),
        way,
        _standard_unit(unit or unit_within),
        _standard_city(city or ""),
        standard_zip_code(zip_code),
    )


@lru_cache(CACHED_TEXTS)
def _standard_street(street: str, has_unit: bool, has_number: bool) -> tuple[str, str | None, str]:
    """The number and the unit that stand within a street, unless they are known, and the street without them."""
    number, way, unit = "", fold(street.replace("#", " APT ")), ""
    if not has_unit and (found := _UNIT.search(way)):
        unit, way = found.group(1), way[: found.start()]
    if not has_number and (found := _NUMBER_FIRST.match(way)):
        number, way = found.groups()
    return number, _abbreviated(way, written_words().street), unit


@lru_cache(CACHED_TEXTS)
def _standard_unit(unit: str) -> str | None:
    return _without_zeros(_UNIT_MARK.sub("", unit + " ").strip()) if unit else None


def _without_zeros(number: str) -> str | None:
    """A number of a house or unit without the zeros in front of it; 0 alone is none."""
    return number.lstrip("0 ")[:LONGEST].rstrip() or None


@lru_cache(CACHED_TEXTS)
def _standard_city(city: str) -> str | None:
    return _abbreviated(fold(city), written_words().city)


@lru_cache(CACHED_TEXTS)
def standard_zip_code(text: str | None) -> str | None:
    """The five digits of a ZIP code; another country's code as it is; zeros alone are missing."""
    code = fold(text or "")
    if found := _NINE_DIGITS.match(code):
        code = found.group(1)
    return code[:LONGEST].rstrip() if code.strip("0 ") else None


def _abbreviated(text: str, abbreviations: Mapping[str, str]) -> str | None:
    return " ".join(abbreviations.get(word, word) for word in text.split())[:LONGEST].rstrip() or None
