"""The county queues (UC04.06.01)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Select, bindparam, case, delete, func, literal, null, select

from db.bulk import BulkWriter, columns_of
from db.in_lists import listed, select_listed
from db.key_sets import Among, fetch_among
from db.prepared import PreparedQuery
from db.repositories import message_archive, poison_messages, queue_consumers
from db.repositories.message_clearing import clear
from db.repositories.queue_depths import QueueDepths
from db.tables import ems_message, queue_hour
from votecal_soap.contract.queue_messages import ABOUT, render_header, render_origin
from votecal_soap.domain.ems_messages import Clearance, ClearResult, HeardOf, MessageState, NewMessage, PoisonMessage, QueuedMessage, QueueHour, StoredMessage
from votecal_soap.log import correlation_id

_HEADER: Final = [ems_message.c[name] for name in QueuedMessage._fields if name != "payload"]
_PAYLOAD: Final = ems_message.c.payload
_about: Final = attrgetter(*ABOUT)
_STORED: Final = (ems_message.c.message_id, ems_message.c.header)

_older: Final = ems_message.alias("older")
_HELD_BACK: Final = case(
    (
        select(literal(1))
        .where(
            _older.c.state_voter_id == ems_message.c.state_voter_id,
            _older.c.queue_county == ems_message.c.queue_county,
            _older.c.voter_sequence < ems_message.c.voter_sequence,
            _older.c.message_id > ems_message.c.message_id,
        )
        .exists(),
        1,
    ),
    else_=0,
)
"""Whether an older open message of the same voter comes later by id, as ids of several sessions may."""


def _page(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        # A CASE, because a planner that saw the NOT EXISTS would join the whole queue with itself before it counts to the limit.
        .where(ems_message.c.queue_county == bindparam("county"), ems_message.c.message_id > bindparam("after", type_=BigInteger), _HELD_BACK == 0)
        # The first column is constant; naming it lets every planner see that the index has this order.
        .order_by(ems_message.c.queue_county, ems_message.c.message_id)
        .limit(bindparam("page_limit", type_=Integer))
    )


_PAGES: Final = {True: _page(*_HEADER, _PAYLOAD), False: _page(*_HEADER, null().label("payload"))}
"""By whether the payload comes along."""
_STORED_PAGE: Final = PreparedQuery(_page(*_STORED, null().label("payload")))
_STORED_PAGE_WITH_PAYLOAD: Final = _page(*_STORED, _PAYLOAD)


def _blocking(among: Among) -> Select[Any]:
    # Within a function the county is no way in: a queue may have a million messages, and the voters are few.
    mine = (among(ems_message.c.state_voter_id), func.coalesce(ems_message.c.queue_county, "") == bindparam("county"), ems_message.c.blocks_updates == 1)
    return select(ems_message.c.state_voter_id).where(*mine)


class SqlMessageRepository:
    """The tables ems_message, ems_message_archive, ems_queue, queue_hour and poison_message."""

    def __init__(self, connection: Connection, bulk: BulkWriter, depths: QueueDepths) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk
        self._depths = depths

    def add(self, messages: Sequence[NewMessage], enqueued_at: datetime) -> None:
        """Queue messages in this transaction (EWS-06); the depth counters move at commit."""
        columns = dict(columns_of(NewMessage._fields, messages))
        columns["queue_county"] = columns["county_code"]
        origin = render_origin(correlation_id.get())
        columns["header"] = [render_header(message.message_type, enqueued_at, _about(message)) + origin for message in messages]
        self._bulk.insert(ems_message, columns, {"state": str(MessageState.OPEN), "enqueued_at": enqueued_at})
        for county_code, count in Counter(message.county_code for message in messages).items():
            self._depths.add(county_code, count, enqueued_at)

    def page(self, county_code: str, limit: int, *, with_payload: bool) -> list[QueuedMessage]:
        """Open messages, oldest first, per voter in voter sequence (EWS-02, EWS-05)."""
        rows = self._connection.execute(_PAGES[with_payload], {"county": county_code, "after": 0, "page_limit": limit})
        return [QueuedMessage._make(row) for row in rows]

    def stored_page(self, county_code: str, limit: int, *, with_payload: bool, after: int = 0) -> list[StoredMessage]:
        """The same page as it is sent, of the messages with an id above `after`."""
        values: dict[str, int | str] = {"county": county_code, "after": after, "page_limit": limit}
        if not with_payload:
            return _STORED_PAGE.rows(self._connection, values)
        # The driver's own tuples: a row object for each costs as much as reading it (measured).
        return list(self._connection.execute(_STORED_PAGE_WITH_PAYLOAD, values).cursor.fetchall())

    def by_ids(self, county_code: str, message_ids: Sequence[int]) -> list[StoredMessage]:
        """Those of these messages that are this county's, as they are sent, cleared ones included."""
        mine = select(*_STORED, _PAYLOAD).where(ems_message.c.county_code == county_code, ems_message.c.message_id.in_(listed()))
        found: list[StoredMessage] = [(row.message_id, row.header, row.payload) for row in select_listed(self._connection, mine, sorted(message_ids))]
        # The queue first, then the archive for the rest: one that is moved meanwhile is found once.
        rest = sorted(set(message_ids) - {message[0] for message in found})
        return sorted(found + message_archive.by_ids(self._connection, county_code, rest))

    def depth(self, county_code: str) -> int:
        """How many are open; does not scan."""
        return self._depths.depth(county_code)

    def depths(self) -> Mapping[str, int]:
        """How many are open by county, as last committed; does not scan."""
        return self._depths.all()

    def clear(self, county_code: str, clearances: Sequence[Clearance], at: datetime) -> dict[int, ClearResult]:
        """Clear in order; idempotent; never another county's; a younger one never before an older of the same voter."""
        results = clear(self._connection, self._bulk, county_code, clearances, at)
        self._depths.clear(county_code, sum(result is ClearResult.CLEARED for result in results.values()), at)
        return results

    def poison(self, county_code: str, limit: int) -> list[PoisonMessage]:
        """Messages that the county could not take, oldest first (EWS-04)."""
        return poison_messages.listed(self._connection, county_code, limit)

    def poison_counts(self) -> Mapping[str, int]:
        """How many each county could not take; those without any are left out."""
        return poison_messages.counts(self._connection)

    def requeue(self, county_code: str, message_id: int, at: datetime) -> bool:
        """Offer a poison message again, in its voter's order; False when it is none of this county's."""
        requeued = poison_messages.put(self._connection, county_code, message_id, MessageState.OPEN, queue_county=county_code)
        self._depths.add(county_code, int(requeued), at)
        return requeued

    def skip(self, county_code: str, message_id: int) -> bool:
        """Put a poison message aside for good; False when it is none of this county's."""
        return poison_messages.put(self._connection, county_code, message_id, MessageState.SKIPPED, queue_county=None)

    def over_before(self, cleared_before: datetime, limit: int, after: int = 0) -> list[int]:
        """Ids above `after` of messages that were cleared before an instant and are over, in order."""
        return message_archive.over_before(self._connection, cleared_before, limit, after)

    def archive(self, message_ids: Sequence[int], at: datetime) -> int:
        """Move those of these that are over and still in the queue's table to the archive; how many (OPS-05)."""
        return message_archive.move(self._connection, message_ids, at)

    def forget_archived(self, cleared_before: datetime, limit: int) -> int:
        """Delete archived messages that were cleared before an instant; how many (OPS-05)."""
        return message_archive.forget(self._connection, cleared_before, limit)

    def hours(self, county_code: str, since: datetime) -> list[QueueHour]:
        """What each hour added and cleared, oldest first; hours without either are left out."""
        mine = select(queue_hour).where(queue_hour.c.county_code == county_code, queue_hour.c.hour_start >= since)
        rows = self._connection.execute(mine.order_by(queue_hour.c.hour_start))
        return [QueueHour(row.hour_start, row.added_count, row.cleared_count) for row in rows]

    def purge_hours(self, before: datetime) -> None:
        """Forget what hours before an instant added and cleared (OPS-05)."""
        self._connection.execute(delete(queue_hour).where(queue_hour.c.hour_start < before))

    def note_consumers(self, heard: Mapping[str, HeardOf]) -> None:
        """Keep when counties were heard of last; an older time never takes the place of a newer one (OPS-01)."""
        queue_consumers.note(self._connection, heard)

    def consumers(self) -> Mapping[str, HeardOf]:
        """When each county was heard of last; those that never were are left out."""
        return queue_consumers.heard_of(self._connection)

    def known_keys(self, dedup_keys: Sequence[str]) -> set[str]:
        """Which of these messages were ever queued, cleared ones included."""
        known = select(ems_message.c.dedup_key).where(ems_message.c.dedup_key.in_(listed()))
        found = {row[0] for row in select_listed(self._connection, known, dedup_keys)}
        return found | message_archive.known_keys(self._connection, [key for key in dedup_keys if key not in found])

    def voters_with_blocking(self, county_code: str, state_voter_ids: Sequence[int]) -> set[int]:
        """Voters with an open message about a change that the county did not make itself (VRU-13)."""
        return {row[0] for row in fetch_among(self._connection, _blocking, state_voter_ids, county=county_code)}
