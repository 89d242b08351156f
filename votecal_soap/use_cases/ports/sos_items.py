"""Work items of SOS (DLR-03 to DLR-05)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from votecal_soap.domain.sos_work_items import NewSosWorkItem, SosItemCount, SosItemOutcome, SosItemQuery, SosNote, SosWorkItem


class SosItemRepository(Protocol):
    """The tables sos_work_item, sos_work_item_note and sos_work_item_count."""

    def open(self, items: Sequence[NewSosWorkItem], at: datetime) -> list[int]:
        """Insert those whose type and subject have no open item; the ids of all, of items that were there already too."""
        ...

    def get(self, item_id: int, *, lock: bool = False) -> SosWorkItem | None:
        """One item."""
        ...

    def of_case(self, case_id: int) -> list[SosWorkItem]:
        """The items of a match case, by id."""
        ...

    def of_dmv_record(self, work_item_id: int) -> list[SosWorkItem]:
        """The open items of a DMV record."""
        ...

    def listed(self, query: SosItemQuery) -> list[SosWorkItem]:
        """A page of items."""
        ...

    def counts(self, today: date) -> list[SosItemCount]:
        """Open and overdue items of every type, read from counters that are kept with the items; a type without items counts none."""
        ...

    def claim(self, item: SosWorkItem, by: str | None, at: datetime) -> SosWorkItem:
        """Someone works on it, or None does any more; if it moved meanwhile raises Conflict WORK_ITEM_CHANGED."""
        ...

    def close(self, item: SosWorkItem, outcome: SosItemOutcome, cause: str | None, at: datetime, by: str) -> SosWorkItem:
        """It is done; if it moved meanwhile raises Conflict WORK_ITEM_CHANGED."""
        ...

    def add_note(self, item_id: int, note: SosNote) -> None:
        """Append."""
        ...

    def notes(self, item_id: int) -> list[SosNote]:
        """What was written about an item, oldest first."""
        ...
