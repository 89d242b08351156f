"""What the envelope checks refuse, and what they tolerate of old client stacks."""

import pytest

from .soap_requests import ENVELOPES, NAMESPACES, TYPES, WSSE, envelope, security

BATCH = "batch-data-exchange"
PING = f'<Ping xmlns="{NAMESPACES[BATCH]}"/>'
WSA = "http://www.w3.org/2005/08/addressing"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
BODY_11 = f'<s:Body xmlns:s="{ENVELOPES["1.1"]}">{PING}</s:Body>'

BILLION_LAUGHS = b'<!DOCTYPE s [<!ENTITY a "SECRET"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + envelope(PING.replace("/>", ">&b;</Ping>"), security())

BROKEN = {
    "not well-formed": (b"<s:Envelope>SECRET", {}, "VC-1001"),
    "truncated": (envelope(PING, security())[:-20], {}, "VC-1001"),
    "empty": (b"", {}, "VC-1001"),
    "no length": (envelope(PING, security()), {"CONTENT_LENGTH": ""}, "VC-1001"),
    "doctype": (b'<!DOCTYPE s SYSTEM "file:///etc/passwd">' + envelope(PING, security()), {}, "VC-1002"),
    "billion laughs": (BILLION_LAUGHS, {}, "VC-1002"),
    "invalid utf-8": (envelope(PING, security()).replace(b"Ping", b"P\xff"), {}, "VC-1007"),
    "unknown charset": (envelope(PING, security()), {"CONTENT_TYPE": "text/xml; charset=klingon"}, "VC-1007"),
    "charset mismatch": ("<a>\u00e9</a>".encode("latin-1"), {"CONTENT_TYPE": 'text/xml; charset="utf-8"'}, "VC-1007"),
    "gzip bytes": (b"\x1f\x8b\x08SECRET", {}, "VC-1007"),
    "no envelope": (PING.encode(), {}, "VC-1003"),
    "no body": (f'<s:Envelope xmlns:s="{ENVELOPES["1.1"]}"/>'.encode(), {}, "VC-1003"),
    "empty body": (envelope("", security()), {}, "VC-1003"),
    "two body children": (envelope(PING + PING, security()), {}, "VC-1003"),
    "header after body": (envelope(PING, security()).replace(b"</s:Body>", b"</s:Body><s:Header/>"), {}, "VC-1003"),
    "two bodies": (envelope(PING, security()).replace(b"</s:Body>", f"</s:Body>{BODY_11}".encode()), {}, "VC-1003"),
    "processing instruction": (envelope(PING.replace("/>", "><?SECRET?></Ping>"), security()), {}, "VC-1003"),
    "other version": (envelope(PING, security(), "1.2"), {}, "VC-1012"),
    "header not understood": (envelope(PING, security() + '<x:SECRET xmlns:x="urn:x" s:mustUnderstand="1"/>'), {}, "VC-1004"),
    "unknown operation": (envelope(f'<SECRET xmlns="{NAMESPACES[BATCH]}"/>', security()), {}, "VC-1006"),
    "other service's operation": (envelope(f'<GetMessageQueue xmlns="{NAMESPACES["ems-integration"]}"/>', security()), {}, "VC-1006"),
}
STANDARD = {"VC-1004": "MustUnderstand", "VC-1012": "VersionMismatch"}


@pytest.mark.requirement("EWS-13")
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_request_gets_a_typed_fault_that_repeats_nothing_of_it(state, name):
    content, environ, code = BROKEN[name]
    answer = state.post(BATCH, content, **environ)
    assert answer.status == 500
    assert answer.headers["Content-Type"] == TYPES["1.1"]
    assert answer.fault["Code"] == code
    assert answer.fault["Retryable"] == "false"
    assert answer.body.findtext("faultcode") == f"soapenv:{STANDARD.get(code, 'Client')}"
    assert b"SECRET" not in answer.content


@pytest.mark.requirement("EWS-13")
def test_faults_of_soap_12_have_their_own_form_and_codes(state):
    answer = state.post(BATCH, envelope(PING + PING, security(), "1.2"), "1.2")
    assert answer.status == 400
    assert answer.headers["Content-Type"] == TYPES["1.2"]
    assert answer.body.findtext("{*}Code/{*}Value") == "soapenv:Sender"
    assert answer.body.findtext("{*}Reason/{*}Text")
    assert answer.fault["Code"] == "VC-1003"
    # Whoever sends an envelope of 1.1 is answered in 1.1 (SOAP 1.2 part 1, appendix A).
    assert state.post(BATCH, envelope(PING, security(), "1.1"), "1.2").body.findtext("faultcode") == "soapenv:VersionMismatch"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_verbs_are_refused_as_http(state, method):
    answer = state.request(method, f"/soap/{BATCH}")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain", "multipart/related; type=text/xml", "application/xml"])
def test_other_content_types_are_refused_as_http(state, content_type):
    assert state.post(BATCH, envelope(PING, security()), CONTENT_TYPE=content_type).status == 415


def test_a_compressed_message_is_refused_as_http(state):
    answer = state.post(BATCH, b"\x1f\x8b", HTTP_CONTENT_ENCODING="gzip")
    assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")


def test_a_message_over_the_limit_is_refused_unread(state):
    state.reconfigure(request_byte_limit=1000)
    answer = state.post(BATCH, b"", CONTENT_LENGTH="1001", **{"wsgi.input": None})
    assert answer.fault["Code"] == "VC-1008"


TOLERATED = {
    "nothing special": ("", {}),
    "our header must be understood": (security().replace("<wsse:Security ", '<wsse:Security s:mustUnderstand="1" '), {}),
    "WS-Addressing must be understood": (security() + f'<a:To xmlns:a="{WSA}" s:mustUnderstand="1">http://x</a:To>', {}),
    "a header for somebody else": (security() + '<x:h xmlns:x="urn:x" s:mustUnderstand="1" s:actor="urn:somebody"/>', {}),
    "an unknown header": (security() + '<x:h xmlns:x="urn:x"/>', {}),
    "no SOAPAction": (security(), {"HTTP_SOAPACTION": '"urn:something/Else"'}),
    "no charset": (security(), {"CONTENT_TYPE": "text/xml"}),
    "upper case": (security(), {"CONTENT_TYPE": 'Text/XML; Charset="UTF-8"'}),
}


@pytest.mark.parametrize("name", TOLERATED)
def test_habits_of_client_stacks_are_tolerated(state, name):
    header, environ = TOLERATED[name]
    answer = state.post(BATCH, envelope(PING, header or security()), **environ)
    assert answer.text("CountyCode") == "19"


def test_types_and_encodings_of_soap_lite_are_passed_over(state):
    job_id = state.add_job()
    content = f'<JobId xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x:string" xmlns:x="urn:x" i:nil="false">{job_id}</JobId>'
    body = f'<GetJobStatus xmlns="{NAMESPACES[BATCH]}" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">{content}</GetJobStatus>'
    assert state.post(BATCH, envelope(body, security())).text("JobState") == "Pending"


@pytest.mark.parametrize(("content", "county"), [("", "19"), ("<x/>", None), ("text", None)])
def test_an_operation_without_parts_may_be_called_nil_as_soap_lite_does(state, content, county):
    body = f'<Ping xmlns="{NAMESPACES[BATCH]}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">{content}</Ping>'
    answer = state.post(BATCH, envelope(body, security()))
    assert answer.text("CountyCode") == county
    assert county or answer.fault["Code"] == "VC-1005"


def test_a_timestamp_is_answered_with_one_and_none_with_none(state):
    stamp = f'<u:Timestamp xmlns:u="{WSU}"><u:Created>2026-03-02T17:00:00Z</u:Created></u:Timestamp>'
    for content in (PING, PING + PING):
        answer = state.post(BATCH, envelope(content, security(more=stamp)))
        assert f"{{{WSU}}}Created".encode() not in answer.content
        assert f'xmlns:wsu="{WSU}"><wsu:Timestamp><wsu:Created>2026-03-02T17:00:00Z</wsu:Created>'.encode() in answer.content
    assert WSSE.encode() not in state.post(BATCH, envelope(PING, security())).content


def test_a_request_in_utf_16_is_read(state):
    content = envelope(PING, security()).decode().encode("utf-16")
    assert state.post(BATCH, content, CONTENT_TYPE="text/xml; charset=utf-16").text("CountyCode") == "19"
