"""EWS-02 at speed: a poll of an empty queue beside a Spyne call that does nothing, and 58 counties that poll while one has a deep queue."""

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.queue_workload import COUNTY, KEY, NOW, SECRET, USERNAME, make_queue
from benchmarks.reporting import Report, command
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.bootstrap import build
from votecal_soap.config import Config
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.counties import County, Credential
from votecal_soap.wsgi import make_wsgi_app

DEEP = {"small": 20_000, "full": 1_000_000}
SHALLOW = 1_000
CALLS = {"small": 300, "full": 2_000}
COUNTIES = 58
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "urn:votecal:ems-integration:v1"
GOAL = 2.0

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


def run(scale: str) -> Report:
    """A poll beside nothing, and pages at two depths."""
    report = Report(benchmark="polling", scale=scale)
    with tempfile.TemporaryDirectory() as name:
        states = {depth: _state(Path(name) / str(depth), depth) for depth in (SHALLOW, DEEP[scale])}
        _beside_nothing(report, states[DEEP[scale]], CALLS[scale])
        _pages(report, states, CALLS[scale] // 10)
        _all_counties(report, states[DEEP[scale]], CALLS[scale] // 100)
    return report


def _state(folder: Path, depth: int) -> Wsgi:
    """The services over a database in which one county has a queue, and 57 have none."""
    queue = make_queue(folder, depth, 2)
    url = f"sqlite:///{queue.database}"
    factory = SqlUnitOfWorkFactory.from_url(url)
    with factory() as uow:
        uow.reference.save_counties([County(county_code=code, name=f"County {code}", fips=f"060{code}") for code in _codes()])
        for code in _codes():
            hashed = keyed_hash(SECRET, KEY.encode())
            kept = Credential(username=f"c{code}", county_code=code, secret_hmac=hashed, expires_at=None, revoked_at=None, certificate_subject=None)
            uow.reference.save_credential(kept)
        uow.commit()
    factory.close()
    return make_wsgi_app(build(Config(data_dir=folder, database_url=url, credential_key=KEY, county_calls_per_minute=10**6, calls_per_minute=10**7)))


def _codes() -> list[str]:
    return [code for code in (f"{number:02}" for number in range(1, COUNTIES + 1)) if code != COUNTY]


def _idle() -> Wsgi:
    """Spyne as it comes, with its validator: one operation without arguments that returns nothing."""
    from spyne import Application, Service, Unicode, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

    from votecal_soap import soap  # makes Spyne importable  # noqa: F401

    class Idle(Service):  # type: ignore[misc] # Spyne has no types
        @rpc(_returns=Unicode)  # type: ignore[untyped-decorator] # Spyne has no types
        def Nothing(_context: object) -> None:
            return None

    application = Application([Idle], "urn:idle", in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
    return WsgiApplication(application)  # type: ignore[no-any-return] # Spyne has no types


def _poll(username: str, content: str = "") -> bytes:
    token = f"<w:UsernameToken><w:Username>{username}</w:Username><w:Password>{SECRET}</w:Password></w:UsernameToken>"
    header = f'<w:Security xmlns:w="{WSSE}">{token}</w:Security>'
    body = f'<GetMessageQueue xmlns="{NAMESPACE}">{content}</GetMessageQueue>'
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'.encode()


def _call(app: Wsgi, path: str, content: bytes) -> float:
    """CPU seconds of one call, so that whatever else the machine does counts for nobody; a refused call is an error."""
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "CONTENT_TYPE": "text/xml; charset=utf-8", "CONTENT_LENGTH": str(len(content)),
        "SERVER_NAME": "x", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
    }  # fmt: skip
    statuses: list[str] = []
    begun = time.process_time()
    answer = b"".join(app(environ, lambda status, _headers, _info=None: statuses.append(status)))
    seconds = time.process_time() - begun
    if not statuses[-1].startswith("200"):
        raise RuntimeError(answer[:300])
    return seconds


def _beside_nothing(report: Report, state: Wsgi, calls: int) -> None:
    idle, nothing = _idle(), f'<s:Envelope xmlns:s="{SOAP}"><s:Body><Nothing xmlns="urn:idle"/></s:Body></s:Envelope>'.encode()
    poll = _poll(f"c{_codes()[0]}")
    times: dict[str, list[float]] = {"poll": [], "nothing": []}
    for _ in range(calls):
        times["poll"].append(_call(state, "/soap/ems-integration", poll))
        times["nothing"].append(_call(idle, "/", nothing))
    medians = {name: statistics.median(taken[calls // 10 :]) for name, taken in times.items()}
    report.add("poll of an empty queue: credential, schema, count, log line", medians["poll"] * 1e6, "us")
    report.add("Spyne call that does nothing", medians["nothing"] * 1e6, "us")
    report.add("poll beside nothing", medians["poll"] / medians["nothing"], "ratio", at_most=GOAL)


def _pages(report: Report, states: dict[int, Wsgi], calls: int) -> None:
    page = _poll(USERNAME, "<MaximumMessages>100</MaximumMessages>")
    times: dict[int, list[float]] = {depth: [] for depth in states}
    for _ in range(calls):
        for depth, state in states.items():
            times[depth].append(_call(state, "/soap/ems-integration", page))
    shallow, deep = (statistics.median(taken[calls // 10 :]) for taken in times.values())
    report.add(f"page of 100 messages, depth {max(states):,}", deep * 1e3, "ms")
    report.add(f"page, depth {max(states):,} beside depth {min(states):,}", deep / shallow, "ratio", at_most=1.25)


def _all_counties(report: Report, state: Wsgi, rounds: int) -> None:
    polls = [_poll(username) for username in (USERNAME, *(f"c{code}" for code in _codes()))]
    for poll in polls:
        _call(state, "/soap/ems-integration", poll)
    begun = time.process_time()
    for _ in range(rounds):
        for poll in polls:
            _call(state, "/soap/ems-integration", poll)
    report.facts["counties"] = len(polls)
    report.facts["at"] = NOW.date().isoformat()
    report.add("58 counties poll once, CPU", (time.process_time() - begun) / rounds, "s", at_most=15 * 0.1)


if __name__ == "__main__":
    command("polling", run)
