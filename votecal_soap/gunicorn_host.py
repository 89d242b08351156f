"""The services under gunicorn: what each of its worker processes runs, and what its configuration names as hooks.

`deploy/gunicorn.conf.py` shows its use. gunicorn forks: connections and threads are made in the worker, never before.
"""

import os
import sys
import tempfile
from typing import IO, TYPE_CHECKING, Any, Final

from gunicorn.arbiter import Arbiter
from prometheus_client.multiprocess import mark_process_dead

from votecal_soap import log
from votecal_soap.bootstrap import Application
from votecal_soap.cli.session import Session
from votecal_soap.consumer_times import ConsumerTimes
from votecal_soap.errors import VoteCalError
from votecal_soap.soap.admin import AdminPages
from votecal_soap.soap.metrics import CallMeter
from votecal_soap.wsgi import make_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_IN_MEMORY: Final = 1 << 20
_BLOCK: Final = 64 << 10


class GunicornHost:
    """The WSGI application of one worker process, with what has to be begun and ended beside it."""

    def __init__(self, application: Application) -> None:
        """Join the services; the operators' pages answer where VOTECAL_ADMIN_LISTEN says, in whichever worker."""
        config, meter = application.config, CallMeter()
        self._consumers = ConsumerTimes(application.unit_of_work, application.clock)
        self._services = make_wsgi_app(application, meter, self._consumers)
        self._admin = AdminPages(application, meter)
        self._admin_port = config.admin_listen.rpartition(":")[2]
        self._byte_limit = max(config.put_byte_limit, config.request_byte_limit)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        """Answer one request; SERVER_PORT is the listener's own, whatever the caller's Host says."""
        if self._admin_port and environ["SERVER_PORT"] == self._admin_port:
            return self._admin(environ, start_response)
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" not in environ:
            return self._services(environ, start_response)
        with _whole_body(environ, self._byte_limit):
            return self._services(environ, start_response)

    def begin(self) -> None:
        """Write when counties were heard of, from now on."""
        self._consumers.begin()

    def end(self) -> None:
        """Write what is left of that."""
        self._consumers.end()


def _whole_body(environ: "WSGIEnvironment", byte_limit: int) -> IO[bytes]:
    """Read a body that came in chunks, up to a byte over the limit, and give it the length that the services go by."""
    body = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the caller
    while body.tell() <= byte_limit and (block := environ["wsgi.input"].read(_BLOCK)):
        body.write(block)
    environ["CONTENT_LENGTH"] = str(body.tell())
    body.seek(0)
    environ["wsgi.input"] = body
    return body


def application() -> "WSGIApplication":
    """What `wsgi_app` names: made by each worker process, of the same environment as every command.

    A setting, schema or database that is wrong ends gunicorn with one line, as it ends `votecal serve`.
    """
    session = Session()
    try:
        log.configure(session.config.log_level)
        return GunicornHost(session.application)
    except VoteCalError as error:
        print(error, file=sys.stderr)
        raise SystemExit(Arbiter.APP_LOAD_ERROR) from error


def post_worker_init(worker: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """Hook: a worker process is about to serve."""
    worker.wsgi.begin()


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ANN401 - as gunicorn calls it
    """Hook, in the worker: its calls are answered. One that could not be made has nothing to end."""
    host = getattr(worker, "wsgi", None)
    if isinstance(host, GunicornHost):
        host.end()


def child_exit(server: Any, worker: Any) -> None:  # noqa: ANN401 - as gunicorn calls it
    """Hook, in the parent: what a worker that is gone counted stays in the sums."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call] # the library has no type for it
