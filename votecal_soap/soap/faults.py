"""SOAP faults: every error becomes one typed detail, with the plain codes of the version that was spoken (EWS-13).

Spyne writes the fields of a fault beside `faultcode`, where no client finds them; hence our own writing.
"""

from typing import Final

from spyne import Fault

from votecal_soap.call_record import CallRecord
from votecal_soap.contract.faults import render_fault_detail
from votecal_soap.contract.markup import branch, leaf, text
from votecal_soap.errors import ErrorCode, Unavailable, VoteCalError
from votecal_soap.soap.envelope import SOAP_11, SoapVersion

_OF_THE_STANDARD: Final = {ErrorCode.VERSION_MISMATCH: "VersionMismatch", ErrorCode.HEADER_NOT_UNDERSTOOD: "MustUnderstand"}


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


def http_status(error: VoteCalError, version: SoapVersion) -> str:
    """Basic Profile 1.1 R1126 wants 500 for every fault; SOAP 1.2 has 400 for what the sender must mend."""
    if version is SOAP_11 or _fault_code(error, version) != version.sender:
        return "500 Internal Server Error"
    return "400 Bad Request"


def _fault_code(error: VoteCalError, version: SoapVersion) -> str:
    if standard := _OF_THE_STANDARD.get(error.code):
        return standard
    return version.receiver if isinstance(error, Unavailable) else version.sender
