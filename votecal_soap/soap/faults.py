"""SOAP faults: every error becomes one typed detail, with the plain codes of the version that was spoken (EWS-13).

Spyne writes the fields of a fault beside `faultcode`, where no client finds them; hence our own writing.
"""

from itertools import islice
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree
from spyne import Fault

from votecal_soap.call_record import CallRecord
from votecal_soap.contract.faults import render_fault_detail
from votecal_soap.contract.markup import branch, leaf, text
from votecal_soap.contract.namespaces import SOAP_12_ENVELOPE
from votecal_soap.errors import ErrorCode, Unavailable, VoteCalError
from votecal_soap.soap.envelope import SOAP_11, SOAP_12, HeaderNotUnderstood, SoapVersion, VersionMismatch

_OF_THE_STANDARD: Final = {ErrorCode.VERSION_MISMATCH: "VersionMismatch", ErrorCode.HEADER_NOT_UNDERSTOOD: "MustUnderstand"}

_MOST_NAMES: Final = 20
_LONGEST_NAME: Final = 1000
"""A fault need not name every header (SOAP 1.2 part 1, 5.4.8): an answer stays small, whatever was sent."""

_XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"
"""The one namespace of a name that was read for which no prefix may be declared."""


class VoteCalFault(Fault):  # type: ignore[misc] # Spyne has no types
    """Carries an error of ours through Spyne, which passes on nothing but its own faults."""

    def __init__(self, error: VoteCalError) -> None:
        """Keep the error."""
        super().__init__("Server" if isinstance(error, Unavailable) else "Client", error.text)
        self.error = error


def internal_error() -> VoteCalError:
    """What a caller learns of a failure that nobody foresaw: that it happened, and the id to ask SOS with."""
    return Unavailable(ErrorCode.INTERNAL, "The service failed; SOS finds the cause by the correlation id.")


def render_fault(error: VoteCalError, version: SoapVersion, namespace: str, record: CallRecord) -> str:
    """The Fault element of a version."""
    code = f"soapenv:{_fault_code(error, version)}"
    detail = render_fault_detail(error, namespace, record.correlation_id, record.operation)
    if version is SOAP_11:
        return branch("soapenv:Fault", leaf("faultcode", code), leaf("faultstring", error.text), branch("detail", detail))
    reason = f'<soapenv:Text xml:lang="en">{text(error.text)}</soapenv:Text>'
    return branch(
        "soapenv:Fault",
        branch("soapenv:Code", leaf("soapenv:Value", code)),
        branch("soapenv:Reason", reason),
        branch("soapenv:Detail", detail),
    )


def fault_version(error: VoteCalError, version: SoapVersion) -> SoapVersion:
    """The version that a fault is written in: the one that was spoken, unless the sender could not read it."""
    return error.answered_in if isinstance(error, VersionMismatch) else version


def render_fault_header(error: VoteCalError, version: SoapVersion) -> str:
    """The header blocks of SOAP 1.2 beside a fault about versions or headers; SOAP 1.1 knows the former alone (part 1, appendix A)."""
    if isinstance(error, VersionMismatch):
        # The service takes both; the one that goes with the Content-Type first.
        supported = dict.fromkeys((error.wanted, SOAP_11, SOAP_12))
        names = "".join(f"<e:SupportedEnvelope{_qname('Envelope', of.namespace)}/>" for of in supported)
        return f'<e:Upgrade xmlns:e="{SOAP_12_ENVELOPE}">{names}</e:Upgrade>'
    if isinstance(error, HeaderNotUnderstood) and version is SOAP_12:
        short = (etree.QName(name) for name in error.names if len(name) <= _LONGEST_NAME)
        named = islice((name for name in short if name.namespace != _XML_NAMESPACE), _MOST_NAMES)
        return "".join(f"<soapenv:NotUnderstood{_qname(name.localname, name.namespace)}/>" for name in named)
    return ""


def _qname(name: str, namespace: str | None) -> str:
    """Attributes that hold a qualified name, with the declaration of its prefix."""
    return f' qname="{name}"' if namespace is None else f' xmlns:n={quoteattr(namespace)} qname="n:{name}"'


def http_status(error: VoteCalError, version: SoapVersion) -> str:
    """Basic Profile 1.1 R1126 wants 500 for every fault; SOAP 1.2 has 400 for what the sender must mend."""
    if version is SOAP_11 or _fault_code(error, version) != version.sender:
        return "500 Internal Server Error"
    return "400 Bad Request"


def _fault_code(error: VoteCalError, version: SoapVersion) -> str:
    if standard := _OF_THE_STANDARD.get(error.code):
        return standard
    return version.receiver if isinstance(error, Unavailable) else version.sender
