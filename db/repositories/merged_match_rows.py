"""A record that is merged into a newer one is sought no more, and is again when the merge is undone (DLR-12, DLR-19)."""

from collections.abc import Sequence

from sqlalchemy import Connection

from db.bulk import BulkWriter, columns_of
from db.key_sets import fetch_among
from db.repositories.match_keys import MatchRow, match_row, match_rows
from db.repositories.match_rebuilding import key_build, keys_built
from db.tables import voter_match, voter_match_key_recent
from votecal_soap.domain.voters import Voter
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.search.stored_keys import owned_keys
from votecal_soap.use_cases.ports import VoterChange

_FIELD = "merged_into"


def follow_merges(connection: Connection, bulk: BulkWriter, changes: Sequence[VoterChange]) -> None:
    """Remove people and keys of records merged by these changes, and add those of records that are back."""
    merged = {change.after.state_voter_id: change.after for change in changes if _FIELD in change.changed}
    if not merged:
        return
    _remove(connection, bulk, sorted(merged))
    back = [voter for voter in merged.values() if voter.merged_into is None]
    if back:
        rows = [match_row(voter) for voter in _with_keys(connection, back)]
        bulk.insert(voter_match, columns_of(CANDIDATE_COLUMNS, rows))
        _say(bulk, rows, held=1)


def _remove(connection: Connection, bulk: BulkWriter, state_voter_ids: Sequence[int]) -> None:
    rows = [tuple(row) for row in fetch_among(connection, match_rows, state_voter_ids)]
    _say(bulk, rows, held=0)
    bulk.delete(voter_match, {"state_voter_id": [row[0] for row in rows]})


def _say(bulk: BulkWriter, rows: Sequence[MatchRow], *, held: int) -> None:
    """All keys of these people are gained or lost; the large table is told by a merge of keys (docs/adr/0007)."""
    if rows:
        keys, owners = owned_keys(rows)
        bulk.put(voter_match_key_recent, {"match_key": keys, "state_voter_id": owners, "held": [held] * len(keys)})


def _with_keys(connection: Connection, back: Sequence[Voter]) -> list[Voter]:
    """Those about whom the others have keys: a rebuilding that has not come so far will make its own."""
    build = key_build(connection)
    if build is None:
        return list(back) if keys_built(connection, but=[voter.state_voter_id for voter in back]) else []
    return [voter for voter in back if build.done or voter.state_voter_id <= build.last_state_voter_id]
