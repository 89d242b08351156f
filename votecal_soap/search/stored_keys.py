"""The keys of stored people: in the order in which the key table lies on disk, and what a change of a person makes of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from operator import is_not, itemgetter
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.search.arrays import Integers
from votecal_soap.search.candidates import IDENTITY_COLUMNS, CandidateRow
from votecal_soap.search.columns import Columns, Vocabulary, encoded
from votecal_soap.search.match_keys import MATCH_PASSES, PARTS, MatchPass, keys_of
from votecal_soap.search.standardising import StandardPerson

_FIRST_FIELD: Final = len(IDENTITY_COLUMNS)

_COLUMNS_OF_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "birth": ("date_of_birth",),
    "birth_year": ("date_of_birth",),
    "birth_day": ("date_of_birth",),
    "surname_sound": ("last_first_token",),
    "second_surname_sound": ("last_first_token", "last_second_token"),
    "last_second_token": ("last_first_token", "last_second_token"),
    "middle_word": ("first_canonical", "middle_name"),
    "first_initial": ("first_name",),
}
"""What a part is computed from, where that is not the one column of its name."""


class OwnedKeys(NamedTuple):
    """Keys and whose they are, one list each, sorted by key and UID: neighbours in the table are written together."""

    keys: list[int]
    state_voter_ids: list[int]


class KeyChanges(NamedTuple):
    """Keys that people gained or lost, one list each, sorted by key and UID."""

    keys: list[int]
    state_voter_ids: list[int]
    held: list[int]
    """1 for a key that is gained, 0 for one that is lost."""


def owned_keys(rows: Sequence[CandidateRow]) -> OwnedKeys:
    """The keys of people, given as rows of CANDIDATE_COLUMNS."""
    keys, places, _ = keys_of(Columns.of([row[_FIRST_FIELD:] for row in rows], Vocabulary()))
    owners = np.array([row[0] for row in rows], np.int64)[places]
    order = np.lexsort((owners, keys))
    return OwnedKeys(keys[order].tolist(), owners[order].tolist())


def changed_keys(before: Sequence[CandidateRow], after: Sequence[CandidateRow]) -> KeyChanges:
    """The keys that people lost or gained; both sides name the same voters in the same order.

    Only the passes that a changed column goes into are computed: a new address leaves seven of nine alone. What a row keeps
    of the row before is the same object, which is quicker to see than an equal text.
    """
    groups: defaultdict[frozenset[MatchPass], list[int]] = defaultdict(list)
    for place, pair in enumerate(zip(before, after, strict=True)):
        groups[_passes(tuple(map(is_not, *pair)))].append(place)
    empty = np.empty(0, np.int64)
    found = [(empty, empty, empty)]
    found += [_keys([before[place] for place in places], [after[place] for place in places], passes) for passes, places in groups.items() if passes]
    return _alone(*(np.concatenate([part[column] for part in found]) for column in range(3)))


def _keys(before: Sequence[CandidateRow], after: Sequence[CandidateRow], passes: frozenset[MatchPass]) -> tuple[Integers, Integers, Integers]:
    """(key, owner, 0 for a key before and 1 for one after)."""
    keys, places, _ = keys_of(_columns([*before, *after], passes), passes)
    owners = np.fromiter(map(itemgetter(0), before), np.int64, len(before))
    return keys, np.concatenate([owners, owners])[places], (places >= len(before)).astype(np.int64)


def _alone(keys: Integers, owners: Integers, held: Integers) -> KeyChanges:
    """Keys of one side only, in order; what a voter had and has is left out."""
    order = np.lexsort((owners, keys))
    keys, owners, held = keys[order], owners[order], held[order]
    same = np.zeros(len(keys) + 1, np.bool_)
    same[1:-1] = (keys[1:] == keys[:-1]) & (owners[1:] == owners[:-1])
    alone = ~(same[1:] | same[:-1])
    return KeyChanges(keys[alone].tolist(), owners[alone].tolist(), held[alone].tolist())


def _columns(rows: Sequence[CandidateRow], passes: frozenset[MatchPass]) -> Columns:
    """The columns that the passes need; the others are as if missing."""
    vocabulary = Vocabulary()
    needed = frozenset[str]().union(*map(_columns_of, passes))
    blank = np.zeros(len(rows), np.int32)
    arrays = {}
    for place, name in enumerate(StandardPerson._fields, _FIRST_FIELD):
        cells = map(itemgetter(place), rows)
        arrays[name] = blank if name not in needed else encoded(name, cells, vocabulary)
    return Columns(vocabulary, arrays)


@cache
def _passes(changed: tuple[bool, ...]) -> frozenset[MatchPass]:
    """The passes that columns go into, given which columns of a row are other objects; there are few such patterns."""
    names = {name for name, is_changed in zip((*IDENTITY_COLUMNS, *StandardPerson._fields), changed, strict=True) if is_changed}
    return frozenset(name for name in MATCH_PASSES if names & _columns_of(name))


@cache
def _columns_of(match_pass: MatchPass) -> frozenset[str]:
    return frozenset(column for parts in PARTS[match_pass] for part in parts for column in _COLUMNS_OF_PARTS.get(part, (part,)))
