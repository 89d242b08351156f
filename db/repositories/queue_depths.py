"""The depth of each queue, and what each hour added and cleared: counted in memory, written once, at the end of the transaction.

The counters' rows are one or two for a county: locked early, they would make every writer of that county wait for the whole of
another's transaction.
"""

from collections import Counter
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from db.tables import ems_queue, queue_hour

_OPEN_COUNT: Final = select(ems_queue.c.open_count).where(ems_queue.c.county_code == bindparam("county"))


class QueueDepths:
    """What this transaction adds to and takes from the queues."""

    def __init__(self, connection: Connection) -> None:
        """Begin with no change."""
        self._connection = connection
        self._changes: Counter[str] = Counter()
        self._added: Counter[tuple[str, datetime]] = Counter()
        self._cleared: Counter[tuple[str, datetime]] = Counter()

    def add(self, county_code: str, count: int, at: datetime) -> None:
        """Remember that messages were queued."""
        self._changes[county_code] += count
        self._added[county_code, _hour(at)] += count

    def clear(self, county_code: str, count: int, at: datetime) -> None:
        """Remember that messages were cleared."""
        self._changes[county_code] -= count
        self._cleared[county_code, _hour(at)] += count

    def depth(self, county_code: str) -> int:
        """How many messages are open, this transaction's own included."""
        kept = self._connection.execute(_OPEN_COUNT, {"county": county_code}).scalar()
        return int(kept or 0) + self._changes[county_code]

    def all(self) -> dict[str, int]:
        """How many messages are open by county, as last committed."""
        return {row.county_code: row.open_count for row in self._connection.execute(select(ems_queue))}

    def write(self) -> None:
        """Apply the changes, county by county in order, so that two transactions cannot hold what the other needs."""
        for county_code, by in sorted(self._changes.items()):
            if by:
                self._write_depth(county_code, by)
        for county_code, hour in sorted(set(self._added) | set(self._cleared)):
            added, cleared = self._added[county_code, hour], self._cleared[county_code, hour]
            if added or cleared:
                self._write_hour(county_code, hour, added, cleared)
        for counter in (self._changes, self._added, self._cleared):
            counter.clear()

    def _write_depth(self, county_code: str, by: int) -> None:
        moved = update(ems_queue).where(ems_queue.c.county_code == county_code).values(open_count=ems_queue.c.open_count + by)
        if self._connection.execute(moved).rowcount == 0:
            self._connection.execute(insert(ems_queue).values(county_code=county_code, open_count=by))

    def _write_hour(self, county_code: str, hour: datetime, added: int, cleared: int) -> None:
        mine = update(queue_hour).where(queue_hour.c.county_code == county_code, queue_hour.c.hour_start == hour)
        more = mine.values(added_count=queue_hour.c.added_count + added, cleared_count=queue_hour.c.cleared_count + cleared)
        if self._connection.execute(more).rowcount == 0:
            row = {"county_code": county_code, "hour_start": hour, "added_count": added, "cleared_count": cleared}
            self._connection.execute(insert(queue_hour).values(row))


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
