"""Work items of SOS: what its users decide, and how they are listed (DLR-03 to DLR-05, DUP-06, COA-21)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.match_cases import WorkItemStatus


class SosItemType(StrEnum):
    """What is to be done; the text beside each is what the summary screen calls it."""

    REVIEW_REJECTED_DUPLICATE = "ReviewRejectedDuplicate"  # both counties rejected a match on equal DL/ID (DLR-04)
    VERIFIED_LICENSE_REJECTED = "VerifiedLicenseRejected"  # S4.7: administrators are to know of a first rejection (DUP-06)
    UNRESOLVED_DMV_COA = "UnresolvedDmvCoa"  # no county could be derived of a DMV record that matched nobody (COA-21)


TITLES: Final = {
    SosItemType.REVIEW_REJECTED_DUPLICATE: "Review Rejected Duplicate DL/ID Matches by County Users",
    SosItemType.VERIFIED_LICENSE_REJECTED: "A county rejected a match on a verified DL/ID",
    SosItemType.UNRESOLVED_DMV_COA: "DMV records without a voter and without a county",
}
"""What people call the types."""


class SosItemOutcome(StrEnum):
    """How an item was closed."""

    ACCEPTED = "Accepted"  # the records were merged
    REJECTED = "Rejected"  # they are different persons
    ACKNOWLEDGED = "Acknowledged"  # somebody has read it
    DIRECTED = "Directed"  # to a county
    SUPERSEDED = "Superseded"  # the case was decided otherwise


class SosWorkItem(NamedTuple):
    """An item with who works on it; `version` rises with each change, and a change names the one it saw."""

    item_id: int
    item_type: SosItemType
    status: WorkItemStatus
    case_id: int | None
    dmv_work_item_id: int | None
    opened_at: datetime
    due_on: date
    claimed_by: str | None
    claimed_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: SosItemOutcome | None
    cause: str | None
    version: int


class NewSosWorkItem(NamedTuple):
    """An item to be opened; a second one of the same type and subject is not, while the first is open."""

    item_type: SosItemType
    due_on: date
    case_id: int | None = None
    dmv_work_item_id: int | None = None


class SosNote(NamedTuple):
    """What an SOS user wrote about an item."""

    noted_at: datetime
    noted_by: str
    text: str


class SosItemCount(NamedTuple):
    """A line of the summary: a type, its open items and those past their day."""

    item_type: SosItemType
    open_count: int
    overdue_count: int


class SosItemSort(StrEnum):
    """By what a list is sorted; the number of an item decides between equals."""

    DUE = "due"
    OPENED = "opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class SosItemQuery:
    """Which items of a type are wanted, a page at a time: `after` is the last item of the page before."""

    item_type: SosItemType
    status: WorkItemStatus = WorkItemStatus.OPEN
    sort: SosItemSort = SosItemSort.DUE
    descending: bool = False
    claimed_by: str | None = None
    unclaimed: bool = False
    overdue_on: date | None = None
    """Only items that were due before this day."""
    after: SosWorkItem | None = None
    limit: int = 50
