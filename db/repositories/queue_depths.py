"""The depth of each queue: counted up and down in memory, written once, at the end of the transaction.

The counter's row is one for a county: locked early, it would make every writer of that county wait for the whole of
another's transaction.
"""

from collections import Counter
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from db.tables import ems_queue

_OPEN_COUNT: Final = select(ems_queue.c.open_count).where(ems_queue.c.county_code == bindparam("county"))


class QueueDepths:
    """What this transaction adds to and takes from the queues."""

    def __init__(self, connection: Connection) -> None:
        """Begin with no change."""
        self._connection = connection
        self._changes: Counter[str] = Counter()

    def change(self, county_code: str, by: int) -> None:
        """Remember that a queue grows or shrinks."""
        self._changes[county_code] += by

    def depth(self, county_code: str) -> int:
        """How many messages are open, this transaction's own included."""
        kept = self._connection.execute(_OPEN_COUNT, {"county": county_code}).scalar()
        return int(kept or 0) + self._changes[county_code]

    def write(self) -> None:
        """Apply the changes, county by county in order, so that two transactions cannot hold what the other needs."""
        for county_code, by in sorted(self._changes.items()):
            if by:
                self._write(county_code, by)
        self._changes.clear()

    def _write(self, county_code: str, by: int) -> None:
        moved = update(ems_queue).where(ems_queue.c.county_code == county_code).values(open_count=ems_queue.c.open_count + by)
        if self._connection.execute(moved).rowcount == 0:
            self._connection.execute(insert(ems_queue).values(county_code=county_code, open_count=by))
