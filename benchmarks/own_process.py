"""`votecal` in a process of the benchmark's own: its address and environment, and waiting until it answers."""

import os
import socket
import subprocess
import time
from collections.abc import Mapping
from typing import Final

UP_SECONDS: Final = 60


def settings_of_its_own(settings: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """An address that nobody listens on, and the environment of a process that shall: these settings, by their names without VOTECAL_."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{found.getsockname()[1]}"
    named = {f"VOTECAL_{name}": str(value) for name, value in settings.items()}
    return address, {**os.environ, **named, "VOTECAL_LISTEN": address, "VOTECAL_PUBLIC_URL": f"http://{address}"}


def await_answer(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when somebody listens there; RuntimeError when the process ends, or a minute passes, before."""
    host, _, port = address.partition(":")
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("the web process did not come up")
