"""Packets of Oracle Net over a socket."""

import socket
import struct
from typing import Final

CONNECT: Final = 1
ACCEPT: Final = 2
DATA: Final = 6

_HEADER: Final = 8
_DATA_FLAGS: Final = b"\0\0"
_LARGEST: Final = 8192


class Packets:
    """Reads and writes whole packets; after the handshake their lengths have four bytes."""

    def __init__(self, connection: socket.socket) -> None:
        """Serve this connection."""
        self._connection = connection
        self.long_lengths = False

    def read(self) -> tuple[int, bytes]:
        """A packet's type and body."""
        header = self._exactly(_HEADER)
        size = int.from_bytes(header[:4] if self.long_lengths else header[:2], "big")
        return header[4], self._exactly(size - _HEADER)

    def read_data(self) -> bytes:
        """The body of a data packet without its flags."""
        kind, body = self.read()
        if kind != DATA:
            raise ConnectionError(f"a packet of type {kind} came instead of data")
        return body[len(_DATA_FLAGS) :]

    def write(self, kind: int, body: bytes) -> None:
        """One packet."""
        size = len(body) + _HEADER
        length = struct.pack(">I", size) if self.long_lengths else struct.pack(">HH", size, 0)
        self._connection.sendall(length + bytes([kind, 0, 0, 0]) + body)

    def write_data(self, data: bytes | bytearray) -> None:
        """A message in as many packets as it needs."""
        step = _LARGEST - 64
        for begin in range(0, len(data), step):
            self.write(DATA, _DATA_FLAGS + bytes(data[begin : begin + step]))

    @property
    def largest(self) -> int:
        """Bytes in a packet."""
        return _LARGEST

    def _exactly(self, size: int) -> bytes:
        read = bytearray()
        while len(read) < size:
            part = self._connection.recv(size - len(read))
            if not part:
                raise ConnectionError("the client went away")
            read += part
        return bytes(read)
