"""A request of each operation as the schema has it, for people who read: every element, with what may stand in it."""

from typing import Final

from lxml import etree

from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.contract.namespaces import XML_SCHEMA
from votecal_soap.contract.wsdl import ServiceContract

_XS: Final = f"{{{XML_SCHEMA}}}"
_DEEPEST: Final = 12
_SHOWN_VALUES: Final = 12


class ServiceSamples:
    """The samples of one service."""

    def __init__(self, service: ServiceContract) -> None:
        """Read its schema."""
        self._namespace = service.namespace
        self._named = {name: component for component in flattened_schema(service.schema_file) if (name := component.get("name"))}

    def request(self, operation: str) -> str:
        """The element that goes into the Body: `?` stands for a value, comments say what is optional and which values there are."""
        root = etree.fromstring(f'<{operation} xmlns="{self._namespace}"/>')
        self._fill(root, self._named[operation], 0)
        etree.indent(root)
        return etree.tostring(root, encoding="unicode")

    def _fill(self, sample: etree._Element, declared: etree._Element, depth: int) -> None:
        kind = self._type_of(declared)
        if kind is None or kind.tag == f"{_XS}simpleType":
            sample.text = "?"
            return
        for child in self._children(kind) if depth < _DEEPEST else ():
            self._add(sample, child, depth)

    def _add(self, sample: etree._Element, child: etree._Element, depth: int) -> None:
        declared = self._named[_local(child.get("ref", ""))] if child.get("ref") else child
        if remark := self._remark(child, declared):
            sample.append(etree.Comment(f" {remark} "))
        self._fill(etree.SubElement(sample, f"{{{self._namespace}}}{declared.get('name')}"), declared, depth + 1)

    def _remark(self, child: etree._Element, declared: etree._Element) -> str:
        kind = self._type_of(declared)
        values = [] if kind is None else [item.get("value", "") for item in kind.iterfind(f"{_XS}restriction/{_XS}enumeration")]
        more = ", …" if len(values) > _SHOWN_VALUES else ""
        parts = ["optional"] if child.get("minOccurs") == "0" else []
        if child.get("maxOccurs", "1") != "1":
            parts.append("may be repeated")
        return "; ".join([*parts, *([f"one of {', '.join(values[:_SHOWN_VALUES])}{more}"] if values else [])])

    def _type_of(self, declared: etree._Element) -> etree._Element | None:
        """The declared type, inline or named; None for one of XML Schema's own."""
        inline = next((item for item in declared if item.tag in (f"{_XS}complexType", f"{_XS}simpleType")), None)
        return inline if inline is not None else self._named.get(_local(declared.get("type", "")))

    def _children(self, kind: etree._Element) -> list[etree._Element]:
        extension = kind.find(f"{_XS}complexContent/{_XS}extension")
        if extension is None:
            return kind.findall(f"{_XS}sequence/{_XS}element")
        return self._children(self._named[_local(extension.get("base", ""))]) + extension.findall(f"{_XS}sequence/{_XS}element")


def _local(name: str) -> str:
    """The name of a component of ours; empty for one of XML Schema's."""
    prefix, _, local = name.rpartition(":")
    return "" if prefix == "xs" else local
