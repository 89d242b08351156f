"""Structured logs: a static event name with identifiers as fields, one JSON object a line (OPS-03).

Only the fields named in `ALLOWED_FIELDS` are ever written, so that a value that a voter gave cannot slip in.
"""

import contextvars
import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, TextIO

ALLOWED_FIELDS: Final = frozenset(
    {"correlation_id", "county_code", "operation", "status", "code", "fault", "duration_ms", "job_id", "instance_id", "upload_id"}
    | {"attempt", "worker", "count", "records", "message_count", "job_type", "state", "outcome", "setting", "error_type"}
    | {"address", "port", "sequence"}
)

correlation_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("correlation_id", default=None)
"""The current request's or run's id, set at the edge and carried to every log line."""


_ENCODER: Final = json.JSONEncoder(default=str)  # json.dumps would make one for each line


class JsonFormatter(logging.Formatter):
    """Time, level, event and the allowed fields. A traceback is reduced to types and places: messages may quote values."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        # A library's message with arguments may quote values: only its logger's name is kept.
        line: dict[str, object] = {"at": at, "level": record.levelname, "event": record.name if record.args else record.msg}
        if current := correlation_id.get():
            line["correlation_id"] = current
        line.update({key: value for key, value in vars(record).items() if key in ALLOWED_FIELDS})
        if record.exc_info and record.exc_info[0]:
            line["error_type"] = record.exc_info[0].__name__
            line["places"] = _places(record)
        return _ENCODER.encode(line)


def _places(record: logging.LogRecord) -> list[str]:
    return _steps(record.exc_info[2] if record.exc_info else None)


def place_of(error: BaseException) -> str:
    """An exception's type and where it was raised, without its text: that may quote a value."""
    return f"{type(error).__name__} at {(_steps(error.__traceback__) or ['?'])[-1]}"


def _steps(trace: TracebackType | None) -> list[str]:
    steps: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return steps[-8:]


def event(logger: logging.Logger, name: str, /, *, level: int = logging.INFO, exc_info: bool = False, **identifiers: object) -> None:
    """Log a static event name; a field that is not allowed is a programming error and raises."""
    wrong = identifiers.keys() - ALLOWED_FIELDS
    if wrong:
        raise ValueError(f"not a log field: {sorted(wrong)}")
    if logger.isEnabledFor(level):
        # Not by logger.log, which walks the stack for a file and a line that ours never tell.
        caught = sys.exc_info() if exc_info else None
        logger.handle(logger.makeRecord(logger.name, level, "", 0, name, (), caught, extra=identifiers))


def configure(level: str, stream: TextIO | None = None, quiet: Mapping[str, str] | None = None) -> None:
    """Send every log line of the process to one stream as JSON; libraries that quote messages are silenced."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, their_level in {**QUIET, **(quiet or {})}.items():
        logging.getLogger(name).setLevel(their_level)


QUIET: Final = {
    "zeep": "ERROR",
    "sqlalchemy": "WARNING",
    "apscheduler": "WARNING",
    "alembic": "WARNING",
    "waitress": "ERROR",
}
"""Spyne is not among them: where it is imported, it is silenced for good (`soap.spyne_import`), and a level set here would be lower."""
