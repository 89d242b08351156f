"""Keeps people as compared, and their match keys, with the voters: in the transaction that writes the voter (COA-05).

A voter has a row in voter_match from the day that it is added, or that `votecal match rebuild-keys` came by. Whoever has
none is left alone here: the rebuilding will make it. A voter's keys are those of that row, so the ones to delete are
computed, not looked up; and the row is read, for that costs less than standardising the voter as he was.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Select, select

from db.bulk import BulkWriter, columns_of
from db.number_sets import Among, fetch_among
from db.tables import voter_match, voter_match_key
from votecal_soap.domain.voters import Voter
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.search.standardising import KEY_COLUMNS, standardise, voter_person
from votecal_soap.search.stored_keys import OwnedKeys, changed_keys, owned_keys
from votecal_soap.use_cases.ports import VoterChange

MatchRow: TypeAlias = tuple[Any, ...]
"""A row of voter_match, in the order of CANDIDATE_COLUMNS."""

WATCHED: Final = frozenset((*KEY_COLUMNS, "county_code", "confidentiality"))
"""Fields of a voter that voter_match or a key is made of."""

_KEY_NAMES: Final = ("match_key", "state_voter_id")


def match_row(item: Voter) -> MatchRow:
    """A voter as compared."""
    return (item.state_voter_id, int(item.confidentiality is not None), item.county_code, *standardise(voter_person(item)))


def add_match_rows(bulk: BulkWriter, voters: Iterable[Voter]) -> None:
    """Insert new voters as compared, and their keys."""
    insert_match_rows(bulk, [match_row(item) for item in voters])


def insert_match_rows(bulk: BulkWriter, rows: Sequence[MatchRow]) -> None:
    """Insert people and their keys."""
    if rows:
        bulk.insert(voter_match, columns_of(CANDIDATE_COLUMNS, rows))
        _insert_keys(bulk, owned_keys(rows))


def delete_match_keys(bulk: BulkWriter, rows: Sequence[MatchRow]) -> None:
    """Delete the keys of people; those that are gone already are no fault."""
    if rows:
        _delete_keys(bulk, owned_keys(rows))


def keep_match_rows(connection: Connection, bulk: BulkWriter, changes: Sequence[VoterChange]) -> None:
    """Bring people and keys in line with changed voters; a change of anything else costs one look at its field names."""
    # Several changes of one voter come in order: the last is how he stands.
    standing: dict[int, Voter] = {change.after.state_voter_id: change.after for change in changes if not WATCHED.isdisjoint(change.changed)}
    before, after = _turned(connection, standing)
    if after:
        _update(bulk, before, after)
        lost, gained = changed_keys(before, after)
        _delete_keys(bulk, lost)
        _insert_keys(bulk, gained)


def match_rows(among: Among) -> Select[Any]:
    """People as compared, by UID."""
    mine = select(*(voter_match.c[name] for name in CANDIDATE_COLUMNS)).where(among(voter_match.c.state_voter_id))
    return mine.order_by(voter_match.c.state_voter_id)


def _turned(connection: Connection, standing: Mapping[int, Voter]) -> tuple[list[MatchRow], list[MatchRow]]:
    """Who is compared otherwise now: before and after."""
    stored = fetch_among(connection, match_rows, sorted(standing))
    pairs = [(tuple(row), match_row(standing[row[0]])) for row in stored]
    turned = [pair for pair in pairs if pair[0] != pair[1]]
    return [before for before, _ in turned], [after for _, after in turned]


def _update(bulk: BulkWriter, before: Sequence[MatchRow], after: Sequence[MatchRow]) -> None:
    """Set the columns that differ in any of the rows."""
    old, new = columns_of(CANDIDATE_COLUMNS, before), columns_of(CANDIDATE_COLUMNS, after)
    bulk.update(voter_match, {"state_voter_id": new["state_voter_id"]}, {name: new[name] for name in new if new[name] != old[name]})


def _insert_keys(bulk: BulkWriter, owned: OwnedKeys) -> None:
    bulk.insert(voter_match_key, dict(zip(_KEY_NAMES, owned, strict=True)))


def _delete_keys(bulk: BulkWriter, owned: OwnedKeys) -> None:
    bulk.delete(voter_match_key, dict(zip(_KEY_NAMES, owned, strict=True)))
