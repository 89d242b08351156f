"""Versions are copied from the current rows by the database itself: no value travels twice."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Insert, bindparam, insert, select

from db.key_sets import Among, execute_among
from db.tables import voter, voter_version
from votecal_soap.domain.voters import VERSION_FIELDS, Voter


def copy_versions(connection: Connection, state_voter_ids: Sequence[int], recorded_at: datetime, job_id: int | None) -> None:
    """Keep the current rows of these voters, each named once, as versions."""
    execute_among(connection, _copy, state_voter_ids, job_id=job_id, recorded_at=recorded_at)


def _copy(among: Among) -> Insert:
    noted = (bindparam(name, type_=voter_version.c[name].type) for name in ("job_id", "recorded_at"))
    current = select(*(voter.c[name] for name in VERSION_FIELDS), *noted).where(among(voter.c.state_voter_id))
    return insert(voter_version).from_select([*VERSION_FIELDS, "job_id", "recorded_at"], current)


def history(connection: Connection, state_voter_id: int, limit: int) -> list[tuple[Voter, datetime]]:
    """A voter's versions with the instants at which they were written, the newest first; what is not versioned is as it is now."""
    columns = [voter_version.c.get(name, voter.c[name]) for name in Voter._fields]
    joined = select(*columns, voter_version.c.recorded_at).join_from(voter_version, voter, voter.c.state_voter_id == voter_version.c.state_voter_id)
    mine = joined.where(voter_version.c.state_voter_id == state_voter_id).order_by(voter_version.c.version.desc()).limit(limit)
    return [(Voter._make(row[:-1]), row.recorded_at) for row in connection.execute(mine)]
