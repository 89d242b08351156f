"""What is served says the same as the source in `wsdl/` and `xsd/`."""

from importlib.resources import files

import pytest
import zeep
from lxml import etree

from votecal_soap.contract.files import xsd_names
from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import SERVICES, export_contract, served_wsdl, served_wsdl12

XS = "{http://www.w3.org/2001/XMLSchema}"
WITH_NAMESPACE = ("batch-data-exchange.xsd", "dmv-coa-file.xsd", "ems-integration.xsd", "voter-record-update-batch.xsd")

every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def components(name: str) -> dict[tuple[str, str], bytes]:
    """The global components of a schema file and of the files that it includes, by kind and name."""
    schema = etree.fromstring((files("xsd") / name).read_bytes(), etree.XMLParser(remove_blank_text=True, remove_comments=True))
    found = {}
    for child in schema:
        if child.tag == f"{XS}include":
            found |= components(child.get("schemaLocation"))
        elif child.tag != f"{XS}annotation":
            found[(child.tag, child.get("name"))] = canonical(child)
    return found


def canonical(component: etree._Element) -> bytes:
    """Canonical XML without the namespace declarations and prefixes that only say where a component stands."""
    alone = etree.fromstring(etree.tostring(component, method="c14n", exclusive=True))
    for element in alone.iter():
        for name in ("type", "base", "ref"):
            if name in element.attrib:
                element.set(name, element.get(name).removeprefix("tns:"))
    return etree.tostring(alone, method="c14n", exclusive=True)


@pytest.mark.parametrize("name", WITH_NAMESPACE)
def test_every_global_component_is_there_once_and_unchanged(name):
    flat = [child for child in flattened_schema(name) if child.tag != f"{XS}annotation"]
    assert {(child.tag, child.get("name")): canonical(child) for child in flat} == components(name)
    assert len(flat) == len(components(name))


@pytest.mark.parametrize("name", WITH_NAMESPACE)
def test_source_and_flattened_schema_both_compile(name):
    etree.XMLSchema(etree.parse(str(files("xsd") / name)))
    etree.XMLSchema(flattened_schema(name))
    MessageSchema(name)


@every_service
def test_a_client_understands_source_and_served_wsdl_alike(service, tmp_path):
    served = tmp_path / "served.wsdl"
    served.write_bytes(served_wsdl(service, "https://votecal.example"))
    documents = [zeep.wsdl.Document(str(path), zeep.Transport()) for path in (files("wsdl") / f"{service.name}.wsdl", served)]
    assert operations(documents[0]) == operations(documents[1])
    assert len(operations(documents[0])) >= 4


def operations(document: zeep.wsdl.Document) -> dict[str, str]:
    (binding,) = document.bindings.values()
    return {name: f"{operation.input.signature()} -> {operation.output.signature()}" for name, operation in binding.all().items()}


def test_the_export_is_what_is_served_and_every_schema(tmp_path):
    written = export_contract(tmp_path / "contract", "https://votecal.example")
    assert {path.name for path in written} == {*xsd_names(), *(f"{service.name}{end}" for service in SERVICES for end in (".wsdl", "-soap12.wsdl"))}
    for service in SERVICES:
        assert (tmp_path / "contract" / f"{service.name}.wsdl").read_bytes() == served_wsdl(service, "https://votecal.example")
        assert (tmp_path / "contract" / f"{service.name}-soap12.wsdl").read_bytes() == served_wsdl12(service, "https://votecal.example")
    for name in xsd_names():
        assert (tmp_path / "contract" / name).read_bytes() == (files("xsd") / name).read_bytes()


def test_every_wsdl_is_served():
    assert {path.name for path in files("wsdl").iterdir() if path.name.endswith(".wsdl")} == {f"{service.name}.wsdl" for service in SERVICES}
