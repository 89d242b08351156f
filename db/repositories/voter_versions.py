"""Versions are copied from the current rows by the database itself: no value travels twice."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from db.in_lists import in_lists, listed
from db.tables import voter, voter_version
from votecal_soap.domain.voters import VERSION_FIELDS, Voter

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
