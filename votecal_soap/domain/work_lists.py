"""The Work Item Summary and its lists (DLR-03): what waits for a person, by type."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from votecal_soap.domain.match_cases import CaseState, CaseType
from votecal_soap.domain.sos_work_items import SosItemType


class WorkItemKind(StrEnum):
    """A type of work item; the value stands in addresses."""

    DMV_COA = "dmv-coa"  # a county decides on a change of address (COA-33)
    DMV_REGISTRATION = "dmv-registration"  # a county decides on a registration from DMV (COA-38)
    DUPLICATE_VOTER = "duplicate-voter"  # two records may be one person (DUP-03)
    PROVISIONAL = "provisional"  # applied; a cancellation waits for the losing county (COA-12)
    UNRESOLVED_DMV = "unresolved-dmv"  # a DMV record that is nobody's and of no county: SOS's own (COA-21)
    REJECTED_DUPLICATE = "rejected-duplicates"  # both counties rejected one DL/ID: SOS reviews (DLR-05)
    REJECTED_VERIFIED = "rejections-on-verified-dl-id"  # what SOS administrators are to know of (DUP-06)

    @property
    def case_types(self) -> tuple[CaseType, ...]:
        """The types of case that it holds; none when it holds DMV records."""
        return _CASE_TYPES.get(self, ())

    @property
    def states(self) -> tuple[CaseState, ...]:
        """The states in which such a case waits for a county."""
        if self is WorkItemKind.DUPLICATE_VOTER:
            return (CaseState.OPEN, CaseState.REJECTED_BY_USER)
        return (CaseState.PROVISIONAL,) if self is WorkItemKind.PROVISIONAL else (CaseState.OPEN,)

    @property
    def sos_item_type(self) -> SosItemType | None:
        """The type of SOS work item that it holds; None when it holds cases or DMV records."""
        return _SOS_ITEM_TYPES.get(self)

    @property
    def is_of_sos(self) -> bool:
        """Whether only SOS users see it."""
        return not self.case_types


_CASE_TYPES = {
    WorkItemKind.DMV_COA: (CaseType.DMV_COA,),
    WorkItemKind.DMV_REGISTRATION: (CaseType.DMV_REGISTRATION,),
    WorkItemKind.DUPLICATE_VOTER: (CaseType.DUPLICATE_VOTER,),
    WorkItemKind.PROVISIONAL: tuple(CaseType),
}
_SOS_ITEM_TYPES = {
    WorkItemKind.REJECTED_DUPLICATE: SosItemType.REVIEW_REJECTED_DUPLICATE,
    WorkItemKind.REJECTED_VERIFIED: SosItemType.VERIFIED_LICENSE_REJECTED,
}


class CaseOrder(StrEnum):
    """How a list of cases is sorted; always with the id behind it, so that pages neither repeat nor leave out."""

    DUE = "due"  # the first due first
    CONFIDENCE = "confidence"  # the likeliest first
    OLDEST = "oldest"  # by id, which rises with time


class CasePosition(NamedTuple):
    """The last case of the page before: what it was sorted by, and its id."""

    value: date | int | None
    case_id: int


class CaseClaim(NamedTuple):
    """Who took a case, and when."""

    claimed_by: str
    claimed_at: datetime


class CaseNote(NamedTuple):
    """What a clerk wrote about a case."""

    noted_at: datetime
    noted_by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListQuery:
    """A page of cases that wait for a county's word; `county_code` None means any county's, `due_before` only those due before a day."""

    case_types: tuple[CaseType, ...]
    states: tuple[CaseState, ...]
    order: CaseOrder
    limit: int
    county_code: str | None = None
    due_before: date | None = None
    after: CasePosition | None = None
