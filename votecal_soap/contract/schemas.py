"""Validates messages against the committed schemas, and says what is wrong without repeating a value.

lxml's own messages quote the offending value, and one XMLSchema shared by threads mixes up their errors (measured: one
client got another's value). Hence one compiled schema a thread, and texts made of the broken rule and the place alone.
"""

import re
import threading
from typing import Final, NamedTuple

from lxml import etree

from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.contract.namespaces import XML_SCHEMA

# Compiling at the same time in two threads is not safe in libxml2.
_COMPILING: Final = threading.Lock()

_RULES: Final = {
    "SCHEMAV_ELEMENT_CONTENT": "An element is missing, unexpected or out of place.",
    "SCHEMAV_CVC_ELT_3_1": "xsi:nil is not allowed here; leave an optional element out.",
    "SCHEMAV_CVC_ENUMERATION_VALID": "The value is not one of those allowed.",
    "SCHEMAV_CVC_PATTERN_VALID": "The value does not have the required form.",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "The value is too long.",
    "SCHEMAV_CVC_MINLENGTH_VALID": "The value is too short.",
    "SCHEMAV_CVC_LENGTH_VALID": "The value does not have the required length.",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "The value is too small.",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "The value is too large.",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "The element must be empty.",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "Text is not allowed between elements.",
    "SCHEMAV_CVC_TYPE_3_1_1": "The attribute is not allowed.",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "The attribute is not allowed.",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "The attribute is not allowed.",
}
_ANY_VALUE_RULE: Final = "The value does not have the required type."
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.+) \)\.$")


class SchemaViolation(NamedTuple):
    """One broken rule of a schema: the rule as libxml2 names it, a sentence, and where; never the value."""

    rule: str
    text: str
    ref: str
    line: int


class MessageSchema:
    """The schema of one service's messages."""

    def __init__(self, name: str) -> None:
        """Flatten it once and compile it, so that a broken schema stops the start, not the first call."""
        schema = flattened_schema(name)
        self._source = etree.tostring(schema)
        self._names = frozenset(element.get("name", "") for element in schema.iter(f"{{{XML_SCHEMA}}}element"))
        self._local = threading.local()
        self._compiled()

    def knows(self, name: str) -> bool:
        """Whether an element of this name stands anywhere in the schema."""
        return name in self._names

    def violations(self, message: etree._Element, limit: int = 5) -> tuple[SchemaViolation, ...]:
        """What is wrong with a message, at most so many; empty when it is valid."""
        schema = self._compiled()
        if schema.validate(message):
            return ()
        return tuple(self._violation(message, error) for error in list(schema.error_log)[:limit])  # type: ignore[call-overload] # the stubs leave iteration out

    def _compiled(self) -> etree.XMLSchema:
        schema: etree.XMLSchema | None = getattr(self._local, "schema", None)
        if schema is None:
            with _COMPILING:
                schema = self._local.schema = etree.XMLSchema(etree.fromstring(self._source))
        return schema

    def _violation(self, message: etree._Element, error: etree._LogEntry) -> SchemaViolation:
        text = _RULES.get(error.type_name, _ANY_VALUE_RULE)
        if expected := self._expected(error.message):
            text = f"{text} Expected here: {expected}."
        return SchemaViolation(error.type_name, text, self._ref(message, error.path), error.line)

    def _expected(self, lxml_message: str) -> str:
        found = _EXPECTED.search(lxml_message)
        names = [name.strip().rpartition("}")[2] for name in found[1].split(",")] if found else []
        return ", ".join(name for name in names if name in self._names)

    def _ref(self, message: etree._Element, lxml_path: str | None) -> str:
        """The place as an XPath of names that the schema knows: a client could put a value even into a name."""
        steps: list[str] = []
        element = self._offending(message, lxml_path)
        while element is not None:
            steps.append(self._step(element))
            element = None if element is message else element.getparent()
        return "/" + "/".join(reversed(steps))

    @staticmethod
    def _offending(message: etree._Element, lxml_path: str | None) -> etree._Element | None:
        """Follow libxml2's path, which numbers the children of each step: /*/*[2]/ns:Name[3]."""
        if not lxml_path:
            return message
        element = message
        for step in lxml_path.strip("/").split("/")[1:]:
            name, _, position = step.partition("[")
            same = [child for child in element if name == "*" or etree.QName(child).localname == name.rpartition(":")[2]]
            index = int(position.rstrip("]") or 1) - 1 if position else 0
            if index >= len(same):
                break
            element = same[index]
        return element

    def _step(self, element: etree._Element) -> str:
        name = etree.QName(element).localname
        if name not in self._names:
            return "*"
        parent = element.getparent()
        same = [] if parent is None else parent.findall(element.tag)
        return f"{name}[{same.index(element) + 1}]" if len(same) > 1 else name
