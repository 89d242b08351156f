"""A console on a real socket, and browsers in front of it."""

from contextlib import ExitStack

import pytest
from integration.console.console_site import open_site
from integration.matching.dmv_runs import end

from .browser import opened, served


@pytest.fixture
def site(sqlite_url, tmp_path):
    site = open_site(sqlite_url, tmp_path)
    yield site
    end(site.runs)


@pytest.fixture
def browse(site, tmp_path):
    """Opens browsers, each with a profile of its own."""
    with ExitStack() as stack:
        address = stack.enter_context(served(site))
        profiles = iter(range(10))
        yield lambda **how: stack.enter_context(opened(address, site, tmp_path / f"profile-{next(profiles)}", **how))
