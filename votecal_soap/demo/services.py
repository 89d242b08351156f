"""The state's processes in miniature: web server, scheduler and worker, each in a thread, on the loopback address alone."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from jobs.scheduler import JobScheduler
from jobs.worker import Worker
from votecal_soap.bootstrap import Application
from votecal_soap.wsgi import WebServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOPBACK: Final = "127.0.0.1"
_FAREWELL_SECONDS: Final = 30
_REFRESH_SECONDS: Final = 0.5  # nobody wants to watch a timer


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


class Services:
    """What is up; its worker can be sent away for a while."""

    def __init__(self, application: Application, wsgi_app: "WSGIApplication | None" = None) -> None:
        """Nothing is up yet."""
        self._application = application
        self._wsgi_app = wsgi_app
        self._worker = ExitStack()

    @contextmanager
    def up(self) -> Iterator[None]:
        """The services answer and the worker works while the block runs."""
        server, scheduler = WebServer(self._application, self._wsgi_app), JobScheduler(self._application, _REFRESH_SECONDS)
        with ExitStack() as stack:
            stack.enter_context(_running("web", server.run, server.stop))
            stack.callback(lambda: self._worker.close())
            self._start_worker()
            scheduler.start()
            stack.callback(scheduler.stop)
            yield

    @contextmanager
    def without_worker(self) -> Iterator[None]:
        """Nobody here works while the block runs."""
        self._worker.close()
        try:
            yield
        finally:
            self._start_worker()

    def _start_worker(self) -> None:
        worker = Worker(self._application)
        self._worker.enter_context(_running("worker", worker.run, worker.stop))


@contextmanager
def _running(name: str, run: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(_FAREWELL_SECONDS)
