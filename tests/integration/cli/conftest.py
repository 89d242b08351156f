"""The command line over a database of the test's own, in this process and in others."""

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from votecal_soap.cli import votecal
from votecal_soap.cli.session import Session
from votecal_soap.clock import FixedClock
from votecal_soap.log import QUIET

NOW = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)


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
def environ(sqlite_url, tmp_path):
    """What the process's environment says."""
    return {"VOTECAL_DATA_DIR": str(tmp_path / "data"), "VOTECAL_DATABASE_URL": sqlite_url}


@pytest.fixture
def run(environ):
    """Runs a command; its result, which must end with the exit code expected."""

    def invoked(*arguments, code=0, **changed):
        result = CliRunner().invoke(votecal, [str(argument) for argument in arguments], obj=Session({**environ, **changed}, FixedClock(NOW)))
        assert result.exit_code == code, result.output
        return result

    return invoked


@pytest.fixture
def run_json(run):
    """Runs a command with --json; the value that it printed."""
    return lambda *arguments: json.loads(run(*arguments, "--json").stdout)


@pytest.fixture
def staffed(run, tmp_path):
    """A database with people, reference data, an election and two precincts; the acting users are ada (administrator) and sam (SOS user)."""
    run("user", "add", "ada", "--role", "SosAdministrator", "--as", "ada")
    run("user", "add", "sam", "--role", "SosUser", "--as", "ada")
    run("load", "reference", "--as", "ada")
    elections = tmp_path / "elections.csv"
    elections.write_text("election_id,name,election_date\n2026-GENERAL,General,2026-11-03\n")
    run("load", "elections", elections, "--as", "ada")
    return run


@pytest.fixture
def process(environ):
    """Runs a command in a process of its own, as a person at a terminal does."""

    def ran(*arguments, **more):
        command = [sys.executable, "-m", "votecal_soap.cli", *map(str, arguments)]
        return subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60, check=False, **more)

    return ran
