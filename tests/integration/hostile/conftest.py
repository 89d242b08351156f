"""What the tests on a hostile machine share."""

from importlib.resources import files

import pytest
from integration.soap.soap_requests import NAMESPACES
from lxml import etree


@pytest.fixture(scope="session")
def schemas() -> dict[str, etree.XMLSchema]:
    """The committed schemas, compiled from their source."""
    return {service: etree.XMLSchema(etree.parse(str(files("xsd") / f"{service}.xsd"))) for service in NAMESPACES}
