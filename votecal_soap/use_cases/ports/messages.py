"""The county queues."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from votecal_soap.domain.ems_messages import Clearance, ClearResult, NewMessage, QueuedMessage

RenderMessage = Callable[[int, str, datetime, int | None, int | None, str | None, int | None, int | None, int | None, str | None], str]
"""From the fields of a `QueuedMessage`, in their order, to what the county gets."""


class MessageRepository(Protocol):
    """The county queues."""

    def add(self, messages: Sequence[NewMessage], enqueued_at: datetime) -> None:
        """Queue messages in this transaction (EWS-06); the depth counters move at commit."""
        ...

    def page(self, county_code: str, limit: int, *, with_payload: bool) -> list[QueuedMessage]:
        """Open messages, oldest first, per voter in voter sequence (EWS-02, EWS-05)."""
        ...

    def rendered_page(self, county_code: str, limit: int, render: RenderMessage, *, with_payload: bool) -> list[str]:
        """The same page, each message rendered from its row: this is what 58 counties poll."""
        ...

    def by_ids(self, county_code: str, message_ids: Sequence[int]) -> list[QueuedMessage]:
        """Those of these messages that are this county's, cleared ones included."""
        ...

    def depth(self, county_code: str) -> int:
        """How many are open; does not scan."""
        ...

    def clear(self, county_code: str, clearances: Sequence[Clearance], at: datetime) -> dict[int, ClearResult]:
        """Clear in order; idempotent; never another county's; a younger one never before an older of the same voter."""
        ...

    def voters_with_blocking(self, county_code: str, state_voter_ids: Sequence[int]) -> set[int]:
        """Voters with an open message about a change that the county did not make itself (VRU-13)."""
        ...
