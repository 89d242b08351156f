"""A voter's history: versions, which the database itself copies from the current rows so that no value travels twice, and activity."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from db.in_lists import in_lists, listed
from db.tables import voter, voter_activity, voter_version
from votecal_soap.domain.voters import VERSION_FIELDS, Voter
from votecal_soap.use_cases.ports import KeptActivity

_COPY: Final = insert(voter_version).from_select(
    [*VERSION_FIELDS, "job_id", "recorded_at"],
    select(
        *(voter.c[name] for name in VERSION_FIELDS),
        bindparam("job_id", type_=voter_version.c.job_id.type),
        bindparam("recorded_at", type_=voter_version.c.recorded_at.type),
    ).where(voter.c.state_voter_id.in_(listed())),
)


def copy_versions(connection: Connection, state_voter_ids: Iterable[int], recorded_at: datetime, job_id: int | None) -> None:
    """Keep the current rows of these voters as versions."""
    for part in in_lists(state_voter_ids):
        connection.execute(_COPY, {"listed": part, "job_id": job_id, "recorded_at": recorded_at})


def history(connection: Connection, state_voter_id: int, limit: int) -> list[tuple[Voter, datetime]]:
    """A voter's versions with the instants at which they were written, the newest first; what is not versioned is as it is now."""
    columns = [voter_version.c.get(name, voter.c[name]) for name in Voter._fields]
    joined = select(*columns, voter_version.c.recorded_at).join_from(voter_version, voter, voter.c.state_voter_id == voter_version.c.state_voter_id)
    mine = joined.where(voter_version.c.state_voter_id == state_voter_id).order_by(voter_version.c.version.desc()).limit(limit)
    return [(Voter._make(row[:-1]), row.recorded_at) for row in connection.execute(mine)]


def activities(connection: Connection, state_voter_id: int, limit: int) -> list[KeptActivity]:
    """A voter's activity history, the newest first."""
    columns = [voter_activity.c[name] for name in KeptActivity._fields]
    mine = select(*columns).where(voter_activity.c.state_voter_id == state_voter_id)
    ordered = mine.order_by(voter_activity.c.recorded_at.desc(), voter_activity.c.activity_id.desc())
    return [KeptActivity._make(row) for row in connection.execute(ordered.limit(limit))]
