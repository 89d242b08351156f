"""A state with two counties on SQLite, its services in process and on a real socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
import requests
import zeep
from lxml import etree
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.bootstrap import Application, dmv_exchange
from votecal_soap.clock import FixedClock
from votecal_soap.config import Config
from votecal_soap.domain.counties import County, Election
from votecal_soap.spool import FileSpool
from votecal_soap.wsgi import WebServer

from .soap_requests import KEY, NAMESPACES, NOW, OTHER_SECRET, SECRET, State, credential


@pytest.fixture(scope="session")
def schemas() -> dict[str, etree.XMLSchema]:
    """The committed schemas, compiled from their source."""
    return {service: etree.XMLSchema(etree.parse(str(files("xsd") / f"{service}.xsd"))) for service in NAMESPACES}


@pytest.fixture
def state_url(sqlite_url: str) -> str:
    """The database of the services; a module may choose another."""
    return sqlite_url


@pytest.fixture
def state(state_url: str, tmp_path: Path, schemas: dict[str, etree.XMLSchema]) -> Iterator[State]:
    """The services in process, at NOW, for two counties."""
    with made_state(state_url, tmp_path, schemas) as made:
        yield made


@contextmanager
def made_state(state_url: str, folder: Path, schemas: dict[str, etree.XMLSchema]) -> Iterator[State]:
    """What `state` is; a module whose tests change nothing may share one."""
    config = Config(data_dir=folder, database_url=state_url, credential_key=KEY, public_url=f"http://127.0.0.1:{free_port()}")
    unit_of_work = SqlUnitOfWorkFactory.from_url(state_url)
    with unit_of_work() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037"), County(county_code="34", name="Sacramento", fips="06067")])
        uow.reference.save_elections([Election(election_id="E-2026-06", name="Primary", election_date=date(2026, 6, 2))])
        uow.reference.save_credential(credential("la-ems", "19", SECRET))
        uow.reference.save_credential(credential("sac-ems", "34", OTHER_SECRET))
        uow.commit()
    clock = FixedClock(NOW)
    yield State(
        Application(
            config=config, clock=clock, callers_clock=clock, unit_of_work=unit_of_work, spool=FileSpool(config.spool_dir), dmv_exchange=dmv_exchange(config)
        ),
        clock,
        schemas,
    )
    unit_of_work.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def server(state: State) -> Iterator[str]:
    """The services on a real socket; their public URL."""
    with served(state) as url:
        yield url


@contextmanager
def served(state: State) -> Iterator[str]:
    """What `server` is."""
    url = state.application.config.public_url
    listening = WebServer(replace(state.application, config=replace(state.application.config, listen=url.removeprefix("http://"))))
    thread = threading.Thread(target=listening.run)
    thread.start()
    yield url
    listening.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def connect(server: str) -> Iterator[Callable[..., zeep.Client]]:
    """Makes zeep clients from the WSDL that is served."""
    sessions: list[requests.Session] = []

    def client(service: str, username: str = "la-ems", secret: str = SECRET, document: str = "wsdl") -> zeep.Client:
        sessions.append(requests.Session())
        transport = Transport(session=sessions[-1])
        token = UsernameToken(username, secret)
        return zeep.Client(f"{server}/soap/{service}?{document}", transport=transport, wsse=token, settings=zeep.Settings(strict=True))

    yield client
    for session in sessions:
        session.close()
