"""What Prometheus reads: calls, how long they took, faults by code; and what the database says of queues and alerts.

Labels are closed lists (operation, county, code, HTTP status): nothing that a caller wrote becomes one (OPS-03). Where
PROMETHEUS_MULTIPROC_DIR names a folder, all processes that share it are read from any of them.
"""

import os
from collections.abc import Iterator
from functools import cache
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from votecal_soap.call_record import CallRecord
from votecal_soap.use_cases.ports import UnitOfWorkFactory

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_OF_CALL: Final = ("operation", "county")
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class CallMeter:
    """Counts the calls of a web process."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        calls = Counter("votecal_calls", "Requests by HTTP status; labels are empty where they were not known.", (*_OF_CALL, "status"), registry=self.registry)
        self._faults = Counter("votecal_faults", "Refused requests by code.", (*_OF_CALL, "code"), registry=self.registry)
        self._dropped = Counter("votecal_payloads_dropped", "Calls left out of a payload log that is full.", ("county",), registry=self.registry)
        seconds = Histogram("votecal_call_seconds", "How long requests took.", _OF_CALL, buckets=_BUCKETS, registry=self.registry)
        # Labels are closed lists, so what they lead to can be kept; the library looks it up under a lock at each call.
        self._calls_of, self._seconds_of = cache(calls.labels), cache(seconds.labels)

    def count(self, record: CallRecord, status: str, seconds: float) -> None:
        """Count one request."""
        operation, county = record.operation or "", record.county_code or ""
        self._calls_of(operation, county, status).inc()
        self._seconds_of(operation, county).observe(seconds)
        if record.fault is not None:
            self._faults.labels(operation, county, record.fault).inc()
        if record.is_payload_dropped:
            self._dropped.labels(county).inc()


class StateCollector:
    """What is read of the database when somebody looks: counters that are kept anyway, so that nothing scans."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        """Keep where to look."""
        self._unit_of_work = unit_of_work

    def collect(self) -> Iterator[Metric]:
        """Open messages by county, and credentials that are called with wrong secrets."""
        depth = GaugeMetricFamily("votecal_queue_open_messages", "Messages that the county has not cleared.", labels=["county"])
        with self._unit_of_work(read_only=True) as uow:
            for county_code, count in sorted(uow.messages.depths().items()):
                depth.add_metric([county_code], count)
            alerts = len(uow.call_guard.alerts(unread_only=True))
        yield depth
        yield GaugeMetricFamily("votecal_credential_alerts", "Credentials called with wrong secrets, unread by SOS.", value=alerts)


def exposition(meter: CallMeter, state: StateCollector) -> bytes:
    """Everything, in Prometheus' text form."""
    of_state = CollectorRegistry(auto_describe=False)
    of_state.register(state)
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return generate_latest(of_state) + generate_latest(meter.registry)
    of_all_processes = CollectorRegistry()
    MultiProcessCollector(of_all_processes, folder)  # type: ignore[no-untyped-call] # the library has no type for it
    return generate_latest(of_state) + generate_latest(of_all_processes)
