"""`votecal demo`: the whole line, in processes of its own, as a person starts it."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import requests

from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.demo.pair_situations import PairSituation
from votecal_soap.domain.batches import FailureReason
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.one_time_codes import code_at

README = Path(__file__).parents[2] / "README.md"
COMMAND = [sys.executable, "-m", "votecal_soap.cli", "demo", "--voters", "1000"]


@pytest.fixture
def environ(tmp_path):
    """An environment that names a database which the demonstration must leave alone."""
    return {**os.environ, "VOTECAL_DATABASE_URL": f"sqlite:///{tmp_path / 'somebody.db'}", "TMPDIR": str(tmp_path)}


@pytest.mark.requirement("VRU-11", "VRU-12", "VRU-13", "VRU-14", "VRU-15", "VRU-16", "VRU-17", "VRU-21", "EWS-02", "EWS-04", "IDV-01")
@pytest.mark.requirement(
    *("COA-01", "COA-02", "COA-03", "COA-04", "COA-05", "COA-06", "COA-07", "COA-08", "COA-09", "COA-10", "COA-11", "COA-12", "COA-13", "COA-14"),
    *("COA-20", "COA-21", "COA-30", "COA-31", "COA-32", "COA-33", "COA-34", "COA-35", "COA-36", "COA-37", "COA-38"),
)
@pytest.mark.requirement("EWS-07", "EWS-08", "EWS-09", "EWS-11", "EWS-14", "JOB-02", "JOB-04")
@pytest.mark.requirement("DUP-01", "DUP-02", "DUP-03", "DUP-04", "DUP-06", "DUP-07", "DLR-07", "DLR-08", "DLR-09", "DLR-12", "DLR-15", "DLR-18", "DLR-19")
def test_the_demonstration_finds_exactly_what_it_planted(environ, tmp_path):
    done = subprocess.run([*COMMAND, "--once", "--json"], env=environ, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    account = json.loads(done.stdout)
    assert account["is_exact"] is True
    assert all(count["planted"] == count["at_state"] == count["at_county"] > 0 for count in account["outcomes"])
    assert {count["reason"] for count in account["outcomes"]} == {None, *FailureReason}
    assert account["queue_before"] > 1000
    assert account["queue_after"] == 0
    assert all(not message["still_offered"] and message["still_kept"] for message in account["messages"])
    assert_the_dmv_file_is_exact(account["dmv"])
    assert_the_pairs_are_exact(account["pairs"])
    assert "\x1b" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def assert_the_dmv_file_is_exact(dmv):
    assert dmv["is_exact"] is True
    assert all(count["planted"] == count["found"] > 0 and not count["otherwise"] for count in dmv["situations"])
    assert {count["outcome"] for count in dmv["outcomes"]} == set(DmvOutcome)
    assert all(count["planted"] == count["at_state"] and sum(count["planted"].values()) > 0 for count in dmv["outcomes"])
    answers = {"DecideMatchCase Accept Accepted": 3, "DecideMatchCase Reject Rejected": 1, "DecideMatchCase OutOfState Accepted": 1}
    answers |= {"AcceptTransferOut Accepted": 3, "ReportUnresolvedCoa NonMatch": 4}
    assert {count["answer"]: count["said"] for count in dmv["answered"]} == answers
    assert all(word["result"] == word["expected"] for word in dmv["words"])
    lists = {"NonMatchNotice": 5, "PotentialVoter": 7, "UnprecinctableFollowUp": 1, "ReRegistrationInvitation": 2, "OutOfState": 2, "VncDue": 82}
    assert {count["kind"]: count["listed"] for count in dmv["letters"]} == lists
    assert [check["text"] for check in dmv["checks"] if not check["holds"]] == []
    explained = dmv["explained"]
    assert (explained["case"]["cap"], explained["case"]["confidence"]) == ("namesakes_at_home", 98)
    assert not explained["message"]["still_offered"]
    assert (explained["after"]["version"], explained["after"]["street_name"]) == (explained["before"]["version"] + 1, "FLOWER")


def assert_the_pairs_are_exact(pairs):
    assert pairs["is_exact"] is True
    assert all(count["planted"] == count["found"] > 0 and not count["otherwise"] for count in pairs["situations"])
    assert {count["situation"] for count in pairs["situations"]} == set(PairSituation)
    outcomes = {count["outcome"]: count for count in pairs["outcomes"] if count["planted"]}
    assert outcomes.keys() == {"Merged", "ProvisionallyMerged", "Opened"}
    assert all(outcomes[outcome]["at_state"] == outcomes[outcome]["planted"] for outcome in ("Merged", "ProvisionallyMerged"))
    answers = {count["answer"]: count["said"] for count in pairs["answered"]}
    assert answers == {"DecideMatchCase Accept Accepted": 5, "DecideMatchCase Reject RejectedByUser": 6}
    assert all(word["result"] == word["expected"] for word in pairs["words"])
    assert [check["text"] for check in pairs["checks"] if not check["holds"]] == []
    assert (pairs["message"]["message_type"], pairs["message"]["still_offered"], pairs["message"]["still_kept"]) == ("PotentialDuplicate", False, True)


@pytest.mark.slow
@pytest.mark.requirement("EWS-01", "DLR-03")
def test_the_services_stay_up_until_interrupted(environ):
    # A run of the tests in a shell's background ignores the key that interrupts, and its children would with it.
    listens = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(COMMAND, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=listens)
    try:
        shown = _read_until(process, "demo.log")
        (url,) = re.findall(r"(\S+)/soap/ems-integration\?wsdl", shown)
        ((username, secret),) = re.findall(r"county 46: (\S+)  (\S+)", shown)
        (data_dir,) = re.findall(r"VOTECAL_DATA_DIR=(\S+)", shown)
        client = StateClient(StateAddress(url=url, username=username, password=secret))
        page = client.get_message_queue(1000)
        assert {message.message_type for message in page.messages} == {"IdvResult"}
        assert {(message.ems_voter_id or "")[:2] for message in page.messages} == {"46"}
        printed = _run_the_readmes_client(url, username, secret)
        assert len(printed.splitlines()) == len(page.messages) + page.remaining
        assert client.get_message_queue(1000).messages == ()
        client.close()
        _sign_in_to_the_console(shown)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert not Path(data_dir).exists()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _sign_in_to_the_console(shown):
    (address,) = re.findall(r"console: (\S+)", shown)
    ((user_name, password),) = re.findall(r"console login: (\S+)  (\S+)", shown)
    (shown_codes,) = re.findall(r"one-time codes by the time in California: (.*)", shown)
    (secret,) = re.findall(r"secret is (\S+)", shown)
    codes = re.findall(r"\d\d:\d\d:\d\d (\d{6})", shown_codes)
    assert code_at(secret, datetime.now(UTC)) in codes
    with requests.Session() as browser:
        (token,) = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(f"{address}/sign-in", timeout=60).text)
        given = {"csrf_token": token, "user_name": user_name, "password": password, "code": code_at(secret, datetime.now(UTC))}
        page = browser.post(f"{address}/sign-in", data=given, timeout=60, headers={"Referer": address})
    assert page.status_code == 200
    assert "Work Item Summary" in page.text


def _run_the_readmes_client(url, username, secret):
    (shown,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    program = re.sub(r'"the secret [^"]*"', repr(secret), shown).replace("http://127.0.0.1:8080", url)
    assert username in program
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _read_until(process, text):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            break
    return "".join(lines)


def test_a_directory_of_somebody_else_is_refused(environ, tmp_path):
    (tmp_path / "precious.db").write_text("somebody's")
    done = subprocess.run([*COMMAND, "--once", "--data-dir", tmp_path], env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "VC-4007" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious.db"]
