"""EWS-02 at speed: a poll of an empty queue beside a Spyne call that does nothing, and 58 counties that poll while one has a deep queue."""

import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.queue_workload import COUNTY, KEY, NOW, SECRET, USERNAME, admit_counties, make_queue
from benchmarks.reporting import Report, command
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.bootstrap import build
from votecal_soap.config import Config
from votecal_soap.log import configure
from votecal_soap.wsgi import make_wsgi_app

DEEP = {"small": 20_000, "full": 1_000_000}
SHALLOW = 1_000
CALLS = {"small": 1_000, "full": 2_000}
COUNTIES = 58
BLOCK = 20
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "urn:votecal:ems-integration:v1"
GOAL = 2.0

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


def run(scale: str) -> Report:
    """A poll beside nothing, and pages at two depths."""
    report = Report(benchmark="polling", scale=scale)
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w") as sink:
        configure("INFO", sink)  # as `votecal serve` does: every call's line is rendered and written
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
    admit_counties(factory, {code: f"c{code}" for code in _codes()})
    factory.close()
    return make_wsgi_app(build(Config(data_dir=folder, database_url=url, credential_key=KEY, county_calls_per_minute=10**6, calls_per_minute=10**7)))


def _codes() -> list[str]:
    return [code for code in (f"{number:02}" for number in range(1, COUNTIES + 1)) if code != COUNTY]


def _idle(validator: str | None) -> Wsgi:
    """Spyne as it comes: one operation without arguments that returns nothing, with its schema validation or without any check.

    The server stack is the same, and nothing of ours stands around it: no credential, database, count or log line. Spyne's own collection of garbage
    and its logging are off here too, since they are switched off for the process.
    """
    from spyne import Application, Service, Unicode, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

    from votecal_soap import soap  # makes Spyne importable  # noqa: F401

    class Idle(Service):  # type: ignore[misc] # Spyne has no types
        @rpc(_returns=Unicode)  # type: ignore[untyped-decorator] # Spyne has no types
        def Nothing(_context: object) -> None:
            return None

    application = Application([Idle], "urn:idle", in_protocol=Soap11(validator=validator), out_protocol=Soap11())
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
    nothing = f'<s:Envelope xmlns:s="{SOAP}"><s:Body><Nothing xmlns="urn:idle"/></s:Body></s:Envelope>'.encode()
    called = {
        "poll": (state, "/soap/ems-integration", _poll(f"c{_codes()[0]}")),
        "nothing": (_idle("lxml"), "/", nothing),
        "unchecked": (_idle(None), "/", nothing),
    }
    for manner, block in (("in blocks", BLOCK), ("call by call", 1)):
        times = _times(called, calls, block)
        report.add(f"poll of an empty queue, {manner}", statistics.median(times["poll"]) * 1e6, "us")
        report.add(f"Spyne call that does nothing, validated, {manner}", statistics.median(times["nothing"]) * 1e6, "us")
        report.add(f"poll beside nothing, {manner}", _ratio(times["poll"], times["nothing"]), "ratio", at_most=GOAL if block > 1 else None)
        report.add(f"poll beside nothing that is not even validated, {manner}", _ratio(times["poll"], times["unchecked"]), "ratio")


def _times(called: Mapping[str, tuple[Wsgi, str, bytes]], calls: int, block: int) -> dict[str, list[float]]:
    """CPU seconds of a call in each turn of `block` calls; in a turn of one the smaller call finds the processor's caches full of the larger one.

    The first tenth of the turns only fills caches.
    """
    times: dict[str, list[float]] = {name: [] for name in called}
    for _ in range(calls // block):
        for name, call in called.items():
            times[name].append(statistics.median([_call(*call) for _ in range(block)]))
    return {name: taken[len(taken) // 10 :] for name, taken in times.items()}


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over neighbouring turns: what else the machine does weighs on both sides of each."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


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
