"""Bytes of the call protocol: numbers of variable length, texts in pieces."""

from collections.abc import Callable
from typing import Final

_LONGEST_PLAIN: Final = 252
_IN_PIECES: Final = 254
_NONE: Final = (0, 255)
_PIECE: Final = 32_767


class Reader:
    """Reads a request, and asks for its next packet when one is used up."""

    def __init__(self, begin: bytes, next_packet: Callable[[], bytes]) -> None:
        """Begin with the first packet's bytes."""
        self._data = begin
        self._next_packet = next_packet
        self._at = 0

    def raw(self, size: int) -> bytes:
        """So many bytes as they are."""
        while len(self._data) - self._at < size:
            self._data = self._data[self._at :] + self._next_packet()
            self._at = 0
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def byte(self) -> int:
        """One byte."""
        return self.raw(1)[0]

    def number(self) -> int:
        """A number that says how many bytes it has."""
        size = self.byte()
        value = int.from_bytes(self.raw(size & 0x7F), "big")
        return -value if size & 0x80 else value

    def value(self) -> bytes | None:
        """Bytes that say how many they are, in pieces when they are many; None is NULL."""
        size = self.byte()
        if size in _NONE:
            return None
        if size != _IN_PIECES:
            return self.raw(size)
        pieces = bytearray()
        while piece := self.number():
            pieces += self.raw(piece)
        return bytes(pieces)

    def sized_value(self) -> bytes:
        """A value after a number that says whether there is one."""
        return (self.value() or b"") if self.number() else b""

    def skip_bytes(self, count: int) -> None:
        """Pass over single bytes."""
        self.raw(count)

    def skip_numbers(self, count: int) -> None:
        """Pass over numbers."""
        for _ in range(count):
            self.number()


class Writer:
    """Builds an answer."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.data = bytearray()

    def octets(self, *values: int) -> "Writer":
        """Single bytes."""
        self.data += bytes(values)
        return self

    def raw(self, data: bytes) -> "Writer":
        """Bytes as they are."""
        self.data += data
        return self

    def numbers(self, *values: int) -> "Writer":
        """Numbers, each with its size before it."""
        for value in values:
            size = (abs(value).bit_length() + 7) // 8
            self.data.append(size | (0x80 if value < 0 else 0))
            self.data += abs(value).to_bytes(size, "big")
        return self

    def value(self, data: bytes | None) -> "Writer":
        """Bytes with their number before them, in pieces when they are many; None is NULL."""
        if data is None or len(data) <= _LONGEST_PLAIN:
            self.data.append(len(data or b""))
            self.data += data or b""
            return self
        self.data.append(_IN_PIECES)
        for begin in range(0, len(data), _PIECE):
            piece = data[begin : begin + _PIECE]
            self.numbers(len(piece)).raw(piece)
        return self.numbers(0)

    def sized_value(self, data: bytes) -> "Writer":
        """A value after a number that says how long it is."""
        self.numbers(len(data))
        return self.value(data) if data else self
