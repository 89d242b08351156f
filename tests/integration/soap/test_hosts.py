"""The services in processes of their own: no call in hand is lost when one is told to stop, and gunicorn hosts all that `votecal serve` does."""

import http.client
import signal
import sqlite3
from contextlib import closing

import pytest
import requests
from gunicorn.arbiter import Arbiter

from votecal_soap import gunicorn_host, log
from votecal_soap.domain.ems_messages import MessageType, NewMessage

from .hosts import COMMANDS, eventually, hosted
from .soap_requests import NAMESPACES, SECRET, credential, envelope, security

EMS = NAMESPACES["ems-integration"]
PATH, HEADERS = "/soap/ems-integration", {"Content-Type": "text/xml; charset=utf-8"}
PING = envelope(f'<Ping xmlns="{EMS}"/>', security())


def clear(message_id):
    return envelope(
        f'<ClearMessages xmlns="{EMS}"><Clearances><Clearance><MessageId>{message_id}</MessageId><ClearOutcome>Processed</ClearOutcome></Clearance>'
        "</Clearances></ClearMessages>",
        security(),
    )


@pytest.fixture(autouse=True)
def _good_by_any_clock(state):
    """A process of its own goes by the machine's clock."""
    with state.application.unit_of_work() as uow:
        uow.reference.save_credential(credential("la-ems", "19", SECRET, expires_at=None))
        uow.commit()


@pytest.fixture
def message_id(state):
    """A message of Los Angeles."""
    about = dict.fromkeys(("state_voter_id", "voter_sequence", "ems_voter_id", "record_version", "job_id", "record_sequence"))
    with state.application.unit_of_work() as uow:
        told = {"county_code": "19", "message_type": MessageType.IDV_RESULT, "dedup_key": "k", "payload": "<X/>", "blocks_updates": 0}
        uow.messages.add([NewMessage(**told, **about)], state.application.clock.now())
        uow.commit()
        return uow.messages.page("19", 1, with_payload=False)[0].message_id


@pytest.mark.slow
@pytest.mark.requirement("EWS-07", "OPS-01")
@pytest.mark.parametrize("kind", COMMANDS)
def test_a_call_in_hand_is_answered_when_the_process_is_told_to_stop(state, state_url, tmp_path, message_id, kind):
    path = state_url.removeprefix("sqlite:///")
    with (
        hosted(kind, state_url, tmp_path) as host,
        closing(http.client.HTTPConnection("127.0.0.1", host.port, timeout=60)) as connection,
        closing(sqlite3.connect(path, isolation_level=None)) as writer,
    ):
        connection.request("POST", PATH, PING, HEADERS)
        assert b"PingResult" in connection.getresponse().read()
        writer.execute("BEGIN IMMEDIATE")  # the call waits for this one, as for any other writer
        connection.request("POST", PATH, clear(message_id), HEADERS)
        eventually(lambda: host.has_read(connection.sock))
        host.process.send_signal(signal.SIGTERM)
        eventually(host.has_only_calls_in_hand)
        assert host.process.poll() is None
        writer.execute("ROLLBACK")
        answer = connection.getresponse()
        assert (answer.status, b">Cleared<" in answer.read()) == (200, True)
        assert host.process.wait(60) == 0
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow.messages.depth("19") == 0
        assert uow.messages.consumers()["19"].cleared_at is not None


@pytest.mark.slow
@pytest.mark.requirement("OPS-01", "OPS-03")
def test_gunicorn_hosts_the_operators_pages_apart_and_counts_over_its_processes(state, state_url, tmp_path):
    with hosted("gunicorn", state_url, tmp_path, CLIENT_CERTIFICATE_HEADER="X-Subject") as host:
        services, operators = f"http://127.0.0.1:{host.port}", f"http://127.0.0.1:{host.admin_port}"
        for _ in range(12):  # each over a connection of its own, so over both processes
            assert b"PingResult" in requests.post(services + PATH, PING, headers=HEADERS, timeout=30).content
        assert requests.get(f"{services}/metrics", timeout=30, headers={"Host": f"127.0.0.1:{host.admin_port}"}).status_code == 404
        assert requests.get(f"{operators}/ready", timeout=30).text == "ready\n"
        counted = requests.get(f"{operators}/metrics", timeout=30).text
        assert 'votecal_calls_total{county="19",operation="Ping",status="200"} 12.0' in counted
        assert SECRET not in counted
        assert b"PingResult" in requests.post(services + PATH, iter([PING[:50], PING[50:]]), headers=HEADERS, timeout=30).content


def test_gunicorn_ends_with_one_line_where_the_database_is_not_upgraded(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VOTECAL_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    monkeypatch.setattr(log, "configure", lambda level: None)
    with pytest.raises(SystemExit) as ended:
        gunicorn_host.application()
    assert (ended.value.code, capsys.readouterr().err.splitlines()[0][:8]) == (Arbiter.APP_LOAD_ERROR, "VC-5003:")
