"""County queues in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from fakes.state import FakeState, KeptMessage, already_exists

from votecal_soap.contract.queue_messages import ABOUT, render_header
from votecal_soap.domain.ems_messages import Clearance, ClearResult, HeardOf, MessageState, NewMessage, PoisonMessage, QueuedMessage, QueueHour, StoredMessage


class FakeMessageRepository:
    """See `ports.MessageRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add(self, messages: Sequence[NewMessage], enqueued_at: datetime) -> None:
        keys = {kept.message.dedup_key for kept in self._state.messages.values()}
        for message in messages:
            if message.dedup_key in keys:
                raise already_exists()
            keys.add(message.dedup_key)
            self._state.messages[self._state.next_number("message")] = KeptMessage(message, enqueued_at)
            self._count(message.county_code, enqueued_at, added=1)

    def page(self, county_code: str, limit: int, *, with_payload: bool) -> list[QueuedMessage]:
        offered = [key for key in self._open(county_code) if not self._overtakes(key)]
        page = [self._queued(key) for key in offered[:limit]]
        return page if with_payload else [message._replace(payload=None) for message in page]

    def stored_page(self, county_code: str, limit: int, *, with_payload: bool, after: int = 0) -> list[StoredMessage]:
        offered = self.page(county_code, len(self._state.messages), with_payload=with_payload)
        return [self._stored(message.message_id, message.payload) for message in offered if message.message_id > after][:limit]

    def by_ids(self, county_code: str, message_ids: Sequence[int]) -> list[StoredMessage]:
        return [self._stored(key, self._state.messages[key].message.payload) for key in sorted(set(message_ids)) if self._is_of(county_code, key)]

    def depth(self, county_code: str) -> int:
        return len(self._open(county_code))

    def clear(self, county_code: str, clearances: Sequence[Clearance], at: datetime) -> dict[int, ClearResult]:
        results: dict[int, ClearResult] = {}
        for clearance in clearances:
            if clearance.message_id not in results:
                results[clearance.message_id] = self._clear_one(county_code, clearance, at)
        self._count(county_code, at, cleared=sum(result is ClearResult.CLEARED for result in results.values()))
        return results

    def poison(self, county_code: str, limit: int) -> list[PoisonMessage]:
        found = [(key, self._state.messages[key]) for key in self._poison(county_code)][:limit]
        return [
            PoisonMessage(key, str(kept.message.message_type), kept.enqueued_at, kept.cleared_at, kept.text, kept.message.state_voter_id, kept.message.job_id)
            for key, kept in found
        ]

    def poison_counts(self) -> dict[str, int]:
        counties = {kept.message.county_code for kept in self._state.messages.values()}
        return {county: len(self._poison(county)) for county in counties if self._poison(county)}

    def requeue(self, county_code: str, message_id: int, at: datetime) -> bool:
        return self._put(county_code, message_id, state=MessageState.OPEN, text=None, cleared_at=None) and self._count(county_code, at, added=1)

    def skip(self, county_code: str, message_id: int) -> bool:
        return self._put(county_code, message_id, state=MessageState.SKIPPED)

    def over_before(self, cleared_before: datetime, limit: int, after: int = 0) -> list[int]:
        over = [key for key, kept in sorted(self._state.messages.items()) if key not in self._state.archived and self._is_over(kept, cleared_before)]
        return [key for key in over if key > after][:limit]

    def archive(self, message_ids: Sequence[int], at: datetime) -> int:
        moved = {key for key in message_ids if key in self._state.messages and self._is_over(self._state.messages[key])} - self._state.archived
        self._state.archived |= moved
        return len(moved)

    def forget_archived(self, cleared_before: datetime, limit: int) -> int:
        old = sorted(key for key in self._state.archived if self._is_over(self._state.messages[key], cleared_before))[:limit]
        self._state.archived -= set(old)
        for key in old:
            del self._state.messages[key]
        return len(old)

    def hours(self, county_code: str, since: datetime) -> list[QueueHour]:
        return [QueueHour(hour, *counted) for (county, hour), counted in sorted(self._state.hours.items()) if county == county_code and hour >= since]

    def purge_hours(self, before: datetime) -> None:
        self._state.hours = {key: counted for key, counted in self._state.hours.items() if key[1] >= before}

    def note_consumers(self, heard: Mapping[str, HeardOf]) -> None:
        for county_code, times in heard.items():
            pairs = zip(self._state.consumers.get(county_code, HeardOf(None, None)), times, strict=True)
            newest = [max((at for at in pair if at), default=None) for pair in pairs]
            self._state.consumers[county_code] = HeardOf(*newest)

    def consumers(self) -> Mapping[str, HeardOf]:
        return self._state.consumers

    def known_keys(self, dedup_keys: Sequence[str]) -> set[str]:
        return {kept.message.dedup_key for kept in self._state.messages.values()} & set(dedup_keys)

    def voters_with_blocking(self, county_code: str, state_voter_ids: Sequence[int]) -> set[int]:
        wanted = set(state_voter_ids)
        messages = [self._state.messages[key].message for key in self._open(county_code)]
        return {message.state_voter_id for message in messages if message.blocks_updates and message.state_voter_id in wanted}

    @staticmethod
    def _is_over(kept: KeptMessage, cleared_before: datetime | None = None) -> bool:
        if kept.state not in (MessageState.PROCESSED, MessageState.SKIPPED):
            return False
        return cleared_before is None or (kept.cleared_at is not None and kept.cleared_at < cleared_before)

    def _poison(self, county_code: str) -> list[int]:
        return [key for key, kept in sorted(self._state.messages.items()) if kept.state is MessageState.FAILED and self._is_of(county_code, key)]

    def _put(self, county_code: str, message_id: int, **values: object) -> bool:
        if message_id not in self._poison(county_code):
            return False
        self._state.messages[message_id] = replace(self._state.messages[message_id], **values)
        return True

    def _count(self, county_code: str, at: datetime, *, added: int = 0, cleared: int = 0) -> bool:
        key = county_code, at.replace(minute=0, second=0, microsecond=0)
        before = self._state.hours.get(key, (0, 0))
        if added or cleared:
            self._state.hours[key] = (before[0] + added, before[1] + cleared)
        return True

    def _clear_one(self, county_code: str, clearance: Clearance, at: datetime) -> ClearResult:
        kept = self._state.messages.get(clearance.message_id)
        if kept is None or not self._is_of(county_code, clearance.message_id):
            return ClearResult.NOT_FOUND
        if kept.state is not MessageState.OPEN:
            return ClearResult.ALREADY_CLEARED
        if any(self._is_older(other, clearance.message_id) for other in self._open(county_code)):
            return ClearResult.OLDER_MESSAGE_OPEN
        self._state.messages[clearance.message_id] = replace(kept, state=MessageState(clearance.outcome), text=clearance.text, cleared_at=at)
        return ClearResult.CLEARED

    def _open(self, county_code: str) -> list[int]:
        return [key for key, kept in sorted(self._state.messages.items()) if kept.state is MessageState.OPEN and self._is_of(county_code, key)]

    def _is_of(self, county_code: str, key: int) -> bool:
        return key in self._state.messages and self._state.messages[key].message.county_code == county_code

    def _is_older(self, other: int, key: int) -> bool:
        theirs, mine = self._state.messages[other].message, self._state.messages[key].message
        if mine.state_voter_id is None or mine.voter_sequence is None or theirs.voter_sequence is None:
            return False
        return theirs.state_voter_id == mine.state_voter_id and theirs.voter_sequence < mine.voter_sequence

    def _overtakes(self, key: int) -> bool:
        county_code = self._state.messages[key].message.county_code
        return any(other > key and self._is_older(other, key) for other in self._open(county_code))

    def _stored(self, key: int, payload: str | None) -> StoredMessage:
        kept = self._state.messages[key]
        return key, render_header(kept.message.message_type, kept.enqueued_at, attrgetter(*ABOUT)(kept.message)), payload

    def _queued(self, key: int) -> QueuedMessage:
        kept = self._state.messages[key]
        given = {name: getattr(kept.message, name) for name in QueuedMessage._fields if hasattr(kept.message, name)}
        return QueuedMessage(**{**given, "message_id": key, "message_type": str(kept.message.message_type), "enqueued_at": kept.enqueued_at})
