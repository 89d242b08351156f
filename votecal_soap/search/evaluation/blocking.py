"""Candidate pairs in data of any columns: many passes, each as far as its blocks are small (docs/matching.md)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from votecal_soap.search.arrays import Hashes, Integers
from votecal_soap.search.columns import Columns
from votecal_soap.search.match_keys import PARTS, PartColumns, mixed_columns, text_hash
from votecal_soap.search.name_text import sound

ALL_PAIRS: Final = 600_000
"""Below so many pairs, all are compared."""

PAIRS_PER_PERSON: Final = 20
MOST_PAIRS: Final = 3_000_000
"""The budget of each pass; its smallest blocks come first."""

GENERAL_PASSES: Final[tuple[tuple[str, ...], ...]] = (
    ("birth",),
    ("names",),
    ("first_canonical", "surname_sound"),
    ("first_sound", "surname_sound"),
    ("last_name", "birth_year"),
    ("surname_sound", "birth_year"),
    ("first_canonical", "birth_year"),
    ("last_name", "birth_day"),
    ("first_canonical", "birth_day"),
    ("zip_code", "surname_sound"),
    ("zip_code", "first_canonical"),
    ("zip_code", "birth_year"),
    ("zip_code",),
    ("zip_area", "surname_sound"),
    ("zip_area", "first_canonical", "last_initial"),
    ("city", "first_canonical"),
    ("city", "surname_sound"),
    ("city", "birth_year"),
    ("street", "house_number"),
    ("street", "first_canonical"),
    ("street", "surname_sound"),
    ("last_name",),
    ("first_canonical", "middle_word"),
    ("last_beginning", "first_beginning", "birth_year"),
    ("other",),
    ("other", "first_canonical"),
    ("other", "last_name"),
)
"""Beside the passes of the service; a pass whose columns the data lack finds nothing."""

THIN_PASSES: Final[tuple[tuple[str, ...], ...]] = (
    ("last_beginning", "first_beginning"),
    ("last_ending", "first_canonical"),
    ("last_name", "first_initial"),
    ("first_canonical", "last_initial"),
    ("first_canonical",),
    ("surname_sound",),
    ("city", "last_beginning"),
    ("city", "first_sound"),
    ("city", "first_beginning"),
    ("city",),
)
"""For data of few columns: only where all other passes together leave the budget of one unspent."""

Pass: TypeAlias = Sequence[Sequence[str]]
"""The parts of its keys; any of several alternatives."""

_USUAL_PASSES: Final[tuple[Pass, ...]] = (*PARTS.values(), *((names,) for names in GENERAL_PASSES))

_AREA: Final = 3
"""Signs at the beginning of a ZIP code, or of a name, that most slips leave alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePairs:
    """Pairs of rows, each once."""

    left: Integers
    right: Integers
    possible: int
    """How many pairs there are altogether."""


def pairs_within(people: Columns) -> CandidatePairs:
    """Pairs of one file with itself, the smaller row left."""
    count = len(people)
    possible = count * (count - 1) // 2
    if possible <= ALL_PAIRS:
        left, right = np.triu_indices(count, 1)
        return CandidatePairs(left=left, right=right, possible=possible)
    budget = min(PAIRS_PER_PERSON * count, MOST_PAIRS)
    parts = _all_parts(people)
    return _distinct(lambda passes: [_within(_keys(parts, names), budget) for names in passes], budget, possible)


def pairs_between(left: Columns, right: Columns) -> CandidatePairs:
    """Pairs of two files."""
    possible = len(left) * len(right)
    if possible <= ALL_PAIRS:
        rows = np.arange(possible)
        return CandidatePairs(left=rows // max(len(right), 1), right=rows % max(len(right), 1), possible=possible)
    budget = min(PAIRS_PER_PERSON * (len(left) + len(right)), MOST_PAIRS)
    one, other = _all_parts(left), _all_parts(right)
    return _distinct(lambda passes: [_between(_keys(one, names), _keys(other, names), budget) for names in passes], budget, possible)


def _distinct(found: Callable[[Sequence[Pass]], list[Integers]], budget: int, possible: int) -> CandidatePairs:
    pairs = np.unique(np.concatenate(found(_USUAL_PASSES)))
    if len(pairs) < budget:
        pairs = np.unique(np.concatenate([pairs, *found([(names,) for names in THIN_PASSES])]))
    return CandidatePairs(left=pairs >> 32, right=pairs & 0xFFFFFFFF, possible=possible)


def _keys(parts: Mapping[str, Hashes], alternatives: Pass) -> tuple[Hashes, Integers]:
    """(keys, rows) of a pass."""
    keyed = [_keyed([parts[name] for name in names]) for names in alternatives]
    return np.concatenate([keys for keys, _ in keyed]), np.concatenate([rows for _, rows in keyed])


def _keyed(parts: Sequence[Hashes]) -> tuple[Hashes, Integers]:
    rows = np.flatnonzero(np.logical_and.reduce([part != 0 for part in parts]))
    return mixed_columns(0, [part[rows] for part in parts]).view(np.uint64), rows


def _all_parts(people: Columns) -> Mapping[str, Hashes]:
    def each(name: str, function: Callable[[str], int]) -> Hashes:
        return people.vocabulary.each(people[name], function, np.uint64)

    parts = PartColumns(people)
    first, last = parts["first_canonical"], parts["last_name"]
    both = (first != 0) & (last != 0)
    parts |= {
        "names": np.where(both, (np.minimum(first, last) * np.uint64(3)) ^ np.maximum(first, last), np.uint64(0)),
        "first_sound": each("first_name", lambda name: text_hash(sound(name))),
        "first_beginning": each("first_name", lambda name: text_hash(name[:_AREA])),
        "last_beginning": each("last_name", lambda name: text_hash(name[:_AREA])),
        "last_ending": each("last_name", lambda name: text_hash(name[-_AREA:])),
        "first_initial": each("first_name", lambda name: text_hash(name[0])),
        "last_initial": each("last_name", lambda name: text_hash(name[0])),
        "zip_area": each("zip_code", lambda code: text_hash(code[:_AREA])),
    }
    return parts


def _within(keyed: tuple[Hashes, Integers], budget: int) -> Integers:
    """The pairs of the smallest blocks, as left << 32 | right."""
    keys, rows = keyed
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    start, size = _blocks(keys)
    found = [np.empty(0, np.int64)]
    for width in _affordable(size, size * (size - 1) // 2, budget):
        block = start[size == width]
        one, other = np.triu_indices(width, 1)
        left, right = rows[(block[:, None] + one).ravel()], rows[(block[:, None] + other).ravel()]
        found.append(np.minimum(left, right) << 32 | np.maximum(left, right))
    return np.concatenate(found)


def _blocks(keys: Hashes) -> tuple[Integers, Integers]:
    """Where each block of equal keys begins, and how long it is."""
    if not len(keys):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    start = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return start, np.diff(np.append(start, len(keys)))


def _affordable(size: Integers, cost: Integers, budget: int) -> list[int]:
    """The sizes of blocks that the budget pays for."""
    spent = np.bincount(size, weights=cost)
    widths = np.flatnonzero(spent)
    return [int(width) for width in widths[np.cumsum(spent[widths]) <= budget]]


def _between(one: tuple[Hashes, Integers], other: tuple[Hashes, Integers], budget: int) -> Integers:
    keys, rows = one
    order = np.argsort(other[0], kind="stable")
    other_keys, other_rows = other[0][order], other[1][order]
    start = np.searchsorted(other_keys, keys, "left")
    size = np.searchsorted(other_keys, keys, "right") - start
    widest = max(_affordable(size, size, budget), default=0)
    size = np.where(size <= widest, size, 0)
    first = np.cumsum(size) - size
    places = np.repeat(start - first, size) + np.arange(int(size.sum()))
    return np.repeat(rows, size) << 32 | other_rows[places]
