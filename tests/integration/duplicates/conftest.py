"""A roll over each database."""

import pytest

from .pairs import begin


@pytest.fixture
def roll(database_url):
    """Over SQLite and PostgreSQL in turn."""
    roll = begin(database_url)
    yield roll
    roll.factory.close()


@pytest.fixture
def sqlite_roll(sqlite_url):
    """Over SQLite only: for what no database decides."""
    roll = begin(sqlite_url)
    yield roll
    roll.factory.close()
