"""The samples of `docs/contract.md` are those of this release: `votecal contract samples docs/contract.md` writes them anew."""

from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from votecal_soap.contract.wsdl import SERVICES
from votecal_soap.errors import InvalidRequest
from votecal_soap.sandbox.samples import record_samples, with_samples

DOCUMENT = (Path(__file__).parents[3] / "docs" / "contract.md").read_text(encoding="utf-8")
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


@pytest.fixture(scope="module")
def recorded():
    return record_samples()


def test_the_samples_are_those_of_a_run_of_this_release(recorded):
    anew = with_samples(DOCUMENT, recorded)
    assert anew == DOCUMENT, "run: votecal contract samples docs/contract.md"


def test_every_operation_of_the_wsdls_is_recorded(recorded):
    asked = set()
    for service in SERVICES:
        wsdl = etree.fromstring(files("wsdl").joinpath(f"{service.name}.wsdl").read_bytes())
        asked |= {(service.name, operation.get("name")) for operation in wsdl.iterfind(f"{WSDL}portType/{WSDL}operation")}
    assert recorded.keys() == asked


@pytest.mark.parametrize("lost", ["<!-- sample ems-integration RegisterVoter -->", "<!-- end of sample -->"])
def test_a_document_without_a_place_for_an_operation_is_refused(recorded, lost):
    with pytest.raises(InvalidRequest, match="sample"):
        with_samples(DOCUMENT.replace(lost, ""), recorded)
    with pytest.raises(InvalidRequest, match="sample"):
        with_samples(DOCUMENT + "\n<!-- sample ems-integration Unheard -->\n<!-- end of sample -->\n", recorded)
