"""`votecal county cases|case|decide|undo|report|search`: a clerk at a terminal, against the state on a real socket."""

import json
import logging

import pytest
from click.testing import CliRunner

from votecal_soap.cli.root import votecal
from votecal_soap.county.queue_consumer import QueueConsumer
from votecal_soap.log import QUIET

from .conftest import SECRET
from .dmv_drops import process, record


@pytest.fixture(autouse=True)
def _logging_as_before():
    """The command line sends the process's log lines to its own stream and sets levels; the next test has its own."""
    handlers = logging.getLogger().handlers[:]
    levels = {name: logging.getLogger(name).level for name in (None, *QUIET)}
    yield
    logging.getLogger().handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def county(state, ems, office, client):
    """Run a command of the county's side after what the state told has been imported; its output."""

    def run(*arguments, code=0):
        QueueConsumer(office, client).drain()
        given = ["county", *map(str, arguments), "--url", state.url, "--username", "la", "--ems", str(ems.path)]
        done = CliRunner(env={"VOTECAL_COUNTY_SECRET": SECRET}).invoke(votecal, given)
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.output

    return run


@pytest.mark.requirement("COA-33", "COA-34", "EWS-11")
def test_a_clerk_lists_reads_decides_and_takes_back(state, county, voters):
    process(state, record(1, voters[0]))
    (waiting,) = json.loads(county("cases", "--json"))
    case_id = waiting["case_id"]
    assert "BelowAutomatic" in county("cases")
    shown = county("case", case_id)
    assert "Same surname" in shown
    assert "What DMV sent" in shown
    assert json.loads(county("case", case_id, "--json"))["dmv_record"]["TransactionId"] == "T1"
    assert county("decide", case_id, "accept", "--basis", "Asked by telephone").strip() == f"Match case {case_id}: Accept Accepted."
    assert "No match case." in county("cases")
    assert "VC-4009" in county("decide", case_id, "reject", "--basis", "Second thoughts", code=1)
    assert json.loads(county("undo", case_id, "--basis", "She never moved", "--json"))["result"] == "Rejected"


@pytest.mark.requirement("COA-21", "EWS-08")
def test_a_clerk_searches_and_reports(state, county, voters):
    process(state, record(1))
    known = voters[0]
    found = json.loads(county("search", "--first-name", known.first_name, "--last-name", known.last_name, "--born", known.date_of_birth, "--json"))
    assert found[0]["voter"]["state_voter_id"] == int(known.state_voter_id)
    assert str(known.state_voter_id) in county("search", "--uid", known.state_voter_id)
    assert "VC-" in county("search", "--first-name", "Ana", code=1)
    assert "Write it as" in county("search", "--first-name", "Ana", "--born", "tomorrow", code=2)
    assert county("report", 1, "--basis", "Nobody of ours").strip() == "DMV record 1: NonMatch."


@pytest.mark.requirement("EWS-11")
def test_a_move_that_is_not_there_is_refused(county):
    assert "VC-" in county("accept-move", 99, code=1)
    assert "VC-" in county("reverse-move", 99, "--basis", "Somebody else", code=1)


def test_a_forgotten_secret_is_asked_for(state, ems):
    given = ["county", "cases", "--url", state.url, "--username", "la", "--ems", str(ems.path)]
    done = CliRunner(env={"VOTECAL_COUNTY_SECRET": ""}).invoke(votecal, given)
    assert done.exit_code == 1
    assert "--secret-file" in done.output
