"""Answers that are HTTP alone, without an envelope."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse


def respond(
    environ: Mapping[str, Any],
    start_response: "StartResponse",
    status: str,
    content: bytes = b"",
    *,
    content_type: str = "text/plain; charset=utf-8",
    headers: Sequence[tuple[str, str]] = (),
) -> list[bytes]:
    """Start a response and give its body; HEAD gets the headers alone."""
    described = [("Content-Type", content_type)] if content else []
    start_response(status, [*described, ("Content-Length", str(len(content))), ("X-Content-Type-Options", "nosniff"), *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]
