"""The services in process over a database, voters in it, and a worker that runs when told."""

import io
import logging

import pytest
from integration.soap import conftest as soap
from integration.soap.soap_requests import KEY

from db.engine import READ_ONLY, create_engine
from db.tables import metadata
from jobs.worker import Worker
from votecal_soap.log import JsonFormatter

from .batch_texts import FIRST_UID, add_voters, voter

schemas = soap.schemas
state_url = soap.state_url
services = soap.state


@pytest.fixture
def state(services):
    """Five voters of Los Angeles and one of Sacramento."""
    add_voters(services, *(voter(FIRST_UID + number) for number in range(5)), voter(FIRST_UID + 5, "34"))
    return services


@pytest.fixture
def engine(services):
    """The same database, to look at."""
    engine = create_engine(services.application.config.effective_database_url).execution_options(**{READ_ONLY: True})
    yield engine
    engine.dispose()


@pytest.fixture
def table_rows(engine):
    """All rows of some tables, but for columns that may differ between two right runs."""

    def rows(names, without=()):
        found = {}
        with engine.connect() as connection:
            for name in names:
                columns = [column for column in metadata.tables[name].c if column.name not in without]
                found[name] = sorted((tuple(row) for row in connection.execute(metadata.tables[name].select().with_only_columns(*columns))), key=repr)
        return found

    return rows


@pytest.fixture
def worker(state):
    """Runs what is due."""
    return lambda: Worker(state.application).drain()


@pytest.fixture
def log_lines():
    """All that is logged, as it is written, from every thread."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def worker_environ(state):
    """The environment of a worker process over the same database and spool."""
    config = state.application.config
    return {"VOTECAL_DATA_DIR": str(config.data_dir), "VOTECAL_DATABASE_URL": config.database_url, "VOTECAL_CREDENTIAL_KEY": KEY}
