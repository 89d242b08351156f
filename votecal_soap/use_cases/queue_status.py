"""OPS-01 How deep each county's queue is, and since when its oldest message waits."""

from dataclasses import dataclass
from datetime import datetime

from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatus:
    """One county's queue."""

    county_code: str
    county_name: str
    open_messages: int
    oldest_enqueued_at: datetime | None


def status(uow: UnitOfWork, county_code: str | None = None) -> list[QueueStatus]:
    """The queue of one county, or every queue that is not empty; nothing scans."""
    with uow:
        counties = [county for county in uow.reference.counties() if county_code in (None, county.county_code)]
        if county_code is not None and not counties:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {county_code}.", ref="county")
        found = [_status(uow, county.county_code, county.name) for county in counties]
    return [item for item in found if item.open_messages or county_code is not None]


def _status(uow: UnitOfWork, county_code: str, name: str) -> QueueStatus:
    depth = uow.messages.depth(county_code)
    oldest = uow.messages.page(county_code, 1, with_payload=False) if depth else []
    return QueueStatus(
        county_code=county_code,
        county_name=name,
        open_messages=depth,
        oldest_enqueued_at=oldest[0].enqueued_at if oldest else None,
    )
