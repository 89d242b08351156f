"""Requests that no honest client sends, and what each must be answered: bytes for the wire, an HTTP status, a code. For both services alike."""

import codecs
import gzip
from dataclasses import dataclass, field

from .soap_requests import ENVELOPES, NAMESPACES, SECRET, WSSE, envelope, security

XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
S = f'xmlns:s="{ENVELOPES["1.1"]}"'
LIMIT = 5 << 20

LAUGHS = '<!DOCTYPE l [<!ENTITY a "SECRET"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE l [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>'
XINCLUDE = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
OPEN_BODY = f"<s:Envelope {S}><s:Header>{security()}</s:Header><s:Body>"
CLOSED = "</s:Body></s:Envelope>"
FOREIGN = '<x:h xmlns:x="urn:x" s:mustUnderstand="{}" {}/>'


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


@dataclass(frozen=True)
class Service:
    """Where requests go: a service and an operation of it that takes one number, which the tables write as the element ID.

    `unknown` is the code of a number that nothing has; `of_the_other` an operation of the other service.
    """

    name: str
    operation: str
    element: str
    unknown: str
    of_the_other: str

    @property
    def path(self) -> str:
        return f"/soap/{self.name}"

    @property
    def namespace(self) -> str:
        return NAMESPACES[self.name]

    @property
    def ping(self) -> str:
        return f'<Ping xmlns="{self.namespace}"/>'

    @property
    def good(self) -> bytes:
        return envelope(self.ping, security())

    def head(self, length: object, method: str = "POST", path: str | None = None, **headers: str | None) -> bytes:
        """The head of a request; None leaves a header out."""
        given = {"Host": "state.example", "Content-Type": "text/xml; charset=utf-8", "Content-Length": length, "Connection": "close"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path or self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items() if value is not None)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def odd(self, content: bytes, code: str | None, status: int | None = None, **headers: str | None) -> Odd:
        """A request with a right length; a code comes with 500, as every fault of SOAP 1.1."""
        return Odd((self.head(len(content), **headers) + content,), status or (500 if code else 200), code)

    def body(self, content: str, code: str | None, header: str = "") -> Odd:
        """A Body with a right credential, and more in the Header."""
        return self.odd(envelope(content, security() + header), code)

    def raw(self, text: str, code: str | None, **headers: str | None) -> Odd:
        """An envelope written out."""
        return self.odd(text.encode(), code, **headers)

    def request(self, operation: str, content: str, attributes: str = "") -> str:
        """An operation's element."""
        named = content.replace("<ID", f"<{self.element}").replace("</ID", f"</{self.element}")
        return f'<{operation} xmlns="{self.namespace}" {attributes}>{named}</{operation}>'


SERVICES = (
    Service("batch-data-exchange", "GetJobStatus", "JobId", "VC-2001", f'<GetMessageQueue xmlns="{NAMESPACES["ems-integration"]}"/>'),
    Service("ems-integration", "GetMatchCase", "MatchCaseId", "VC-2007", f'<GetPendingJobs xmlns="{NAMESPACES["batch-data-exchange"]}"/>'),
)


def http(status: int, *parts: bytes, statuses: tuple[int, ...] = (), half_close: bool = False) -> Odd:
    """A request that is answered as HTTP alone."""
    return Odd(parts, status, statuses=statuses, half_close=half_close)


def deep(levels: int) -> str:
    return "<a>" * levels + "</a>" * levels


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def envelopes_that_are_wrong(at: Service) -> dict[str, Odd]:
    """Bytes that are no envelope, or a wrong one."""
    return {
        "empty": at.odd(b"", "VC-1001"),
        "blanks": at.odd(b" \r\n\t ", "VC-1001"),
        "a null byte": at.odd(b"\x00", "VC-1001"),
        "text": at.odd(b"Hello, SECRET", "VC-1001"),
        "JSON": at.odd(b'{"Ping": "SECRET"}', "VC-1001"),
        "a form": at.odd(b"operation=Ping&secret=SECRET", "VC-1001"),
        "a page": at.odd(b"<html><body>SECRET</body></html>", "VC-1003"),
        "an unclosed envelope": at.odd(at.good[:-20], "VC-1001"),
        "two roots": at.odd(at.good + at.good, "VC-1001"),
        "text after the envelope": at.odd(at.good + b"SECRET", "VC-1001"),
        "blanks before the declaration": at.odd(b'  <?xml version="1.0"?>' + at.good, "VC-1001"),
        "two declarations": at.odd(b'<?xml version="1.0"?><?xml version="1.0"?>' + at.good, "VC-1001"),
        "XML 1.1": at.odd(b'<?xml version="1.1"?>' + at.good, None),
        "no Body": at.raw(f"<s:Envelope {S}><s:Header>{security()}</s:Header></s:Envelope>", "VC-1003"),
        "an empty envelope": at.raw(f"<s:Envelope {S}/>", "VC-1003"),
        "an empty Body": at.body("", "VC-1003"),
        "a Body of text": at.raw(f"{OPEN_BODY}SECRET{CLOSED}", "VC-1003"),
        "two Bodies": at.raw(f"{OPEN_BODY}{at.ping}</s:Body><s:Body>{at.ping}{CLOSED}", "VC-1003"),
        "two Headers": at.raw(f"<s:Envelope {S}><s:Header/><s:Header>{security()}</s:Header><s:Body>{at.ping}{CLOSED}", "VC-1003"),
        "a Header after the Body": at.raw(f"{OPEN_BODY}{at.ping}</s:Body><s:Header/></s:Envelope>", "VC-1003"),
        "something after the Body": at.raw(f"{OPEN_BODY}{at.ping}</s:Body><x/></s:Envelope>", "VC-1003"),
        "two operations": at.body(at.ping + at.ping, "VC-1003"),
        "an instruction": at.body(at.request("Ping", "<?SECRET SECRET?>"), "VC-1003"),
        "an envelope in the Body": at.body(at.good.decode(), "VC-1006"),
        "a fault as a request": at.body("<s:Fault><faultcode>SECRET</faultcode></s:Fault>", "VC-1006"),
        "an envelope without a namespace": at.raw(f"<Envelope><Body>{at.ping}</Body></Envelope>", "VC-1012"),
        "an envelope of no known version": at.odd(at.good.replace(b"schemas.xmlsoap.org", b"SECRET.example"), "VC-1012"),
        "SOAP 1.2 as text/xml": at.odd(envelope(at.ping, security(), "1.2"), "VC-1012"),
        "SOAP 1.1 as application/soap+xml": at.odd(at.good, "VC-1012", 500, Content_Type="application/soap+xml"),
        "a Body of the other version": at.raw(f'<s:Envelope {S}><t:Body xmlns:t="{ENVELOPES["1.2"]}">{at.ping}</t:Body></s:Envelope>', "VC-1003"),
    }


def who_and_what(at: Service) -> dict[str, Odd]:
    """Wrong credentials, headers, operations and values."""
    return {
        "no header": at.raw(f"<s:Envelope {S}><s:Body>{at.ping}{CLOSED}", "VC-3001"),
        "an empty Security header": at.odd(envelope(at.ping, f'<w:Security xmlns:w="{WSSE}"/>'), "VC-3001"),
        "a token without a password": at.odd(envelope(at.ping, security().replace(f"<wsse:Password>{SECRET}</wsse:Password>", "")), "VC-3001"),
        "a secret in its own elements": at.odd(envelope(at.ping, security(secret="<a>SECRET</a>")), "VC-3001"),
        "a user name of a megabyte": at.odd(envelope(at.ping, security("x" * (1 << 20), SECRET)), "VC-3001"),
        "a user name with quotes": at.odd(envelope(at.ping, security("' OR '1'='1", SECRET)), "VC-3001"),
        "a null in a user name": at.odd(envelope(at.ping, security("la-ems&#0;", SECRET)), "VC-1001"),
        "a digest without a nonce": at.odd(envelope(at.ping, security(kind=' Type="#PasswordDigest"')), "VC-1010"),
        "two credentials": at.body(at.ping, None, security("nobody", "SECRET")),
        "a header that we must understand": at.body(at.ping, "VC-1004", FOREIGN.format("1", "")),
        "a header that the next one must understand": at.body(at.ping, "VC-1004", FOREIGN.format("1", 's:actor="http://schemas.xmlsoap.org/soap/actor/next"')),
        "a header that somebody else must understand": at.body(at.ping, None, FOREIGN.format("1", 's:actor="urn:somebody"')),
        "a header that may be passed over": at.body(at.ping, None, FOREIGN.format("0", "")),
        "a header whose prefix nobody declared": at.body(at.ping, "VC-1001", '<x:h s:mustUnderstand="1"/>'),
        "a header whose namespace is no URI": at.body(at.ping, "VC-1001", '<x:h xmlns:x="urn:}SECRET &lt;" s:mustUnderstand="1"/>'),
        "a header that claims nonsense": at.body(at.ping, None, FOREIGN.format("SECRET", "")),
        "an unknown operation": at.body(at.request("SECRET", ""), "VC-1006"),
        "an operation without a namespace": at.body("<Ping/>", "VC-1006"),
        "an operation of another namespace": at.body('<Ping xmlns="urn:SECRET"/>', "VC-1006"),
        "an operation of the other service": at.body(at.of_the_other, "VC-1006"),
        "a response as a request": at.body(at.request("PingResponse", ""), "VC-1006"),
        "another case": at.body(at.request("ping", ""), "VC-1006"),
        "an unknown element": at.body(at.request("Ping", "<SECRET/>"), "VC-1005"),
        "an unknown attribute": at.body(at.request("Ping", "", 'SECRET="SECRET"'), "VC-1005"),
        "text in an empty element": at.body(at.request("Ping", "SECRET"), "VC-1005"),
        "an element twice": at.body(at.request(at.operation, "<ID>1</ID><ID>2</ID>"), "VC-1005"),
        "an element missing": at.body(at.request(at.operation, ""), "VC-1005"),
        "a word for a number": at.body(at.request(at.operation, "<ID>SECRET</ID>"), "VC-1005"),
        "a number beyond 64 bits": at.body(at.request(at.operation, "<ID>9223372036854775808</ID>"), "VC-1005"),
        "the last number of 64 bits": at.body(at.request(at.operation, "<ID>9223372036854775807</ID>"), at.unknown),
        "a number below nothing": at.body(at.request(at.operation, "<ID>-9223372036854775808</ID>"), at.unknown),
        "a number with a sign and blanks": at.body(at.request(at.operation, "<ID> +0001 </ID>"), at.unknown),
        "digits of another script": at.body(at.request(at.operation, "<ID>\u0661</ID>"), "VC-1005"),
        "xsi:type of another kind": at.body(at.request(at.operation, f'<ID {XSI} i:type="SECRET">1</ID>'), at.unknown),
        "xsi:type of the operation": at.body(at.request("Ping", "", f'{XSI} i:type="s:Envelope"'), None),
        "xsi:nil for a value": at.body(at.request(at.operation, f'<ID {XSI} i:nil="true"/>'), "VC-1005"),
        "xsi:nil beside a value": at.body(at.request(at.operation, f'<ID {XSI} i:nil="true">1</ID>'), "VC-1005"),
        "xsi:nil that says nothing": at.body(at.request(at.operation, f'<ID {XSI} i:nil="false">1</ID>'), at.unknown),
        "xsi:schemaLocation": at.body(at.request("Ping", "", f'{XSI} i:schemaLocation="{at.namespace} http://127.0.0.1:1/SECRET.xsd"'), None),
        "an encodingStyle": at.body(at.request("Ping", "", 's:encodingStyle="SECRET"'), None),
        "an id and an href": at.body(at.request(at.operation, '<ID href="#SECRET"/>'), "VC-1005"),
        "CDATA": at.body(at.request(at.operation, "<ID><![CDATA[1]]></ID>"), at.unknown),
        "a comment in a value": at.body(at.request(at.operation, "<ID>1<!-- SECRET -->1</ID>"), at.unknown),
        "XInclude": at.body(at.request(at.operation, f"<ID>{XINCLUDE}</ID>"), "VC-1005"),
    }


def bombs(at: Service) -> dict[str, Odd]:
    """What would cost a careless parser its memory."""
    return {
        "a DOCTYPE": at.odd(b'<!DOCTYPE s SYSTEM "http://127.0.0.1:1/SECRET">' + at.good, "VC-1002"),
        "a DOCTYPE after a comment": at.odd(b"<!-- --><!DOCTYPE s>" + at.good, "VC-1002"),
        "a billion laughs": at.odd(LAUGHS.encode() + at.good.replace(b"/></s:Body>", b">&c;</Ping></s:Body>"), "VC-1002"),
        "an external entity": at.odd(EXTERNAL.encode() + at.good.replace(b"/></s:Body>", b">&a;</Ping></s:Body>"), "VC-1002"),
        "a parameter entity": at.odd(PARAMETER.encode() + at.good, "VC-1002"),
        "a DOCTYPE in UTF-16": at.odd(("<!DOCTYPE s>" + at.good.decode()).encode("utf-16"), "VC-1002", Content_Type="text/xml; charset=utf-16"),
        "an entity that nobody declared": at.body(at.request("Ping", "&SECRET;"), "VC-1001"),
        "300 levels": at.body(at.request("Ping", deep(300)), "VC-1001"),
        "200 levels": at.body(at.request("Ping", deep(200)), "VC-1005"),
        "100,000 levels": at.body(at.request("Ping", deep(100_000)), "VC-1001"),
        "10,000 attributes": at.body(at.request("Ping", "", " ".join(f'a{number}="1"' for number in range(10_000))), "VC-1005"),
        "the same attribute twice": at.body(at.request("Ping", "", 'a="1" a="2"'), "VC-1001"),
        "100,000 elements": at.body(at.request("Ping", "<a/>" * 100_000), "VC-1005"),
        "a name of 100,000 letters": at.body(f"<{'a' * 100_000}/>", "VC-1001"),
        "a prefix that nobody declared": at.body("<x:Ping/>", "VC-1001"),
        "a header block of two megabytes": at.body(at.ping, None, f'<x:h xmlns:x="urn:x">{"x" * (2 << 20)}</x:h>'),
        "a header block of ten megabytes": at.body(at.ping, "VC-1008", f'<x:h xmlns:x="urn:x">{"x" * (10 << 20)}</x:h>'),
        "10,000 header blocks": at.body(at.ping, None, '<x:h xmlns:x="urn:x"/>' * 10_000),
        "10,000 header blocks that must be understood": at.body(at.ping, "VC-1004", '<x:h xmlns:x="urn:x" s:mustUnderstand="1"/>' * 10_000),
        "a control character": at.body(at.request("Ping", "\x01"), "VC-1001"),
        "a control character as a reference": at.body(at.request("Ping", "&#1;"), "VC-1001"),
        "a surrogate as a reference": at.body(at.request("Ping", "&#xD800;"), "VC-1001"),
    }


def encodings(at: Service) -> dict[str, Odd]:
    """Bytes that are not in the encoding that they claim."""
    return {
        "bytes that are no UTF-8": at.odd(at.good.replace(b"Ping", b"P\xff"), "VC-1007"),
        "an overlong NUL": at.odd(at.good.replace(b"Ping", b"P\xc0\x80"), "VC-1007"),
        "Latin-1 that says UTF-8": at.odd("<a>\u00e9</a>".encode("latin-1"), "VC-1007"),
        "Latin-1 that says so": at.odd(b'<?xml version="1.0" encoding="iso-8859-1"?>' + at.good, "VC-1007", Content_Type="text/xml"),
        "a declaration that lies": at.odd(b'<?xml version="1.0" encoding="utf-16"?>' + at.good, None),
        "an odd number of bytes of UTF-16": at.odd(at.good + b" " * (1 - len(at.good) % 2), "VC-1007", Content_Type="text/xml; charset=utf-16"),
        "UTF-8 that says UTF-16": at.odd(at.good + b" " * (len(at.good) % 2), "VC-1001", Content_Type="text/xml; charset=utf-16"),
        "UTF-16 from the big end": at.odd(codecs.BOM_UTF16_BE + at.good.decode().encode("utf-16-be"), None, Content_Type="text/xml; charset=utf-16"),
        "UTF-16 that says UTF-8": at.odd(at.good.decode().encode("utf-16"), "VC-1007"),
        "UTF-7": at.odd(b"+ADw-a/+AD4-", "VC-1007", Content_Type="text/xml; charset=utf-7"),
        "UTF-32": at.odd(at.good.decode().encode("utf-32"), "VC-1007", Content_Type="text/xml; charset=utf-32"),
        "EBCDIC": at.odd(at.good.decode().encode("cp037"), "VC-1007", Content_Type="text/xml; charset=cp037"),
        "a codec of Python's": at.odd(b"SECRET", "VC-1007", Content_Type="text/xml; charset=rot13"),
        "an unknown charset": at.odd(at.good, "VC-1007", Content_Type="text/xml; charset=SECRET"),
        "gzip bytes": at.odd(gzip.compress(at.good), "VC-1007"),
        "gzip that says so": at.odd(gzip.compress(at.good), None, 415, Content_Encoding="gzip"),
        "an unknown coding": at.odd(at.good, None, 415, Content_Encoding="SECRET"),
    }


def http_alone(at: Service) -> dict[str, Odd]:
    """What is refused as HTTP, before anything is an envelope."""
    chunked = at.head(None, Transfer_Encoding="chunked")
    return {
        "GET for a call": http(404, at.head(None, "GET", at.path + "?op=Ping", Content_Type=None)),
        "PUT": http(405, at.head(len(at.good), "PUT") + at.good),
        "DELETE": http(405, at.head(None, "DELETE")),
        "an unknown verb": http(405, at.head(None, "SECRET")),
        "another path": http(404, at.head(len(at.good), path="/soap/SECRET") + at.good),
        "a path that climbs": http(404, at.head(len(at.good), path="/soap/../../etc/passwd") + at.good),
        "a path with a NUL": http(404, at.head(len(at.good), path="/soap/%00") + at.good),
        "a path of 100,000 letters": http(431, at.head(None, "GET", "/" + "x" * 100_000), statuses=(400, 414, 431)),
        "no Content-Type": at.odd(at.good, None, 415, Content_Type=None),
        "JSON's Content-Type": at.odd(at.good, None, 415, Content_Type="application/json"),
        "a multipart": at.odd(at.good, None, 415, Content_Type="multipart/related; boundary=x; type=text/xml"),
        "a Content-Type of nonsense": at.odd(at.good, None, 415, Content_Type=";;;charset==SECRET"),
        "no length": http(500, at.head(None) + at.good, statuses=(500, 400, 411)),
        "a length that is no number": http(400, at.head("SECRET") + at.good),
        "a length below nothing": http(400, at.head("-1") + at.good),
        "two lengths": http(400, at.head(len(at.good), X=f"x\r\nContent-Length: {len(at.good) + 1}") + at.good),
        "a length and chunks": http(400, at.head(len(at.good), Transfer_Encoding="chunked") + chunk(at.good) + b"0\r\n\r\n", statuses=(200, 400)),
        "an unknown transfer coding": http(501, at.head(None, Transfer_Encoding="SECRET") + at.good, statuses=(400, 501)),
        "a chunk without a size": http(400, chunked + b"SECRET\r\n"),
        "a chunk of a size below nothing": http(400, chunked + b"-5\r\nhello\r\n0\r\n\r\n"),
        "a chunk that is longer than it says": http(400, chunked + b"3\r\nhello\r\n0\r\n\r\n"),
        "a header line without a colon": http(400, b"POST /soap HTTP/1.1\r\nHost: x\r\nSECRET\r\n\r\n"),
        "a header of 100 KB": http(431, at.head(len(at.good), X_Long="x" * 100_000) + at.good, statuses=(400, 431)),
        "no HTTP at all": http(400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03SECRET\r\n\r\n"),
        "HTTP 9": http(400, at.head(len(at.good)).replace(b"HTTP/1.1", b"HTTP/9.9") + at.good, statuses=(200, 400, 505)),
    }


def manners(at: Service) -> dict[str, Odd]:
    """Good and bad requests in odd pieces."""
    chunked = at.head(None, Transfer_Encoding="chunked")
    half = len(at.good) // 2
    return {
        "byte by byte at the begin": Odd((*(bytes([byte]) for byte in at.head(len(at.good))[:60]), at.head(len(at.good))[60:] + at.good), 200),
        "a head, then half a body, then the rest": Odd((at.head(len(at.good)), at.good[:half], at.good[half:]), 200),
        "chunks": Odd((chunked, chunk(at.good[:10]), chunk(at.good[10:]), b"0\r\n\r\n"), 200),
        "chunks of a byte": Odd((chunked + b"".join(chunk(bytes([byte])) for byte in at.good) + b"0\r\n\r\n",), 200),
        "chunks with extensions and trailers": Odd((chunked + b"%x;a=b\r\n" % len(at.good) + at.good + b"\r\n0\r\nX-A: b\r\n\r\n",), 200, statuses=(200, 400)),
        "chunks beyond the limit": Odd((chunked + chunk(b" " * (LIMIT + 1)) + b"0\r\n\r\n",), 500, "VC-1008"),
        "its side closed after the request": Odd((at.head(len(at.good)) + at.good,), 200, half_close=True),
        "more than it said": Odd((at.head(len(at.good)) + at.good + b"GET /SECRET HTTP/1.1\r\n\r\n",), 200),
    }


def broken_off(at: Service) -> dict[str, tuple[bytes, ...]]:
    """Senders that close before the request is whole: there is nobody to answer, and nothing must hang."""
    chunked = at.head(None, Transfer_Encoding="chunked")
    half = len(at.good) // 2
    return {
        "half a head": (at.head(len(at.good))[:40],),
        "half a body": (at.head(len(at.good)), at.good[:half]),
        "half a chunk": (chunked, b"ff\r\n<s:"),
        "nothing at all": (b"",),
    }


TABLES = (envelopes_that_are_wrong, who_and_what, bombs, encodings, http_alone, manners)


def odd_requests(at: Service) -> dict[str, Odd]:
    """All of them, for a service."""
    return {name: odd for table in TABLES for name, odd in table(at).items()}
