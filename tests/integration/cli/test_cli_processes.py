import json
import os
import signal
import subprocess
import sys
import time

import pytest
import requests


def test_help_and_exit_codes_of_a_real_process(process):
    helped = process("--help")
    assert (helped.returncode, "Commands:" in helped.stdout) == (0, True)
    assert process("nonsense").returncode == 2
    refused = process("job", "show", "1")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "VC-2001: There is no job 1. (at 1)\n"


@pytest.mark.requirement("OPS-03")
def test_a_fault_of_the_program_shows_no_traceback(process, environ, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"This is no database, and it names Jane Doe." * 100)
    environ["VOTECAL_DATABASE_URL"] = f"sqlite:///{broken}"
    ended = process("queue", "status")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "Jane" not in ended.stdout + ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("VC-5")


@pytest.mark.requirement("OPS-05")
def test_what_a_process_writes_is_for_its_owner_alone(process, environ, tmp_path):
    environ["VOTECAL_DATABASE_URL"] = f"sqlite:///{tmp_path / 'new.db'}"
    assert process("db", "upgrade").returncode == 0
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0


@pytest.mark.requirement("JOB-02")
def test_a_worker_process_runs_what_is_due_and_goes_down_when_told(staffed, environ, run_json):
    staffed("job", "schedule", "purge", "--as", "sam")
    command = [sys.executable, "-m", "votecal_soap.cli", "worker"]
    workers = [subprocess.Popen(command, env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        deadline = time.monotonic() + 30
        while run_json("job", "show", "1")["state"] != "Completed" and time.monotonic() < deadline:
            time.sleep(0.2)
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        logs = [worker.communicate(timeout=30)[1] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert [worker.returncode for worker in workers] == [0, 0]
    assert run_json("job", "show", "1")["state"] == "Completed"
    assert "".join(logs).count('"run begun"') == 1
    assert "".join(logs).count('"worker down"') == 2


def test_a_sandbox_serves_its_counties_and_leaves_nothing(environ, tmp_path):
    environ |= {"VOTECAL_DATABASE_URL": f"sqlite:///{tmp_path / 'mine.db'}", "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    command = [sys.executable, "-m", "votecal_soap.cli", "serve", "--sandbox", "--port", "0", "--json"]
    with subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as serving:
        told = json.loads("".join(iter(serving.stdout.readline, "}\n")) + "}")
        assert b"EmsIntegration" in requests.get(f"{told['url']}/soap/ems-integration?wsdl", timeout=10).content
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(30) == 0
    assert [county["county_code"] for county in told["counties"]] == ["19", "34"]
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "mine.db").exists()
