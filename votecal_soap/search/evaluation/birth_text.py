"""Dates of birth as other people's files write them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from votecal_soap.search.standardising import PLACEHOLDER_BIRTHS

_YEAR_FIRST: Final = re.compile(r"^(\d{4})[-/. ]?(\d{1,2})?(?:[-/. ]?(\d{1,2}))?(?:[T ].*)?$")
_YEAR_LAST: Final = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ].*)?$")
_MONTHS: Final = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)  # noqa: SIM905 - reads better
}
_MONTH_NAMED: Final = re.compile(r"^(?:(\d{1,2})[-/. ]*)?([A-Za-z]{3})[a-z]*[-/. ]*(?:(\d{1,2})(?:st|nd|rd|th)?,? +)?(\d{4})$")
_LONGEST_MONTH: Final = 12
_CENTURY_TURNS: Final = 20
"""A year of two digits up to this is one of 2000 and later."""


def birth_numbers(texts: Sequence[str]) -> list[int]:
    """Year, month and day as one number each, 0 if it is no date; what is not known is 00; an impossible day stays as it was typed.

    Whether 03/04/1970 is in March or in April is decided by the other dates of the column.
    """
    day_first = _day_first(texts)
    return [_birth_number(text.strip(), day_first=day_first) for text in texts]


def _day_first(texts: Iterable[str]) -> bool:
    found = [match for text in texts if (match := _YEAR_LAST.match(text.strip()))]
    return sum(int(match[1]) > _LONGEST_MONTH for match in found) > sum(int(match[2]) > _LONGEST_MONTH for match in found)


def _birth_number(text: str, *, day_first: bool) -> int:
    text = text.removesuffix(".0")
    if match := _YEAR_FIRST.match(text):
        return _number(match[1], match[2], match[3])
    if match := _YEAR_LAST.match(text):
        return _number(match[3], match[2], match[1]) if day_first else _number(match[3], match[1], match[2])
    if match := _MONTH_NAMED.match(text):
        return _number(match[4], str(_MONTHS.get(match[2].lower(), 0)), match[1] or match[3])
    return 0


def _number(year: str, month: str | None, day: str | None) -> int:
    if len(year) == 2:
        year = ("20" if int(year) <= _CENTURY_TURNS else "19") + year
    number = int(year) * 10_000 + int(month or 0) * 100 + int(day or 0)
    return 0 if number in PLACEHOLDER_BIRTHS else number
