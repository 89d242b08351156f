"""The examples in deploy/ are taken by the programs that they are for, and name settings that there are."""

import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from votecal_soap.config import Config

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
SETTINGS = {f"VOTECAL_{name.upper()}" for name in Config.__dataclass_fields__} | {"VOTECAL_CONFIG_FILE"}
NOT_OURS = {"PGPASSFILE", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"}


def unit(name):
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read(DEPLOY / "systemd" / name)
    return read


def environment_file():
    lines = (DEPLOY / "votecal.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_files_of_settings_name_settings_and_are_read(tmp_path):
    variables = environment_file()
    assert set(variables) <= SETTINGS | NOT_OURS
    read = Config.from_environ({**variables, "VOTECAL_CONFIG_FILE": str(DEPLOY / "votecal.toml")})
    assert (read.data_dir, read.trusted_proxies) == (Path("/var/lib/votecal"), ("127.0.0.1", "::1"))
    assert set(tomllib.loads((DEPLOY / "votecal.toml").read_text())) <= set(Config.__dataclass_fields__)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_names_settings_and_keeps_what_it_writes_to_the_service_alone(name):
    service = unit(name)["Service"]
    text = (DEPLOY / "systemd" / name).read_text()
    assert set(re.findall(r"^Environment=(\w+)=", text, re.MULTILINE)) <= SETTINGS | NOT_OURS
    assert (service["EnvironmentFile"], service["UMask"], service["StateDirectoryMode"]) == ("/etc/votecal/votecal.env", "0077", "0700")
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["User"]) == ("strict", "yes", "votecal")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_again_for_as_long_as_it_takes_as_the_manual_says(name):
    told = re.search(r"as the units in `deploy/` do: (.+?) \|", OPERATIONS).group(1)
    read = unit(name)
    kept = {**read["Unit"], **read["Service"]}
    assert [f"{key}={kept[key]}" for key in ("Restart", "RestartSec", "StartLimitIntervalSec")] == re.findall(r"`([^`]+)`", told)


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(name, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("NO SYSTEMD: install systemd; the unit was not checked")
    there = tmp_path / name
    there.write_text((DEPLOY / "systemd" / name).read_text().replace("/opt/votecal/bin/", f"{Path(sys.executable).parent}/"))
    checked = subprocess.run(["systemd-analyze", "verify", there], capture_output=True, text=True, check=False, timeout=60)
    assert (checked.returncode, [line for line in checked.stderr.splitlines() if name.split("@")[0] in line]) == (0, [])


def test_the_proxy_hands_on_what_the_settings_say_and_lets_no_caller_say_it():
    conf = (DEPLOY / "nginx" / "votecal.conf").read_text()
    settings = tomllib.loads((DEPLOY / "votecal.toml").read_text())
    set_headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", conf))
    assert set_headers[settings["client_certificate_header"]] == "$votecal_certificate_subject"
    assert {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via"} <= set(set_headers)
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", conf).group(1))
    assert megabytes << 20 > max(Config().put_byte_limit, Config().request_byte_limit)


def test_the_times_to_stop_fit_into_each_other():
    graceful = int(re.search(r"^graceful_timeout = (\d+)", (DEPLOY / "gunicorn.conf.py").read_text(), re.MULTILINE).group(1))
    assert int(unit("votecal-gunicorn.service")["Service"]["TimeoutStopSec"]) > graceful
