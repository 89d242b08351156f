"""Mistakes that clients make, and what the service says to each: a vendor meets these answers here before a county does."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from votecal_soap.contract.client_envelope import Reply, request_envelope
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import SOAP_12_ENVELOPE
from votecal_soap.county.vendor_check.ems_operations import UNKNOWN_ID, other_call_with_its_id
from votecal_soap.county.vendor_check.visit import DES, EMS, CheckFailed, NotTried, Visit
from votecal_soap.county.vendor_check.voter_operations import BASIS

PING: Final = branch("Ping", namespace=EMS.namespace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is done wrong, the code or HTTP status that the contract answers it with, and what a client does about it.

    `when_repeated`: what the answer becomes when it was made too often of late.
    """

    name: str
    expected: str
    cure: str
    send: Callable[[Visit], Reply]
    changes: bool = False
    when_repeated: str | None = None

    def run(self, visit: Visit) -> None:
        """Make it, and hold the answer against the contract."""
        reply = self.send(visit)
        fault = reply.fault
        answered = fault.code if fault is not None else f"HTTP {reply.status}"
        if answered not in (self.expected, self.when_repeated):
            raise CheckFailed(f"Answered with {answered} where the contract says {self.expected}: tell SOS, unless a proxy stands between. {self.cure}")
        if fault is not None and reply.status != 500:
            raise CheckFailed(f"A SOAP 1.1 fault came with HTTP {reply.status}, not 500: a proxy changes it, and some clients then lose the detail.")


def _body(visit: Visit, *body: str) -> Reply:
    return visit.post(EMS, request_envelope(visit.header, *body))


def _operation(name: str, *parts: str) -> Callable[[Visit], Reply]:
    return lambda visit: _body(visit, branch(name, *parts, namespace=EMS.namespace))


def _doctype(visit: Visit) -> Reply:
    return visit.post(EMS, f"<!DOCTYPE Envelope>{request_envelope(visit.header, PING)}")


def _foreign_header(visit: Visit) -> Reply:
    header = '<Routing xmlns="urn:vendor" xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:mustUnderstand="1">east</Routing>'
    return visit.post(EMS, request_envelope(visit.header + header, PING))


def _latin_1(visit: Visit) -> Reply:
    search = branch("SearchVoters", leaf("FirstName", "Zoë"), leaf("LastName", "Nuñez"), namespace=EMS.namespace)
    return visit.post(EMS, request_envelope(visit.header, search).encode("iso-8859-1"))


def _soap_12_as_11(visit: Visit) -> Reply:
    return visit.post(EMS, request_envelope(visit.header, PING).replace("http://schemas.xmlsoap.org/soap/envelope/", SOAP_12_ENVELOPE))


def _late_decision(visit: Visit) -> Reply:
    notices = visit.kept.get("notices")
    if not notices:
        raise NotTried("No match case of DMV's is open; a sandbox has some.")
    case_id = notices[0].findtext("{*}MatchCaseId")
    parts = (leaf("MatchCaseId", case_id), leaf("ExpectedVersion", 99), leaf("Decision", "Accept"), leaf("Basis", BASIS))
    return _body(visit, branch("DecideMatchCase", leaf("TransactionId", visit.transaction("late")), *parts, namespace=EMS.namespace))


def _other_jobs_status(visit: Visit) -> Reply:
    return visit.post(DES, request_envelope(visit.header, branch("GetJobStatus", leaf("JobId", UNKNOWN_ID), namespace=DES.namespace)))


def _with_wrong_secret(visit: Visit) -> Reply:
    return visit.post(EMS, request_envelope(visit.header_by("not the secret"), PING))


_WRONG_DAY: Final[Mapping[str, str]] = {"LastName": "Nobody", "DateOfBirth": "1970-01-01Z"}

MISTAKES: Final = (
    Mistake(
        name="No credentials", expected="VC-3001", cure="Send a UsernameToken in each call.", send=lambda visit: visit.post(EMS, request_envelope("", PING))
    ),
    Mistake(name="Wrong secret", expected="VC-3001", cure="Use the secret that SOS gave you last.", send=_with_wrong_secret, when_repeated="VC-5011"),
    Mistake(
        name="Wrong namespace",
        expected="VC-1006",
        cure="The namespace is that of the service's WSDL.",
        send=lambda visit: _body(visit, branch("Ping", namespace="urn:votecal:ems-integration")),
    ),
    Mistake(name="The other service's operation", expected="VC-1006", cure="Each service has an address of its own.", send=_operation("GetPendingJobs")),
    Mistake(name="Not XML", expected="VC-1001", cure="Escape & and < in values.", send=lambda visit: visit.post(EMS, "<Envelope>Smith & Sons</Envelope>")),
    Mistake(name="A DOCTYPE", expected="VC-1002", cure="Leave it out.", send=_doctype),
    Mistake(name="Two elements in the Body", expected="VC-1003", cure="One call an envelope.", send=lambda visit: _body(visit, PING, PING)),
    Mistake(name="A header that must be understood", expected="VC-1004", cure="Do not mark headers of your own so.", send=_foreign_header),
    Mistake(name="Latin-1 that says it is UTF-8", expected="VC-1007", cure="Encode as UTF-8.", send=_latin_1),
    Mistake(
        name="A SOAP 1.2 envelope with the type of 1.1", expected="VC-1012", cure="text/xml goes with 1.1, application/soap+xml with 1.2.", send=_soap_12_as_11
    ),
    Mistake(
        name="A type that is not SOAP's",
        expected="HTTP 415",
        cure="Send text/xml.",
        send=lambda visit: visit.post(EMS, request_envelope(visit.header, PING), content_type="application/json"),
    ),
    Mistake(
        name="A compressed request",
        expected="HTTP 415",
        cure="Send it as it is.",
        send=lambda visit: visit.post(EMS, gzip.compress(request_envelope(visit.header, PING).encode()), Content_Encoding="gzip"),
    ),
    Mistake(
        name="Elements out of order",
        expected="VC-1005",
        cure="Keep the schema's order.",
        send=_operation("SearchVoters", leaf("LastName", "Nobody"), leaf("FirstName", "Nemo")),
    ),
    Mistake(
        name="A day with a time zone",
        expected="VC-1005",
        cure="Days are 1984-05-17, without a zone: set your date type so.",
        send=_operation("SearchVoters", *(leaf(name, value) for name, value in _WRONG_DAY.items())),
    ),
    Mistake(
        name="A page that is too large", expected="VC-1009", cure="Ask for at most 1,000.", send=_operation("GetMessageQueue", leaf("MaximumMessages", 5_000))
    ),
    Mistake(
        name="A search by next to nothing",
        expected="VC-1301",
        cure="Give a name with a date of birth.",
        send=_operation("SearchVoters", leaf("FirstName", "Maria")),
    ),
    Mistake(name="A case of nobody's", expected="VC-2007", cure="Ask ListMatchCases.", send=_operation("GetMatchCase", leaf("MatchCaseId", UNKNOWN_ID))),
    Mistake(name="A job of another county's", expected="VC-2001", cure="Ask GetPendingJobs.", send=_other_jobs_status),
    Mistake(name="A decision on an old CaseVersion", expected="VC-4010", cure="Read the case again, then decide.", send=_late_decision),
    Mistake(
        name="An old TransactionId with another request",
        expected="VC-4013",
        cure="Each request has an id of its own; only the same request keeps it.",
        send=lambda visit: _body(visit, other_call_with_its_id(visit)),
        changes=True,
    ),
)
"""In an order from the wire to the records."""
