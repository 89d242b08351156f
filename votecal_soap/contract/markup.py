"""Writes small pieces of XML as text: answers are a handful of elements, and a tree for them costs ten times as much."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

# What XML 1.0 cannot hold at all, escaped or not.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_AS_IT_IS: Final = re.compile("[\t\n\r\x20-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*").fullmatch
"""Allowed, and nothing to escape: one look instead of four for most texts that are not plain words."""


def text(value: str) -> str:
    """A value as character data."""
    if value.isalnum() or _AS_IT_IS(value):
        return value
    return escape(_FORBIDDEN.sub("\ufffd", value))


def leaves(names: Iterable[str], values: Iterable[str | None]) -> str:
    """An element for each text, nothing for None: one loop in place of a call for each."""
    return "".join([f"<{name}>{value if value.isalnum() else text(value)}</{name}>" for name, value in zip(names, values, strict=True) if value is not None])


def leaf(name: str, value: str | int | bool | datetime | None) -> str:
    """An element with a value; nothing at all for None, which the contract says by leaving out."""
    if value is None:
        return ""
    # Texts are most of what is written: they are asked about first.
    if isinstance(value, str):
        return f"<{name}>{value if value.isalnum() else text(value)}</{name}>"
    if isinstance(value, bool):
        return f"<{name}>{'true' if value else 'false'}</{name}>"
    if isinstance(value, datetime):
        return f"<{name}>{date_time(value)}</{name}>"
    return f"<{name}>{value}</{name}>"


def branch(name: str, *children: str, namespace: str | None = None) -> str:
    """An element with children; a namespace becomes the default for all of them."""
    declaration = f' xmlns="{namespace}"' if namespace else ""
    return f"<{name}{declaration}>{''.join(children)}</{name}>"


def date_time(instant: datetime) -> str:
    """An instant as xs:dateTime in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
