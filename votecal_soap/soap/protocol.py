"""Spyne's SOAP protocol with our own rules: what is checked, in which order, and what goes over the wire.

Envelope, then credential, then schema: nobody learns what a valid request looks like, or makes us validate megabytes,
without a credential. Spyne keeps what it is good at: finding the operation and hosting it.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from spyne import Fault
from spyne.protocol.soap import Soap11

from votecal_soap.call_record import RECORD_KEY, CallRecord
from votecal_soap.contract.parser import parse_message
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import ServiceContract
from votecal_soap.errors import ErrorCode, InvalidRequest, VoteCalError
from votecal_soap.log import event
from votecal_soap.soap.call_guard import CallGuard
from votecal_soap.soap.calls import Call
from votecal_soap.soap.envelope import SoapVersion, close_envelope, open_envelope, strip_encoding_hints
from votecal_soap.soap.faults import VoteCalFault, fault_version, http_status, internal_error, render_fault, render_fault_header
from votecal_soap.soap.http_request import read_body, read_charset
from votecal_soap.soap.payload_log import Exchange
from votecal_soap.soap.security_header import answer_timestamp, read_credential
from votecal_soap.storage import told_by
from votecal_soap.use_cases.ports import Application

logger = logging.getLogger(__name__)

P = ParamSpec("P")


def faults_only(step: Callable[P, Any]) -> Callable[P, Any]:
    """Let nothing but our faults out of a step: Spyne answers other exceptions with their text, or in plain text."""

    @wraps(step)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - whatever the step returns
        try:
            return step(*args, **kwargs)
        except VoteCalError as error:
            raise VoteCalFault(error) from error
        except Exception as error:
            told = told_by(error)
            if told is None:
                event(logger, "unexpected error", level=logging.ERROR, exc_info=True)
            raise VoteCalFault(told or internal_error()) from error

    return guarded


class VoteCalSoap(Soap11):  # type: ignore[misc] # Spyne has no types
    """One version of SOAP for one service. Holds no state of a call: Spyne shares it among threads."""

    def __init__(
        self, contract: ServiceContract, version: SoapVersion, schema: MessageSchema, services: Application, guard: CallGuard, operations: frozenset[str]
    ) -> None:
        """Speak `version`; type switching by xsi:type is off."""
        super().__init__(parse_xsi_type=False)
        self.mime_type = version.mime_type
        self.ns_soap_env = version.namespace
        self._contract = contract
        self._version = version
        self._schema = schema
        self._services = services
        self._guard = guard
        self._operations = operations

    @faults_only
    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:  # noqa: ANN401 - Spyne's context
        """Bytes to an envelope, unless there is too much of them; `ctx.udc` is the connection's Transport until it is the Call."""
        environ = ctx.transport.req_env
        ctx.udc = self._guard.admit(environ)
        content = read_body(environ, self._services.config.request_byte_limit)
        ctx.in_document = parse_message(content, read_charset(environ))

    @faults_only
    def decompose_incoming_envelope(self, ctx: Any, message: object = None) -> None:  # noqa: ANN401 - Spyne's context
        """An envelope to a call whose sender is known and whose request is valid."""
        envelope = open_envelope(ctx.in_document, self._version)
        caller = self._guard.identify(read_credential(envelope.headers, ctx.udc))
        record: CallRecord = ctx.transport.req_env[RECORD_KEY]
        # Known before the call is counted: of one that is too many, log and metrics say whose it was.
        record.county_code = caller.county_code
        ctx.method_request_string = record.operation = self._operation_name(envelope.request.tag)
        self._guard.count(caller, record.operation)
        self._validate(envelope.request, record.operation)
        ctx.udc = Call(request=envelope.request, caller=caller, services=self._services)

    def deserialize(self, ctx: Any, message: object) -> None:  # noqa: ANN401 - Spyne's context
        """The operation takes the call."""
        ctx.in_object = ctx.udc

    def serialize(self, ctx: Any, message: object) -> None:  # noqa: ANN401 - Spyne's context
        """An answer or an error to an envelope's bytes, with a Timestamp when the request had one."""
        version, body = self._version, ""
        header = answer_timestamp(ctx.in_document, self._services.callers_clock.now())
        if ctx.out_error is None:
            body = ctx.out_object[0]
        else:
            error = _error(ctx.out_error)
            version = fault_version(error, version)
            header += render_fault_header(error, version)
            body = self._fault(ctx, error, version)
        ctx.out_document = close_envelope(version, body, header)
        self._write_down(ctx, body)

    def _write_down(self, ctx: Any, body: str) -> None:  # noqa: ANN401 - Spyne's context
        record: CallRecord = ctx.transport.req_env[RECORD_KEY]
        if record.county_code is None or not self._guard.payload_log.is_on(record.county_code):
            return
        request = open_envelope(ctx.in_document, self._version).request
        self._guard.payload_log.write(record, Exchange(request=request, answer=body, is_valid=isinstance(ctx.udc, Call), schema=self._schema))

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:  # noqa: ANN401 - Spyne's context
        """Bytes as they are."""
        ctx.out_string = [ctx.out_document]

    def fault_to_http_response_code(self, fault: Fault) -> str:
        """The HTTP status of a fault."""
        return http_status(_error(fault), self._version)

    def _fault(self, ctx: Any, error: VoteCalError, version: SoapVersion) -> str:  # noqa: ANN401 - Spyne's context
        record: CallRecord = ctx.transport.req_env[RECORD_KEY]
        ctx.transport.mime_type = version.mime_type
        record.fault = error.code.value
        if error.retry_after_seconds is not None:
            # Basic Profile 1.1 R1126 wants 500 for a fault, so 503 is not to be had; the header is.
            ctx.transport.resp_headers["Retry-After"] = str(error.retry_after_seconds)
        return render_fault(error, version, self._contract.namespace, record)

    def _operation_name(self, tag: str) -> str | None:
        namespace, _, name = tag.rpartition("}")
        return name if namespace == f"{{{self._contract.namespace}" and name in self._operations else None

    def _validate(self, request: Any, operation: str | None) -> None:  # noqa: ANN401 - an lxml element
        if operation is None:
            raise InvalidRequest(ErrorCode.OPERATION_UNKNOWN, "This service has no such operation.", ref="/Envelope/Body/*")
        strip_encoding_hints(request)
        violations = self._schema.violations(request, limit=1)
        if violations:
            first = violations[0]
            raise InvalidRequest(ErrorCode.SCHEMA_VIOLATION, f"{first.text} (line {first.line})", ref=first.ref)


def _error(fault: Fault) -> VoteCalError:
    """The error that a fault carries; one that Spyne raised itself tells nothing."""
    return fault.error if isinstance(fault, VoteCalFault) else internal_error()
