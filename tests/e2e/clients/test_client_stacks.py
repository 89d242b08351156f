"""Each sample client against a sandbox over a socket: the same scenario, whatever the language (the vendor's kit)."""

import json
import subprocess
import sys
import time

import pytest
from fixtures.sandboxes import COUNTIES, county_of
from lxml import etree

from votecal_soap.contract.wsdl import DEFAULTS, SERVICES, served_wsdl
from votecal_soap.domain.jobs import JobState

from .scenario import BASIS, MIDDLE_NAME, PEOPLE, batch_for, before, expected, registered_voter, take_all
from .stacks import CLIENTS, STACKS, Stack

LONG = {"cpp-gsoap", "csharp", "java-axis", "java-jaxws", "perl-soap-wsdl"}
"""Stacks that are compiled first, or read the whole contract anew for each call."""

LARGE = {"python-zeep": "12", "java-jaxws": "13"}
"""Stacks that upload 50 MB, and a county for each."""

LARGE_MEGABYTES = 50
PATIENCE_SECONDS = 120
OPEN_TO_US = [served_wsdl(service, str(DEFAULTS["public_url"])) for service in SERVICES]


def play(stack: Stack, made, county_code, tmp_path, megabytes):
    """Run the client; what it saw by step, and what it should have seen."""
    if missing := stack.missing():
        pytest.skip(f"NO {stack.name.upper()}: this machine lacks {', '.join(missing)}; the stack was not tried (.ci/run installs all of them)")
    state = before(made.application, county_code)
    batch = batch_for(state, tmp_path / "batch.xml", megabytes)
    county = next(each for each in made.counties if each.county_code == county_code)
    person = PEOPLE[COUNTIES.index(county_code)]
    folder = stack.made(made.url, OPEN_TO_US)
    done = stack.run(folder, [made.url, county.username, county.secret, str(batch.path), str(batch.record_count), *person])
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (done.stderr[-2000:], seen)
    registered = registered_voter(made.application, county_code)
    return state, batch, registered, {step.pop("step"): step for step in seen}


@pytest.mark.requirement("EWS-02", "EWS-03", "EWS-04", "EWS-07", "EWS-09", "EWS-13", "VRU-01", "VRU-06")
@pytest.mark.parametrize("stack", [pytest.param(each, marks=pytest.mark.slow) if each.name in LONG else each for each in STACKS], ids=lambda each: each.name)
def test_a_client_does_all_that_a_county_needs(stack, shared_sandbox, tmp_path):
    county_code = COUNTIES[STACKS.index(stack)]
    state, batch, registered, seen = play(stack, shared_sandbox, county_code, tmp_path, 1.5)
    assert seen == expected(state, registered, batch)
    assert registered.middle_name == MIDDLE_NAME
    with shared_sandbox.application.unit_of_work(read_only=True) as uow:
        assert any(BASIS in (activity.basis or "") for activity in uow.voters.activities(int(state.voter.state_voter_id), 20))
    assert completed_job(shared_sandbox, state.job_id) == batch.record_count


@pytest.mark.slow
@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize("name", LARGE)
def test_fifty_megabytes_are_uploaded_in_chunks(name, shared_sandbox, tmp_path):
    (stack,) = (each for each in STACKS if each.name == name)
    state, batch, registered, seen = play(stack, shared_sandbox, LARGE[name], tmp_path, LARGE_MEGABYTES)
    assert batch.byte_count > LARGE_MEGABYTES * 1_000_000
    assert seen["upload"] == expected(state, registered, batch)["upload"]
    assert completed_job(shared_sandbox, state.job_id) == batch.record_count


@pytest.mark.slow
@pytest.mark.requirement("EWS-02", "EWS-04", "EWS-09")
def test_the_first_call_in_thirty_lines_signs_in_lists_registers_polls_and_clears(shared_sandbox):
    """After the large uploads, in the county of one of them: what it clears nobody waits for any more."""
    county_code, sample = LARGE["python-zeep"], CLIENTS / "python-zeep" / "first_call.py"
    county = county_of(shared_sandbox, county_code)
    state = before(shared_sandbox.application, county_code)
    assert len(sample.read_text(encoding="utf-8").splitlines()) <= 30
    command = [sys.executable, str(sample), shared_sandbox.url, county.username, county.secret, *PEOPLE[-1]]

    def told():
        return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True).stdout.splitlines()

    first = told()
    take_all(shared_sandbox.application, county_code)
    again = told()
    voter = registered_voter(shared_sandbox.application, county_code, "FIRST-CALL-1")
    for lines in (first, again):
        assert lines[0] == f"signed in for county {county_code}"
        assert f"to decide: case {state.case.case_id} DmvCoa due on {state.case.due_on}" in lines
        # Sent again it is the same answer.
        assert f"register: Registered {voter.state_voter_id}" in lines
    assert first[-1] == f"cleared: {min(state.depth, 100)} messages, still waiting: {max(state.depth - 100, 0)}"
    assert again[-1] == "cleared: 0 messages, still waiting: 0"


def completed_job(made, job_id):
    """How many records the state read: it does so only when digest and count agree."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with made.application.unit_of_work(read_only=True) as uow:
            job, run = uow.jobs.get(job_id), uow.jobs.latest_instance(job_id)
        if job.state in (JobState.COMPLETED, JobState.FILE_REFUSED):
            assert job.state is JobState.COMPLETED
            return run.record_count
        time.sleep(0.05)
    raise AssertionError(f"the job was not done in time: {job.state}")


def test_there_is_a_sample_in_each_folder_and_no_other():
    assert {stack.folder.name for stack in STACKS} == {path.name for path in CLIENTS.iterdir() if path.is_dir()}


def test_the_lock_of_the_node_packages_names_no_address():
    assert "resolved" not in (CLIENTS / "node" / "package-lock.json").read_text()


def test_a_wsdl_without_soap_12_is_what_the_stacks_load():
    assert all(b"wsdl/soap12" not in wsdl and etree.fromstring(wsdl) is not None for wsdl in OPEN_TO_US)
