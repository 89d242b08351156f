"""The human page of each service: its operations with a sample of each, and the contract to take along. No script, no cookie."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from votecal_soap import CONTRACT_VERSION
from votecal_soap.contract.namespaces import WSDL
from votecal_soap.contract.samples import ServiceSamples
from votecal_soap.contract.wsdl import SERVICES, ServiceContract, export_contract, served_wsdl
from votecal_soap.soap.http_response import respond

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH: Final = "/soap"
ARCHIVE: Final = f"{PATH}/contract.zip"
_STYLE_PATH: Final = f"{PATH}/style.css"
_STYLE: Final = b"""body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h1, h2 { line-height: 1.2 } a { color: #00458a } h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; font-size: 1.2rem }
pre { background: #f4f4f4; padding: 1rem; overflow-x: auto; font-size: 14px } nav ul { columns: 3; padding-left: 1.2rem }
@media (max-width: 40rem) { nav ul { columns: 1 } }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } a { color: #8fc1ff } pre { background: #222 } }
"""
_SAFETY: Final = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "public, max-age=300"),
)
_HTML: Final = "text/html; charset=utf-8"


class _Document(NamedTuple):
    content: bytes
    content_type: str


class ContractPages:
    """The WSGI application of /soap and what lies below it, services apart. Everything is made once."""

    def __init__(self, public_url: str) -> None:
        """Make the pages and the archive."""
        self._documents: Mapping[str, _Document] = {
            PATH: _Document(_list_page(), _HTML),
            ARCHIVE: _Document(_archive(public_url), "application/zip"),
            _STYLE_PATH: _Document(_STYLE, "text/css; charset=utf-8"),
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer one request."""
        document = self._documents.get(environ.get("PATH_INFO", "").rstrip("/"))
        if document is None:
            return respond(environ, start_response, "404 Not Found", b"There is nothing here; the services are listed at /soap/.\n")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return respond(environ, start_response, "405 Method Not Allowed", headers=[("Allow", "GET, HEAD")])
        return show(environ, start_response, document.content, document.content_type)


def show(environ: "WSGIEnvironment", start_response: "StartResponse", content: bytes, content_type: str = _HTML) -> list[bytes]:
    """Answer with a page, and with the headers that keep a browser from doing anything with it but show it."""
    return respond(environ, start_response, "200 OK", content, content_type=content_type, headers=_SAFETY)


def service_page(service: ServiceContract, public_url: str) -> bytes:
    """The page of one service, made of the WSDL that it serves."""
    wsdl, samples = etree.fromstring(served_wsdl(service, public_url)), ServiceSamples(service)
    operations = [
        (operation.get("name", ""), " ".join((operation.findtext(f"{{{WSDL}}}documentation") or "").split()))
        for operation in wsdl.iterfind(f"{{{WSDL}}}portType/{{{WSDL}}}operation")
    ]
    links = "".join(f'<li><a href="#{escape(name)}">{escape(name)}</a></li>' for name, _ in operations)
    return _page(
        _title(service),
        f'<p><a href="{PATH}/">All services</a></p><h1>{_title(service)}</h1>',
        f"<p>Namespace <code>{escape(service.namespace)}</code>, contract version {CONTRACT_VERSION}.",
        f" Address <code>{escape(public_url + service.path)}</code>.",
        f' Every call carries a WS-Security UsernameToken.</p><p><a href="{service.path}?wsdl">WSDL for SOAP 1.1</a> · ',
        f'<a href="{service.path}?wsdl12">WSDL for SOAP 1.2</a> · <a href="{ARCHIVE}">all WSDL and XSD files (zip)</a></p>',
        f'<nav aria-label="Operations"><ul>{links}</ul></nav>',
        *(_operation(name, text, samples) for name, text in operations),
    )


def _operation(name: str, text: str, samples: ServiceSamples) -> str:
    return f'<h2 id="{escape(name)}">{escape(name)}</h2><p>{escape(text)}</p><pre tabindex="0">{escape(samples.request(name), quote=False)}</pre>'


def _list_page() -> bytes:
    items = "".join(
        f'<li><a href="{service.path}">{_title(service)}</a> – <a href="{service.path}?wsdl">WSDL</a>, <a href="{service.path}?wsdl12">for SOAP 1.2</a></li>'
        for service in SERVICES
    )
    archive = f'<p><a href="{ARCHIVE}">All WSDL and XSD files (zip)</a></p>'
    return _page("Services", "<h1>Services for county election management systems</h1>", f"<ul>{items}</ul>", archive)


def _title(service: ServiceContract) -> str:
    return escape(" ".join(word.upper() if word == "ems" else word.capitalize() for word in service.name.split("-")))


def _page(title: str, *parts: str) -> bytes:
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title} – VoteCal</title><link rel="stylesheet" href="{_STYLE_PATH}">'
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{"".join(parts)}</main></body></html>'.encode()


def _archive(public_url: str) -> bytes:
    content = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        files: Sequence[Path] = export_contract(Path(folder), public_url)
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name, (2026, 1, 1, 0, 0, 0)), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return content.getvalue()
