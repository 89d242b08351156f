"""`votecal serve`: the SOAP services and the console, over the configured database or as a sandbox."""

import signal

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.contract.wsdl import SERVICES


@click.command()
@click.option("--sandbox", is_flag=True, help="Serve made-up, throw-away data for EMS vendors; no database of yours is touched.")
@click.option("--county", "county_codes", multiple=True, help="Of a sandbox: a county to be planted, twice at least.  [default: 19, 34]")
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="Of a sandbox: its port on 127.0.0.1; 0 takes a free one.")
@options.as_json
@pass_session
def serve(session: Session, sandbox: bool, county_codes: tuple[str, ...], port: int, as_json: bool) -> None:
    """Run the SOAP services and the console where VOTECAL_LISTEN says (127.0.0.1:8080 unless set), until SIGTERM or Ctrl-C.

    /health, /ready and /metrics are where VOTECAL_ADMIN_LISTEN says (127.0.0.1:8081 unless set), for operators alone.

    Any number may run, on any number of machines, over one database. Behind a TLS proxy, set VOTECAL_PUBLIC_URL:
    it is the address in the WSDL.

    With --sandbox the services run over voters, match cases, moves, messages and batch jobs that are planted, with a
    credential for each county; all is gone afterwards. Its clock is moved, and another batch job ordered, by what follows.
    WS-Security's own times (Created, Timestamp) go by this machine's clock even then.

    \b
      curl -X POST 'http://127.0.0.1:8080/sandbox/clock?days=7'
      curl -X POST 'http://127.0.0.1:8080/sandbox/batch-job?county=19'

    \b
    Examples:
      VOTECAL_LISTEN=127.0.0.1:8080 votecal serve
      votecal serve --sandbox
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    if sandbox:
        _serve_sandbox(session, county_codes, port, as_json=as_json)
        return
    if county_codes:
        raise click.UsageError("Only a sandbox names counties.")
    from votecal_soap.console.application import PATH as CONSOLE
    from votecal_soap.wsgi import WebServer  # Spyne and Flask take a while to import

    server = WebServer(session.application, with_admin=True)
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    for service in SERVICES:
        output.console(stderr=True).print(f"{session.config.public_url.rstrip('/')}{service.path}?wsdl")
    output.console(stderr=True).print(f"{session.config.public_url.rstrip('/')}{CONSOLE}/")
    server.run()


def _serve_sandbox(session: Session, county_codes: tuple[str, ...], port: int, *, as_json: bool) -> None:
    import threading

    from votecal_soap.cli import sandbox_view
    from votecal_soap.sandbox.running import COUNTIES
    from votecal_soap.sandbox.running import sandbox as running_sandbox

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running_sandbox(session.clock, port=port, county_codes=county_codes or COUNTIES) as made:
            sandbox_view.show(made, as_json=as_json)
            threading.Event().wait()
    except KeyboardInterrupt:
        output.console(stderr=True).print("The sandbox ends; nothing of it is left.")
