"""`votecal vendor-check` against a sandbox: all passes, what is wrong is told with advice, and reading changes nothing."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from lxml import etree

from votecal_soap.cli import votecal
from votecal_soap.contract.client_envelope import read_reply
from votecal_soap.contract.wsdl import SERVICES
from votecal_soap.county.vendor_check import des_operations, ems_operations
from votecal_soap.county.vendor_check.catalogue import CHECKS, DIGEST_CHECKS
from votecal_soap.county.vendor_check.checks import Kind, Result, run_checks
from votecal_soap.county.vendor_check.digest_mistakes import DIGEST_MISTAKES
from votecal_soap.county.vendor_check.mistakes import MISTAKES
from votecal_soap.county.vendor_check.visit import Visit
from votecal_soap.errors import NotAllowed, Unavailable

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


@pytest.fixture
def run(made, tmp_path, monkeypatch):
    monkeypatch.delenv("VOTECAL_COUNTY_SECRET", raising=False)

    def command(county, *options, secret=None, url=None):
        file = tmp_path / "secret"
        file.write_text(secret or county.secret)
        given = ["vendor-check", "--url", url or made.url, "--username", county.username, "--secret-file", str(file), *options]
        return CliRunner().invoke(votecal, given)

    return command


def open_messages(made, county_code):
    with made.application.unit_of_work(read_only=True) as uow:
        return uow.messages.depth(county_code)


def test_a_reading_run_changes_nothing_and_says_what_it_left_out(made, run):
    before = open_messages(made, "19")
    done = run(made.counties[0], "--json")
    results = json.loads(done.stdout)
    assert done.exit_code == 0
    assert {one["check"] for one in results if one["result"] == "not tried"} == {check.name for check in CHECKS if check.changes}
    assert open_messages(made, "19") == before


@pytest.mark.requirement("EWS-13", "EWS-07")
def test_everything_passes_at_a_sandbox(made, run):
    done = run(made.counties[1], "--changing", "--json")
    results = json.loads(done.stdout)
    assert [one for one in results if one["result"] != "pass"] == []
    assert (done.exit_code, len(results)) == (0, len(CHECKS))
    again = json.loads(run(made.counties[1], "--changing", "--json").stdout)
    assert not [one for one in again if one["result"] == "fail"]
    assert {one["check"] for one in again if one["advice"]} <= {"AcceptTransferOut", "ReverseTransferOut", *(name for name, _, _ in des_operations.OPERATIONS)}


def test_a_wrong_secret_fails_with_advice_in_a_table(made, run):
    done = run(made.counties[0], secret="not-the-secret")
    assert done.exit_code == 1
    assert "The user name or the secret is wrong" in done.stdout
    assert "passed," in done.stdout


def test_an_address_that_carries_the_secret_in_the_clear_is_refused(made, run):
    done = run(made.counties[0], url="http://votecal.example")
    assert (done.exit_code, "VC-3003" in done.stderr) == (1, True)


def test_a_service_that_is_not_there_is_told(made):
    visit = Visit(url="http://127.0.0.1:9", username="nobody", secret="nothing", stamp="1", timeout_seconds=2)
    with pytest.raises(Unavailable):
        list(run_checks(CHECKS[2:3], visit, changing=False))
    visit.close()
    with pytest.raises(NotAllowed):
        Visit(url="ftp://votecal.example", username="nobody", secret="nothing", stamp="1")


@pytest.mark.requirement("EWS-01")
def test_a_run_with_digests_passes_at_a_sandbox_and_tries_their_mistakes(made, run):
    county = made.counties[0]
    done = run(county, "--digest", "--json", secret=county.digest_secret)
    results = json.loads(done.stdout)
    assert (done.exit_code, len(results)) == (0, len(CHECKS) + len(DIGEST_CHECKS))
    assert {one["result"] for one in results if one["check"] in {check.name for check in DIGEST_CHECKS}} == {"pass"}


def test_a_wrong_secret_that_is_held_back_after_many_runs_is_as_the_contract_says(made):
    (check,) = (check for check in CHECKS if check.name == "Wrong secret")
    visit = Visit(url=made.url, username=made.counties[1].username, secret=made.counties[1].secret, stamp="1")
    results = [result for _ in range(12) for result in run_checks([check], visit, changing=False)]
    visit.close()
    assert {result.result for result in results} == {Result.PASS}


@pytest.mark.parametrize("mistake", [*MISTAKES, *DIGEST_MISTAKES], ids=lambda mistake: mistake.name)
def test_a_service_that_answers_a_mistake_otherwise_fails_the_check(mistake):
    (check,) = (check for check in (*CHECKS, *DIGEST_CHECKS) if check.name == mistake.name)
    deaf = replace(check, run=replace(mistake, send=lambda _visit: read_reply(200, b"<html/>")).run)
    (result,) = run_checks([deaf], None, changing=True)
    assert result.result is Result.FAIL
    assert mistake.cure in result.advice


@pytest.mark.parametrize(
    ("service", "operations"),
    list(zip(SERVICES, (des_operations.OPERATIONS, ems_operations.OPERATIONS), strict=True)),
    ids=lambda one: getattr(one, "name", ""),
)
def test_each_operation_of_the_wsdl_is_checked(made, service, operations):
    visit = Visit(url=made.url, username="nobody", secret="nothing", stamp="1")
    wsdl = etree.fromstring(visit.document(service))
    visit.close()
    names = {operation.get("name") for operation in wsdl.iterfind(f"{WSDL}portType/{WSDL}operation")}
    assert names == {name for name, _, _ in operations}
    assert names <= {check.name for check in CHECKS if check.service == service.name and check.kind is Kind.OPERATION}
