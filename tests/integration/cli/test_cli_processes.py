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
def test_a_worker_process_runs_what_is_due_and_goes_down_when_told(staffed, environ, run_json, tmp_path):
    staffed("job", "schedule", "purge", "--as", "sam")
    command = [sys.executable, "-m", "votecal_soap.cli", "worker"]
    log = tmp_path / "log"
    with log.open("a") as both:
        workers = [subprocess.Popen(command, env={**os.environ, **environ}, stderr=both) for _ in range(2)]
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (log.read_text().count('"worker up"') < 2 or run_json("job", "show", "1")["state"] != "Completed"):
            time.sleep(0.2)
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        assert [worker.wait(30) for worker in workers] == [0, 0]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert run_json("job", "show", "1")["state"] == "Completed"
    assert (log.read_text().count('"run begun"'), log.read_text().count('"worker down"')) == (1, 2)


@pytest.fixture
def crowd(environ, tmp_path):
    """Starts `votecal worker` with several processes; it, and a function that waits until its log names so many workers and tells their processes."""
    log, started = tmp_path / "crowd.log", []

    def workers(count):
        deadline = time.monotonic() + 240
        while len(up := [line["worker"] for line in lines() if line["event"] == "worker up"]) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(up) == count
        return [int(name.rsplit("-", 2)[1]) for name in up]

    def lines():
        return [json.loads(line) for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def start(*arguments):
        command = [sys.executable, "-m", "votecal_soap.cli", "worker", *arguments]
        with log.open("a") as stream:
            started.append(subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.PIPE, stderr=stream, text=True))
        return started[-1], workers, lines

    yield start
    for parent in started:
        parent.kill()
        parent.communicate()


@pytest.mark.slow
@pytest.mark.requirement("JOB-02")
def test_a_killed_worker_process_is_replaced_and_all_go_down_when_their_parent_is_told(staffed, crowd):
    parent, workers, lines = crowd("--processes", "2")
    victim, _ = workers(2)
    os.kill(victim, signal.SIGKILL)
    assert victim not in workers(3)[1:]
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(240) == 0
    told = [line["event"] for line in lines()]
    assert (told.count("worker process died"), told.count("worker down")) == (1, 2)


@pytest.mark.slow
@pytest.mark.requirement("JOB-02")
def test_no_worker_process_outlives_a_parent_that_is_killed(staffed, crowd):
    parent, workers, lines = crowd("--processes", "2")
    workers(2)
    parent.kill()
    parent.communicate(timeout=240)  # returns when the last process that has its standard output has ended
    assert [line["event"] for line in lines()].count("worker down") == 2


@pytest.mark.slow
@pytest.mark.requirement("JOB-02")
def test_several_processes_drain_what_is_due_and_each_run_is_made_once(staffed, crowd, run_json):
    for _ in range(3):
        staffed("job", "schedule", "purge", "--as", "sam")
    parent, _, lines = crowd("--processes", "2", "--drain")
    assert parent.communicate(timeout=240)[0] == "3 runs.\n"
    assert parent.returncode == 0
    assert [line["event"] for line in lines()].count("run begun") == 3
    assert [run_json("job", "show", str(key))["state"] for key in (1, 2, 3)] == ["Completed"] * 3


@pytest.mark.parametrize("count", ["0", "-1", "65", "many"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(run, count):
    assert "--processes" in run("worker", "--processes", count, code=2).stderr


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
