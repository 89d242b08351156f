"""One visit at the services: calls by hand, answers held against the contract, and what was found on the way."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

import requests

from votecal_soap.clock import Clock, SystemClock
from votecal_soap.contract.client_envelope import Reply, all_of, digest_header, read_reply, request_envelope, security_header, text_of
from votecal_soap.contract.markup import branch, date_time, leaf
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import BATCH_DATA_EXCHANGE_SERVICE, EMS_INTEGRATION_SERVICE, ServiceContract
from votecal_soap.county.secure_transport import refuse_open_transport
from votecal_soap.errors import ErrorCode, Unavailable

EMS: Final = EMS_INTEGRATION_SERVICE
DES: Final = BATCH_DATA_EXCHANGE_SERVICE
_ADVICE: Final[Mapping[str, str]] = {
    "VC-3001": "The user name or the secret is wrong, expired or revoked: use the one that SOS gave you last.",
    "VC-3003": "Use an address that begins with https, and have the secret replaced: it was sent in the clear.",
    "VC-3010": "SOS has given this user name no secret for PasswordDigest: ask for one, or leave --digest out and send the password as text.",
    "VC-5001": "The service is busy or its database is away: try again in a minute.",
}
_PAGE: Final = 100
_NONCE_BYTES: Final = 16
_NOW: Final = timedelta(0)


class CheckFailed(Exception):
    """The service did otherwise than the contract says; the text is what to do."""


class NotTried(Exception):
    """There was nothing to try it on; the text says what would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request that was answered as the contract says, both as XML."""

    service: ServiceContract
    operation: str
    request: str
    answer: Any


@dataclass(kw_only=True)
class Visit:
    """Whose credential calls where. `stamp` makes the TransactionIds of this visit its own; with `sends_digests` the secret is the one for PasswordDigest."""

    url: str
    username: str
    secret: str = field(repr=False)
    stamp: str
    sends_digests: bool = False
    clock: Clock = field(default_factory=SystemClock)
    timeout_seconds: float = 30.0
    exchanges: list[Exchange] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    """What one check leaves for a later one."""

    def __post_init__(self) -> None:
        """Refuse an address that would carry the secret in the clear."""
        refuse_open_transport(self.url)
        self._session = requests.Session()
        self._schemas = {service.name: MessageSchema(service.schema_file) for service in (EMS, DES)}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @property
    def header(self) -> str:
        """The WS-Security header of this credential; a digest is made anew each time."""
        return self.header_by(self.secret)

    def header_by(self, secret: str) -> str:
        """The same with another secret."""
        return self.digest_of(self.username, secret) if self.sends_digests else security_header(self.username, secret)

    def digest_of(self, username: str, secret: str, *, late_by: timedelta = _NOW) -> str:
        """A header with a digest that was made now, or so long ago."""
        created = date_time((self.clock.now() - late_by).replace(microsecond=0))
        return digest_header(username, secret, nonce=secrets.token_bytes(_NONCE_BYTES), created=created)

    def transaction(self, what: str) -> str:
        """A TransactionId of this visit."""
        return f"vendor-check-{self.stamp}-{what}"

    def ask(self, service: ServiceContract, operation: str, *parts: str) -> Any:  # noqa: ANN401 - an lxml element
        """Call an operation and give the element of its answer; whatever is not its valid answer raises CheckFailed."""
        request = branch(operation, *parts, namespace=service.namespace)
        return self._taken(service, operation, request, self.post(service, request_envelope(self.header, request)))

    def _taken(self, service: ServiceContract, operation: str, request: str, reply: Reply) -> Any:  # noqa: ANN401 - an lxml element
        self._hold_against_contract(service, operation, reply)
        self.exchanges.append(Exchange(service=service, operation=operation, request=request, answer=reply.body))
        return reply.body

    def ask_of_first(self, service: ServiceContract, operation: str, candidates: Iterable[Sequence[str]]) -> Any:  # noqa: ANN401 - an lxml element
        """Call it for the first candidate that is not decided already."""
        for parts in candidates:
            reply = self.post(service, request_envelope(self.header, branch(operation, *parts, namespace=service.namespace)))
            if reply.fault is None or reply.fault.code != ErrorCode.CASE_DECIDED:
                return self._taken(service, operation, branch(operation, *parts, namespace=service.namespace), reply)
        raise NotTried("All of them were decided before; start the sandbox anew.")

    def post(self, service: ServiceContract, envelope: str | bytes, *, content_type: str = "text/xml; charset=utf-8", **headers: str) -> Reply:
        """Send bytes, right or wrong, and read the answer."""
        content = envelope.encode() if isinstance(envelope, str) else envelope
        sent = {"Content-Type": content_type, "SOAPAction": '""', **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            answer = self._session.post(self.url.rstrip("/") + service.path, data=content, headers=sent, timeout=self.timeout_seconds)
        except requests.RequestException as error:
            raise Unavailable(ErrorCode.BUSY, f"The service cannot be reached ({type(error).__name__}).") from error
        return read_reply(answer.status_code, answer.content)

    def document(self, service: ServiceContract) -> bytes:
        """The WSDL that is served."""
        answer = self._session.get(f"{self.url.rstrip('/')}{service.path}?wsdl", timeout=self.timeout_seconds)
        if answer.status_code != requests.codes.ok:
            raise CheckFailed(f"The WSDL is not there (HTTP {answer.status_code}): is the address that of the service, without a path?")
        return answer.content

    def violations_of(self, service: ServiceContract, reply: Reply) -> str:
        """What of an answer breaks the schema, in words; "" when nothing does."""
        found = self._schemas[service.name].violations(reply.body, limit=1) if reply.body is not None else ()
        return f"{found[0].ref}: {found[0].text}" if found else ""

    def _hold_against_contract(self, service: ServiceContract, operation: str, reply: Reply) -> None:
        if (fault := reply.fault) is not None:
            place = f" at {fault.ref}" if fault.ref else ""
            raise CheckFailed(_ADVICE.get(fault.code) or f"The answer was {fault.code}{place}: {fault.text}")
        if reply.status != requests.codes.ok or reply.name != f"{operation}Response":
            raise CheckFailed(f"The answer was HTTP {reply.status} and no {operation}Response: does a proxy stand between, or another service?")
        if broken := self.violations_of(service, reply):
            raise CheckFailed(f"The answer breaks the schema of this release ({broken}): is the service newer? Get its WSDL anew.")

    @cached_property
    def messages(self) -> list[Any]:
        """Every open message of the county, with its detail."""
        found: list[Any] = []
        while True:
            after = [leaf("AfterMessageId", int(text_of(found[-1], "MessageHeader/MessageId")))] if found else []
            page = all_of(self.ask(EMS, "GetMessageQueue", leaf("MaximumMessages", _PAGE), leaf("IncludeDetail", True), *after), "Messages/Message")
            found += page
            if len(page) < _PAGE:
                return found

    def messages_of(self, message_type: str) -> list[Any]:
        """Those of one type; without any there is nothing to try."""
        found = [message for message in self.messages if text_of(message, "MessageHeader/MessageType") == message_type]
        if not found:
            raise NotTried(f"No {message_type} message is on the queue; a sandbox has some.")
        return found
