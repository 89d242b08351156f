"""Starts the listener, prints its port, and ends when the standard input does: also when the tests are killed."""

import sys
import threading

from oracle_double.h2 import start_java
from oracle_double.listener import Listener


def main() -> None:
    """Listen on the port named, or on a free one."""
    start_java()
    listener = Listener(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(listener.port, flush=True)
    threading.Thread(target=listener.serve, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
