"""A sandbox of two counties that the tests of this folder share."""

import pytest

from votecal_soap.clock import SystemClock
from votecal_soap.sandbox.running import sandbox


@pytest.fixture(scope="module")
def made():
    with sandbox(SystemClock(), county_codes=("19", "34")) as made:
        yield made
