"""What operators and their machines ask of a web process, on a listener of its own: is it alive, is it ready, what did it do.

Not for counties: the listener is on this machine alone unless it is configured otherwise.
"""

import logging
from typing import TYPE_CHECKING, Final

from votecal_soap.errors import VoteCalError
from votecal_soap.log import event
from votecal_soap.soap.http_response import respond
from votecal_soap.soap.metrics import CONTENT_TYPE, CallMeter, StateCollector, exposition
from votecal_soap.storage import why_not_writable
from votecal_soap.use_cases.ports import Application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

HEALTH: Final = "/health"


class AdminPages:
    """The WSGI application of the admin listener."""

    def __init__(self, services: Application, meter: CallMeter) -> None:
        """Keep what it looks at."""
        self._services = services
        self._meter = meter
        self._state = StateCollector(services.unit_of_work)
        self._pages = {HEALTH: health, "/ready": self._ready, "/metrics": self._metrics}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer one request."""
        page = self._pages.get(environ.get("PATH_INFO", ""))
        if page is None:
            return respond(environ, start_response, "404 Not Found", b"There are /health, /ready and /metrics.\n")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return respond(environ, start_response, "405 Method Not Allowed", headers=[("Allow", "GET, HEAD")])
        return page(environ, start_response)

    def _ready(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Whether calls would be answered: the database is there, and its file, if it is one, and the spool can be written; and why not."""
        missing = [f"{name}: {why}" for name, why in (("database", self._without_database()), ("spool", self._without_spool())) if why]
        if missing:
            told = "; ".join(missing)
            event(logger, "not ready", level=logging.WARNING, setting=told)
            return respond(environ, start_response, "503 Service Unavailable", f"not ready: {told}\n".encode())
        return respond(environ, start_response, "200 OK", b"ready\n")

    def _metrics(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        try:
            content = exposition(self._meter, self._state)
        except Exception:  # whatever it is: the listener stays up, and its operator reads of it in the log
            event(logger, "metrics cannot be read", level=logging.WARNING, exc_info=True)
            return respond(environ, start_response, "503 Service Unavailable", b"The database is busy or away.\n")
        return respond(environ, start_response, "200 OK", content, content_type=CONTENT_TYPE)

    def _without_database(self) -> str | None:
        try:
            with self._services.unit_of_work(read_only=True) as uow:
                uow.messages.depths()
        except VoteCalError as error:
            return error.text
        except Exception:  # whatever it is: calls would not be answered
            event(logger, "database cannot be read", level=logging.WARNING, exc_info=True)
            return "it cannot be read; the log says why"
        file = self._services.config.database_file
        return None if file is None else why_not_writable(file.parent)

    def _without_spool(self) -> str | None:
        return why_not_writable(self._services.config.spool_dir)


def health(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
    """The process answers; nothing else is looked at, so that a busy database does not have it restarted."""
    return respond(environ, start_response, "200 OK", b"ok\n")
