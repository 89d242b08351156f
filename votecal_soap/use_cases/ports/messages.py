"""The county queues."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from votecal_soap.domain.ems_messages import Clearance, ClearResult, HeardOf, NewMessage, PoisonMessage, QueuedMessage, QueueHour, StoredMessage


class MessageRepository(Protocol):
    """The county queues."""

    def add(self, messages: Sequence[NewMessage], enqueued_at: datetime) -> None:
        """Queue messages in this transaction (EWS-06); the depth counters move at commit."""
        ...

    def page(self, county_code: str, limit: int, *, with_payload: bool) -> list[QueuedMessage]:
        """Open messages, oldest first, per voter in voter sequence (EWS-02, EWS-05)."""
        ...

    def stored_page(self, county_code: str, limit: int, *, with_payload: bool, after: int = 0) -> list[StoredMessage]:
        """The same page as it is sent, of the messages with an id above `after`: this is what 58 counties poll."""
        ...

    def by_ids(self, county_code: str, message_ids: Sequence[int]) -> list[StoredMessage]:
        """Those of these messages that are this county's, as they are sent, cleared and archived ones included."""
        ...

    def depth(self, county_code: str) -> int:
        """How many are open; does not scan."""
        ...

    def depths(self) -> Mapping[str, int]:
        """How many are open by county, as last committed; does not scan."""
        ...

    def clear(self, county_code: str, clearances: Sequence[Clearance], at: datetime) -> dict[int, ClearResult]:
        """Clear in order; idempotent; never another county's; a younger one never before an older of the same voter."""
        ...

    def poison(self, county_code: str, limit: int) -> list[PoisonMessage]:
        """Messages that the county could not take, oldest first (EWS-04)."""
        ...

    def poison_counts(self) -> Mapping[str, int]:
        """How many each county could not take; those without any are left out."""
        ...

    def requeue(self, county_code: str, message_id: int, at: datetime) -> bool:
        """Offer a poison message again, in its voter's order; False when it is none of this county's."""
        ...

    def skip(self, county_code: str, message_id: int) -> bool:
        """Put a poison message aside for good; False when it is none of this county's."""
        ...

    def over_before(self, cleared_before: datetime, limit: int, after: int = 0) -> list[int]:
        """Ids above `after` of messages that were cleared before an instant and are over, in order; one that failed is over when SOS has skipped it."""
        ...

    def archive(self, message_ids: Sequence[int], at: datetime) -> int:
        """Move those of these that are over and still in the queue's table to the archive; how many (OPS-05).

        Nothing that a county asks about them is answered otherwise: by id, to be cleared again, by key.
        """
        ...

    def forget_archived(self, cleared_before: datetime, limit: int) -> int:
        """Delete archived messages that were cleared before an instant; how many (OPS-05)."""
        ...

    def hours(self, county_code: str, since: datetime) -> list[QueueHour]:
        """What each hour added and cleared, oldest first; hours without either are left out."""
        ...

    def purge_hours(self, before: datetime) -> None:
        """Forget what hours before an instant added and cleared (OPS-05)."""
        ...

    def note_consumers(self, heard: Mapping[str, HeardOf]) -> None:
        """Keep when counties were heard of last; an older time never takes the place of a newer one (OPS-01)."""
        ...

    def consumers(self) -> Mapping[str, HeardOf]:
        """When each county was heard of last; those that never were are left out."""
        ...

    def known_keys(self, dedup_keys: Sequence[str]) -> set[str]:
        """Which of these messages were ever queued, cleared and archived ones included."""
        ...

    def voters_with_blocking(self, county_code: str, state_voter_ids: Sequence[int]) -> set[int]:
        """Voters with an open message about a change that the county did not make itself (VRU-13)."""
        ...
