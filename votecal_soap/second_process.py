"""Work that one process does ahead for another: on two cores, what is needed next is made while the last is being written.

The second process ends with the first, however that ends, because its pipe breaks; and what breaks in it is told by type
and place alone, for an exception's text may quote a value.
"""

import gc
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Final, TypeVar

from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.log import place_of

SEND_AT_ONCE: Final = 0.0002
"""Seconds after which the making thread lets the sending one go on: Python's 5 ms would halve the pipe's speed."""

Order = TypeVar("Order")
Made = TypeVar("Made")


@contextmanager
def made_ahead(make: Callable[[Order], Iterator[Made]], order: Order, *, waiting: int) -> Iterator[Iterator[Made]]:
    """What `make` yields for an order, made in a process of its own; both must be known by name to a new process.

    `waiting` pieces may be ready beside the one that is being sent; with 0 the next is begun when this one has been taken.
    What breaks there raises Unavailable here: the run goes on where it was.
    """
    # "spawn": a fork would copy the threads' locks of a worker in whatever state they are.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_make_ahead, args=(sending, make, order, waiting), daemon=True)
    process.start()
    sending.close()
    try:
        yield _received(receiving)
    finally:
        receiving.close()
        process.kill()
        process.join()


def _received(connection: Connection) -> Iterator[Made]:
    # Taken in the writer's own thread: a second one would take the interpreter's lock from every row it writes.
    while True:
        try:
            made, ended, broken_at = pickle.loads(connection.recv_bytes())  # noqa: S301 - from our own child
        except EOFError as error:
            raise _ended_early("it was killed") from error
        if broken_at is not None:
            raise _ended_early(broken_at)
        if ended:
            return
        yield made


def _ended_early(why: str) -> Unavailable:
    return Unavailable(ErrorCode.BUSY, f"The process that worked ahead ended too early ({why}); the run will go on where it was.")


def _make_ahead(connection: Connection, make: Callable[[Order], Iterator[Made]], order: Order, ahead: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        # A service manager and Ctrl-C tell every process of the group: the writer stops where it is safe, and still takes what is ready.
        signal.signal(number, signal.SIG_IGN)
    gc.disable()  # nothing made here forms a cycle, and a collection walks every waiting record
    sys.setswitchinterval(SEND_AT_ONCE)
    queued: queue.Queue[bytes] = queue.Queue(ahead)
    threading.Thread(target=_send_queued, args=(connection, queued), daemon=True).start()
    put = queued.put if ahead else partial(_send, connection)
    broken_at: str | None = None
    try:
        for made in make(order):
            put(pickle.dumps((made, False, None), protocol=5))
    except Exception as error:  # an exception's text may quote a value: only its type and place leave this process
        broken_at = place_of(error)
    put(pickle.dumps((None, True, broken_at)))
    queued.join()


def _send_queued(connection: Connection, queued: "queue.Queue[bytes]") -> None:
    while True:
        _send(connection, queued.get())
        queued.task_done()


def _send(connection: Connection, made: bytes) -> None:
    try:
        connection.send_bytes(made)
    except OSError:
        os._exit(1)  # the writer is gone, and this process with it
