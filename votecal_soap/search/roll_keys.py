"""Who on the roll shares a match key with whom: keys sorted pass by pass, runs of equal keys, pairs of their members (DUP-01).

The keys are made of the numbers that texts have in this roll, not of the texts: the same voters share them as share the
stored ones, and a million DL/IDs need not be hashed.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from votecal_soap.search.arrays import Hashes, Integers
from votecal_soap.search.candidates import CappedKey
from votecal_soap.search.columns import Columns
from votecal_soap.search.match_keys import MATCH_PASSES, PARTS, MatchPass, keys_of, mixed_columns, text_hash
from votecal_soap.search.name_text import nicknames, sound
from votecal_soap.search.roll import taken

_PAIR_BITS: Final = 32
Places: TypeAlias = NDArray[np.int32]
"""Where people stand on the roll, or entries in a pass."""

PackedPairs: TypeAlias = Integers
"""The lower place of a pair in the upper 32 bits, the higher in the lower."""


class _Runs(NamedTuple):
    """One pass: owners of shared keys, those of one key side by side and in order."""

    owners: Places
    ends: Places
    """Where the run of each entry ends."""
    by_owner: Places
    """The entries in the order of their owners."""
    sorted_owners: Places


class RollKeys:
    """The shared keys of a roll; a key of more voters than the cap is left out and reported."""

    def __init__(self, columns: Columns, passes: Iterable[MatchPass], cap: int) -> None:
        """Find the runs of every pass: about 15 bytes a voter and pass."""
        chosen = frozenset(passes)
        parts = _Parts(columns)
        self.capped: Final[list[CappedKey]] = []
        self._passes: Final = [self._runs(number, parts, cap) for number, name in enumerate(MATCH_PASSES) if name in chosen]

    def pairs(self, places: range) -> tuple[Integers, Integers]:
        """Each pair whose lower member stands in these places, once, however many passes find it."""
        found = np.concatenate([np.empty(0, np.int64), *(_pairs(runs, places) for runs in self._passes)])
        found.sort()  # three times as fast as numpy's own search for distinct numbers
        found = found[np.concatenate([np.ones(min(len(found), 1), np.bool_), found[1:] != found[:-1]])]
        return found >> _PAIR_BITS, found & ((1 << _PAIR_BITS) - 1)

    def _runs(self, number: int, parts: "_Parts", cap: int) -> _Runs:
        entries, bits = parts.sorted_entries(number)
        keys = entries >> np.uint64(bits)
        starts = np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1]]))
        sizes = np.diff(starts, append=len(keys))
        owners = (entries & np.uint64((1 << bits) - 1)).astype(np.int32)
        for run in np.flatnonzero(sizes > cap).tolist():
            self.capped.append(CappedKey(parts.stored_key(number, owners[starts[run] : starts[run] + 2].astype(np.int64)), int(sizes[run])))
        shared = (sizes > 1) & (sizes <= cap)
        return _arranged(owners[np.repeat(shared, sizes)], sizes[shared])


def _arranged(owners: Places, sizes: Integers) -> _Runs:
    ends = np.repeat(np.cumsum(sizes), sizes).astype(np.int32)
    both = np.sort(owners.astype(np.int64) << _PAIR_BITS | np.arange(len(owners)))  # four times as fast as to sort the places
    return _Runs(owners, ends, (both & ((1 << _PAIR_BITS) - 1)).astype(np.int32), (both >> _PAIR_BITS).astype(np.int32))


def _pairs(runs: _Runs, places: range) -> PackedPairs:
    first, last = np.searchsorted(runs.sorted_owners, (places.start, places.stop))
    entries = runs.by_owner[first:last].astype(np.int64)
    later = runs.ends[entries] - entries - 1
    ahead = np.arange(int(later.sum())) - np.repeat(np.cumsum(later) - later, later)
    others = runs.owners[np.repeat(entries + 1, later) + ahead]
    return np.asarray(np.repeat(runs.owners[entries].astype(np.int64), later) << _PAIR_BITS | others)


class _Parts:
    """What the keys of a roll are made of: the numbers of its texts, and hashes where two fields must meet in one form."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._bits = max(len(columns), 1).bit_length()
        self._computed = _computed_parts(columns)

    def sorted_entries(self, number: int) -> tuple[Hashes, int]:
        """Key and owner of every voter who has one, in one number each and sorted, and how many bits the owner takes.

        The key gives up these bits: two that meet by chance cost a comparison.
        """
        entries = np.concatenate([self._entries(number, names) for names in PARTS[MATCH_PASSES[number]]])
        entries.sort()
        return entries, self._bits

    def stored_key(self, number: int, sharing: Integers) -> int:
        """The key as it is stored, from two voters who share it."""
        both = taken(self._columns, sharing)
        keys, owners, _ = keys_of(both, [MATCH_PASSES[number]])
        return int(np.intersect1d(keys[owners == 0], keys[owners == 1])[0])

    def _entries(self, number: int, names: tuple[str, ...]) -> Hashes:
        values = [self._part(name) for name in names]
        owners = np.flatnonzero(np.logical_and.reduce([value != 0 for value in values]))
        keys = mixed_columns(number, [value[owners].astype(np.uint64) for value in values]).view(np.uint64)
        shift = np.uint64(self._bits)
        return keys >> shift << shift | owners.astype(np.uint64)

    def _part(self, name: str) -> NDArray[Any]:
        computed = self._computed.get(name)
        return self._columns[name] if computed is None else computed


def _computed_parts(columns: Columns) -> dict[str, NDArray[Any]]:
    """The parts that are not simply a column; 0 is missing (`match_keys` says what each is)."""
    each, birth = columns.vocabulary.each, columns["date_of_birth"]
    middle = np.where(each(columns["middle_name"], len, np.int8) > 1, columns["middle_name"], np.int32(0))
    first_token, second_token = columns["last_first_token"], columns["last_second_token"]
    surname_sound, second_sound = (each(tokens, _sound_hash, np.uint64) for tokens in (first_token, second_token))
    first_canonical, middle_word = each(columns["first_canonical"], text_hash, np.uint64), each(middle, _full_form_hash, np.uint64)
    return {
        "birth": birth,
        "birth_year": birth // 10_000,
        "birth_day": birth % 10_000,
        "surname_sound": surname_sound,
        "second_surname_sound": np.where(second_sound == surname_sound, np.uint64(0), second_sound),
        "last_second_token": np.where(second_token == first_token, np.int32(0), second_token),
        "first_canonical": first_canonical,
        "middle_word": np.where(middle_word == first_canonical, np.uint64(0), middle_word),
        "first_initial": each(columns["first_name"], lambda name: ord(name[0]), np.int32),
    }


def _sound_hash(name: str) -> int:
    return text_hash(sound(name))


def _full_form_hash(name: str) -> int:
    return text_hash(nicknames().canonical.get(name, name))
