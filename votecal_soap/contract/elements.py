"""Reads the children of a request element that the schema has passed."""

from lxml import etree


def optional_text(parent: etree._Element, name: str) -> str | None:
    """The text of a child in the parent's namespace; None when there is no such child, "" when it is empty."""
    child = _child(parent, name)
    return None if child is None else child.text or ""


def required_text(parent: etree._Element, name: str) -> str:
    """The text of a child that the schema requires."""
    text = optional_text(parent, name)
    if text is None:
        raise LookupError(f"{name} is required by the schema")
    return text


def number(parent: etree._Element, name: str) -> int:
    """The whole number in a child that the schema requires."""
    return int(required_text(parent, name))


def optional_number(parent: etree._Element, name: str) -> int | None:
    """The whole number in a child, if there is one."""
    text = optional_text(parent, name)
    return None if text is None else int(text)


def optional_truth(parent: etree._Element, name: str) -> bool | None:
    """The xs:boolean in a child, if there is one."""
    text = optional_text(parent, name)
    return None if text is None else text.strip() in ("true", "1")


def required_element(parent: etree._Element, name: str) -> etree._Element:
    """A child that the schema requires, whole."""
    child = _child(parent, name)
    if child is None:
        raise LookupError(f"{name} is required by the schema")
    return child


def _child(parent: etree._Element, name: str) -> etree._Element | None:
    # Not by `find`, which reads its argument as a path: three times the price, at every field of every request (measured).
    tag = parent.tag
    return next(parent.iterchildren(f"{tag[: tag.rfind('}') + 1]}{name}"), None)
