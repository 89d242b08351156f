"""WS-I Basic Profile 1.1 (SOAP 1.1) and 2.0 (SOAP 1.2) over the WSDL documents that are served; `docs/contract-ws-i.md` has a row for each rule."""

from collections import Counter

import pytest
from lxml import etree

from votecal_soap.contract.wsdl import SERVICES, served_wsdl, served_wsdl12

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
BINDINGS = {"1.1": "{http://schemas.xmlsoap.org/wsdl/soap/}", "1.2": "{http://schemas.xmlsoap.org/wsdl/soap12/}"}
SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
URL = "https://votecal.example"


class Document:
    """A served WSDL and what the rules ask about."""

    def __init__(self, service, version):
        self.content = (served_wsdl if version == "1.1" else served_wsdl12)(service, URL)
        self.root = etree.fromstring(self.content)
        self.soap = BINDINGS[version]
        self.other_soap = BINDINGS["1.2" if version == "1.1" else "1.1"]
        self.schema = self.root.find(f"{WSDL}types/{XS}schema")
        self.port_type = self.root.find(f"{WSDL}portType")
        self.binding = self.root.find(f"{WSDL}binding")
        self.parts = {message.get("name"): message.findall(f"{WSDL}part") for message in self.root.iter(f"{WSDL}message")}

    def bound(self, name):
        """All elements of the SOAP binding with that name."""
        return list(self.root.iter(self.soap + name))


@pytest.fixture(scope="module", params=[(service, version) for service in SERVICES for version in BINDINGS], ids=lambda given: f"{given[0].name} {given[1]}")
def wsdl(request):
    return Document(*request.param)


def test_r4003_r4004_a_description_is_xml_1_0_in_utf_8(wsdl):
    assert wsdl.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    wsdl.content.decode("utf-8")


def test_r1034_r4005_the_xml_namespace_is_not_declared(wsdl):
    assert XML_NAMESPACE.encode() not in wsdl.content


def test_r2028_r2029_only_elements_of_wsdl_and_its_soap_binding_stand_where_the_schemas_of_both_allow_them(wsdl):
    children = {
        "definitions": ["documentation", "types", "message", "portType", "binding", "service"],
        "message": ["part"],
        "portType": ["operation"],
        "operation": ["documentation", "operation", "input", "output", "fault"],
        "binding": ["binding", "operation"],
        "input": ["body"],
        "output": ["body"],
        "fault": ["fault"],
        "service": ["documentation", "port"],
        "port": ["address"],
        "types": ["schema"],
    }
    for parent in wsdl.root.iter(f"{WSDL}*"):
        names = [etree.QName(child).localname for child in parent]
        allowed = children.get(etree.QName(parent).localname, [])
        assert set(names) <= set(allowed), parent.tag
        assert names == sorted(names, key=allowed.index)
    outside = {etree.QName(element).namespace for element in wsdl.root.iter() if isinstance(element.tag, str)}
    assert outside == {WSDL[1:-1], XS[1:-1], wsdl.soap[1:-1]}


def test_r2001_to_r2011_nothing_is_imported_so_that_no_rule_about_imports_can_be_broken(wsdl):
    assert [element.tag for element in wsdl.root.iter() if etree.QName(element).localname in ("import", "include", "redefine")] == []


def test_r2022_r2023_types_come_before_everything_but_documentation(wsdl):
    assert [etree.QName(child).localname for child in wsdl.root][:2] == ["documentation", "types"]


def test_r2025_r2026_there_is_no_extension_but_the_binding_of_soap_and_none_is_required(wsdl):
    outside_the_schema = [element for element in wsdl.root.iter() if wsdl.schema not in (element, *element.iterancestors())]
    assert {etree.QName(element).namespace for element in outside_the_schema} == {WSDL[1:-1], wsdl.soap[1:-1]}
    assert wsdl.root.xpath("//@*[local-name() = 'required']") == []


def test_r2756_no_soap_action_is_called_required(wsdl):
    assert wsdl.root.xpath("//@*[local-name() = 'soapActionRequired']") == []


def test_r1156_r1157_r1158_r2901_nothing_of_ws_addressing_or_ws_policy_is_described(wsdl):
    assert {etree.QName(name).namespace for element in wsdl.root.iter() for name in element.attrib} == {None}
    assert b"addressing" not in wsdl.content.lower()


def test_r2101_r2102_every_qualified_name_leads_to_what_is_defined_here(wsdl):
    tns = wsdl.root.get("targetNamespace")
    types = {f"tns:{item.get('name')}" for item in wsdl.schema if item.tag in (f"{XS}simpleType", f"{XS}complexType")}
    for name in wsdl.schema.xpath("//@type[parent::*[namespace-uri() = 'http://www.w3.org/2001/XMLSchema']] | //@base"):
        prefix, _, local = name.partition(":")
        assert name in types or (prefix == "xs" and local), name
    assert wsdl.root.nsmap["tns"] == tns
    for message in wsdl.root.xpath("//@message"):
        assert message.removeprefix("tns:") in wsdl.parts
    assert wsdl.binding.get("type") == f"tns:{wsdl.port_type.get('name')}"
    assert wsdl.root.find(f"{WSDL}service/{WSDL}port").get("binding") == f"tns:{wsdl.binding.get('name')}"


def test_r2105_r2114_the_schema_has_the_target_namespace_of_the_description(wsdl):
    assert wsdl.schema.get("targetNamespace") == wsdl.root.get("targetNamespace")


def test_r2115_r2116_no_two_global_elements_and_no_two_types_share_a_name(wsdl):
    for kinds in (("element",), ("simpleType", "complexType")):
        names = Counter(item.get("name") for kind in kinds for item in wsdl.schema.iterchildren(f"{XS}{kind}"))
        assert names and set(names.values()) == {1}


def test_r2110_r2111_r2112_there_are_no_soap_arrays_nor_names_like_theirs(wsdl):
    assert SOAP_ENCODING.encode() not in wsdl.content
    assert b"arrayType" not in wsdl.content
    assert [name for name in wsdl.schema.xpath("//@name") if name.startswith("ArrayOf")] == []


def test_r2201_r2210_r2209_each_message_has_one_part_and_each_body_binds_it(wsdl):
    assert {len(parts) for parts in wsdl.parts.values()} == {1}
    assert [body.get("parts") for body in wsdl.bound("body") if body.get("parts") is not None] == []


def test_r2204_r2205_r2206_r2306_every_part_refers_to_a_global_element_and_to_no_type(wsdl):
    elements = {f"tns:{element.get('name')}" for element in wsdl.schema.iterchildren(f"{XS}element")}
    for (part,) in wsdl.parts.values():
        assert part.get("element") in elements
        assert part.get("type") is None


def test_r2303_every_operation_is_request_and_response(wsdl):
    for operation in wsdl.port_type.iterfind(f"{WSDL}operation"):
        kinds = [etree.QName(child).localname for child in operation if etree.QName(child).localname != "documentation"]
        assert kinds == ["input", "output", "fault"]


def test_r2304_operations_have_different_names(wsdl):
    names = Counter(operation.get("name") for operation in wsdl.port_type.iterfind(f"{WSDL}operation"))
    assert set(names.values()) == {1}


def test_r2305_r2302_no_order_of_parameters_is_given(wsdl):
    assert wsdl.root.xpath("//@parameterOrder") == []


def test_r2401_r2701_r2702_the_binding_is_that_of_soap_over_http(wsdl):
    (binding,) = wsdl.bound("binding")
    assert binding.get("transport") == "http://schemas.xmlsoap.org/soap/http"
    assert list(wsdl.root.iter(f"{wsdl.other_soap}*")) == []


def test_r2705_the_binding_is_document_literal_throughout(wsdl):
    assert {element.get("style") for element in (*wsdl.bound("binding"), *wsdl.bound("operation"))} == {"document"}


def test_r2706_r2707_r2723_every_use_is_literal(wsdl):
    assert {element.get("use") for element in (*wsdl.bound("body"), *wsdl.bound("fault"))} == {"literal"}


def test_r2710_every_operation_is_known_by_its_element(wsdl):
    elements = Counter(wsdl.parts[item.get("message").removeprefix("tns:")][0].get("element") for item in wsdl.port_type.iter(f"{WSDL}input"))
    assert set(elements.values()) == {1}


def test_r2711_no_two_ports_share_an_address(wsdl):
    assert len(wsdl.bound("address")) == 1


def test_r2716_no_namespace_is_given_to_a_body_or_fault(wsdl):
    assert [element for element in (*wsdl.bound("body"), *wsdl.bound("fault")) if element.get("namespace") is not None] == []


def test_r2718_the_binding_has_the_operations_of_the_port_type(wsdl):
    declared, bound = ([operation.get("name") for operation in parent.iterfind(f"{WSDL}operation")] for parent in (wsdl.port_type, wsdl.binding))
    assert declared == bound


def test_r2719_r2720_r2738_r2749_no_header_is_described(wsdl):
    assert wsdl.bound("header") + wsdl.bound("headerfault") == []


def test_r2179_the_fault_is_described_by_what_stands_in_its_detail(wsdl):
    messages = {fault.get("message").removeprefix("tns:") for fault in wsdl.port_type.iter(f"{WSDL}fault")}
    assert {part.get("element") for message in messages for part in wsdl.parts[message]} == {"tns:VoteCalFault"}


def test_r2721_r2740_r2754_every_fault_is_bound_under_its_own_name(wsdl):
    for operation in wsdl.binding.iterfind(f"{WSDL}operation"):
        (fault,) = operation.findall(f"{WSDL}fault")
        assert fault.get("name") == fault.find(f"{wsdl.soap}fault").get("name") == "VoteCalFault"


def test_r2801_the_types_are_an_xml_schema_1_0(wsdl):
    etree.XMLSchema(etree.fromstring(etree.tostring(wsdl.schema)))


def test_r5001_the_address_is_the_public_one(wsdl):
    assert [address.get("location").startswith("https://") for address in wsdl.bound("address")] == [True]
