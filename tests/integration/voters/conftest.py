"""A roll over each database, with a voter in Los Angeles and reference data that the rules need."""

import pytest

from ..duplicates.pairs import begin
from .records import furnish


@pytest.fixture
def roll(database_url):
    """Over SQLite and PostgreSQL in turn."""
    roll = furnish(begin(database_url))
    yield roll
    roll.factory.close()


@pytest.fixture
def sqlite_roll(sqlite_url):
    """Over SQLite only: for what no database decides."""
    roll = furnish(begin(sqlite_url))
    yield roll
    roll.factory.close()
