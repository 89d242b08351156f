"""WS-I Basic Profile 1.1 (SOAP 1.1) and 2.0 (SOAP 1.2) over real messages on a socket; `docs/contract-ws-i.md` has a row for each rule."""

import codecs
import http.client
import shutil
from urllib.parse import urlsplit

import pytest
from lxml import etree

from .conftest import made_state, served
from .soap_requests import ENVELOPES, NAMESPACES, TYPES, envelope, security

EMS = "ems-integration"
PING = f'<Ping xmlns="{NAMESPACES[EMS]}"/>'
STALE = f'<GetMatchCase xmlns="{NAMESPACES[EMS]}"><MatchCaseId>99</MatchCaseId></GetMatchCase>'
WRONG = f'<GetMatchCase xmlns="{NAMESPACES[EMS]}"><Nonsense/></GetMatchCase>'
FOREIGN = '<x:Header xmlns:x="urn:nobody" xmlns:s="{0}" s:mustUnderstand="{1}">a</x:Header>'
ADDRESSING = "http://www.w3.org/2005/08/addressing"
ELSEWHERE = "".join(f'<a:{name} xmlns:a="{ADDRESSING}"><a:Address>http://127.0.0.1:1/elsewhere</a:Address></a:{name}>' for name in ("ReplyTo", "FaultTo"))
XML_NAMESPACE = b"http://www.w3.org/XML/1998/namespace"

both = pytest.mark.parametrize("version", list(ENVELOPES))


class Wire:
    """A connection to the service, and answers as they come over it."""

    def __init__(self, url):
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.close = self._connection.close

    def send(self, content, version="1.1", method="POST", query="", **headers):
        """One request; the answer with its body read."""
        given = {"Content-Type": TYPES[version], "SOAPAction": '""'} if version == "1.1" else {"Content-Type": TYPES[version]}
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, f"/soap/{EMS}{query}", body=content, headers={name: value for name, value in {**given, **fields}.items() if value})
        answer = self._connection.getresponse()
        answer.content = answer.read()
        return answer

    def call(self, body, version="1.1", header=None, **headers):
        """One envelope with a credential."""
        return self.send(envelope(body, security() if header is None else header, version), version, **headers)


@pytest.fixture(scope="module")
def wire(sqlite_template, tmp_path_factory, schemas):
    """One state for all tests: they change nothing."""
    folder = tmp_path_factory.mktemp("state")
    shutil.copy(sqlite_template, folder / "votecal.db")
    with made_state(f"sqlite:///{folder / 'votecal.db'}", folder, schemas) as state, served(state) as url:
        connected = Wire(url)
        yield connected
        connected.close()


def parts(answer, version):
    """Envelope, its children, and the children of its Body."""
    root = etree.fromstring(answer.content)
    (body,) = root.iterchildren(f"{{{ENVELOPES[version]}}}Body")
    return root, list(root), list(body)


def fault_code(answer, version):
    _, _, (fault,) = parts(answer, version)
    code = fault.findtext("faultcode") if version == "1.1" else fault.findtext("{*}Code/{*}Value")
    prefix, _, name = code.partition(":")
    assert fault.nsmap[prefix] == ENVELOPES[version]
    return name


def qualified(element):
    """What an attribute `qname` names, by the declarations that are in force there."""
    assert list(element.attrib) == ["qname"]
    prefix, _, name = element.get("qname").rpartition(":")
    return f"{{{element.nsmap[prefix]}}}{name}" if prefix else name


def supported_envelopes(answer):
    """The envelopes in the Upgrade header of SOAP 1.2."""
    (upgrade,) = etree.fromstring(answer.content).findall(f"{{*}}Header/{{{ENVELOPES['1.2']}}}Upgrade")
    assert {child.tag for child in upgrade} == {f"{{{ENVELOPES['1.2']}}}SupportedEnvelope"}
    return [qualified(child) for child in upgrade]


def not_understood(answer):
    """The names in the NotUnderstood headers."""
    return [qualified(block) for block in etree.fromstring(answer.content).iterfind(f"{{*}}Header/{{{ENVELOPES['1.2']}}}NotUnderstood")]


@both
def test_r9980_r9981_r1011_r1014_r2712_an_answer_is_an_envelope_with_the_one_qualified_element_of_the_description(wire, version):
    root, children, (answer,) = parts(wire.call(PING, version), version)
    assert root.tag == f"{{{ENVELOPES[version]}}}Envelope"
    assert etree.QName(children[-1]).localname == "Body"
    assert answer.tag == f"{{{NAMESPACES[EMS]}}}PingResponse"


@both
@pytest.mark.parametrize("body", [PING, STALE])
def test_r1005_r1006_r1008_r1009_r1032_r1033_r2113_an_answer_has_no_dtd_instruction_encoding_style_or_attribute_of_soap(wire, version, body):
    answer = wire.call(body, version)
    root = etree.fromstring(answer.content)
    assert b"<!DOCTYPE" not in answer.content
    assert b"<?" not in answer.content.removeprefix(b"<?xml")
    assert XML_NAMESPACE not in answer.content
    for element in root.iter():
        assert not [name for name in element.attrib if etree.QName(name).localname in ("encodingStyle", "arrayType")]
        if etree.QName(element).namespace == ENVELOPES[version]:
            assert not [name for name in element.attrib if etree.QName(name).namespace == ENVELOPES[version]]


def test_r1000_r1001_r1004_r1031_a_fault_of_soap_1_1_has_unqualified_children_and_a_code_without_dots(wire):
    answer = wire.call(STALE)
    _, _, (fault,) = parts(answer, "1.1")
    assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]
    assert fault_code(answer, "1.1") == "Client"
    assert [child.tag for child in fault.find("detail")] == [f"{{{NAMESPACES[EMS]}}}VoteCalFault"]


def test_r2179_a_fault_of_soap_1_2_has_code_reason_with_a_language_and_the_detail_that_is_described(wire):
    answer = wire.call(STALE, "1.2")
    _, _, (fault,) = parts(answer, "1.2")
    assert [etree.QName(child).localname for child in fault] == ["Code", "Reason", "Detail"]
    assert fault_code(answer, "1.2") == "Sender"
    assert fault.find("{*}Reason/{*}Text").get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert [child.tag for child in fault.find("{*}Detail")] == [f"{{{NAMESPACES[EMS]}}}VoteCalFault"]


@both
def test_r4001_r4006_r4007_a_byte_order_mark_of_utf_8_and_of_utf_16_is_taken(wire, version):
    media_type = TYPES[version].partition(";")[0]
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        content = mark + envelope(PING, security(), version).decode().encode(encoding)
        assert wire.send(content, version, Content_Type=f"{media_type}; charset={encoding[:6].rstrip('-')}").status == 200


@both
def test_r1010_r1012_r1019_a_request_may_be_utf_8_or_utf_16_with_or_without_a_declaration(wire, version):
    media_type = TYPES[version].partition(";")[0]
    text = envelope(PING, security(), version).decode()
    for encoding, declared in (("utf-8", '<?xml version="1.0" encoding="UTF-8"?>'), ("utf-16", '<?xml version="1.0" encoding="UTF-16"?>'), ("utf-8", "")):
        answer = wire.send((declared + text).encode(encoding), version, Content_Type=f'{media_type}; charset="{encoding}"')
        assert answer.status == 200
    # The charset of Content-Type holds, whatever the declaration says.
    lying = '<?xml version="1.0" encoding="UTF-16"?>' + text
    assert wire.send(lying.encode(), version, Content_Type=f"{media_type}; charset=utf-8").status == 200


@both
def test_r1012_r1018_r9700_r9701_r9702_r9703_an_answer_is_one_envelope_of_xml_1_0_in_utf_8_and_says_so(wire, version):
    answer = wire.call(PING, version)
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert answer.getheader("Content-Type").replace(" ", "") == TYPES[version].replace(" ", "")
    assert etree.fromstring(answer.content.decode("utf-8").partition("\n")[2]).tag == f"{{{ENVELOPES[version]}}}Envelope"


@both
def test_r1017_xsi_type_is_not_asked_for_and_none_is_sent(wire, version):
    assert b"XMLSchema-instance" not in wire.call(PING, version).content


@pytest.mark.parametrize(("version", "must", "status"), [("1.1", "1", 500), ("1.1", "0", 200), ("1.2", "true", 500), ("1.2", "1", 500), ("1.2", "false", 200)])
def test_r1013_r1025_r1027_a_header_that_must_be_understood_and_is_not_is_a_must_understand_fault(wire, version, must, status):
    answer = wire.call(PING, version, header=security() + FOREIGN.format(ENVELOPES[version], must))
    assert answer.status == status
    if status != 200:
        assert fault_code(answer, version) == "MustUnderstand"
        assert not_understood(answer) == ([] if version == "1.1" else ["{urn:nobody}Header"])


MUST = f'xmlns:s="{ENVELOPES["1.2"]}" s:mustUnderstand="true"'
HOSTILE = {
    "two": (f'<a:One xmlns:a="urn:a" {MUST}/><b:Two xmlns:b="urn:b" {MUST}/>', ["{urn:a}One", "{urn:b}Two"]),
    "one twice": (f'<a:One xmlns:a="urn:a" {MUST}/><b:One xmlns:b="urn:a" {MUST}/>', ["{urn:a}One"]),
    "beside others": (f'<a:One xmlns:a="urn:a"/><b:Two xmlns:b="urn:b" {MUST}/><c:Three xmlns:c="urn:c" {MUST} s:role="urn:c"/>', ["{urn:b}Two"]),
    "without a namespace": (f"<One {MUST}/>", ["One"]),
    "accents": (f'<ä:Ünï xmlns:ä="urn:%C3%B6" {MUST}/>', ["{urn:%C3%B6}Ünï"]),
    "an ampersand and a quote": (f'<a:One xmlns:a="urn:?x=&amp;y=&apos;" {MUST}/>', ["{urn:?x=&y='}One"]),
    "a relative namespace": (f'<a:One xmlns:a="nowhere" {MUST}/>', ["{nowhere}One"]),
    "the namespace of xml": (f"<xml:One {MUST}/>", []),
    "a name of 20,000 letters": (f'<a:{"x" * 20_000} xmlns:a="urn:a" {MUST}/>', []),
    "a namespace of 200,000 letters": (f'<a:One xmlns:a="urn:{"x" * 200_000}" {MUST}/><b:Two xmlns:b="urn:b" {MUST}/>', ["{urn:b}Two"]),
    "a thousand": ("".join(f'<a:N{number} xmlns:a="urn:a" {MUST}/>' for number in range(1000)), [f"{{urn:a}}N{number}" for number in range(20)]),
}


@pytest.mark.requirement("EWS-13")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_must_understand_fault_of_soap_1_2_names_what_is_not_understood_and_stays_small(wire, name):
    headers, names = HOSTILE[name]
    answer = wire.call(PING, "1.2", header=security() + headers)
    assert (answer.status, fault_code(answer, "1.2")) == (500, "MustUnderstand")
    assert not_understood(answer) == names
    assert len(answer.content) < 30_000


def test_a_timestamp_is_answered_beside_the_header_of_a_fault(wire):
    stamp = '<u:Timestamp xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"/>'
    answer = wire.call(PING, "1.2", header=security(more=stamp) + HOSTILE["two"][0])
    header, _ = etree.fromstring(answer.content)
    assert [etree.QName(block).localname for block in header] == ["Security", "NotUnderstood", "NotUnderstood"]


@pytest.mark.parametrize("role", ["{}/role/NEXT", "{}/role/next/", "{}/role/./next", "urn:somebody"])
def test_r1160_roles_of_soap_1_2_are_compared_letter_by_letter(wire, role):
    block = f'<x:h xmlns:x="urn:x" {MUST} s:role="{role.format(ENVELOPES["1.2"])}"/>'
    assert wire.call(PING, "1.2", header=security() + block).status == 200


@both
def test_r1145_r1153_headers_of_ws_addressing_are_passed_over_and_the_answer_comes_on_the_connection(wire, version):
    must = f'<a:Action xmlns:a="{ADDRESSING}" xmlns:s="{ENVELOPES[version]}" s:mustUnderstand="1">{NAMESPACES[EMS]}/Ping</a:Action>'
    for headers in (ELSEWHERE, ELSEWHERE + must):
        answer = wire.call(PING, version, header=security() + headers)
        assert answer.status == 200
        assert ADDRESSING.encode() not in answer.content


@both
def test_r1036_r1147_a_fault_comes_on_the_connection_whatever_fault_to_says(wire, version):
    foreign = FOREIGN.format(ENVELOPES[version], "1")
    assert fault_code(wire.call(PING, version, header=security() + ELSEWHERE + foreign), version) == "MustUnderstand"
    assert fault_code(wire.call(WRONG, version, header=security() + ELSEWHERE), version) in ("Client", "Sender")


@both
@pytest.mark.parametrize("sent", ["1.1", "1.2", "another"])
def test_r1015_an_envelope_of_another_version_is_a_version_mismatch_that_says_which_there_are(wire, version, sent):
    content = envelope(PING, security(), version if sent == "another" else sent)
    if sent == "another":
        content = content.replace(ENVELOPES[version].encode(), b"urn:another")
    answer = wire.send(content, version)
    if sent == version:
        assert answer.status == 200
        return
    # Whoever speaks SOAP 1.1 is answered in it (SOAP 1.2 part 1, appendix A).
    told = "1.1" if sent == "1.1" else version
    assert (answer.status, fault_code(answer, told)) == (500, "VersionMismatch")
    assert answer.getheader("Content-Type").replace(" ", "") == TYPES[told].replace(" ", "")
    assert supported_envelopes(answer) == [f"{{{ENVELOPES[each]}}}Envelope" for each in sorted(ENVELOPES, key=lambda each: each != version)]


@both
def test_r1015_what_is_no_envelope_is_a_fault(wire, version):
    assert fault_code(wire.send(b"<nothing/>", version), version) == {"1.1": "Client", "1.2": "Sender"}[version]


@both
def test_r1028_r1029_r2724_a_request_against_the_description_is_a_fault_of_the_sender_and_nothing_is_done(wire, version):
    assert fault_code(wire.call(WRONG, version), version) == {"1.1": "Client", "1.2": "Sender"}[version]


def test_r2725_version_then_must_understand_then_content_are_looked_at_in_that_order(wire):
    foreign = security() + FOREIGN.format(ENVELOPES["1.2"], "1")
    assert fault_code(wire.send(envelope(WRONG, foreign, "1.2"), "1.1"), "1.1") == "VersionMismatch"
    assert fault_code(wire.call(WRONG, "1.2", header=foreign), "1.2") == "MustUnderstand"
    assert fault_code(wire.call(WRONG, "1.2"), "1.2") == "Sender"


def test_r1111_r1124_r1126_an_answer_of_soap_1_1_has_200_and_every_fault_500(wire):
    assert [wire.call(body).status for body in (PING, STALE, WRONG)] == [200, 500, 500]


def test_r1111_r1124_r1202_an_answer_of_soap_1_2_comes_on_the_connection_with_200_and_a_fault_400_or_500_by_who_has_to_mend_it(wire):
    assert [wire.call(body, "1.2").status for body in (PING, STALE, WRONG)] == [200, 400, 400]


def test_r1109_r1119_r1127_r2744_r2745_the_soap_action_of_soap_1_1_is_taken_quoted_unquoted_empty_wrong_or_not_at_all(wire):
    for action in (f'"{NAMESPACES[EMS]}/Ping"', f"{NAMESPACES[EMS]}/Ping", '""', '"urn:nobody"', None):
        assert wire.call(PING, SOAPAction=action).status == 200


def test_r2757_r2758_r2760_the_action_of_soap_1_2_is_taken_or_left_out_and_so_is_a_soap_action(wire):
    for action in (f'; action="{NAMESPACES[EMS]}/Ping"', '; action="urn:nobody"', "; action=", ""):
        for soap_action in (None, '"urn:nobody"'):
            assert wire.call(PING, "1.2", Content_Type=TYPES["1.2"] + action, SOAPAction=soap_action).status == 200


@both
def test_r1114_r1132_another_method_is_405_and_says_which_are_allowed(wire, version):
    answer = wire.send(envelope(PING, security(), version), version, method="PUT")
    assert (answer.status, answer.getheader("Allow")) == (405, "GET, HEAD, POST")


@both
@pytest.mark.parametrize("media_type", ["application/xml", "text/plain", "multipart/related", None])
def test_r1115_another_content_type_is_415(wire, version, media_type):
    assert wire.send(envelope(PING, security(), version), version, Content_Type=media_type).status == 415


@both
def test_r1120_r1121_no_cookie_is_set(wire, version):
    assert wire.call(PING, version).getheader("Set-Cookie") is None


@both
def test_r1140_r1141_answers_are_http_1_1(wire, version):
    assert wire.call(PING, version).version == 11


@pytest.mark.parametrize("query", ["?wsdl", "?wsdl12"])
def test_r0001_the_description_is_there_for_whoever_asks(wire, query):
    answer = wire.send(b"", method="GET", query=query)
    assert answer.status == 200
    assert etree.fromstring(answer.content).tag == "{http://schemas.xmlsoap.org/wsdl/}definitions"
