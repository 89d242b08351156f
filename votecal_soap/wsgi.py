"""The web process: the services, the upload lane, the console, and the server that they run in."""

import logging
import socket
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import waitress
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from jobs.recurrence import CronRecurrence
from votecal_soap.bootstrap import Application
from votecal_soap.console.application import PATH as CONSOLE
from votecal_soap.console.application import create_console
from votecal_soap.consumer_times import ConsumerTimes
from votecal_soap.contract.wsdl import BATCH_DATA_EXCHANGE_SERVICE, EMS_INTEGRATION_SERVICE
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.log import event
from votecal_soap.soap import batch_data_exchange, ems_integration
from votecal_soap.soap.admin import HEALTH, AdminPages, health
from votecal_soap.soap.call_guard import CallGuard
from votecal_soap.soap.call_log import CallLog
from votecal_soap.soap.contract_pages import PATH as CONTRACT
from votecal_soap.soap.contract_pages import ContractPages
from votecal_soap.soap.endpoint import SoapEndpoint
from votecal_soap.soap.http_response import respond
from votecal_soap.soap.metrics import CallMeter
from votecal_soap.soap.upload_lane import UploadLane

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

_CHANNEL_TIMEOUT: Final = 60
_HEADER_BYTES: Final = 32 << 10
_CONNECTIONS: Final = 500
_GRACE: Final = 30.0
"""Seconds that calls in hand have when the process is told to stop."""
_ADMIN_THREADS: Final = 4
"""A look at a database that is silent must not keep /health waiting."""
_LOOK_ROUND: Final = 0.2
"""Seconds between looks at whether to stop."""


def make_wsgi_app(application: Application, meter: CallMeter | None = None, consumers: ConsumerTimes | None = None) -> "WSGIApplication":
    """Join the services to their paths; every request gets a correlation id and one log line, and is counted by the meter.

    `consumers`: who hears when counties poll and clear, and has to be begun and ended by the process.
    """
    if not application.config.credential_key:
        raise InvalidRequest(ErrorCode.SETTING_WRONG, "The key that secrets are stored with is not set.", ref="VOTECAL_CREDENTIAL_KEY")
    guard = CallGuard(application)
    operations = consumers.watched(ems_integration.OPERATIONS) if consumers else ems_integration.OPERATIONS
    paths: dict[str, WSGIApplication] = {
        BATCH_DATA_EXCHANGE_SERVICE.path: SoapEndpoint(BATCH_DATA_EXCHANGE_SERVICE, batch_data_exchange.OPERATIONS, application, guard),
        EMS_INTEGRATION_SERVICE.path: SoapEndpoint(EMS_INTEGRATION_SERVICE, operations, application, guard),
    }
    pages = ContractPages(application.config.public_url)
    joined = _Paths(paths | {CONTRACT: pages, HEALTH: health}, UploadLane(application, guard), create_console(application, CronRecurrence()).wsgi_app)
    return CallLog(joined, meter or CallMeter())


class WebServer:
    """waitress with our limits; runs until its process is told to stop, or another thread says so."""

    def __init__(self, application: Application, wsgi_app: "WSGIApplication | None" = None, *, with_admin: bool = False) -> None:
        """Listen; calls wait until `run`. Serves `make_wsgi_app` unless another one is given; `with_admin`: operators' pages too, on a listener of their own.

        Proxy headers are left in place: `transport` believes them from configured peers alone. waitress reads a body
        whole before a call begins, into a temporary file when it is large, so that a slow sender holds no thread.
        """
        config = application.config
        self._sockets: dict[int, Any] = {}
        self._stopped = threading.Event()
        self._consumers = ConsumerTimes(application.unit_of_work, application.clock)
        meter = CallMeter()
        self._servers = [self._listen(application, wsgi_app or make_wsgi_app(application, meter, self._consumers))]
        if with_admin and config.admin_listen:
            self._servers += self._listen_for_operators(application, meter)

    def _listen(self, application: Application, app: "WSGIApplication") -> Any:  # noqa: ANN401 - waitress has no types
        config = application.config
        return waitress.create_server(
            app,
            map=self._sockets,
            listen=config.listen,
            threads=config.web_threads,
            ident=None,
            clear_untrusted_proxy_headers=False,
            max_request_body_size=max(config.put_byte_limit, config.request_byte_limit) + 1,
            max_request_header_size=_HEADER_BYTES,
            connection_limit=_CONNECTIONS,
            channel_timeout=_CHANNEL_TIMEOUT,
            expose_tracebacks=False,
        )

    def _listen_for_operators(self, application: Application, meter: CallMeter) -> list[Any]:
        """Counties are served all the same where the address is taken: by another web process of this machine, most likely."""
        listen = application.config.admin_listen
        try:
            listening = [_listening(*where) for where in Adjustments(listen=listen).listen]
        except OSError:
            event(logger, "admin address is taken", level=logging.WARNING, setting="admin_listen", address=listen)
            return []
        pages = AdminPages(application, meter)
        return [waitress.create_server(pages, map=self._sockets, sockets=listening, threads=_ADMIN_THREADS, ident=None, expose_tracebacks=False)]

    def run(self) -> None:
        """Serve; ends after the calls in hand."""
        self._consumers.begin()
        try:
            while not self._stopped.is_set():
                wasyncore.loop(timeout=_LOOK_ROUND, map=self._sockets, count=1)
        except (KeyboardInterrupt, SystemExit):
            self._stopped.set()
        finally:
            self._finish_calls()
            for server in self._servers:
                server.task_dispatcher.shutdown()
            wasyncore.close_all(self._sockets)
            self._consumers.end()

    def _finish_calls(self) -> None:
        """Let nobody new in, and answer whoever's call has come; waitress would drop those that wait for a thread, and what is not sent yet."""
        for listener in [each for each in self._sockets.values() if isinstance(each, BaseWSGIServer)]:
            listener.del_channel()
            listener.socket.close()
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline and any(isinstance(each, HTTPChannel) and _is_busy(each) for each in self._sockets.values()):
            wasyncore.loop(timeout=_LOOK_ROUND, map=self._sockets, count=1)

    def stop(self) -> None:
        """Have `run` end, from any thread."""
        self._stopped.set()


def _is_busy(channel: HTTPChannel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)


def _listening(family: int, kind: int, protocol: int, address: Any) -> socket.socket:  # noqa: ANN401 - of any family
    """Taken before waitress makes a server for it: one that cannot bind stays half made among the others and breaks their loop."""
    taken = socket.socket(family, kind, protocol)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen()
    except OSError:
        taken.close()
        raise
    return taken


def serve(application: Application) -> None:
    """Serve until the process is told to stop."""
    WebServer(application).run()


class _Paths:
    """Finds the application of a path."""

    def __init__(self, paths: "Mapping[str, WSGIApplication]", upload_lane: "WSGIApplication", console: "WSGIApplication") -> None:
        self._paths = paths
        self._upload_lane = upload_lane
        self._console = console

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:  # noqa: ANN401 - as WSGI has it
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"{CONTRACT}/") and path.rstrip("/") not in self._paths:
            path = CONTRACT
        if path.startswith("/upload/"):
            return self._upload_lane(environ, start_response)
        if path == CONSOLE or path.startswith(f"{CONSOLE}/"):
            mounted = {**environ, "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + CONSOLE, "PATH_INFO": path.removeprefix(CONSOLE)}
            return self._console(mounted, start_response)
        found = self._paths.get(path.rstrip("/"))
        return found(environ, start_response) if found else respond(environ, start_response, "404 Not Found", b"There is nothing here.\n")
