"""A state with voters, and files of DMV's."""

import pytest

from .dmv_runs import begin, end


@pytest.fixture
def runs(database_url, tmp_path):
    """Over SQLite and PostgreSQL in turn, without voters."""
    runs = begin(database_url, tmp_path / "dmv")
    yield runs
    end(runs)


@pytest.fixture
def sqlite_runs(sqlite_url, tmp_path):
    """Over SQLite only: for what no database decides."""
    runs = begin(sqlite_url, tmp_path / "dmv")
    yield runs
    end(runs)
