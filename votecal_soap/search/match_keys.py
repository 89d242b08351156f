"""Match keys: 64-bit numbers that two records of one person very likely share, and two people seldom (findings of the nine passes: docs/matching.md).

A key is the same on every machine and Python version, for it is stored. Its lowest four bits name the pass.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np

from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.search.arrays import Hashes, Integers, Levels
from votecal_soap.search.columns import Columns
from votecal_soap.search.name_text import CACHED_TEXTS, nicknames, sound
from votecal_soap.search.standardising import StandardPerson


class MatchPass(StrEnum):
    """One way to find candidates."""

    LICENCE = "licence"  # DL/ID
    BIRTH_SURNAME = "birth_surname"  # date of birth, sound of a surname word
    BIRTH_FIRST = "birth_first"  # date of birth, full form of the first name (or the middle name as it)
    NAME_YEAR = "name_year"  # surname word, first name, birth year
    NAME_DAY = "name_day"  # surname word, first name, month and day
    SSN4_YEAR = "ssn4_year"  # SSN4, birth year
    SSN4_SURNAME = "ssn4_surname"  # SSN4, sound of the surname
    ADDRESS = "address"  # ZIP, house number, first initial
    NAME_ZIP = "name_zip"  # surname word, first name, ZIP


MATCH_PASSES: Final[tuple[MatchPass, ...]] = tuple(MatchPass)
PASSES: Final[Mapping[MatchingFunction, frozenset[MatchPass]]] = {
    function: frozenset(MatchPass) - ({MatchPass.SSN4_YEAR} if function is MatchingFunction.DUPLICATE_VOTER else set()) for function in MatchingFunction
}
"""SSN4 and birth year make half of all pairs of duplicates for 0.02 % of the recall (measured)."""

PARTS: Final[Mapping[MatchPass, tuple[tuple[str, ...], ...]]] = {
    MatchPass.LICENCE: (("drivers_license",),),
    MatchPass.BIRTH_SURNAME: (("birth", "surname_sound"), ("birth", "second_surname_sound")),
    MatchPass.BIRTH_FIRST: (("birth", "first_canonical"), ("birth", "middle_word")),
    MatchPass.NAME_YEAR: (("last_first_token", "first_canonical", "birth_year"), ("last_second_token", "first_canonical", "birth_year")),
    MatchPass.NAME_DAY: (("last_first_token", "first_canonical", "birth_day"),),
    MatchPass.SSN4_YEAR: (("ssn4", "birth_year"),),
    MatchPass.SSN4_SURNAME: (("ssn4", "surname_sound"),),
    MatchPass.ADDRESS: (("zip_code", "house_number", "first_initial"),),
    MatchPass.NAME_ZIP: (("last_first_token", "first_canonical", "zip_code"),),
}
"""What each pass is made of; where one part is missing there is no such key."""

_MASK: Final = (1 << 64) - 1
_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_SEED: Final = 0xBF58476D1CE4E5B9
_PASS_BITS: Final = 4
_SHIFT: Final = 29


def match_keys(person: StandardPerson) -> list[int]:
    """The keys of one person: distinct, signed, 64 bits."""
    part = _parts_of(person)
    found: dict[int, None] = {}
    for number, names in _KEYS:
        values = [part[name] for name in names]
        if all(values):
            found[_mixed(number, values)] = None
    return list(found)


def pass_of(key: int) -> MatchPass:
    """The pass that made a key."""
    return MATCH_PASSES[key & ((1 << _PASS_BITS) - 1)]


def keys_of(columns: Columns, passes: Iterable[MatchPass] = MATCH_PASSES) -> tuple[Integers, Integers, Levels]:
    """The keys of many people at once, as `match_keys` gives them: (key, row, number of the pass), each distinct."""
    chosen = frozenset(passes)
    parts = PartColumns(columns)
    keys, rows = [], []
    for number, names in _KEYS:
        if MATCH_PASSES[number] in chosen:
            row = np.flatnonzero(np.logical_and.reduce([parts[name] != 0 for name in names]))
            keys.append(mixed_columns(number, [parts[name][row] for name in names]))
            rows.append(row)
    key = np.concatenate([np.empty(0, np.int64), *keys])
    return key, np.concatenate([np.empty(0, np.int64), *rows]), (key & ((1 << _PASS_BITS) - 1)).astype(np.int8)


_KEYS: Final = tuple((number, names) for number, name in enumerate(MATCH_PASSES) for names in PARTS[name])


@lru_cache(CACHED_TEXTS)
def text_hash(text: str) -> int:
    """Sixty-four bits of a text."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@lru_cache(CACHED_TEXTS)
def _sound_hash(name: str) -> int:
    return text_hash(sound(name))


@lru_cache(CACHED_TEXTS)
def _full_form_hash(name: str) -> int:
    return text_hash(nicknames().canonical.get(name, name))


def _parts_of(person: StandardPerson) -> dict[str, int]:
    birth = person.date_of_birth or 0
    middle = person.middle_name
    first_token, second_token = person.last_first_token, person.last_second_token
    surname_sound = _sound_hash(first_token) if first_token else 0
    second_sound = _sound_hash(second_token) if second_token else 0
    canonical = text_hash(person.first_canonical) if person.first_canonical else 0
    middle_word = _full_form_hash(middle) if middle and len(middle) > 1 else 0
    return {
        "drivers_license": text_hash(person.drivers_license) if person.drivers_license else 0,
        "birth": birth,
        "birth_year": birth // 10_000,
        "birth_day": birth % 10_000,
        "surname_sound": surname_sound,
        "second_surname_sound": 0 if second_sound == surname_sound else second_sound,
        "last_first_token": text_hash(first_token) if first_token else 0,
        "last_second_token": text_hash(second_token) if second_token and second_token != first_token else 0,
        "first_canonical": canonical,
        "middle_word": 0 if middle_word == canonical else middle_word,
        "first_initial": ord(person.first_name[0]) if person.first_name else 0,
        "ssn4": text_hash(person.ssn4) if person.ssn4 else 0,
        "house_number": text_hash(person.house_number) if person.house_number else 0,
        "zip_code": text_hash(person.zip_code) if person.zip_code else 0,
    }


class PartColumns(dict[str, Hashes]):
    """What keys are made of, for many people; each part is computed when a pass first asks for it, and 0 is missing."""

    def __init__(self, columns: Columns) -> None:
        """Know nothing yet."""
        super().__init__()
        self._columns: Final = columns

    def __missing__(self, name: str) -> Hashes:
        """Compute a part and keep it."""
        part = self[name] = _COMPUTED[name](self._columns, self) if name in _COMPUTED else _each(self._columns, name, text_hash)
        return part


def _each(columns: Columns, name: str, function: Callable[[str], int]) -> Hashes:
    return columns.vocabulary.each(columns[name], function, np.uint64)


def _unless_same(part: Hashes, other: Hashes) -> Hashes:
    return np.where(part == other, np.uint64(0), part)


def _middle_word(columns: Columns, parts: PartColumns) -> Hashes:
    long = columns.vocabulary.each(columns["middle_name"], len, np.int64) > 1
    word = columns.vocabulary.each(np.where(long, columns["middle_name"], np.int32(0)), _full_form_hash, np.uint64)
    return _unless_same(word, parts["first_canonical"])


_COMPUTED: Final[Mapping[str, Callable[[Columns, PartColumns], Hashes]]] = {
    "birth": lambda columns, _: columns["date_of_birth"].astype(np.uint64),
    "birth_year": lambda _, parts: parts["birth"] // np.uint64(10_000),
    "birth_day": lambda _, parts: parts["birth"] % np.uint64(10_000),
    "surname_sound": lambda columns, _: _each(columns, "last_first_token", _sound_hash),
    "second_surname_sound": lambda columns, parts: _unless_same(_each(columns, "last_second_token", _sound_hash), parts["surname_sound"]),
    "last_second_token": lambda columns, parts: _unless_same(_each(columns, "last_second_token", text_hash), parts["last_first_token"]),
    "middle_word": _middle_word,
    "first_initial": lambda columns, _: _each(columns, "first_name", lambda name: ord(name[0])),
}
"""How a part is computed that is not the hash of the column of its name."""


def _mixed(number: int, values: Iterable[int]) -> int:
    mixed = number * _SEED & _MASK
    for value in values:
        mixed = (mixed ^ value) * _MULTIPLIER & _MASK
        mixed ^= mixed >> _SHIFT
    key = mixed >> _PASS_BITS << _PASS_BITS | number
    return key - (1 << 64) if key >> 63 else key


def mixed_columns(number: int, values: Iterable[Hashes]) -> Integers:
    """The keys of one pass from its parts."""
    mixed: Hashes | np.uint64 = np.uint64(number * _SEED & _MASK)
    for value in values:
        mixed = (mixed ^ value) * np.uint64(_MULTIPLIER)
        mixed ^= mixed >> np.uint64(_SHIFT)
    bits = np.uint64(_PASS_BITS)
    return np.asarray(mixed >> bits << bits | np.uint64(number)).view(np.int64)
