"""Keeps people as compared, and their match keys, with the voters: in the transaction that writes the voter (COA-05).

A voter has a row in voter_match from the day that it is added, or that `votecal match rebuild-keys` came by. Whoever has
none is left alone here: the rebuilding will make it. A voter's keys are those of that row, so the ones to delete are
computed, not looked up; and the row is read, for that costs less than standardising the voter as he was.

The keys of a new voter go into the large table, voter_match_key. What a change makes of a voter's keys goes into the
small one, voter_match_key_recent, until a merge takes it over in the order of the keys (docs/adr/0007).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import Connection, Select, select

from db.bulk import BulkWriter, columns_of
from db.key_sets import Among, fetch_among
from db.tables import voter_match, voter_match_key, voter_match_key_recent
from votecal_soap.domain.voters import Voter
from votecal_soap.search.candidates import CANDIDATE_COLUMNS, IDENTITY_COLUMNS
from votecal_soap.search.standardising import KEY_COLUMNS, standardise, standardise_changed, voter_person
from votecal_soap.search.stored_keys import changed_keys, owned_keys
from votecal_soap.use_cases.ports import VoterChange

MatchRow: TypeAlias = tuple[Any, ...]
"""A row of voter_match, in the order of CANDIDATE_COLUMNS."""

WATCHED: Final = frozenset((*KEY_COLUMNS, "county_code", "confidentiality"))
"""Fields of a voter that voter_match or a key is made of."""

_KEY_NAMES: Final = ("match_key", "state_voter_id")


def match_row(item: Voter) -> MatchRow:
    """A voter as compared."""
    return (*_identity(item), *standardise(voter_person(item)))


def add_match_rows(bulk: BulkWriter, voters: Iterable[Voter]) -> None:
    """Insert new voters as compared, and their keys."""
    insert_match_rows(bulk, [match_row(item) for item in voters])


def insert_match_rows(bulk: BulkWriter, rows: Sequence[MatchRow]) -> None:
    """Insert people and their keys."""
    if rows:
        bulk.insert(voter_match, columns_of(CANDIDATE_COLUMNS, rows))
        bulk.insert(voter_match_key, dict(zip(_KEY_NAMES, owned_keys(rows), strict=True)))


def delete_match_keys(bulk: BulkWriter, rows: Sequence[MatchRow]) -> None:
    """Delete the keys of people; those that are gone already are no fault."""
    if rows:
        bulk.delete(voter_match_key, dict(zip(_KEY_NAMES, owned_keys(rows), strict=True)))


def keep_match_rows(connection: Connection, bulk: BulkWriter, changes: Sequence[VoterChange]) -> None:
    """Bring people and keys in line with changed voters; a change of anything else costs one look at its field names."""
    before, after = keep_people(connection, bulk, changes)
    keep_keys(bulk, before, after)


def keep_people(connection: Connection, bulk: BulkWriter, changes: Sequence[VoterChange]) -> tuple[list[MatchRow], list[MatchRow]]:
    """Bring people as compared in line with changed voters; those who are compared otherwise now, before and after."""
    before, after = _turned(connection, _standing(changes))
    if after:
        _update(bulk, before, after)
    return before, after


def keep_keys(bulk: BulkWriter, before: Sequence[MatchRow], after: Sequence[MatchRow]) -> None:
    """Say which keys these people have lost and gained; the large table is told by a merge."""
    if after:
        bulk.put(voter_match_key_recent, dict(zip((*_KEY_NAMES, "held"), changed_keys(before, after), strict=True)))


def match_rows(among: Among) -> Select[Any]:
    """People as compared, in no order: SQLite would sort whole rows that it reads in order anyway."""
    return select(*(voter_match.c[name] for name in CANDIDATE_COLUMNS)).where(among(voter_match.c.state_voter_id))


class _Standing(NamedTuple):
    """A voter as he is now, and the names of the watched fields that changed."""

    voter: Voter
    changed: frozenset[str]


def _standing(changes: Sequence[VoterChange]) -> dict[int, _Standing]:
    """By UID. Several changes of one voter come in order: the last is how he stands."""
    standing: dict[int, _Standing] = {}
    for change in changes:
        if changed := _watched(change.changed):
            earlier = standing.get(change.after.state_voter_id)
            standing[change.after.state_voter_id] = _Standing(change.after, changed | earlier.changed if earlier else changed)
    return standing


@lru_cache(1024)
def _watched(changed: tuple[str, ...]) -> frozenset[str]:
    """Those that matter here; few sets of fields change together."""
    return WATCHED.intersection(changed)


def _turned(connection: Connection, standing: Mapping[int, _Standing]) -> tuple[list[MatchRow], list[MatchRow]]:
    """Who is compared otherwise now: before and after."""
    before, after = [], []
    for stored in fetch_among(connection, match_rows, sorted(standing)):
        now = _changed_row(stored, *standing[stored[0]])
        if now != stored:
            before.append(stored)
            after.append(now)
    return before, after


def _changed_row(stored: MatchRow, voter: Voter, changed: frozenset[str]) -> MatchRow:
    return (*_identity(voter), *standardise_changed(stored[len(IDENTITY_COLUMNS) :], voter, changed))


def _identity(voter: Voter) -> MatchRow:
    return voter.state_voter_id, int(voter.confidentiality is not None), voter.county_code


def _update(bulk: BulkWriter, before: Sequence[MatchRow], after: Sequence[MatchRow]) -> None:
    """Set the columns that differ in any of the rows."""
    old, new = columns_of(CANDIDATE_COLUMNS, before), columns_of(CANDIDATE_COLUMNS, after)
    bulk.update(voter_match, {"state_voter_id": new["state_voter_id"]}, {name: new[name] for name in new if new[name] != old[name]})
