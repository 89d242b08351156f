"""The server on a real socket: its limits, and what it does not say."""

import http.client
import socket
import threading
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests

from votecal_soap.wsgi import WebServer

from .soap_requests import NAMESPACES, envelope, security

PING = envelope(f'<Ping xmlns="{NAMESPACES["ems-integration"]}"/>', security())
HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
PATH = "/soap/ems-integration"


@pytest.fixture
def connection(server):
    found = http.client.HTTPConnection(urlsplit(server).netloc, timeout=10)
    yield found
    found.close()


def test_many_calls_go_over_one_connection(connection):
    for _ in range(3):
        connection.request("POST", PATH, PING, HEADERS)
        answer = connection.getresponse()
        assert (answer.status, b"PingResult" in answer.read()) == (200, True)


def test_the_server_does_not_say_what_it_is(connection):
    connection.request("GET", f"{PATH}?wsdl")
    answer = connection.getresponse()
    answer.read()
    assert answer.getheader("Server") is None
    assert answer.getheader("X-Correlation-Id")


def test_a_chunked_request_is_read(connection):
    connection.request("POST", PATH, iter([PING[:50], PING[50:]]), HEADERS, encode_chunked=True)
    assert b"PingResult" in connection.getresponse().read()


def test_a_client_that_waits_for_100_continue_is_answered(server):
    host, _, port = urlsplit(server).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as stream:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(PING)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        stream.sendall(head.encode())
        assert stream.recv(100).startswith(b"HTTP/1.1 100")
        stream.sendall(PING)
        with stream.makefile("rb") as answer:
            assert b"PingResult" in answer.read()


def test_the_address_is_not_taken_from_the_host_header(connection, state):
    connection.request("GET", f"{PATH}?wsdl", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    content = connection.getresponse().read()
    assert b"evil.example" not in content
    assert state.application.config.public_url.encode() in content


@pytest.mark.requirement("EWS-01")
def test_a_proxy_on_this_machine_that_is_not_configured_is_not_believed(server):
    answer = requests.post(server + PATH, data=PING, headers=HEADERS | {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}, timeout=10)
    assert b"VC-3003" in answer.content


def test_a_message_over_the_limit_gets_a_typed_fault(connection, state):
    limit = state.application.config.request_byte_limit
    connection.request("POST", PATH, b" " * (limit + 1), HEADERS)
    assert b"VC-1008" in connection.getresponse().read()


@pytest.mark.requirement("OPS-01")
def test_a_county_that_polled_is_written_down_at_the_latest_when_the_server_ends(state):
    listen = state.application.config.public_url.removeprefix("http://")
    listening = WebServer(replace(state.application, config=replace(state.application.config, listen=listen)))
    thread = threading.Thread(target=listening.run)
    thread.start()
    poll = envelope(f'<GetMessageQueue xmlns="{NAMESPACES["ems-integration"]}"/>', security())
    assert requests.post(f"{state.application.config.public_url}{PATH}", poll, headers=HEADERS, timeout=10).status_code == 200
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow.messages.consumers() == {}
    listening.stop()
    thread.join(10)
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow.messages.consumers()["19"].polled_at == state.application.clock.now()


def test_a_web_process_whose_admin_address_is_taken_serves_counties_all_the_same(state):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = replace(state.application.config, listen=listen, admin_listen=f"127.0.0.1:{taken.getsockname()[1]}")
        server = WebServer(replace(state.application, config=config), with_admin=True)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            assert b"PingResult" in requests.post(f"http://{listen}{PATH}", data=PING, headers=HEADERS, timeout=10).content
        finally:
            server.stop()
            thread.join(10)
