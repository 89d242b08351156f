"""The comparisons, field by field (thresholds and order: docs/matching.md)."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from votecal_soap.domain.matching import MatchField
from votecal_soap.search.address_comparison import ADDRESS
from votecal_soap.search.arrays import Flags
from votecal_soap.search.birth_comparison import DATE_OF_BIRTH
from votecal_soap.search.levels import SIMILAR, Comparison, Level, alike, always, missing, one_slip, same
from votecal_soap.search.name_text import nicknames
from votecal_soap.search.pairs import Pairs

_ALIKE_FIRST: Final = 0.80
_ALIKE_MIDDLE: Final = 0.85
_ALIKE_LAST: Final = 0.82
_ALIKE_EXCHANGED: Final = 0.88
_SHORTEST_BEGINNING: Final = 3


def _nickname(pairs: Pairs) -> Flags:
    related = nicknames().related
    known, _ = pairs.each("first_name", related.__contains__, np.bool_)
    return pairs.equal("first_canonical") | pairs.related("first_name", lambda a, b: b in related[a], where=known & ~pairs.equal("first_name"))


def _beginning(pairs: Pairs) -> Flags:
    def begins(a: str, b: str) -> bool:
        # The beginnings first: most names differ in them.
        return a[:_SHORTEST_BEGINNING] == b[:_SHORTEST_BEGINNING] and len(a) >= _SHORTEST_BEGINNING and (a.startswith(b) or b.startswith(a))

    left, right = pairs.each("first_name", lambda name: ord(name[0]), np.int32)
    return pairs.related("first_name", begins, where=(left == right) & ~pairs.equal("first_name"))


def _initial(name: str) -> Callable[[Pairs], Flags]:
    """One side is a letter alone, with which the other begins."""

    def holds(pairs: Pairs) -> Flags:
        left, right = pairs.each(name, len, np.int16)
        return pairs.related(name, lambda a, b: a[0] == b[0], where=(left == 1) | (right == 1))

    return holds


def _swapped_with_middle(pairs: Pairs) -> Flags:
    """The first name of one is the whole middle name of the other."""
    left, right = pairs.each("middle_name", len, np.int16)
    return (pairs.equal("first_name", "middle_name") & (right > 1)) | (pairs.equal("middle_name", "first_name") & (left > 1))


def _exchanged(pairs: Pairs) -> Flags:
    """First name and surname stand in each other's place, perhaps with a slip."""
    first_as_last = pairs.similarity("first_name", "last_name", where=~pairs.equal("first_name") & ~pairs.equal("last_name")) >= _ALIKE_EXCHANGED
    return pairs.similarity("last_name", "first_name", where=first_as_last) >= _ALIKE_EXCHANGED


def _crossed(pairs: Pairs) -> Flags:
    """The only name to compare stands as first name here and as surname there."""
    first_as_last = pairs.similarity("first_name", "last_name", where=pairs.missing("last_name", "first_name")) >= _ALIKE_EXCHANGED
    last_as_first = pairs.similarity("last_name", "first_name", where=pairs.missing("first_name", "last_name")) >= _ALIKE_EXCHANGED
    return first_as_last | last_as_first


def _shared_word(pairs: Pairs) -> Flags:
    tokens = ("last_first_token", "last_second_token")
    return np.asarray(np.logical_or.reduce([pairs.equal(left, right) for left in tokens for right in tokens]), np.bool_)


def _maiden_name(pairs: Pairs) -> Flags:
    """A middle name of one is the surname of the other, as after marriage."""
    middles, lasts = ("middle_name", "middle_second"), ("last_first_token", "last_second_token")
    found = np.logical_or.reduce([pairs.equal(a, b) | pairs.equal(b, a) for a in middles for b in lasts])
    return np.asarray(found, np.bool_)


def _missing_on(sides: int, name: str) -> Callable[[Pairs], Flags]:
    """Missing on exactly so many sides."""

    def holds(pairs: Pairs) -> Flags:
        left, right = pairs.cells(name)
        return np.asarray((left == 0).astype(np.int8) + (right == 0) == sides)

    return holds


FIRST_NAME: Final = Comparison(
    MatchField.FIRST_NAME,
    (
        Level("exact", "Same first name", same("first_name")),
        Level("nickname", "One first name is a familiar form of the other", _nickname),
        Level("similar", "First names differ by a slip", alike("first_name", SIMILAR)),
        Level("initial", "First name agrees with an initial", _initial("first_name")),
        Level("beginning", "One first name begins with the other", _beginning),
        Level("middle", "The first name of one is the middle name of the other", _swapped_with_middle),
        Level("exchanged", "First name and surname are exchanged", _exchanged),
        Level("crossed", "The only name known stands as first name here and as surname there", _crossed),
        Level("alike", "First names are alike", alike("first_name", _ALIKE_FIRST)),
        Level("missing", "No first name to compare", missing("first_name"), neutral=True),
        Level("different", "Different first names", always),
    ),
)
MIDDLE_NAME: Final = Comparison(
    MatchField.MIDDLE_NAME,
    (
        Level("exact", "Same middle name", same("middle_name")),
        Level("initial", "Middle name agrees with an initial", _initial("middle_name")),
        Level("similar", "Middle names differ by a slip", alike("middle_name", _ALIKE_MIDDLE)),
        Level("one_missing", "Only one record has a middle name", _missing_on(1, "middle_name"), neutral=True),
        Level("missing", "No middle name to compare", _missing_on(2, "middle_name"), neutral=True),
        Level("different", "Different middle names", always),
    ),
)
LAST_NAME: Final = Comparison(
    MatchField.LAST_NAME,
    (
        Level("exact", "Same surname", same("last_name")),
        Level("word", "The surnames share a word", _shared_word),
        Level("similar", "Surnames differ by a slip", alike("last_name", SIMILAR)),
        Level("exchanged", "First name and surname are exchanged", _exchanged, neutral=True),
        Level("crossed", "The only name known stands as first name here and as surname there", _crossed, neutral=True),
        Level("alike", "Surnames are alike", alike("last_name", _ALIKE_LAST)),
        Level("maiden", "The surname of one is a middle name of the other", _maiden_name),
        Level("missing", "No surname to compare", missing("last_name"), neutral=True),
        Level("different", "Different surnames", always),
    ),
)
SUFFIX: Final = Comparison(
    MatchField.SUFFIX,
    (
        Level("same", "Same suffix", same("suffix")),
        Level("missing", "Neither record has a suffix", _missing_on(2, "suffix"), neutral=True),
        Level("one_missing", "Only one record has a suffix", _missing_on(1, "suffix"), neutral=True),
        Level("conflict", "Conflicting suffixes", always),
    ),
)
GENDER: Final = Comparison(
    MatchField.GENDER,
    (
        Level("same", "Same gender", same("gender")),
        Level("missing", "No gender to compare", missing("gender"), neutral=True),
        Level("different", "Different gender", always),
    ),
)


def _number_comparison(field: MatchField, word: str) -> Comparison:
    """A number given by an authority: the same, nearly, or another."""
    levels = (
        Level("same", f"Same {word}", same(field)),
        Level("missing", f"No {word} to compare", missing(field), neutral=True),
        Level("one_slip", f"{word} differs by one slip", one_slip(field)),
        Level("different", f"Different {word}", always),
    )
    return Comparison(field, levels)


DRIVERS_LICENSE: Final = _number_comparison(MatchField.DRIVERS_LICENSE, "DL/ID number")
SSN4: Final = _number_comparison(MatchField.SSN4, "SSN4")

COMPARISONS: Final[Mapping[str, Comparison]] = {
    comparison.field: comparison for comparison in (FIRST_NAME, MIDDLE_NAME, LAST_NAME, SUFFIX, DATE_OF_BIRTH, GENDER, DRIVERS_LICENSE, SSN4, ADDRESS)
}
