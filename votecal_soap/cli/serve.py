"""`votecal serve`: the SOAP services and the console."""

import signal

import click

from votecal_soap.cli import output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.contract.wsdl import SERVICES


@click.command()
@pass_session
def serve(session: Session) -> None:
    """Run the SOAP services and the console where VOTECAL_LISTEN says (127.0.0.1:8080 unless set), until SIGTERM or Ctrl-C.

    Any number may run, on any number of machines, over one database. Behind a TLS proxy, set VOTECAL_PUBLIC_URL:
    it is the address in the WSDL.

    Example: VOTECAL_LISTEN=127.0.0.1:8080 votecal serve
    """
    from votecal_soap.console.application import PATH as CONSOLE
    from votecal_soap.wsgi import WebServer  # Spyne and Flask take a while to import

    server = WebServer(session.application)
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    for service in SERVICES:
        output.console(stderr=True).print(f"{session.config.public_url.rstrip('/')}{service.path}?wsdl")
    output.console(stderr=True).print(f"{session.config.public_url.rstrip('/')}{CONSOLE}/")
    server.run()
