"""Whatever comes, the parser and every reader of a request answer with a value or a typed error (EWS-13).

Short here; `make fuzz` tries for longer.
"""

import os
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from votecal_soap.contract.masking import masked
from votecal_soap.contract.parser import parse_message
from votecal_soap.contract.samples import ServiceSamples
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import SERVICES
from votecal_soap.errors import VoteCalError
from votecal_soap.soap.envelope import SOAP_11, SOAP_12, open_envelope, strip_encoding_hints
from votecal_soap.soap.security_header import answer_timestamp, read_credential
from votecal_soap.transport import Transport

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))
brief = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)
HERE = Transport(is_confidential=True, is_local=True, checks_certificates=False, certificate_subject=None, source_address="192.0.2.1")

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
OPERATION = "{http://schemas.xmlsoap.org/wsdl/}portType/{http://schemas.xmlsoap.org/wsdl/}operation"
PIECES = st.sampled_from(
    f"""<s:Envelope
 xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
>
<s:Header>
</s:Header>
<s:Body>
</s:Body>
</s:Envelope>
<w:Security xmlns:w="{WSSE}">
</w:Security>
<w:UsernameToken>
</w:UsernameToken>
<w:Username>la</w:Username>
<w:Password>x</w:Password>
<!DOCTYPE a>
<!--
-->
<?x y?>
&a;
&#0;
<![CDATA[
]]>
\ufeff
\x00
<?xml version="1.0" encoding="utf-16"?>
<a b='
'/>""".split("\n")
)
TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["", "0", "-1", "9" * 30, "NaN", "true", "2026-02-30", "2026-01-01T00:00:00Z", "D1234567", "\u0661", "a" * 5000])
)


@pytest.mark.requirement("EWS-13")
@given(
    content=st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=25).map(lambda parts: "".join(parts).encode())),
    charset=st.one_of(st.none(), st.text(max_size=12)),
)
@brief
def test_the_parser_and_the_envelope_refuse_by_code_alone(content, charset):
    for version in (SOAP_11, SOAP_12):
        try:
            root = parse_message(content, charset)
            envelope = open_envelope(root, version)
            read_credential(envelope.headers, HERE)
            answer_timestamp(root, NOW)
        except VoteCalError as error:
            assert error.code.value.startswith("VC-")


@pytest.mark.requirement("EWS-01", "EWS-13")
@given(nonce=TEXTS, created=TEXTS, password=TEXTS, kind=st.sampled_from(["", "#PasswordText", "#PasswordDigest", "#Other", "PasswordDigest"]))
@brief
def test_a_token_is_read_or_refused(nonce, created, password, kind):
    security = etree.Element(f"{{{WSSE}}}Security")
    token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
    utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
    try:
        for tag, text in ((f"{{{WSSE}}}Password", password), (f"{{{WSSE}}}Nonce", nonce), (f"{{{utility}}}Created", created)):
            etree.SubElement(token, tag).text = text
    except ValueError:
        return  # no XML can hold it
    token[0].set("Type", kind)
    try:
        found = read_credential([security], HERE)
    except VoteCalError:
        return
    assert (found.secret is None) == (found.digest is not None)


def requests():
    """Every operation of every service, with its sample."""
    for service in SERVICES:
        samples = ServiceSamples(service)
        wsdl = etree.fromstring(files("wsdl").joinpath(f"{service.name}.wsdl").read_bytes())
        for operation in wsdl.iterfind(OPERATION):
            yield pytest.param(service, samples.request(operation.get("name")), id=f"{service.name}-{operation.get('name')}")


SCHEMAS = {service: MessageSchema(service.schema_file) for service in SERVICES}


def mutated(request, data):
    """The sample with values, elements left out, twice, in another order, or hinted at."""
    root = etree.fromstring(request)
    etree.strip_tags(root, etree.Comment)
    for element in list(root.iter()):
        if len(element) == 0 and data.draw(st.booleans()):
            try:
                element.text = data.draw(TEXTS)
            except ValueError:
                element.text = None
        elif element is not root and (act := data.draw(st.sampled_from(["keep"] * 6 + ["drop", "nil", "twice"]))) != "keep":
            parent = element.getparent()
            if act == "nil":
                element.set("{http://www.w3.org/2001/XMLSchema-instance}nil", data.draw(st.sampled_from(["true", "false", "0", "x"])))
            elif act == "twice" and parent is not None:
                parent.append(etree.fromstring(etree.tostring(element)))
            elif parent is not None:
                parent.remove(element)
    return root


@pytest.mark.requirement("EWS-13", "OPS-03")
@pytest.mark.parametrize(("service", "request_"), list(requests()))
@given(data=st.data())
@settings(max_examples=max(4, EXAMPLES // 20), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mutated_request_is_valid_or_told_where_it_is_wrong_and_never_what_it_said(service, request_, data):
    root = mutated(request_, data)
    strip_encoding_hints(root)
    schema = SCHEMAS[service]
    violations = schema.violations(root)
    shown = masked(root, schema.knows, is_valid=not violations)
    for value in {(element.text or "").strip() for element in root.iter() if len((element.text or "").strip()) > 20}:
        assert all(value not in violation.text + violation.ref for violation in violations)
        assert violations == () or value not in shown
