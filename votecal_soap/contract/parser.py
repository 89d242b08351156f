"""The one door for XML that somebody else wrote.

A request may hold entities that expand a thousandfold, a DOCTYPE that names a file of ours, or bytes that are not the
encoding they claim. All of that is refused here, before anything reads an element, and without repeating a byte of it.
"""

import re
from typing import Any, Final

from lxml import etree

from votecal_soap.errors import ErrorCode, InvalidRequest

_ENCODINGS: Final = {
    **{"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8"},
    **{"utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"},
}
"""What Basic Profile 1.1 R1012 asks of a receiver, and ASCII, which is UTF-8."""

_DECLARED: Final = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
# Possessive, so that a crafted prolog cannot make it backtrack.
_DOCTYPE: Final = re.compile(r"\s*+(?:(?><\?.*?\?>|<!--.*?-->)\s*+)*+<!DOCTYPE", re.DOTALL)


HARDENED: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""How everything is parsed, whole or by events: no entities, network, DTD or huge trees; comments and instructions are dropped."""


_OF_MESSAGES: Final = HARDENED | {"remove_pis": False}
"""Instructions stay in a message, to be found and refused."""


def hardened_parser(encoding: str | None = None) -> etree.XMLParser:
    """A parser without entities, network, DTD and huge trees; `encoding` overrides what the document says of itself."""
    return etree.XMLParser(encoding=encoding, **_OF_MESSAGES)


def parse_message(content: bytes, charset: str | None = None) -> etree._Element:
    """Read a message; what is wrong with it raises InvalidRequest. `charset` is that of the Content-Type header.

    The header wins over the XML declaration, which a receiver ignores then (Basic Profile 1.1 R1019).
    """
    if not content.strip():
        raise InvalidRequest(ErrorCode.NOT_WELL_FORMED, "The request has no body.")
    encoding = _encoding(content, charset)
    text = _decoded(content, encoding)
    _refuse_doctype(text)
    if encoding != "utf-8":
        # The parser takes UTF-16 that it is told of for little-endian, whatever the byte order mark says.
        content = text.encode()
    try:
        root = etree.fromstring(content, hardened_parser("utf-8"))
    except etree.XMLSyntaxError as error:
        raise InvalidRequest(ErrorCode.NOT_WELL_FORMED, f"The request is not well-formed XML (line {error.lineno}).") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype_forbidden()
    if next(root.iter(etree.PI), None) is not None:
        raise InvalidRequest(ErrorCode.ENVELOPE_WRONG, "A message must not hold processing instructions.")
    return root


def _encoding(content: bytes, charset: str | None) -> str:
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    name = charset or (declared[1].decode("ascii") if declared else None)
    if name is None:
        name = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        encoding = _ENCODINGS[name.lower()]
    except KeyError:
        raise InvalidRequest(ErrorCode.ENCODING_WRONG, "The request must be UTF-8 or UTF-16.") from None
    return "utf-16-be" if encoding == "utf-16" and content.startswith(b"\x00<") else encoding


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        name = "UTF-8" if encoding == "utf-8" else "UTF-16"
        raise InvalidRequest(ErrorCode.ENCODING_WRONG, f"The request is not valid {name}, which it says it is.") from None


def _refuse_doctype(text: str) -> None:
    if _DOCTYPE.match(text):
        raise _doctype_forbidden()


def _doctype_forbidden() -> InvalidRequest:
    return InvalidRequest(ErrorCode.DOCTYPE_FORBIDDEN, "A DOCTYPE and entities are not allowed in a message.")
