"""The services in a process of their own, as `votecal serve` and as gunicorn host them, and the moment in which one has read a call."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .conftest import free_port
from .soap_requests import KEY

GUNICORN = Path(__file__).parents[3] / "deploy" / "gunicorn.conf.py"
COMMANDS = {
    "serve": [sys.executable, "-m", "votecal_soap.cli", "serve"],
    "gunicorn": [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN)],
}
PATIENCE = 60


@dataclass(frozen=True)
class Host:
    """A process that serves."""

    process: subprocess.Popen
    port: int
    admin_port: int

    def refuses(self) -> bool:
        """Nobody listens on its port any more."""
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) != 0

    def has_only_calls_in_hand(self) -> bool:
        """It was told to stop and has heard: nobody listens any more, or of gunicorn's two workers the idle one has ended."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return self.refuses() or len(children) == 1

    def has_read(self, connection: socket.socket) -> bool:
        """Whether nothing of what was sent waits for the process to read it (proc(5), tcp: the receive queue of its end)."""
        mine, theirs = (f":{port:04X}" for port in (connection.getsockname()[1], self.port))
        rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return any(row[1].endswith(theirs) and row[2].endswith(mine) and row[4].endswith(":00000000") for row in rows)


def eventually(is_so) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def hosted(kind: str, database_url: str, folder: Path, **settings: str) -> Iterator[Host]:
    """Serve a database until the test ends."""
    port, admin_port, counts = free_port(), free_port(), folder / "counts"
    counts.mkdir()
    ours = {"DATA_DIR": folder / "data", "DATABASE_URL": database_url, "CREDENTIAL_KEY": KEY, **settings}
    ours |= {"LISTEN": f"127.0.0.1:{port}", "ADMIN_LISTEN": f"127.0.0.1:{admin_port}"}
    environ = {**os.environ, **{f"VOTECAL_{name}": str(value) for name, value in ours.items()}, "PROMETHEUS_MULTIPROC_DIR": str(counts)}
    with subprocess.Popen(COMMANDS[kind], env=environ, stderr=subprocess.DEVNULL) as process:
        host = Host(process, port, admin_port)
        try:
            eventually(lambda: not host.refuses())
            yield host
        finally:
            process.kill()
