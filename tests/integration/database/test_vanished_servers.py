"""A machine that vanishes closes nothing: whoever waits for the database's is told so in time, and the database gives ours up (JOB-02, EWS-13)."""

import os
import socket
import threading
import time
from contextlib import closing

import pytest
from fixtures.postgres_server import QUICK, create_database, system_server
from fixtures.vanishing_proxy import VanishingProxy, sockets_to
from sqlalchemy.engine import make_url

from db.engine import create_engine
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.errors import ErrorCode, Unavailable

SHORT = {
    "postgresql": {"connect_timeout": "2", "keepalives_idle": "1", "keepalives_interval": "1", "keepalives_count": "1", "tcp_user_timeout": "1000"},
    "oracle": {"tcp_connect_timeout": "1", "ping_timeout": "300"},
}
IN_TIME = 10.0
"""Seconds; without the limits it would be a quarter of an hour for what is sent, and for ever for what is waited for."""

SERVERS = [pytest.param("postgres", marks=pytest.mark.postgres), pytest.param("oracle", marks=pytest.mark.oracle)]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]


@pytest.fixture
def proxy(database_url):
    """On the way to each server."""
    url = make_url(database_url)

    def reach():
        if "host" not in url.query:
            return socket.create_connection((url.host, url.port))
        local = socket.socket(socket.AF_UNIX)
        local.connect(f"{url.query['host']}/.s.PGSQL.5432")
        return local

    with closing(VanishingProxy(reach)) as made:
        yield made


@pytest.fixture
def url(database_url, proxy):
    """Through the proxy, with short limits."""
    direct = make_url(database_url)
    through = direct.difference_update_query(["host"]).set(host="127.0.0.1", port=proxy.port)
    return through.update_query_dict(SHORT[direct.get_backend_name()])


def text_of(url):
    return url.render_as_string(hide_password=False)


def refusal(act):
    """What is told, and that it is told in time."""
    begun = time.monotonic()
    with pytest.raises(Unavailable) as refused:
        act()
    assert time.monotonic() - begun < IN_TIME
    return refused.value


@pytest.mark.requirement("EWS-13", "OPS-04")
@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
def test_a_call_that_finds_the_machine_gone_is_told_busy_with_old_connections_and_with_new_ones(url, proxy):
    factory = SqlUnitOfWorkFactory.from_url(text_of(url))
    with factory() as resting, factory(read_only=True) as other:
        assert resting.messages.depth("19") == other.messages.depth("19") == 0
    proxy.vanish()
    for ask in (lambda: factory().__enter__(), lambda: factory(read_only=True).__enter__(), lambda: factory.single_reads.has_open_messages("19")):
        assert refusal(ask).code is ErrorCode.BUSY
    refusal(lambda: factory().__enter__())
    factory.close()


@pytest.mark.requirement("EWS-13", "JOB-02")
@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
def test_what_is_sent_to_a_machine_that_is_gone_is_not_waited_for(url, proxy):
    limited = url.update_query_dict({"call_timeout": "500"}) if url.get_backend_name() == "oracle" else url
    factory = SqlUnitOfWorkFactory.from_url(text_of(limited))
    with factory() as uow:
        assert uow.messages.depth("19") == 0
        proxy.vanish()
        assert refusal(lambda: uow.messages.depth("19")).code is ErrorCode.BUSY
    factory.close()


@pytest.mark.requirement("EWS-13", "JOB-02")
@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
def test_an_answer_of_a_machine_that_is_gone_is_not_waited_for(database_url, url, proxy):
    """The driver asks the silent machine whether it is there, and hears nothing."""
    lock = "SELECT open_count FROM ems_queue FOR UPDATE"
    direct, engine = create_engine(database_url), create_engine(text_of(url))
    with direct.connect() as holding, engine.connect() as waiting:
        _fill(holding)
        holding.exec_driver_sql(lock)
        for one in sockets_to(proxy.port):
            assert one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)  # Oracle's driver takes whole minutes
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 1)
        threading.Timer(0.5, proxy.vanish).start()
        told = refusal(lambda: waiting.exec_driver_sql(lock))
        assert told.code is ErrorCode.BUSY
        assert waiting.invalidated, "and the pool gives it to nobody else"
    direct.dispose()
    engine.dispose()


@pytest.fixture
def listening():
    """A PostgreSQL that listens on an address of this process's own, and that address."""
    first, second, third = os.getpid().to_bytes(3, "big")
    address = f"127.{first}.{second}.{third or 1}"
    server = system_server(f"{QUICK} -c listen_addresses={address}")
    if server is None:
        pytest.skip("NO POSTGRESQL OF THE SYSTEM: that it gives up a client's machine was not tried")
    yield server, address
    server.stop()


@pytest.mark.postgres
@pytest.mark.requirement("JOB-02")
def test_postgresql_gives_back_the_locks_of_a_client_whose_machine_is_gone(listening):
    server, address = listening
    local = make_url(create_database(server))
    direct = create_engine(text_of(local))
    short = "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=1 -c tcp_user_timeout=1000"
    with closing(VanishingProxy(lambda: socket.create_connection((address, 5432)))) as proxy, direct.connect() as other:
        other.exec_driver_sql("CREATE TABLE row_of_a_run (state INTEGER)")
        other.exec_driver_sql("INSERT INTO row_of_a_run VALUES (0)")
        other.commit()
        through = local.difference_update_query(["host"]).set(host="127.0.0.1", port=proxy.port)
        assert _shown(through, "tcp_keepalives_idle", "tcp_user_timeout", "jit") == ["30", "30000", "off"]
        gone = create_engine(text_of(through.update_query_dict({**SHORT["postgresql"], "options": short})))
        with gone.connect() as holding:
            holding.exec_driver_sql("SELECT * FROM row_of_a_run FOR UPDATE")
            proxy.vanish()
            begun = time.monotonic()
            other.exec_driver_sql("SELECT * FROM row_of_a_run FOR UPDATE")
            assert time.monotonic() - begun < IN_TIME
            other.rollback()
            holding.invalidate()
        gone.dispose()
    direct.dispose()


def _shown(url, *settings):
    engine = create_engine(text_of(url))
    with engine.connect() as connection:
        shown = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in settings]
    engine.dispose()
    return shown


def _fill(connection):
    connection.exec_driver_sql("INSERT INTO county (county_code, name, fips) VALUES ('19', 'Los Angeles', '06037')")
    connection.exec_driver_sql("INSERT INTO ems_queue (county_code, open_count) VALUES ('19', 0)")
    connection.commit()
