"""The county queues."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from votecal_soap.domain.ems_messages import Clearance, ClearResult, NewMessage, QueuedMessage, StoredMessage


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
        """Those of these messages that are this county's, as they are sent, cleared ones included."""
        ...

    def depth(self, county_code: str) -> int:
        """How many are open; does not scan."""
        ...

    def clear(self, county_code: str, clearances: Sequence[Clearance], at: datetime) -> dict[int, ClearResult]:
        """Clear in order; idempotent; never another county's; a younger one never before an older of the same voter."""
        ...

    def known_keys(self, dedup_keys: Sequence[str]) -> set[str]:
        """Which of these messages were ever queued, cleared ones included."""
        ...

    def voters_with_blocking(self, county_code: str, state_voter_ids: Sequence[int]) -> set[int]:
        """Voters with an open message about a change that the county did not make itself (VRU-13)."""
        ...
