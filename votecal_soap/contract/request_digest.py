"""Tells whether a changing call that comes again asks the same (EWS-07)."""

import hashlib

from lxml import etree


def request_digest(request: etree._Element) -> str:
    """SHA-256 of what a request says: its elements and their values, whatever prefixes and blanks its sender writes."""
    said = [(element.tag, (element.text or "").strip(), len(element)) for element in request.iter(etree.Element)]
    return hashlib.sha256(repr(said).encode()).hexdigest()
