"""UC03.42.01 The Work Item Summary: every type of work item with the number of those open and overdue (DLR-03)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.match_cases import CaseState, CaseType
from votecal_soap.domain.work_lists import WorkItemKind
from votecal_soap.use_cases.console_access import is_of_sos, known_person
from votecal_soap.use_cases.ports import OpenCaseCount, UnitOfWork

COUNTED_TO: Final = 1_000
"""DMV records of nobody are counted up to this number: few are ever open, and nothing keeps count of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine:
    """A type of work item. `is_at_least`: there are more than were counted."""

    kind: WorkItemKind
    open_items: int
    overdue: int
    is_at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyLine:
    """What waits for one county."""

    county_code: str
    open_items: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemSummary:
    """All types, and for SOS the counties with the most overdue first."""

    lines: tuple[SummaryLine, ...]
    counties: tuple[CountyLine, ...]


def summary(user_name: str, uow: UnitOfWork, clock: Clock) -> WorkItemSummary:
    """What waits for this person; counters are read, nothing scans."""
    today = legal_date(clock.now())
    with uow:
        person = known_person(uow, user_name)
        counts = uow.match_cases.open_counts(person.county_code)
        # A pair that waits for two counties is each one's item, and one for SOS.
        mine = [count for count in counts if not (is_of_sos(person) and count.is_second)]
        lines = [_line(kind, mine, today) for kind in WorkItemKind if kind.case_types]
        if is_of_sos(person):
            lines += _lines_of_sos(uow, today)
            unresolved = uow.work_items.count_unresolved_of_sos(COUNTED_TO)
            lines.append(SummaryLine(kind=WorkItemKind.UNRESOLVED_DMV, open_items=unresolved, overdue=0, is_at_least=unresolved == COUNTED_TO))
    return WorkItemSummary(lines=tuple(lines), counties=_counties(counts, today) if is_of_sos(person) else ())


def _line(kind: WorkItemKind, counts: Sequence[OpenCaseCount], today: date) -> SummaryLine:
    mine = [count for count in counts if count.case_type in kind.case_types and count.state in kind.states]
    return SummaryLine(kind=kind, open_items=_total(mine), overdue=_total(_overdue(mine, today)))


def _lines_of_sos(uow: UnitOfWork, today: date) -> list[SummaryLine]:
    counts = {count.item_type: count for count in uow.sos_items.counts(today)}
    items = ((kind, counts[kind.sos_item_type]) for kind in WorkItemKind if kind.sos_item_type is not None)
    return [SummaryLine(kind=kind, open_items=count.open_count, overdue=count.overdue_count) for kind, count in items]


def _counties(counts: Sequence[OpenCaseCount], today: date) -> tuple[CountyLine, ...]:
    of_county: defaultdict[str, list[OpenCaseCount]] = defaultdict(list)
    for count in counts:
        of_county[count.county_code].append(count)
    lines = [CountyLine(county_code=code, open_items=_total(mine), overdue=_total(_overdue(mine, today))) for code, mine in of_county.items()]
    return tuple(sorted(lines, key=lambda line: (-line.overdue, -line.open_items, line.county_code)))


def _overdue(counts: Iterable[OpenCaseCount], today: date) -> Iterable[OpenCaseCount]:
    """A move that waits has a time of its own; a merge that waits, and all else, has a day."""
    return (count for count in counts if count.due_on is not None and count.due_on < today and _has_day(count))


def _has_day(count: OpenCaseCount) -> bool:
    return count.state is not CaseState.PROVISIONAL or count.case_type is CaseType.DUPLICATE_VOTER


def _total(counts: Iterable[OpenCaseCount]) -> int:
    return sum(count.case_count for count in counts)
