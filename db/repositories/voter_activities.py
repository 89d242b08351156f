"""Activity histories of voters: entries are appended and never changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from db.bulk import BulkWriter, columns_of
from db.tables import voter_activity
from votecal_soap.use_cases.ports import KeptActivity, NewActivity


def add(bulk: BulkWriter, activities: Sequence[NewActivity], recorded_at: datetime) -> None:
    """Append."""
    bulk.insert(voter_activity, columns_of(NewActivity._fields, activities), {"recorded_at": recorded_at})


def of_voter(connection: Connection, state_voter_id: int, limit: int) -> list[KeptActivity]:
    """A voter's entries, the newest first."""
    columns = [voter_activity.c[name] for name in KeptActivity._fields]
    mine = select(*columns).where(voter_activity.c.state_voter_id == state_voter_id)
    ordered = mine.order_by(voter_activity.c.recorded_at.desc(), voter_activity.c.activity_id.desc())
    return [KeptActivity._make(row) for row in connection.execute(ordered.limit(limit))]
