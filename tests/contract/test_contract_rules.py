"""The rules that let every client stack load the contract."""

import re

import pytest
from lxml import etree

from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.contract.wsdl import SERVICES, ServiceContract, served_wsdl, served_wsdl12

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
SOAP12_NAMESPACE = b"http://schemas.xmlsoap.org/wsdl/soap12/"
URL = "https://votecal.example"

every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def wsdl_of(service: ServiceContract) -> etree._Element:
    return etree.fromstring(served_wsdl(service, URL))


@every_service
def test_the_messages_use_no_construct_that_a_client_stack_drops(service):
    schema = flattened_schema(service.schema_file)
    for construct in ("choice", "any", "all", "list", "union", "attribute", "anyAttribute", "import", "include"):
        assert schema.find(f".//{XS}{construct}") is None, construct
    assert not schema.xpath("//@type[. = 'xs:integer'] | //@base[. = 'xs:integer']")


@every_service
def test_optional_elements_are_not_nillable_and_have_no_default(service):
    for element in flattened_schema(service.schema_file).iter(f"{XS}element"):
        assert not (element.get("minOccurs") == "0" and element.get("nillable") == "true"), element.get("name")
        assert element.get("default") is None
        assert element.get("fixed") is None


@every_service
def test_enumeration_values_are_identifiers(service):
    values = [enumeration.get("value") for enumeration in flattened_schema(service.schema_file).iter(f"{XS}enumeration")]
    assert values
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]*", value) for value in values)


@every_service
def test_a_wsdl_is_one_file_with_one_schema_and_one_namespace(service):
    wsdl = wsdl_of(service)
    schemas = list(wsdl.iter(f"{XS}schema"))
    assert len(schemas) == 1
    assert schemas[0].get("targetNamespace") == wsdl.get("targetNamespace") == service.namespace
    assert schemas[0].get("elementFormDefault") == "qualified"
    assert not [element for element in wsdl.iter() if etree.QName(element).localname in ("import", "include")]


@every_service
def test_soap_12_is_not_even_mentioned_where_soap_11_is_served(service):
    assert SOAP12_NAMESPACE not in served_wsdl(service, URL)
    assert SOAP12_NAMESPACE in served_wsdl12(service, URL)
    assert SOAP[1:-1].encode() not in served_wsdl12(service, URL)


@every_service
def test_port_type_binding_port_and_service_have_different_names(service):
    wsdl = wsdl_of(service)
    names = [wsdl.find(f".//{WSDL}{kind}").get("name") for kind in ("portType", "binding", "port", "service")]
    assert len(set(names)) == 4


@every_service
def test_every_operation_is_document_literal_wrapped_with_its_fault(service):
    wsdl = wsdl_of(service)
    messages = {message.get("name"): message.findall(f"{WSDL}part") for message in wsdl.iter(f"{WSDL}message")}
    elements = {element.get("name") for element in wsdl.find(f".//{XS}schema").iterchildren(f"{XS}element")}
    for operation in wsdl.find(f"{WSDL}portType").iterfind(f"{WSDL}operation"):
        name = operation.get("name")
        for direction, element in (("input", name), ("output", f"{name}Response")):
            (part,) = messages[operation.find(f"{WSDL}{direction}").get("message").removeprefix("tns:")]
            assert (part.get("name"), part.get("element")) == ("parameters", f"tns:{element}")
            assert element in elements
        (fault,) = operation.findall(f"{WSDL}fault")
        (part,) = messages[fault.get("message").removeprefix("tns:")]
        assert (fault.get("name"), part.get("element")) == ("VoteCalFault", "tns:VoteCalFault")


@every_service
def test_every_operation_is_bound_with_an_absolute_soap_action_and_its_fault(service):
    wsdl = wsdl_of(service)
    declared = [operation.get("name") for operation in wsdl.find(f"{WSDL}portType").iterfind(f"{WSDL}operation")]
    bound = wsdl.find(f"{WSDL}binding").findall(f"{WSDL}operation")
    assert [operation.get("name") for operation in bound] == declared
    for operation in bound:
        assert operation.find(f"{SOAP}operation").get("soapAction") == f"{service.namespace}/{operation.get('name')}"
        assert {body.get("use") for body in operation.iter(f"{SOAP}body")} == {"literal"}
        fault = operation.find(f"{WSDL}fault")
        assert fault.get("name") == fault.find(f"{SOAP}fault").get("name") == "VoteCalFault"


@every_service
def test_the_address_is_the_configured_one(service):
    for document in (served_wsdl(service, URL), served_wsdl12(service, f"{URL}/")):
        (address,) = etree.fromstring(document).xpath("//*[local-name() = 'address']")
        assert address.get("location") == f"{URL}/soap/{service.name}"
