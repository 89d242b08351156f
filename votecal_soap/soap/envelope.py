"""SOAP envelopes, 1.1 and 1.2: opened by the rules of the standards and of Basic Profile 1.1, closed around bytes."""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from votecal_soap.contract.namespaces import SOAP_11_ENVELOPE, SOAP_12_ENVELOPE, WS_ADDRESSING, WS_SECURITY, XML_SCHEMA_INSTANCE
from votecal_soap.errors import ErrorCode, InvalidRequest, VoteCalError


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapVersion:
    """What differs between the two versions."""

    namespace: str
    content_type: str
    role_attribute: str
    roles: frozenset[str]
    sender: str
    receiver: str

    @property
    def mime_type(self) -> str:
        """The Content-Type of answers."""
        return f"{self.content_type}; charset=utf-8"


SOAP_11: Final = SoapVersion(
    namespace=SOAP_11_ENVELOPE,
    content_type="text/xml",
    role_attribute=f"{{{SOAP_11_ENVELOPE}}}actor",
    roles=frozenset({"", "http://schemas.xmlsoap.org/soap/actor/next"}),
    sender="Client",
    receiver="Server",
)
SOAP_12: Final = SoapVersion(
    namespace=SOAP_12_ENVELOPE,
    content_type="application/soap+xml",
    role_attribute=f"{{{SOAP_12_ENVELOPE}}}role",
    roles=frozenset({"", f"{SOAP_12_ENVELOPE}/role/next", f"{SOAP_12_ENVELOPE}/role/ultimateReceiver"}),
    sender="Sender",
    receiver="Receiver",
)

_UNDERSTOOD: Final = frozenset({WS_SECURITY, *WS_ADDRESSING})
"""Namespaces of headers that we read (WS-Security) or may safely pass over (WS-Addressing: answers go back on the connection)."""

_XSI: Final = f"{{{XML_SCHEMA_INSTANCE}}}"
_ENCODING_STYLES: Final = frozenset(f"{{{namespace}}}encodingStyle" for namespace in (SOAP_11_ENVELOPE, SOAP_12_ENVELOPE))


class VersionMismatch(InvalidRequest):
    """An envelope of a version that does not go with its Content-Type; `answered_in` is the one that its sender can read."""

    def __init__(self, wanted: SoapVersion, answered_in: SoapVersion) -> None:
        """Say what goes together."""
        text = f"The envelope's version does not go with its Content-Type; {wanted.content_type} takes {wanted.namespace}."
        super().__init__(ErrorCode.VERSION_MISMATCH, text, ref="/Envelope")
        self.wanted = wanted
        self.answered_in = answered_in


class HeaderNotUnderstood(InvalidRequest):
    """Header blocks that must be understood and are not; `names` are theirs, each once, as {namespace}name."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Keep the names for the fault's own header."""
        text = "A header block says that it must be understood, and this service does not know it."
        super().__init__(ErrorCode.HEADER_NOT_UNDERSTOOD, text, ref="/Envelope/Header/*")
        self.names = names


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An opened request: its header blocks and the one element of its body."""

    headers: tuple[etree._Element, ...]
    request: etree._Element


def open_envelope(root: etree._Element, version: SoapVersion) -> Envelope:
    """Check the envelope and take it apart; what is wrong with it raises InvalidRequest."""
    if root.tag != f"{{{version.namespace}}}Envelope":
        raise _version_mismatch(root, version)
    children = list(root)
    header = children.pop(0) if children and children[0].tag == f"{{{version.namespace}}}Header" else None
    if len(children) != 1 or children[0].tag != f"{{{version.namespace}}}Body":
        raise InvalidRequest(ErrorCode.ENVELOPE_WRONG, "An envelope holds an optional Header, then one Body, and nothing else.", ref="/Envelope")
    headers = () if header is None else tuple(header)
    if unknown := [str(block.tag) for block in headers if _is_unknown(block, version)]:
        raise HeaderNotUnderstood(tuple(dict.fromkeys(unknown)))
    body = list(children[0])
    if len(body) != 1:
        raise InvalidRequest(ErrorCode.ENVELOPE_WRONG, "The Body must hold exactly one element.", ref="/Envelope/Body")
    return Envelope(headers=headers, request=body[0])


def _version_mismatch(root: etree._Element, version: SoapVersion) -> VoteCalError:
    name = etree.QName(root)
    if name.localname != "Envelope":
        return InvalidRequest(ErrorCode.ENVELOPE_WRONG, "The request is not a SOAP envelope.", ref="/*")
    # Whoever speaks SOAP 1.1 is answered in it, whatever the Content-Type (SOAP 1.2 part 1, appendix A).
    return VersionMismatch(version, SOAP_11 if name.namespace == SOAP_11.namespace else version)


def _is_unknown(block: etree._Element, version: SoapVersion) -> bool:
    must = block.get(f"{{{version.namespace}}}mustUnderstand", "").strip() in ("1", "true")
    is_ours = block.get(version.role_attribute, "").strip() in version.roles
    return must and is_ours and etree.QName(block).namespace not in _UNDERSTOOD


def strip_encoding_hints(request: etree._Element) -> None:
    """Take off what SOAP::Lite and others add (types, encodings): the contract alone says what a value is.

    `xsi:nil="true"` stays and is judged by the schema; "false" says nothing. An operation without parts that is called nil is
    one without parts: SOAP::Lite writes so whatever takes no argument.
    """
    if len(request) == 0 and not (request.text or "").strip() and f"{_XSI}nil" in request.attrib:
        del request.attrib[f"{_XSI}nil"]
    for element in request.iter():
        for name in [name for name in element.attrib if _is_hint(str(name), element)]:
            del element.attrib[name]


def _is_hint(name: str, element: etree._Element) -> bool:
    if name == f"{_XSI}nil":
        return element.get(name, "").strip() in ("false", "0")
    return name.startswith(_XSI) or name in _ENCODING_STYLES


def close_envelope(version: SoapVersion, body: str, header: str = "") -> bytes:
    """An envelope around an element that is already written."""
    head = f"<soapenv:Header>{header}</soapenv:Header>" if header else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<soapenv:Envelope xmlns:soapenv="{version.namespace}">'
        f"{head}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    ).encode()
