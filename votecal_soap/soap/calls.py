"""One call of an operation: what it brings, who makes it, and what it may use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from lxml import etree

from votecal_soap.clock import Clock
from votecal_soap.config import Config
from votecal_soap.domain.counties import Caller
from votecal_soap.use_cases.ports import Spool, UnitOfWorkFactory


class Services(Protocol):
    """What operations may use; the joined-up application has it."""

    @property
    def config(self) -> Config:
        """Every setting."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def unit_of_work(self) -> UnitOfWorkFactory:
        """Transactions."""
        ...

    @property
    def spool(self) -> Spool:
        """The bytes of uploads."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed envelope, credential and schema checks."""

    request: etree._Element
    caller: Caller
    services: Services


Operation = Callable[[Call], str]
"""Reads the request, calls a use case, writes the answer's element."""


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """What the log will say of a call; filled while it is answered."""

    correlation_id: str
    operation: str | None = None
    county_code: str | None = None
    fault: str | None = None


RECORD_KEY: Final = "votecal.call_record"
"""Where a call's record is in its WSGI environment."""
