"""What a person or an operator's machine sees with a browser: the services' pages, and the pages of the admin listener."""

import io
import re
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree, html

from votecal_soap.call_record import CallRecord
from votecal_soap.contract.samples import ServiceSamples
from votecal_soap.contract.wsdl import SERVICES, export_contract
from votecal_soap.soap.admin import AdminPages
from votecal_soap.soap.metrics import CallMeter

from .soap_requests import NOW, security

OPERATION = "{http://schemas.xmlsoap.org/wsdl/}portType/{http://schemas.xmlsoap.org/wsdl/}operation"


def operations(service):
    return [item.get("name") for item in etree.fromstring(files("wsdl").joinpath(f"{service.name}.wsdl").read_bytes()).iterfind(OPERATION)]


def admin(state, path, method="GET", meter=None):
    started = []
    pages = AdminPages(state.application, meter or CallMeter())
    content = b"".join(pages({"REQUEST_METHOD": method, "PATH_INFO": path}, lambda status, headers: started.append((status, dict(headers)))))
    return int(started[0][0][:3]), content.decode()


@pytest.mark.parametrize("path", ["/soap", "/soap/"])
def test_the_services_are_listed_for_people(state, path):
    page = html.fromstring(state.request("GET", path).content)
    assert {service.path for service in SERVICES} <= set(page.xpath("//a/@href"))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_has_a_page_with_every_operation_and_its_sample(state, service):
    answer = state.request("GET", service.path)
    page = html.fromstring(answer.content.decode())
    shown = dict(zip(page.xpath("//h2/@id"), page.xpath("//h2/following-sibling::pre[1]"), strict=True))
    assert list(shown) == operations(service)
    for name, sample in shown.items():
        assert etree.QName(etree.fromstring(sample.text)) == etree.QName(service.namespace, name)
    assert not page.xpath("//script | //@style | //*[starts-with(name(@*), 'on')]")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert {answer.headers["X-Frame-Options"], answer.headers["X-Content-Type-Options"]} == {"DENY", "nosniff"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_link_of_a_page_leads_somewhere(state, service):
    links = html.fromstring(state.request("GET", service.path).content).xpath("//a/@href | //link/@href")
    for link in {link for link in links if not link.startswith("#")}:
        path, _, query = link.partition("?")
        assert state.request("GET", path, QUERY_STRING=query).status == 200, link


def test_a_sample_says_what_is_optional_repeated_and_allowed():
    sample = ServiceSamples(SERVICES[1]).request("ClearMessages")
    assert "may be repeated" in sample and "one of" in sample and "optional" in sample
    assert re.search(r"<MessageId>\?</MessageId>", sample)


def test_the_archive_holds_what_is_exported(state, tmp_path):
    answer = state.request("GET", "/soap/contract.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        taken = {name: archive.read(name) for name in archive.namelist()}
    assert taken == {path.name: path.read_bytes() for path in export_contract(Path(tmp_path), state.application.config.public_url)}
    assert state.request("POST", "/soap/contract.zip").status == 405


def test_operators_see_health_readiness_and_nothing_else(state):
    assert admin(state, "/health") == (200, "ok\n")
    assert admin(state, "/ready") == (200, "ready\n")
    assert admin(state, "/nothing")[0] == 404
    assert admin(state, "/ready", "POST")[0] == 405
    assert state.request("GET", "/health").content == b"ok\n"


def test_a_process_without_its_spool_or_its_database_is_not_ready(state):
    spool = state.application.config.spool_dir
    spool.rmdir()
    assert admin(state, "/ready") == (503, f"not ready: spool: {spool} cannot be reached (No such file or directory)\n")
    state.application.unit_of_work.close()
    Path(state.application.config.database_url.removeprefix("sqlite:///")).write_bytes(b"no database at all" * 100)
    status, told = admin(state, "/ready")
    assert (status, told.count("database: ")) == (503, 1)
    assert admin(state, "/metrics")[0] == 503
    assert admin(state, "/health")[0] == 200


@pytest.mark.requirement("OPS-03")
def test_calls_are_counted_by_operation_and_county_and_faults_by_code(state):
    state.call("ems-integration", "Ping")
    state.call("batch-data-exchange", "GetJobStatus", "<JobId>4711</JobId>")
    state.call("batch-data-exchange", "Ping", header=security("PLANTED-name", "PLANTED-secret"))
    state.request("GET", "/PLANTED-path")
    state.add_messages(3)
    with state.application.unit_of_work() as uow:
        uow.call_guard.note_attempts("la-ems", 10, NOW)
        uow.commit()
    status, text = admin(state, "/metrics", meter=state.meter)
    assert status == 200
    for line in (
        'votecal_calls_total{county="19",operation="Ping",status="200"} 1.0',
        'votecal_faults_total{code="VC-2001",county="19",operation="GetJobStatus"} 1.0',
        'votecal_faults_total{code="VC-3001",county="",operation=""} 1.0',
        'votecal_call_seconds_count{county="19",operation="GetJobStatus"} 1.0',
        'votecal_queue_open_messages{county="19"} 3.0',
        "votecal_credential_alerts 1.0",
    ):
        assert line in text.splitlines(), text
    assert "PLANTED" not in text


def test_processes_that_share_a_folder_are_read_from_any_of_them(tmp_path):
    import os
    import subprocess
    import sys

    program = f"""
import sys
from {CallRecord.__module__} import CallRecord
from {CallMeter.__module__} import CallMeter, exposition
class Nothing:
    def collect(self):
        return iter(())
meter = CallMeter()
meter.count(CallRecord(correlation_id="x", operation="Ping", county_code="19"), "200", 0.01)
sys.stdout.write(exposition(meter, Nothing()).decode())
"""
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    told = [subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert ['votecal_calls_total{county="19",operation="Ping",status="200"} 2.0' in text for text in told] == [False, True]
