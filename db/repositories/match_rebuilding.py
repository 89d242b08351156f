"""Makes the people as compared and their match keys anew, in steps that each are a transaction of their own (COA-05)."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, delete, func, select

from db.bulk import BulkWriter
from db.repositories.match_keys import delete_match_keys, insert_match_rows, match_row
from db.repositories.match_merging import locked_recent, take_over
from db.repositories.upserts import upsert
from db.tables import match_key_build, voter, voter_match, voter_match_key, voter_match_key_recent
from votecal_soap.domain.voters import Voter
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.use_cases.ports import KEY_RANGES, KeyBuild, KeyRebuild

_BUILD_ID: Final = 1
_LOWEST_KEY: Final = -(1 << 63)
_RANGE: Final = (1 << 64) // KEY_RANGES


def keys_built(connection: Connection, *, but: Sequence[int] = ()) -> bool:
    """Whether every voter has its keys; without a rebuilding those have that were added since there are keys, the lowest UID the first.

    `but` are voters who are about to get theirs.
    """
    build = key_build(connection)
    if build is not None:
        return build.done
    live = select(voter.c.state_voter_id).where(voter.c.merged_into.is_(None)).order_by(voter.c.state_voter_id).limit(len(but) + 1)
    lowest = next((uid for uid in connection.execute(live).scalars() if uid not in but), None)
    kept = select(voter_match.c.state_voter_id).where(voter_match.c.state_voter_id == lowest)
    return lowest is None or connection.execute(kept).first() is not None


def key_build(connection: Connection) -> KeyBuild | None:
    """The last rebuilding."""
    columns = (match_key_build.c.cleared_ranges, match_key_build.c.last_state_voter_id, match_key_build.c.done)
    row = connection.execute(select(*columns)).one_or_none()
    return None if row is None else KeyBuild(row.cleared_ranges, row.last_state_voter_id, bool(row.done))


def save_key_build(connection: Connection, build: KeyBuild) -> None:
    """Keep how far it has come."""
    upsert(connection, match_key_build, [{"build_id": _BUILD_ID, **build._asdict(), "done": int(build.done)}])


def clear_keys(connection: Connection, number: int) -> None:
    """Delete the keys of one range; the recent ones first, which makes a merge that is moving some of them end before."""
    first = _LOWEST_KEY + number * _RANGE
    for table in (voter_match_key_recent, voter_match_key):
        connection.execute(delete(table).where(table.c.match_key.between(first, first + _RANGE - 1)))


def rebuild_keys(connection: Connection, bulk: BulkWriter, after_state_voter_id: int, limit: int) -> KeyRebuild:
    """Write people and keys of the next voters anew; nobody changes them meanwhile."""
    ids = connection.execute(_next(after_state_voter_id, limit)).scalars().all()
    if not ids:
        return KeyRebuild(after_state_voter_id, done=True)
    last = ids[-1]
    voters = [Voter._make(row) for row in connection.execute(_locked(after_state_voter_id, last))]
    mine = voter_match.c.state_voter_id.between(after_state_voter_id + 1, last)
    take_over(bulk, locked_recent(connection, voter_match_key_recent.c.state_voter_id.between(after_state_voter_id + 1, last)))
    kept = connection.execute(select(*(voter_match.c[name] for name in CANDIDATE_COLUMNS)).where(mine)).all()
    delete_match_keys(bulk, [tuple(row) for row in kept])
    connection.execute(delete(voter_match).where(mine))
    insert_match_rows(bulk, [match_row(item) for item in voters])
    return KeyRebuild(last, done=len(ids) < limit)


def _next(after_state_voter_id: int, limit: int) -> Select[Any]:
    return select(voter.c.state_voter_id).where(voter.c.state_voter_id > after_state_voter_id).order_by(voter.c.state_voter_id).limit(limit)


def _locked(after_state_voter_id: int, last: int) -> Select[Any]:
    """The voters up to one, but for records that were merged into newer ones; apart from finding it, for Oracle cannot lock a list that has a limit."""
    mine = and_(voter.c.state_voter_id.between(after_state_voter_id + 1, last), voter.c.merged_into.is_(None))
    return select(*(voter.c[name] for name in Voter._fields)).where(mine).order_by(voter.c.state_voter_id).with_for_update()


def state_voter_id_span(connection: Connection) -> tuple[int, int]:
    """The lowest and the highest UID; each from its end of the index."""
    lowest: int | None = connection.execute(select(func.min(voter.c.state_voter_id))).scalar()
    highest: int | None = connection.execute(select(func.max(voter.c.state_voter_id))).scalar()
    return (0, -1) if lowest is None or highest is None else (lowest, highest)
