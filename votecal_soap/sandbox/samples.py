"""The samples of `docs/contract.md`: a request and a response of each operation, recorded from a conformance run at a sandbox whose clock stands still."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from votecal_soap.clock import FixedClock
from votecal_soap.contract.client_envelope import as_sample
from votecal_soap.county.vendor_check.catalogue import CHECKS
from votecal_soap.county.vendor_check.checks import run_checks
from votecal_soap.county.vendor_check.visit import Visit
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.sandbox.running import sandbox

SHOWN_URL: Final = "https://votecal.example"
SHOWN_TOKEN: Final = "shown-once"  # noqa: S105 - no password
_AT: Final = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
_TOKEN: Final = re.compile(r"(?<=<UploadToken>)[^<]+")
_PLACE: Final = re.compile(r"<!-- sample (?P<service>[a-z-]+) (?P<operation>\w+) -->\n.*?<!-- end of sample -->", re.DOTALL)

SampleKey = tuple[str, str]
"""Service and operation."""


class Sample(NamedTuple):
    """A request and its response, as XML to be shown."""

    request: str
    response: str


def record_samples() -> dict[SampleKey, Sample]:
    """Run every check once, and keep the first exchange of each operation."""
    with sandbox(FixedClock(_AT)) as made:
        county = made.counties[0]
        visit = Visit(url=made.url, username=county.username, secret=county.secret, stamp="1", clock=FixedClock(_AT))
        try:
            for _ in run_checks(CHECKS, visit, changing=True):
                pass
        finally:
            visit.close()
    samples: dict[SampleKey, Sample] = {}
    for exchange in visit.exchanges:
        shown = Sample(*(_shown(as_sample(message), made.url) for message in (exchange.request, exchange.answer)))
        samples.setdefault((exchange.service.name, exchange.operation), shown)
    return samples


def with_samples(document: str, samples: Mapping[SampleKey, Sample]) -> str:
    """The document with each place filled anew.

    Raises:
        InvalidRequest: VALUE_WRONG for a sample without a place, and for a place without a sample.
    """
    places = {(found["service"], found["operation"]) for found in _PLACE.finditer(document)}
    if strays := sorted(places ^ samples.keys()):
        service, operation = strays[0]
        text = "An operation has a check in county/vendor_check, and below its heading a place: "
        text += f"<!-- sample {service} {operation} --> and <!-- end of sample -->, a line each."
        raise InvalidRequest(ErrorCode.VALUE_WRONG, text, ref=operation)
    return _PLACE.sub(lambda found: _block(found["service"], found["operation"], samples), document)


def _block(service: str, operation: str, samples: Mapping[SampleKey, Sample]) -> str:
    blocks = "".join(f"```xml\n{text}\n```\n" for text in samples[service, operation])
    return f"<!-- sample {service} {operation} -->\n{blocks}<!-- end of sample -->"


def _shown(text: str, url: str) -> str:
    """Without what is another one in each run."""
    return _TOKEN.sub(SHOWN_TOKEN, text.replace(url, SHOWN_URL))
