"""Forks workers and web processes from one that has imported everything: a kill costs milliseconds, not the second that Python takes to start.

What is forked runs `votecal worker` or `votecal serve` as the command line does, in a session, with connections and threads of its own; the
parent has opened nothing that a child could share. It ends, and what it forked with it, when its standard input does.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

TESTS = Path(__file__).parents[2]
_GONE_IN = 60.0

IMPORTED = ("jobs.scheduler", "jobs.worker", "votecal_soap.cli.serve", "votecal_soap.cli.worker", "votecal_soap.wsgi", "waitress")
"""What is imported when a worker or a web process starts."""


class Nursery:
    """Starts processes; several threads may ask."""

    def __init__(self) -> None:
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]), "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "e2e.kills.nursery"]
        self._process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._asking = threading.Lock()

    def fork(self, *arguments: str, environ: Mapping[str, str], folder: Path, log: Path) -> int:
        """Start `votecal ARGUMENTS`; its process id."""
        asked = {"arguments": arguments, "environ": dict(environ), "folder": str(folder), "log": str(log)}
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._asking:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def stop(self) -> None:
        """End it, and whatever it started."""
        self._process.communicate()


def kill(pid: int) -> None:
    """SIGKILL, and wait until the process is gone."""
    deadline = time.monotonic() + _GONE_IN
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.001)
        raise AssertionError(f"process {pid} does not die")


def is_alive(pid: int) -> bool:
    """Whether the process runs; the nursery keeps no dead."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Fork for each line that comes in."""
    for name in IMPORTED:
        importlib.import_module(name)

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not kept
    started = []
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(asked)
        started.append(pid)
        print(pid, flush=True)
    for pid in started:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _become(asked: dict) -> None:
    from votecal_soap.cli import main as votecal

    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.update(asked["environ"])
        os.chdir(asked["folder"])
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number in (1, 2):
            os.dup2(log, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.argv = ["votecal", *asked["arguments"]]
        votecal()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
