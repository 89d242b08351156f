"""The listener: one thread for each connection, as Oracle has a process."""

import contextlib
import logging
import socket
import threading

from oracle_double.handshake import accept
from oracle_double.logon import log_on
from oracle_double.packets import Packets
from oracle_double.session import Session

logger = logging.getLogger(__name__)


class Listener:
    """Listens on the loopback interface alone."""

    def __init__(self, port: int) -> None:
        """Take the port; 0 is any that is free."""
        self._socket = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port: int = self._socket.getsockname()[1]

    def serve(self) -> None:
        """Take connections until the process ends."""
        while True:
            connection, _ = self._socket.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_serve_connection, args=[connection], daemon=True).start()


def _serve_connection(connection: socket.socket) -> None:
    # A client that goes away is nothing to speak of; what the double cannot serve is told where the tests see it.
    with connection, contextlib.suppress(ConnectionError):
        try:
            packets = Packets(connection)
            service = accept(packets)
            database = log_on(packets, service)
            with contextlib.closing(database):
                Session(packets, database).serve()
        except ConnectionError:
            raise
        except Exception:
            logger.exception("a connection was closed")
