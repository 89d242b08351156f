"""Dates of birth compared digit by digit: 19710624 against 19710426."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from votecal_soap.domain.matching import MatchField
from votecal_soap.search.arrays import Codes, Flags
from votecal_soap.search.levels import Comparison, Level, always, missing, same
from votecal_soap.search.pairs import Pairs

_DIGITS: Final = 8
_NEIGHBOURS: Final = 9
"""Beyond every count of differing digits."""
_UNKNOWN_DAYS: Final = (0, 101)
"""Only the year is known: nothing, or 1 January, stands for the day."""


def _day_and_month_swapped(pairs: Pairs) -> Flags:
    left, right = _births(pairs)
    swapped = right // 10_000 * 10_000 + right % 100 * 100 + right // 100 % 100
    return np.asarray(_both(pairs) & (left == swapped))


def _one_digit(pairs: Pairs) -> Flags:
    return np.asarray(_both(pairs) & (_digits_apart(pairs) == 1))


def _neighbours_swapped(pairs: Pairs) -> Flags:
    return np.asarray(_both(pairs) & (_digits_apart(pairs) == _NEIGHBOURS))


def _day_unknown(pairs: Pairs) -> Flags:
    left, right = _births(pairs)
    return _same_year(pairs) & (np.isin(left % 10_000, _UNKNOWN_DAYS) | np.isin(right % 10_000, _UNKNOWN_DAYS))


def _same_day(pairs: Pairs) -> Flags:
    left, right = _births(pairs)
    return np.asarray(_both(pairs) & (left % 10_000 == right % 10_000) & (left % 10_000 != 0))


def _same_month(pairs: Pairs) -> Flags:
    left, right = _births(pairs)
    return np.asarray(_both(pairs) & (left // 100 == right // 100))


def _two_digits(pairs: Pairs) -> Flags:
    return np.asarray(_both(pairs) & np.isin(_digits_apart(pairs), (2, _NEIGHBOURS)))


def _same_year(pairs: Pairs) -> Flags:
    left, right = _births(pairs)
    return np.asarray(_both(pairs) & (left // 10_000 == right // 10_000))


def _births(pairs: Pairs) -> tuple[Codes, Codes]:
    return pairs.cells("date_of_birth")


def _both(pairs: Pairs) -> Flags:
    return ~pairs.missing("date_of_birth")


def _digits_apart(pairs: Pairs) -> NDArray[np.int8]:
    """How many digits differ; _NEIGHBOURS where they are two neighbours that are swapped."""
    return pairs.kept("digits of birth apart", lambda: _count_digits_apart(*_births(pairs)))


def _count_digits_apart(left: Codes, right: Codes) -> NDArray[np.int8]:
    differing = np.flatnonzero(left != right)
    result = np.zeros(len(left), np.int8)
    left, right = left[differing], right[differing]
    apart = np.zeros(len(differing), np.int8)
    swapped = np.zeros(len(differing), np.bool_)
    last_left = last_right = np.full(len(differing), -1, np.int32)
    for _ in range(_DIGITS):
        digit_left, digit_right = left % 10, right % 10
        apart += digit_left != digit_right
        swapped |= (digit_left == last_right) & (digit_right == last_left) & (digit_left != digit_right)
        last_left, last_right = digit_left, digit_right
        left, right = left // 10, right // 10
    apart[swapped & (apart == 2)] = _NEIGHBOURS
    result[differing] = apart
    return result


DATE_OF_BIRTH: Final = Comparison(
    MatchField.DATE_OF_BIRTH,
    (
        Level("exact", "Same date of birth", same("date_of_birth")),
        Level("day_month", "Day and month of birth are swapped", _day_and_month_swapped),
        Level("day_unknown", "Same year of birth, the day not known", _day_unknown),
        Level("one_digit", "Dates of birth differ in one digit", _one_digit),
        Level("neighbours", "Dates of birth differ by two swapped digits", _neighbours_swapped),
        Level("same_day", "Same day and month of birth, another year", _same_day),
        Level("same_month", "Same month and year of birth, another day", _same_month),
        Level("same_year", "Same year of birth, another day", _same_year),
        Level("two_digits", "Dates of birth differ in two digits", _two_digits),
        Level("missing", "No date of birth to compare", missing("date_of_birth"), neutral=True),
        Level("different", "Different dates of birth", always),
    ),
)
