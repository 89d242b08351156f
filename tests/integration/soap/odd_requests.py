"""Requests that no honest client sends, and what each must be answered: bytes for the wire, an HTTP status, a code."""

import gzip
from dataclasses import dataclass, field

from .soap_requests import ENVELOPES, NAMESPACES, SECRET, WSSE, envelope, security

PATH = "/soap/batch-data-exchange"
NAMESPACE = NAMESPACES["batch-data-exchange"]
PING = f'<Ping xmlns="{NAMESPACE}"/>'
GOOD = envelope(PING, security())
XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
S = f'xmlns:s="{ENVELOPES["1.1"]}"'
LIMIT = 5 << 20


@dataclass(frozen=True)
class Odd:
    """A request and its answer. `parts` are sent one after the other; `half_close` ends the sender's side after the last."""

    parts: tuple[bytes, ...]
    status: int
    code: str | None = None
    half_close: bool = False
    statuses: tuple[int, ...] = field(default=())

    @property
    def allowed(self) -> tuple[int, ...]:
        return self.statuses or (self.status,)


def head(length: object, method: str = "POST", path: str = PATH, **headers: str | None) -> bytes:
    """The head of a request; None leaves a header out."""
    given = {"Host": "state.example", "Content-Type": "text/xml; charset=utf-8", "Content-Length": length, "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def odd(content: bytes, code: str | None, status: int | None = None, **headers: str | None) -> Odd:
    """A request with a right length; a code comes with 500, as every fault of SOAP 1.1."""
    return Odd((head(len(content), **headers) + content,), status or (500 if code else 200), code)


def http(status: int, *parts: bytes, statuses: tuple[int, ...] = (), half_close: bool = False) -> Odd:
    """A request that is answered as HTTP alone."""
    return Odd(parts, status, statuses=statuses, half_close=half_close)


def body(content: str, code: str | None, header: str = "") -> Odd:
    """A Body with a right credential, and more in the Header."""
    return odd(envelope(content, security() + header), code)


def raw(text: str, code: str | None, **headers: str | None) -> Odd:
    """An envelope written out."""
    return odd(text.encode(), code, **headers)


def deep(levels: int) -> str:
    return "<a>" * levels + "</a>" * levels


def request(operation: str, content: str, attributes: str = "") -> str:
    return f'<{operation} xmlns="{NAMESPACE}" {attributes}>{content}</{operation}>'


STATUS = "GetJobStatus"
LAUGHS = '<!DOCTYPE l [<!ENTITY a "SECRET"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE l [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>'
XINCLUDE = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
OPEN_BODY = f"<s:Envelope {S}><s:Header>{security()}</s:Header><s:Body>"
CLOSED = "</s:Body></s:Envelope>"
FOREIGN = '<x:h xmlns:x="urn:x" s:mustUnderstand="{}" {}/>'
CHUNKED = head(None, Transfer_Encoding="chunked")
HALF = len(GOOD) // 2


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


ENVELOPES_THAT_ARE_WRONG = {
    "empty": odd(b"", "VC-1001"),
    "blanks": odd(b" \r\n\t ", "VC-1001"),
    "a null byte": odd(b"\x00", "VC-1001"),
    "text": odd(b"Hello, SECRET", "VC-1001"),
    "JSON": odd(b'{"Ping": "SECRET"}', "VC-1001"),
    "a form": odd(b"operation=Ping&secret=SECRET", "VC-1001"),
    "a page": odd(b"<html><body>SECRET</body></html>", "VC-1003"),
    "an unclosed envelope": odd(GOOD[:-20], "VC-1001"),
    "two roots": odd(GOOD + GOOD, "VC-1001"),
    "text after the envelope": odd(GOOD + b"SECRET", "VC-1001"),
    "blanks before the declaration": odd(b'  <?xml version="1.0"?>' + GOOD, "VC-1001"),
    "two declarations": odd(b'<?xml version="1.0"?><?xml version="1.0"?>' + GOOD, "VC-1001"),
    "XML 1.1": odd(b'<?xml version="1.1"?>' + GOOD, None),
    "no Body": raw(f"<s:Envelope {S}><s:Header>{security()}</s:Header></s:Envelope>", "VC-1003"),
    "an empty envelope": raw(f"<s:Envelope {S}/>", "VC-1003"),
    "an empty Body": body("", "VC-1003"),
    "a Body of text": raw(f"{OPEN_BODY}SECRET{CLOSED}", "VC-1003"),
    "two Bodies": raw(f"{OPEN_BODY}{PING}</s:Body><s:Body>{PING}{CLOSED}", "VC-1003"),
    "two Headers": raw(f"<s:Envelope {S}><s:Header/><s:Header>{security()}</s:Header><s:Body>{PING}{CLOSED}", "VC-1003"),
    "a Header after the Body": raw(f"{OPEN_BODY}{PING}</s:Body><s:Header/></s:Envelope>", "VC-1003"),
    "something after the Body": raw(f"{OPEN_BODY}{PING}</s:Body><x/></s:Envelope>", "VC-1003"),
    "two operations": body(PING + PING, "VC-1003"),
    "an instruction": body(request("Ping", "<?SECRET SECRET?>"), "VC-1003"),
    "an envelope in the Body": body(GOOD.decode(), "VC-1006"),
    "a fault as a request": body("<s:Fault><faultcode>SECRET</faultcode></s:Fault>", "VC-1006"),
    "an envelope without a namespace": raw(f"<Envelope><Body>{PING}</Body></Envelope>", "VC-1012"),
    "an envelope of no known version": odd(GOOD.replace(b"schemas.xmlsoap.org", b"SECRET.example"), "VC-1012"),
    "SOAP 1.2 as text/xml": odd(envelope(PING, security(), "1.2"), "VC-1012"),
    "SOAP 1.1 as application/soap+xml": odd(GOOD, "VC-1012", 500, Content_Type="application/soap+xml"),
    "a Body of the other version": raw(f'<s:Envelope {S}><t:Body xmlns:t="{ENVELOPES["1.2"]}">{PING}</t:Body></s:Envelope>', "VC-1003"),
}

WHO_AND_WHAT = {
    "no header": raw(f"<s:Envelope {S}><s:Body>{PING}{CLOSED}", "VC-3001"),
    "an empty Security header": odd(envelope(PING, f'<w:Security xmlns:w="{WSSE}"/>'), "VC-3001"),
    "a token without a password": odd(envelope(PING, security().replace(f"<wsse:Password>{SECRET}</wsse:Password>", "")), "VC-3001"),
    "a secret in its own elements": odd(envelope(PING, security(secret="<a>SECRET</a>")), "VC-3001"),
    "a user name of a megabyte": odd(envelope(PING, security("x" * (1 << 20), SECRET)), "VC-3001"),
    "a user name with quotes": odd(envelope(PING, security("' OR '1'='1", SECRET)), "VC-3001"),
    "a null in a user name": odd(envelope(PING, security("la-ems&#0;", SECRET)), "VC-1001"),
    "a digest without a nonce": odd(envelope(PING, security(kind=' Type="#PasswordDigest"')), "VC-1010"),
    "two credentials": body(PING, None, security("nobody", "SECRET")),
    "a header that we must understand": body(PING, "VC-1004", FOREIGN.format("1", "")),
    "a header that the next one must understand": body(PING, "VC-1004", FOREIGN.format("1", 's:actor="http://schemas.xmlsoap.org/soap/actor/next"')),
    "a header that somebody else must understand": body(PING, None, FOREIGN.format("1", 's:actor="urn:somebody"')),
    "a header that may be passed over": body(PING, None, FOREIGN.format("0", "")),
    "a header that claims nonsense": body(PING, None, FOREIGN.format("SECRET", "")),
    "an unknown operation": body(request("SECRET", ""), "VC-1006"),
    "an operation without a namespace": body("<Ping/>", "VC-1006"),
    "an operation of another namespace": body('<Ping xmlns="urn:SECRET"/>', "VC-1006"),
    "an operation of the other service": body(f'<GetMessageQueue xmlns="{NAMESPACES["ems-integration"]}"/>', "VC-1006"),
    "a response as a request": body(request("PingResponse", ""), "VC-1006"),
    "another case": body(request("ping", ""), "VC-1006"),
    "an unknown element": body(request("Ping", "<SECRET/>"), "VC-1005"),
    "an unknown attribute": body(request("Ping", "", 'SECRET="SECRET"'), "VC-1005"),
    "text in an empty element": body(request("Ping", "SECRET"), "VC-1005"),
    "an element twice": body(request(STATUS, "<JobId>1</JobId><JobId>2</JobId>"), "VC-1005"),
    "an element missing": body(request(STATUS, ""), "VC-1005"),
    "a word for a number": body(request(STATUS, "<JobId>SECRET</JobId>"), "VC-1005"),
    "a number beyond 64 bits": body(request(STATUS, "<JobId>9223372036854775808</JobId>"), "VC-1005"),
    "the last number of 64 bits": body(request(STATUS, "<JobId>9223372036854775807</JobId>"), "VC-2001"),
    "a number below nothing": body(request(STATUS, "<JobId>-9223372036854775808</JobId>"), "VC-2001"),
    "a number with a sign and blanks": body(request(STATUS, "<JobId> +0001 </JobId>"), "VC-2001"),
    "digits of another script": body(request(STATUS, "<JobId>\u0661</JobId>"), "VC-1005"),
    "xsi:type of another kind": body(request(STATUS, f'<JobId {XSI} i:type="SECRET">1</JobId>'), "VC-2001"),
    "xsi:type of the operation": body(request("Ping", "", f'{XSI} i:type="s:Envelope"'), None),
    "xsi:nil for a value": body(request(STATUS, f'<JobId {XSI} i:nil="true"/>'), "VC-1005"),
    "xsi:nil beside a value": body(request(STATUS, f'<JobId {XSI} i:nil="true">1</JobId>'), "VC-1005"),
    "xsi:nil that says nothing": body(request(STATUS, f'<JobId {XSI} i:nil="false">1</JobId>'), "VC-2001"),
    "xsi:schemaLocation": body(request("Ping", "", f'{XSI} i:schemaLocation="{NAMESPACE} http://127.0.0.1:1/SECRET.xsd"'), None),
    "an encodingStyle": body(request("Ping", "", 's:encodingStyle="SECRET"'), None),
    "an id and an href": body(request(STATUS, '<JobId href="#SECRET"/>'), "VC-1005"),
    "CDATA": body(request(STATUS, "<JobId><![CDATA[1]]></JobId>"), "VC-2001"),
    "a comment in a value": body(request(STATUS, "<JobId>1<!-- SECRET -->1</JobId>"), "VC-2001"),
    "XInclude": body(request(STATUS, f"<JobId>{XINCLUDE}</JobId>"), "VC-1005"),
}

BOMBS = {
    "a DOCTYPE": odd(b'<!DOCTYPE s SYSTEM "http://127.0.0.1:1/SECRET">' + GOOD, "VC-1002"),
    "a DOCTYPE after a comment": odd(b"<!-- --><!DOCTYPE s>" + GOOD, "VC-1002"),
    "a billion laughs": odd(LAUGHS.encode() + GOOD.replace(b"/></s:Body>", b">&c;</Ping></s:Body>"), "VC-1002"),
    "an external entity": odd(EXTERNAL.encode() + GOOD.replace(b"/></s:Body>", b">&a;</Ping></s:Body>"), "VC-1002"),
    "a parameter entity": odd(PARAMETER.encode() + GOOD, "VC-1002"),
    "a DOCTYPE in UTF-16": odd(("<!DOCTYPE s>" + GOOD.decode()).encode("utf-16"), "VC-1002", Content_Type="text/xml; charset=utf-16"),
    "an entity that nobody declared": body(request("Ping", "&SECRET;"), "VC-1001"),
    "300 levels": body(request("Ping", deep(300)), "VC-1001"),
    "200 levels": body(request("Ping", deep(200)), "VC-1005"),
    "100,000 levels": body(request("Ping", deep(100_000)), "VC-1001"),
    "10,000 attributes": body(request("Ping", "", " ".join(f'a{number}="1"' for number in range(10_000))), "VC-1005"),
    "the same attribute twice": body(request("Ping", "", 'a="1" a="2"'), "VC-1001"),
    "100,000 elements": body(request("Ping", "<a/>" * 100_000), "VC-1005"),
    "a name of 100,000 letters": body(f"<{'a' * 100_000}/>", "VC-1001"),
    "a prefix that nobody declared": body("<x:Ping/>", "VC-1001"),
    "a header block of two megabytes": body(PING, None, f'<x:h xmlns:x="urn:x">{"x" * (2 << 20)}</x:h>'),
    "a header block of ten megabytes": body(PING, "VC-1008", f'<x:h xmlns:x="urn:x">{"x" * (10 << 20)}</x:h>'),
    "10,000 header blocks": body(PING, None, '<x:h xmlns:x="urn:x"/>' * 10_000),
    "a control character": body(request("Ping", "\x01"), "VC-1001"),
    "a control character as a reference": body(request("Ping", "&#1;"), "VC-1001"),
    "a surrogate as a reference": body(request("Ping", "&#xD800;"), "VC-1001"),
}

ENCODINGS = {
    "bytes that are no UTF-8": odd(GOOD.replace(b"Ping", b"P\xff"), "VC-1007"),
    "an overlong NUL": odd(GOOD.replace(b"Ping", b"P\xc0\x80"), "VC-1007"),
    "Latin-1 that says UTF-8": odd("<a>\u00e9</a>".encode("latin-1"), "VC-1007"),
    "Latin-1 that says so": odd(b'<?xml version="1.0" encoding="iso-8859-1"?>' + GOOD, "VC-1007", Content_Type="text/xml"),
    "a declaration that lies": odd(b'<?xml version="1.0" encoding="utf-16"?>' + GOOD, None),
    "an odd number of bytes of UTF-16": odd(GOOD + b" " * (1 - len(GOOD) % 2), "VC-1007", Content_Type="text/xml; charset=utf-16"),
    "UTF-8 that says UTF-16": odd(GOOD + b" " * (len(GOOD) % 2), "VC-1001", Content_Type="text/xml; charset=utf-16"),
    "UTF-16 that says UTF-8": odd(GOOD.decode().encode("utf-16"), "VC-1007"),
    "UTF-7": odd(b"+ADw-a/+AD4-", "VC-1007", Content_Type="text/xml; charset=utf-7"),
    "UTF-32": odd(GOOD.decode().encode("utf-32"), "VC-1007", Content_Type="text/xml; charset=utf-32"),
    "EBCDIC": odd(GOOD.decode().encode("cp037"), "VC-1007", Content_Type="text/xml; charset=cp037"),
    "a codec of Python's": odd(b"SECRET", "VC-1007", Content_Type="text/xml; charset=rot13"),
    "an unknown charset": odd(GOOD, "VC-1007", Content_Type="text/xml; charset=SECRET"),
    "gzip bytes": odd(gzip.compress(GOOD), "VC-1007"),
    "gzip that says so": odd(gzip.compress(GOOD), None, 415, Content_Encoding="gzip"),
    "an unknown coding": odd(GOOD, None, 415, Content_Encoding="SECRET"),
}

HTTP_ALONE = {
    "GET for a call": http(404, head(None, "GET", PATH + "?op=Ping", Content_Type=None)),
    "PUT": http(405, head(len(GOOD), "PUT") + GOOD),
    "DELETE": http(405, head(None, "DELETE")),
    "an unknown verb": http(405, head(None, "SECRET")),
    "another path": http(404, head(len(GOOD), path="/soap/SECRET") + GOOD),
    "a path that climbs": http(404, head(len(GOOD), path="/soap/../../etc/passwd") + GOOD),
    "a path with a NUL": http(404, head(len(GOOD), path="/soap/%00") + GOOD),
    "a path of 100,000 letters": http(431, head(None, "GET", "/" + "x" * 100_000), statuses=(400, 414, 431)),
    "no Content-Type": odd(GOOD, None, 415, Content_Type=None),
    "JSON's Content-Type": odd(GOOD, None, 415, Content_Type="application/json"),
    "a multipart": odd(GOOD, None, 415, Content_Type="multipart/related; boundary=x; type=text/xml"),
    "a Content-Type of nonsense": odd(GOOD, None, 415, Content_Type=";;;charset==SECRET"),
    "no length": http(500, head(None) + GOOD, statuses=(500, 400, 411)),
    "a length that is no number": http(400, head("SECRET") + GOOD),
    "a length below nothing": http(400, head("-1") + GOOD),
    "two lengths": http(400, head(len(GOOD), X=f"x\r\nContent-Length: {len(GOOD) + 1}") + GOOD),
    "a length and chunks": http(400, head(len(GOOD), Transfer_Encoding="chunked") + chunk(GOOD) + b"0\r\n\r\n", statuses=(200, 400)),
    "an unknown transfer coding": http(501, head(None, Transfer_Encoding="SECRET") + GOOD, statuses=(400, 501)),
    "a chunk without a size": http(400, CHUNKED + b"SECRET\r\n"),
    "a chunk of a size below nothing": http(400, CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n"),
    "a chunk that is longer than it says": http(400, CHUNKED + b"3\r\nhello\r\n0\r\n\r\n"),
    "a header line without a colon": http(400, b"POST /soap HTTP/1.1\r\nHost: x\r\nSECRET\r\n\r\n"),
    "a header of 100 KB": http(431, head(len(GOOD), X_Long="x" * 100_000) + GOOD, statuses=(400, 431)),
    "no HTTP at all": http(400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03SECRET\r\n\r\n"),
    "HTTP 9": http(400, head(len(GOOD)).replace(b"HTTP/1.1", b"HTTP/9.9") + GOOD, statuses=(200, 400, 505)),
}

MANNERS = {
    "byte by byte at the begin": Odd((*(bytes([byte]) for byte in head(len(GOOD))[:60]), head(len(GOOD))[60:] + GOOD), 200),
    "a head, then half a body, then the rest": Odd((head(len(GOOD)), GOOD[:HALF], GOOD[HALF:]), 200),
    "chunks": Odd((CHUNKED, chunk(GOOD[:10]), chunk(GOOD[10:]), b"0\r\n\r\n"), 200),
    "chunks of a byte": Odd((CHUNKED + b"".join(chunk(bytes([byte])) for byte in GOOD) + b"0\r\n\r\n",), 200),
    "chunks with extensions and trailers": Odd((CHUNKED + b"%x;a=b\r\n" % len(GOOD) + GOOD + b"\r\n0\r\nX-A: b\r\n\r\n",), 200, statuses=(200, 400)),
    "chunks beyond the limit": Odd((CHUNKED + chunk(b" " * (LIMIT + 1)) + b"0\r\n\r\n",), 500, "VC-1008"),
    "its side closed after the request": Odd((head(len(GOOD)) + GOOD,), 200, half_close=True),
    "more than it said": Odd((head(len(GOOD)) + GOOD + b"GET /SECRET HTTP/1.1\r\n\r\n",), 200),
}

BROKEN_OFF = {
    "half a head": (head(len(GOOD))[:40],),
    "half a body": (head(len(GOOD)), GOOD[:HALF]),
    "half a chunk": (CHUNKED, b"ff\r\n<s:"),
    "nothing at all": (b"",),
}
"""Senders that close before the request is whole: there is nobody to answer, and nothing must hang."""

ODD = ENVELOPES_THAT_ARE_WRONG | WHO_AND_WHAT | BOMBS | ENCODINGS | HTTP_ALONE | MANNERS
