"""A service's address: GET for its page and its WSDL, POST for a call, told apart by Content-Type; everything else is refused as HTTP."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import ServiceContract, served_wsdl, served_wsdl12
from votecal_soap.soap.call_guard import CallGuard
from votecal_soap.soap.calls import Operation
from votecal_soap.soap.contract_pages import service_page, show
from votecal_soap.soap.envelope import SOAP_11, SOAP_12
from votecal_soap.soap.hosting import host
from votecal_soap.soap.http_request import read_media_type
from votecal_soap.soap.http_response import respond
from votecal_soap.use_cases.ports import Application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_WSDL_TYPE: Final = "text/xml; charset=utf-8"
_ALLOW: Final = ("Allow", "GET, HEAD, POST")


class SoapEndpoint:
    """The WSGI application of one service."""

    def __init__(self, contract: ServiceContract, operations: Mapping[str, Operation], services: Application, guard: CallGuard) -> None:
        """Make the documents and compile the schema once."""
        schema = MessageSchema(contract.schema_file)
        public_url = services.config.public_url
        self._documents = {"wsdl": served_wsdl(contract, public_url), "wsdl12": served_wsdl12(contract, public_url)}
        self._page = service_page(contract, public_url.rstrip("/"))
        self._versions = {version.content_type: host(contract, version, schema, operations, services, guard) for version in (SOAP_11, SOAP_12)}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD"):
            return self._document(environ, start_response)
        if method != "POST":
            return respond(environ, start_response, "405 Method Not Allowed", headers=[_ALLOW])
        if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
            return respond(environ, start_response, "415 Unsupported Media Type", headers=[("Accept-Encoding", "identity")])
        spyne = self._versions.get(read_media_type(environ))
        if spyne is None:
            return respond(environ, start_response, "415 Unsupported Media Type", headers=[("Accept-Post", ", ".join(self._versions))])
        return [b"".join(spyne(environ, start_response))]

    def _document(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        query = environ.get("QUERY_STRING", "")
        if not query:
            return show(environ, start_response, self._page)
        document = self._documents.get(query.partition("=")[0].lower())
        if document is None:
            return respond(environ, start_response, "404 Not Found", b"The contract of this service is at ?wsdl (SOAP 1.1) and ?wsdl12 (SOAP 1.2).\n")
        return respond(environ, start_response, "200 OK", document, content_type=_WSDL_TYPE)
