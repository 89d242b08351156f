"""Says what broke a schema and where, without the value: lxml's own messages repeat it (OPS-03)."""

from typing import Final

from lxml import etree

_TEXTS: Final = {
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "The value is not of the type that the schema names.",
    "SCHEMAV_CVC_PATTERN_VALID": "The value has not the form that the schema asks for.",
    "SCHEMAV_CVC_ENUMERATION_VALID": "The value is not one of those that the schema lists.",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "The value is longer than the schema allows.",
    "SCHEMAV_CVC_MINLENGTH_VALID": "The value is shorter than the schema allows.",
    "SCHEMAV_CVC_LENGTH_VALID": "The value has not the length that the schema asks for.",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "The number is smaller than the schema allows.",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "The number is larger than the schema allows.",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "An attribute stands here that the schema does not know.",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "An attribute stands here that the schema does not know.",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "A required attribute is missing.",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "Text stands where only elements may.",
    "SCHEMAV_CVC_TYPE_3_1_2": "Elements stand where only a value may.",
    "SCHEMAV_ELEMENT_CONTENT": "An element is missing here, or one stands here that may not.",
    "SCHEMAV_CVC_ELT_3_1": "xsi:nil stands where the schema does not allow it.",
}
_OTHER: Final = "The content breaks the schema."


def violation_text(entry: etree._LogEntry) -> str:
    """The rule that was broken, in a sentence; never the value."""
    return _TEXTS.get(entry.type_name, _OTHER)


def violation_ref(entry: etree._LogEntry, root: etree._Element) -> str | None:
    """The XPath of the place below `root`, by element names; positions only where a name occurs twice."""
    path = getattr(entry, "path", None)
    if not path:
        return None
    try:
        found = root.getroottree().xpath(path)
    except etree.XPathError:
        return None
    if not isinstance(found, list) or not found or not isinstance(found[0], etree._Element):
        return None
    return _named_path(found[0], root)


def _named_path(element: etree._Element, root: etree._Element) -> str:
    steps: list[str] = []
    current: etree._Element | None = element
    while current is not None and current is not root:
        steps.append(_step(current))
        current = current.getparent()
    return "/".join(reversed(steps)) or "."


def _step(element: etree._Element) -> str:
    name = etree.QName(element).localname
    parent = element.getparent()
    twins = [sibling for sibling in parent if sibling.tag == element.tag] if parent is not None else [element]
    return name if len(twins) == 1 else f"{name}[{twins.index(element) + 1}]"
