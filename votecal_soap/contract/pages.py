"""Keeps an answer below the size that every client stack takes (WCF stops at 64 KB), unless its caller asked for more."""

from collections.abc import Iterable
from typing import Final

ENVELOPE_BYTES: Final = 1024
"""What an answer needs around its items: envelope, a security header that is echoed, the lists' own elements."""


def fill_page(items: Iterable[str], byte_limit: int | None) -> list[str]:
    """The items that fit, in order; the first always does, or a consumer would never get past it."""
    if byte_limit is None:
        return list(items)
    room = byte_limit - ENVELOPE_BYTES
    page: list[str] = []
    for item in items:
        room -= len(item) if item.isascii() else len(item.encode())
        if room < 0 and page:
            break
        page.append(item)
    return page
