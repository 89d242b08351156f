"""Hosts operations on Spyne: one Spyne application for a service and a version of SOAP.

Operations are bare and untyped for Spyne, which dispatches on the element in the Body; the committed schema stays the
only definition of the types.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from spyne import AnyXml, Application, Service, rpc
from spyne.server.wsgi import WsgiApplication

from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import ServiceContract
from votecal_soap.errors import NotAllowed, NotFound
from votecal_soap.retrying import retry_undone
from votecal_soap.soap.call_guard import CallGuard
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.soap.envelope import SoapVersion
from votecal_soap.soap.protocol import VoteCalSoap, faults_only
from votecal_soap.use_cases import ports
from votecal_soap.use_cases.note_refused_call import note_refused_call

_WIRE_LIMIT: Final = 1 << 40
"""Spyne's own limit is out of the way: ours gives a typed fault."""


def host(
    contract: ServiceContract,
    version: SoapVersion,
    schema: MessageSchema,
    operations: Mapping[str, Operation],
    services: ports.Application,
    guard: CallGuard,
) -> WsgiApplication:
    """A WSGI application that answers one version of SOAP for one service."""
    spyne_service = type(contract.name, (Service,), {name: _method(name, contract, operation) for name, operation in operations.items()})

    def protocol() -> VoteCalSoap:
        return VoteCalSoap(contract, version, schema, services, guard, frozenset(operations))

    application = Application([spyne_service], contract.namespace, name=contract.name, in_protocol=protocol(), out_protocol=protocol())
    return WsgiApplication(application, max_content_length=_WIRE_LIMIT)


def _method(name: str, contract: ServiceContract, operation: Operation) -> Callable[..., Any]:
    def method(_context: object, call: Call) -> str:
        try:
            return retry_undone(lambda: operation(call))
        except (NotFound, NotAllowed) as refusal:
            note_refused_call(name, _named(call, refusal.ref), refusal, call.caller, call.services.unit_of_work, call.services.clock)
            raise

    method.__name__ = name  # Spyne's key of a method
    decorate = rpc(
        AnyXml,
        _returns=AnyXml,
        _args=("call",),
        _body_style="bare",
        _in_message_name=f"{{{contract.namespace}}}{name}",
        _out_message_name=f"{{{contract.namespace}}}{name}Response",
    )
    return decorate(faults_only(method))  # type: ignore[no-any-return] # Spyne has no types


def _named(call: Call, ref: str | None) -> str | None:
    """The id that a refusal is about, as the request names it."""
    return None if ref is None else call.request.findtext(f"{{*}}{ref}")
