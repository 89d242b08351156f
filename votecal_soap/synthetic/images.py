"""Draws a small image: a scribble in black and white, as PNG, that looks like a signature from afar."""

import struct
import zlib
from random import Random
from typing import Final

WIDTH: Final = 96
HEIGHT: Final = 24


def scribble(rng: Random) -> bytes:
    """A PNG of a line that goes up and down."""
    rows = [bytearray(b"\xff" * (WIDTH // 8)) for _ in range(HEIGHT)]
    height = HEIGHT // 2
    for x in range(4, WIDTH - 4):
        height = min(HEIGHT - 2, max(1, height + rng.randint(-3, 3)))
        rows[height][x // 8] &= ~(0x80 >> x % 8) & 0xFF
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
