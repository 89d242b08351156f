"""Activity histories of voters: entries are appended and never changed."""

from collections.abc import Sequence
from datetime import datetime

from db.bulk import BulkWriter, columns_of
from db.tables import voter_activity
from votecal_soap.use_cases.ports import NewActivity


def add(bulk: BulkWriter, activities: Sequence[NewActivity], recorded_at: datetime) -> None:
    """Append."""
    bulk.insert(voter_activity, columns_of(NewActivity._fields, activities), {"recorded_at": recorded_at})
