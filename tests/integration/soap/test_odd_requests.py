"""Odd requests over a real socket: a fault or the right 4xx, never a traceback, a hang, or what another client sent."""

import shutil
import socket
import threading

import pytest
from lxml import etree

from votecal_soap.bootstrap import build
from votecal_soap.clock import FixedClock
from votecal_soap.config import Config
from votecal_soap.domain.counties import County
from votecal_soap.wsgi import WebServer

from .conftest import free_port
from .odd_requests import SERVICES, broken_off, odd_requests
from .soap_requests import KEY, NOW, SECRET, credential

BATCH, _ = SERVICES
GOOD = BATCH.head(len(BATCH.good)) + BATCH.good
BROKEN_OFF = broken_off(BATCH)
PATIENCE = 20
LEAKS = (b"Traceback", b"lxml", b"spyne", b"waitress", b".py", b"root:", SECRET.encode())


@pytest.fixture(scope="module")
def address(sqlite_template, tmp_path_factory):
    """One server for all of them, and for both services."""
    folder, port = tmp_path_factory.mktemp("odd"), free_port()
    shutil.copy(sqlite_template, folder / "votecal.db")
    application = build(Config(data_dir=folder, credential_key=KEY, listen=f"127.0.0.1:{port}"), FixedClock(NOW))
    with application.unit_of_work() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037")])
        uow.reference.save_credential(credential("la-ems", "19", SECRET))
        uow.commit()
    server = WebServer(application)
    thread = threading.Thread(target=server.run)
    thread.start()
    exchange(("127.0.0.1", port), (GOOD,))
    yield "127.0.0.1", port
    server.stop()
    thread.join(10)
    application.unit_of_work.close()
    assert not thread.is_alive()


def exchange(address, parts, *, half_close=False):
    """Send the parts; everything that comes back until the server closes. What it does not want to read any more it may refuse early."""
    with socket.create_connection(address, timeout=PATIENCE) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for part in parts:
                stream.sendall(part)
            if half_close:
                stream.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        received = b""
        try:
            while piece := stream.recv(1 << 16):
                received += piece
        except ConnectionResetError:
            pass
        return received


def taken_apart(received):
    top, _, content = received.partition(b"\r\n\r\n")
    status = int(top.split(b" ", 2)[1])
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in top.decode("latin-1").splitlines()[1:])}
    return status, headers, content


@pytest.fixture(scope="module")
def odd():
    """The tables of each service, made once."""
    return {service: odd_requests(service) for service in SERVICES}


NAMES = list(odd_requests(BATCH))


def test_there_are_many_kinds():
    assert len(NAMES) + len(BROKEN_OFF) >= 120


@pytest.mark.requirement("EWS-13", "OPS-03")
@pytest.mark.parametrize("name", NAMES)
def test_an_odd_request_gets_a_fault_or_the_right_status_from_either_service(address, odd, name):
    for wanted in (odd[service][name] for service in SERVICES):
        status, headers, content = taken_apart(exchange(address, wanted.parts, half_close=wanted.half_close))
        assert status in wanted.allowed, content[:500]
        assert not [leak for leak in (*LEAKS, b"SECRET") if leak in content], content[:500]
        if wanted.code is not None:
            assert headers["content-type"].startswith(("text/xml", "application/soap+xml"))
            assert etree.fromstring(content).findtext(".//{*}VoteCalFault/{*}Code") == wanted.code, content
        elif status == 200:
            assert etree.fromstring(content).findtext(".//{*}CountyCode") == "19"


@pytest.mark.parametrize("name", BROKEN_OFF)
def test_a_sender_that_breaks_off_leaves_the_others_alone(address, name):
    with socket.create_connection(address, timeout=PATIENCE) as broken:
        for part in BROKEN_OFF[name]:
            broken.sendall(part)
        # While it hangs there, and after it is gone, others are answered.
        assert taken_apart(exchange(address, (GOOD,)))[0] == 200
    assert taken_apart(exchange(address, (GOOD,)))[0] == 200


def test_slow_senders_hold_no_thread(address):
    """More of them than the server has threads: each has sent half a request."""
    slow = [socket.create_connection(address, timeout=PATIENCE) for _ in range(20)]
    try:
        for stream in slow:
            stream.sendall(GOOD[:-50])
        assert taken_apart(exchange(address, (GOOD,)))[0] == 200
        for stream in slow:
            stream.sendall(GOOD[-50:])
            with stream.makefile("rb") as answer:
                assert b" 200 " in answer.readline()
    finally:
        for stream in slow:
            stream.close()


def test_odd_requests_at_once_get_each_their_own_answer(address, odd):
    """What one client sent must never be in another's answer, and no fault of one be another's."""
    wrong = []
    mixed = [(name, odd[SERVICES[number % 2]][name]) for number, name in enumerate(NAMES)]
    # Without wrong secrets: once more, and their sender would be held.
    chosen = [(name, wanted) for name, wanted in mixed if wanted.code not in (None, "VC-3001") and sum(map(len, wanted.parts)) < 50_000]

    def send(offset):
        for name, wanted in chosen[offset::4]:
            content = taken_apart(exchange(address, wanted.parts))[2]
            if wanted.code.encode() not in content or b"SECRET" in content:
                wrong.append((name, content))

    threads = [threading.Thread(target=send, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
