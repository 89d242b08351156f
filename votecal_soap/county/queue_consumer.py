"""EMS Processes Message Queue (UC04.06.01): poll, import, clear, and go on while messages remain.

Import and clear are two steps. A process that dies between them meets the same messages again and imports none twice.
What is left for a person stays on the queue: the consumer asks for what comes after it.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from votecal_soap.contract.queue_page import QueuePage
from votecal_soap.county.message_import import Imported, ImportOutcome, import_messages, mark_cleared
from votecal_soap.county.office import Office
from votecal_soap.county.progress import Progress, Step
from votecal_soap.county.state import EmsIntegration
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult
from votecal_soap.log import event

PAGE_MESSAGES: Final = 1000
"""Asked for at once, and the most that one ClearMessages takes. A page left to the state's 48 KB holds about 70."""

_LOGGER: Final = logging.getLogger(__name__)
_OFF_THE_QUEUE: Final = (ClearResult.CLEARED, ClearResult.ALREADY_CLEARED, ClearResult.NOT_FOUND)


@dataclass(slots=True, kw_only=True)
class Drained:
    """What a drain has done: messages imported by type, failed imports by type, and messages that wait for a person."""

    imported: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    left_for_person: int = 0

    def count(self, page: list[Imported]) -> None:
        """Add a page; what an earlier process imported counts there."""
        self.imported.update(item.message_type for item in page if item.outcome is ImportOutcome.PROCESSED and item.is_new)
        self.failed.update(item.message_type for item in page if item.outcome is ImportOutcome.FAILED)
        self.left_for_person += sum(item.outcome is ImportOutcome.LEFT_FOR_PERSON for item in page)


@dataclass(slots=True, kw_only=True)
class _Passed:
    """What one way through the queue has left on it: how many messages, where it goes on, and the voters whose messages wait."""

    count: int = 0
    last_id: int | None = None
    voters: set[int] = field(default_factory=set)


class QueueConsumer:
    """Drains one county's queue into its EMS."""

    def __init__(self, office: Office, state: EmsIntegration, page_messages: int = PAGE_MESSAGES) -> None:
        """Work for one county with one state."""
        self._office = office
        self._state = state
        self._page_messages = page_messages

    def drain(self) -> Drained:
        """Take messages until none remains that this EMS can take."""
        drained = Drained()
        while self._go_through(drained):
            drained.left_for_person = 0
        return drained

    def _go_through(self, drained: Drained) -> bool:
        """Take page after page; whether to begin again: the state holds a message back while an older one of its voter has a higher id."""
        passed, taken = _Passed(), 0
        while True:
            page = self._office.retry.call(lambda: self._state.get_message_queue(self._page_messages, passed.last_id))
            unseen = page.remaining - passed.count
            gone = self._take(page, passed.voters, drained)
            taken += gone
            if unseen <= 0 or not page.messages:
                return unseen > 0 and taken > 0
            passed.count += len(page.messages) - gone
            # From the beginning for as long as nothing is left there: an older state does not know the other way.
            passed.last_id = page.messages[-1].message_id if passed.count else None
            self._office.tell(Progress(step=Step.IMPORT_MESSAGES, done=drained.imported.total()))

    def _take(self, page: QueuePage, waiting: set[int], drained: Drained) -> int:
        """Import and clear one page; how many messages are off the queue."""
        imported = import_messages(self._office.ems, page.messages, self._office.clock.now(), waiting)
        drained.count(imported)
        return self._clear(imported)

    def _clear(self, imported: list[Imported]) -> int:
        clearances = [_clearance(item) for item in imported if item.outcome is not ImportOutcome.LEFT_FOR_PERSON]
        if not clearances:
            return 0
        results = self._office.retry.call(lambda: self._state.clear_messages(clearances))
        gone = [message_id for message_id, result in results.items() if result in _OFF_THE_QUEUE]
        mark_cleared(self._office.ems, gone)
        event(_LOGGER, "messages cleared", message_count=len(gone))
        return len(gone)


def _clearance(item: Imported) -> Clearance:
    if item.outcome is ImportOutcome.FAILED:
        return Clearance(message_id=item.message_id, outcome=ClearOutcome.FAILED, text=item.text)
    return Clearance(message_id=item.message_id, outcome=ClearOutcome.PROCESSED)
