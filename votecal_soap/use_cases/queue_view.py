"""OPS-01, EWS-04 One county's queue as SOS and the county's own people see it: depth, age, throughput, what could not be taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import County
from votecal_soap.domain.ems_messages import PoisonMessage, QueueHour
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.console_access import known_person, refuse, sees_county
from votecal_soap.use_cases.ports import UnitOfWork

SHOWN_HOURS: Final = 24
SHOWN_POISON: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A queue in the list of all."""

    county: County
    depth: int
    oldest_at: datetime | None
    poison: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A queue with its last day; every hour is there, quiet ones too."""

    line: QueueLine
    hours: Sequence[QueueHour]
    poison: Sequence[PoisonMessage]


def queues(user_name: str, uow: UnitOfWork) -> list[QueueLine]:
    """The queues that a person may see, those with poison first, then the deepest; nothing scans."""
    with uow:
        person = known_person(uow, user_name)
        poison, depths = uow.messages.poison_counts(), uow.messages.depths()
        seen = [county for county in uow.reference.counties() if sees_county(person, county.county_code)]
        lines = [_line(uow, county, depths.get(county.county_code, 0), poison.get(county.county_code, 0)) for county in seen]
    return sorted(lines, key=lambda line: (-line.poison, -line.depth, line.county.county_code))


def queue(county_code: str, user_name: str, uow: UnitOfWork, clock: Clock) -> QueueView:
    """One queue; another county's is refused, and the attempt written down."""
    with uow:
        person = known_person(uow, user_name)
        county = uow.reference.county(county_code)
        missing = NotFound(ErrorCode.COUNTY_NOT_FOUND, "There is no such county for you.", ref="county")
        if county is None:
            raise missing
        if not sees_county(person, county_code):
            refuse(uow, person, clock, ("County", county_code), missing)
        poison = uow.messages.poison(county_code, SHOWN_POISON)
        return QueueView(line=_line(uow, county, uow.messages.depth(county_code), len(poison)), hours=_hours(uow, county_code, clock.now()), poison=poison)


def _line(uow: UnitOfWork, county: County, depth: int, poison: int) -> QueueLine:
    oldest = uow.messages.page(county.county_code, 1, with_payload=False) if depth else []
    return QueueLine(county=county, depth=depth, oldest_at=oldest[0].enqueued_at if oldest else None, poison=poison)


def _hours(uow: UnitOfWork, county_code: str, now: datetime) -> list[QueueHour]:
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    starts = [this_hour - timedelta(hours=back) for back in reversed(range(SHOWN_HOURS))]
    counted = {hour.start: hour for hour in uow.messages.hours(county_code, starts[0])}
    return [counted.get(start, QueueHour(start, 0, 0)) for start in starts]
