"""Residences compared as a whole: the best of the present and the earlier one against the one on record."""

from typing import Final

import numpy as np

from votecal_soap.domain.matching import MatchField
from votecal_soap.search.arrays import Flags
from votecal_soap.search.levels import Comparison, Level, always, same
from votecal_soap.search.pairs import Pairs

_SIMILAR_STREET: Final = 0.88
_SIMILAR_CITY: Final = 0.90


def _near(pairs: Pairs) -> Flags:
    return pairs.equal("zip_code") | pairs.equal("city")


def _same_house(pairs: Pairs) -> Flags:
    return pairs.equal("house_number") & pairs.equal("street") & _near(pairs)


def _same_home(pairs: Pairs) -> Flags:
    left, right = pairs.cells("unit_number")
    return np.asarray(_same_house(pairs) & (left == right))


def _similar_house(pairs: Pairs) -> Flags:
    return pairs.similarity("street", where=pairs.equal("house_number") & _near(pairs)) >= _SIMILAR_STREET


def _same_street(pairs: Pairs) -> Flags:
    return pairs.equal("street") & _near(pairs)


def _number_and_zip(pairs: Pairs) -> Flags:
    return pairs.equal("house_number") & pairs.equal("zip_code")


def _same_city(pairs: Pairs) -> Flags:
    return pairs.similarity("city", where=~pairs.equal("zip_code")) >= _SIMILAR_CITY


def _nothing_to_compare(pairs: Pairs) -> Flags:
    return np.asarray(np.logical_and.reduce([pairs.missing(name) for name in ("street", "city", "zip_code")]), np.bool_)


ADDRESS: Final = Comparison(
    MatchField.ADDRESS,
    (
        Level("home", "Same address and unit", _same_home),
        Level("house", "Same address, another unit or none", _same_house),
        Level("similar", "Same house number, street names differ by a slip", _similar_house),
        Level("street", "Same street and ZIP or city, another number", _same_street),
        Level("number_zip", "Same house number and ZIP, another street", _number_and_zip),
        Level("zip", "Same ZIP", same("zip_code")),
        Level("city", "Same city", _same_city),
        Level("missing", "No address to compare", _nothing_to_compare, neutral=True),
        Level("different", "Different address", always),
    ),
)
AT_HOME: Final = ADDRESS.number("home", "house", "similar")
"""Levels that say one household."""
