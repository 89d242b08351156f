"""Envelopes as a client writes and reads them, without a SOAP library between: for a check of the service, and for the samples in the documents."""

import base64
from dataclasses import dataclass
from typing import Final

from lxml import etree

from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import PASSWORD_DIGEST, SOAP_11_ENVELOPE, WS_SECURITY, WS_SECURITY_UTILITY
from votecal_soap.contract.parser import hardened_parser, parse_message
from votecal_soap.credentials import password_digest
from votecal_soap.errors import InvalidRequest

_SHOWN_OF_CONTENT: Final = 76
_FAULT: Final = f"{{{SOAP_11_ENVELOPE}}}Fault"


def security_header(username: str, secret: str) -> str:
    """A UsernameToken with the password as text."""
    token = branch("wsse:UsernameToken", leaf("wsse:Username", username), leaf("wsse:Password", secret))
    return f'<wsse:Security xmlns:wsse="{WS_SECURITY}">{token}</wsse:Security>'


def digest_header(username: str, secret: str, *, nonce: bytes, created: str) -> str:
    """A UsernameToken with a PasswordDigest; `created` is an xs:dateTime."""
    digest = f'<wsse:Password Type="{PASSWORD_DIGEST}">{password_digest(nonce, created, secret)}</wsse:Password>'
    proof = digest + leaf("wsse:Nonce", base64.b64encode(nonce).decode()) + leaf("wsu:Created", created)
    token = branch("wsse:UsernameToken", leaf("wsse:Username", username), proof)
    return f'<wsse:Security xmlns:wsse="{WS_SECURITY}" xmlns:wsu="{WS_SECURITY_UTILITY}">{token}</wsse:Security>'


def request_envelope(header: str, *body: str) -> str:
    """A SOAP 1.1 envelope."""
    head, told = branch("soapenv:Header", header), branch("soapenv:Body", *body)
    return f'<soapenv:Envelope xmlns:soapenv="{SOAP_11_ENVELOPE}">{head}{told}</soapenv:Envelope>'


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFault:
    """What a client reads in a fault's detail."""

    code: str
    ref: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer over HTTP: its status and the one element of its SOAP body, if it has one."""

    status: int
    body: etree._Element | None

    @property
    def fault(self) -> ServiceFault | None:
        """The typed detail, if this is a fault that has one."""
        if self.body is None or self.body.tag != _FAULT:
            return None
        detail = self.body.find("detail/{*}VoteCalFault")
        if detail is None:
            return None
        return ServiceFault(code=text_of(detail, "Code"), ref=text_of(detail, "Ref"), text=text_of(detail, "Text"))

    @property
    def name(self) -> str:
        """The local name of the body's element."""
        return "" if self.body is None else etree.QName(self.body).localname


def read_reply(status: int, content: bytes) -> Reply:
    """Take an answer apart; what is no SOAP envelope has no body."""
    try:
        found = parse_message(content).find(f"{{{SOAP_11_ENVELOPE}}}Body")
    except InvalidRequest:
        found = None
    return Reply(status=status, body=found[0] if found is not None and len(found) == 1 else None)


def text_of(parent: etree._Element, path: str = "") -> str:
    """The text at a path of local names below an element, or the element's own; "" when there is none."""
    if not path:
        return parent.text or ""
    return parent.findtext("/".join(f"{{*}}{name}" for name in path.split("/"))) or ""


def all_of(parent: etree._Element, path: str) -> list[etree._Element]:
    """Every element at a path of local names below an element."""
    return parent.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def as_sample(message: str | etree._Element) -> str:
    """A message as documents show it: indented, without what the envelope declared; of bytes in base64 the beginning."""
    text = message if isinstance(message, str) else etree.tostring(message, with_tail=False, encoding="unicode")
    element = etree.fromstring(text.replace(f' xmlns:soapenv="{SOAP_11_ENVELOPE}"', ""), hardened_parser())
    for content in element.iter("{*}Content"):
        content.text = (content.text or "")[:_SHOWN_OF_CONTENT]
    etree.indent(element)
    return etree.tostring(element, encoding="unicode")
