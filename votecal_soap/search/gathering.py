"""Gathers the pairs to compare: the people sought as columns, their keys, and whom the index gives for them."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.domain.matching import MatchSettings, Person
from votecal_soap.search.address_text import Address
from votecal_soap.search.arrays import Flags
from votecal_soap.search.candidates import IDENTITY_COLUMNS, AskedKeys, CandidateIndex, CandidateRow, Candidates
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.field_columns import unused_columns
from votecal_soap.search.key_joins import asked_keys
from votecal_soap.search.match_keys import PASSES, MatchPass, keys_of
from votecal_soap.search.pairs import Pairs
from votecal_soap.search.standardising import standard_old_address, standardise

_IDENTITY: Final = len(IDENTITY_COLUMNS)
_MOVING_PASSES: Final = frozenset({MatchPass.ADDRESS, MatchPass.NAME_ZIP})
"""The passes that an earlier residence adds to."""


class Sought(NamedTuple):
    """The people sought."""

    present: Columns
    earlier: Columns | None
    """At their earlier address; None if nobody has one."""


class Gathered(NamedTuple):
    """The people sought, paired with their candidates."""

    sought: Sought
    found: Candidates
    pairs: Pairs


def gather(
    people: Sequence[Person],
    index: CandidateIndex,
    settings: MatchSettings,
    *,
    cap: int,
    passes: Iterable[MatchPass] | None = None,
    viewer_county: str | None = None,
) -> Gathered:
    """Whom the roll offers for these people; `passes` None are those of the function."""
    vocabulary = Vocabulary()
    sought = sought_people(people, settings, vocabulary)
    found = index.candidates(_keys(sought, PASSES[settings.function] if passes is None else frozenset(passes)), cap)
    right = _candidate_columns(found.rows, vocabulary, viewer_county)
    pairs = Pairs(sought.present, right, found.queries, found.members)
    return Gathered(sought, found, pairs)


def sought_people(people: Sequence[Person], settings: MatchSettings, vocabulary: Vocabulary) -> Sought:
    """The people by column; what the function does not use is missing (COA-06)."""
    unused = unused_columns(settings)
    present = Columns.of([standardise(person) for person in people], vocabulary)
    old = [standard_old_address(person) for person in people]
    earlier = present.at(old).without(unused) if any(map(any, old)) else None
    return Sought(present.without(unused), earlier)


def _keys(sought: Sought, passes: frozenset[MatchPass]) -> AskedKeys:
    keys, rows, _ = keys_of(sought.present, passes)
    if sought.earlier is None:
        return asked_keys([keys], [rows])
    moved_keys, moved_rows, _ = keys_of(sought.earlier, passes & _MOVING_PASSES)
    return asked_keys([keys, moved_keys], [rows, moved_rows])


def _candidate_columns(rows: Sequence[CandidateRow], vocabulary: Vocabulary, viewer_county: str | None) -> Columns:
    columns = Columns.of([row[_IDENTITY:] for row in rows], vocabulary)
    hidden = _hidden(rows, viewer_county)
    return columns.without(Address._fields, hidden) if hidden.any() else columns


def _hidden(rows: Sequence[CandidateRow], viewer_county: str | None) -> Flags:
    if viewer_county is None:
        return np.zeros(len(rows), np.bool_)
    return np.fromiter((bool(confidential) and county != viewer_county for _, confidential, county, *_ in rows), np.bool_, len(rows))
