"""The console over each database in turn, and over SQLite alone for what no database decides."""

import pytest
from integration.matching.dmv_runs import end

from .console_site import open_site


@pytest.fixture
def site(sqlite_url, tmp_path):
    site = open_site(sqlite_url, tmp_path)
    yield site
    end(site.runs)


@pytest.fixture
def any_site(database_url, tmp_path):
    site = open_site(database_url, tmp_path)
    yield site
    end(site.runs)
