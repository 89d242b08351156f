"""Masked requests and answers of counties for which SOS switched it on: one JSON object a call, in a folder of the service alone (OPS-05).

A file for each county, day and process. Both a call and a file have a size beyond which nothing more is written; a file that is
full says so in its last line, the log says so once, and a metric counts what is left out.
"""

import json
import logging
import os
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from lxml import etree

from votecal_soap.call_record import CallRecord
from votecal_soap.contract.masking import masked
from votecal_soap.contract.parser import hardened_parser
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.errors import Unavailable
from votecal_soap.log import event
from votecal_soap.use_cases.ports import Application

logger = logging.getLogger(__name__)

_LOOKED_UP_EVERY: Final = timedelta(seconds=15)
_LAST_LINE_BYTES: Final = 200
"""Kept free in each file for the line that says that it is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request with its answer; `is_valid`: the request keeps the schema, `schema` that of the service."""

    request: etree._Element
    answer: str
    is_valid: bool
    schema: MessageSchema


class PayloadLog:
    """Of one process. Who is logged is asked of the database every quarter of a minute, not with every call."""

    def __init__(self, services: Application) -> None:
        """Look at once when the first call comes."""
        self._services = services
        self._until: dict[str, datetime] = {}
        self._look_up_at: datetime | None = None
        self._full: dict[str, Path] = {}
        self._writing = threading.Lock()

    def is_on(self, county_code: str) -> bool:
        """Whether this county's calls are written."""
        now = self._services.clock.now()
        if self._look_up_at is None or now >= self._look_up_at:
            self._look_up_at = now + _LOOKED_UP_EVERY
            self._look_up()
        until = self._until.get(county_code)
        return until is not None and now < until

    def write(self, record: CallRecord, exchange: Exchange) -> None:
        """Append one call; a disk that is full must not fail the call."""
        try:
            self._append(record, self._line(record, exchange))
        except OSError:
            event(logger, "payload cannot be written", level=logging.ERROR, county_code=record.county_code)

    def _look_up(self) -> None:
        try:
            with self._services.unit_of_work(read_only=True) as uow:
                self._until = {setting.county_code: setting.logged_until for setting in uow.call_guard.payload_logs()}
        except Unavailable:
            return  # as it was, until the next look

    def _line(self, record: CallRecord, exchange: Exchange) -> bytes:
        limit = self._services.config.payload_log_entry_bytes
        knows = exchange.schema.knows
        request = masked(exchange.request, knows, is_valid=exchange.is_valid)
        prefix = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        answer = masked(etree.fromstring(f"<x {prefix}>{exchange.answer}</x>", hardened_parser())[0], knows, is_valid=True)
        told = {
            "at": self._services.clock.now().isoformat(),
            "correlation_id": record.correlation_id,
            "county_code": record.county_code,
            "operation": record.operation,
            "request": request[:limit],
            "answer": answer[:limit],
            "cut": len(request) > limit or len(answer) > limit,
        }
        return json.dumps(told, ensure_ascii=False).encode() + b"\n"

    def _append(self, record: CallRecord, line: bytes) -> None:
        county_code = str(record.county_code)
        path = self._path(county_code)
        with self._writing:
            if self._full.get(county_code) == path:
                record.is_payload_dropped = True
                return
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                room = self._services.config.payload_log_day_bytes - os.fstat(handle).st_size
                if len(line) + _LAST_LINE_BYTES <= room:
                    os.write(handle, line)
                    return
                self._close(county_code, path, handle, room)
            finally:
                os.close(handle)
        record.is_payload_dropped = True

    def _close(self, county_code: str, path: Path, handle: int, room: int) -> None:
        """Say once that there is no more of this day."""
        self._full[county_code] = path
        text = "The day's file is full: later calls of this day are left out (VOTECAL_PAYLOAD_LOG_DAY_BYTES)."
        last = json.dumps({"at": self._services.clock.now().isoformat(), "county_code": county_code, "full": text}).encode() + b"\n"
        if len(last) <= room:
            os.write(handle, last)
        event(logger, "payload log is full", level=logging.WARNING, county_code=county_code)

    def _path(self, county_code: str) -> Path:
        day = self._services.clock.now().strftime("%Y-%m-%d")
        return self._services.config.payload_dir / f"{county_code}-{day}-{os.uname().nodename}-{os.getpid()}.jsonl"
