"""The contract as it is served."""

import pytest

from votecal_soap.config import Config
from votecal_soap.contract.wsdl import SERVICES, served_wsdl, served_wsdl12
from votecal_soap.errors import InvalidRequest
from votecal_soap.wsgi import make_wsgi_app


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_wsdl_is_the_flattened_one_with_the_configured_address(state, service):
    url = state.application.config.public_url
    for query, document in (("wsdl", served_wsdl), ("WSDL", served_wsdl), ("wsdl=1", served_wsdl), ("wsdl12", served_wsdl12)):
        answer = state.request("GET", service.path, QUERY_STRING=query, HTTP_HOST="evil.example")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert answer.content == document(service, url)
        assert b"evil.example" not in answer.content


def test_head_gets_the_headers_alone(state):
    answer = state.request("HEAD", "/soap/ems-integration", QUERY_STRING="wsdl")
    assert (answer.status, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 10_000


@pytest.mark.parametrize("path", ["/", "/soap/other", "/soapy", "/upload", "/upload/", "/upload/x", "/soap/ems-integration/x", "/ready", "/metrics"])
def test_where_nothing_is_there_is_404(state, path):
    assert state.request("GET", path).status == 404


def test_nothing_starts_without_the_key_of_the_credentials(state):
    from dataclasses import replace

    with pytest.raises(InvalidRequest) as refusal:
        make_wsgi_app(replace(state.application, config=Config()))
    assert refusal.value.ref == "VOTECAL_CREDENTIAL_KEY"
