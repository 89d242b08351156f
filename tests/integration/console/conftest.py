"""The console over each database in turn, and over SQLite alone for what no database decides."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from integration.matching.dmv_runs import end
from jinja2 import FileSystemBytecodeCache

from .console_site import open_site


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Pages ask no SQL of their own: over a server they are opened with the slow tests."""
    here = Path(__file__).parent
    for item in items:
        if item.get_closest_marker("postgres") and here in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True, scope="session")
def _hashes_that_cost_nothing():
    """The cost of a password's hash is the library's choice, and tried where passwords are tested; here people sign in by the hundred."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("votecal_soap.passwords._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory):
    """Each test makes a console of its own; they share the templates' code."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def site(sqlite_url, tmp_path, compiled_templates):
    site = open_site(sqlite_url, tmp_path, compiled_templates)
    yield site
    end(site.runs)


@pytest.fixture
def any_site(database_url, tmp_path, compiled_templates):
    site = open_site(database_url, tmp_path, compiled_templates)
    yield site
    end(site.runs)
