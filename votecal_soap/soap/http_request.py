"""Reads the body of a request within its limit, and what its Content-Type says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from votecal_soap.errors import ErrorCode, InvalidRequest

_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_BLOCK: Final = 64 << 10


def read_media_type(environ: Mapping[str, Any]) -> str:
    """The media type without its parameters, in lower case."""
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()


def read_charset(environ: Mapping[str, Any]) -> str | None:
    """The charset that the Content-Type names, if it names one."""
    found = _CHARSET.search(str(environ.get("CONTENT_TYPE", "")))
    return found[1] if found else None


def content_length(environ: Mapping[str, Any]) -> int | None:
    """The length that the request says it has; None when it does not say, or not in digits."""
    digits = str(environ.get("CONTENT_LENGTH") or "")
    return int(digits) if digits.isascii() and digits.isdigit() else None


def read_body(environ: Mapping[str, Any], limit: int) -> bytes:
    """The whole body. One that says it is too large is refused unread."""
    length = content_length(environ) or 0
    if length > limit:
        raise InvalidRequest(ErrorCode.MESSAGE_TOO_LARGE, f"A message has at most {limit} bytes; send a file in chunks.")
    return b"".join(read_pieces(environ, length, _BLOCK))


def read_pieces(environ: Mapping[str, Any], length: int, size: int) -> Iterator[bytes]:
    """Up to `length` bytes of the body in pieces; fewer when the sender broke off."""
    stream = environ["wsgi.input"]
    left = length
    while left > 0:
        piece = _read(stream, min(size, left))
        if not piece:
            return
        left -= len(piece)
        yield piece


def _read(stream: Any, size: int) -> bytes:  # noqa: ANN401 - a WSGI input stream
    """Exactly `size` bytes unless the stream ends: a server may give less at a time."""
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
