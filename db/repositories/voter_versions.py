"""Versions are copied from the current rows by the database itself: no value travels twice."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from db.in_lists import in_lists, listed
from db.tables import voter, voter_version
from votecal_soap.domain.voters import VERSION_FIELDS

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
