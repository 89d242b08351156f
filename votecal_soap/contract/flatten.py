"""Makes one schema of a schema and its includes, and one WSDL of a WSDL and its schema.

Old client stacks follow neither xs:include nor wsdl:import; `wsdl/` and `xsd/` stay the source, and a test compares the two.
The included schemas have no target namespace of their own, so their components become the including schema's.
"""

import posixpath
from collections.abc import Iterator
from typing import Final

from lxml import etree

from votecal_soap.contract.files import read_wsdl, read_xsd
from votecal_soap.contract.namespaces import WSDL, XML_SCHEMA
from votecal_soap.contract.parser import HARDENED, hardened_parser

_XS: Final = f"{{{XML_SCHEMA}}}"
_NOT_COMPONENTS: Final = {f"{_XS}include", f"{_XS}annotation"}
_REFERENCES: Final = ("base", "ref", "type")


def flattened_schema(name: str) -> etree._Element:
    """A schema of `xsd/` with the components of all its includes, each once, in one namespace."""
    source = etree.fromstring(read_xsd(name), hardened_parser())
    flat = etree.Element(f"{_XS}schema", nsmap={"xs": XML_SCHEMA, "tns": source.get("targetNamespace", "")})
    flat.attrib.update(source.attrib)
    flat.extend(source.findall(f"{_XS}annotation"))
    flat.extend(_components(name, set()))
    for element in flat.iter():
        _qualify(element)
    # Read again: an element that moved keeps the namespace declarations of the file that it came from.
    return etree.fromstring(etree.tostring(flat), _without_blanks())


def flattened_wsdl(name: str) -> etree._Element:
    """A WSDL of `wsdl/` with its schema inline."""
    wsdl = etree.fromstring(read_wsdl(name), _without_blanks())
    types = wsdl.find(f"{{{WSDL}}}types")
    assert types is not None, "a WSDL of ours has types"  # noqa: S101 - our own file, proven by a test
    include = types[0][0]
    types.replace(types[0], flattened_schema(posixpath.basename(include.get("schemaLocation", ""))))
    return wsdl


def _components(name: str, seen: set[str]) -> Iterator[etree._Element]:
    if name in seen:
        return
    seen.add(name)
    schema = etree.fromstring(read_xsd(name), hardened_parser())
    for include in schema.iterfind(f"{_XS}include"):
        yield from _components(include.get("schemaLocation", ""), seen)
    for component in list(schema):
        if component.tag not in _NOT_COMPONENTS:
            yield component


def _qualify(element: etree._Element) -> None:
    """Give references to our own components the prefix that the WSDL has: a default namespace does not survive the move."""
    for name in _REFERENCES:
        if (value := element.get(name)) and ":" not in value:
            element.set(name, f"tns:{value}")


def _without_blanks() -> etree.XMLParser:
    return etree.XMLParser(remove_blank_text=True, **HARDENED)
