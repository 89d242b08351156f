"""One call of an operation: what it brings, who makes it, and what it may use."""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from votecal_soap.domain.counties import Caller
from votecal_soap.use_cases.ports import Application


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed envelope, credential and schema checks."""

    request: etree._Element
    caller: Caller
    services: Application


Operation = Callable[[Call], str]
"""Reads the request, calls a use case, writes the answer's element."""
