"""One log line and one count a call, and the correlation id that a caller quotes to SOS (OPS-03, EWS-13)."""

import logging
import time
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from votecal_soap.call_record import RECORD_KEY, CallRecord
from votecal_soap.log import correlation_id, event
from votecal_soap.soap.http_response import respond
from votecal_soap.soap.metrics import CallMeter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)


class CallLog:
    """Wraps a WSGI application: gives each request an id, logs what became of it, and lets no exception out."""

    def __init__(self, application: "WSGIApplication", meter: CallMeter) -> None:
        """Wrap."""
        self._application = application
        self._meter = meter

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer one request, and say so."""
        record = CallRecord(correlation_id=str(uuid.uuid4()))
        statuses: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ANN401 - as WSGI has it
            statuses.append(status[:3])
            return start_response(status, [*headers, ("X-Correlation-Id", record.correlation_id)], exc_info)

        environ[RECORD_KEY] = record
        token = correlation_id.set(record.correlation_id)
        began = time.monotonic()
        try:
            return _whole(self._application(environ, start))
        except Exception:
            event(logger, "unexpected error", level=logging.ERROR, exc_info=True)
            return respond(environ, start, "500 Internal Server Error")
        finally:
            self._tell(record, statuses[-1] if statuses else "", time.monotonic() - began)
            correlation_id.reset(token)

    def _tell(self, record: CallRecord, status: str, seconds: float) -> None:
        self._meter.count(record, status, seconds)
        event(
            logger,
            "call",
            operation=record.operation,
            county_code=record.county_code,
            status=status or None,
            fault=record.fault,
            duration_ms=round(seconds * 1000, 1),
        )


def _whole(body: Iterable[bytes]) -> list[bytes]:
    """The body in memory, and whatever it was read from closed, as WSGI asks of whoever reads it."""
    try:
        return list(body)
    finally:
        if hasattr(body, "close"):
            body.close()
