import json
import stat

import pytest

from votecal_soap.cli.root import _COMMANDS
from votecal_soap.cli.session import operating_system_user


@pytest.mark.requirement("OPS-03")
def test_a_secret_is_printed_once_and_never_again(staffed, environ):
    issued = json.loads(staffed("credential", "add", "c19", "--county", "19", "--expires", "2030-01-01", "--as", "ada", "--json").stdout)
    assert issued["expires_at"] == "2030-01-01T08:00:00+00:00"
    listed = staffed("credential", "list").output + staffed("credential", "list", "--county", "19", "--json").output
    assert "c19" in listed
    assert issued["secret"] not in listed
    rotated = staffed("credential", "rotate", "c19", "--as", "ada").stdout
    assert "Secret: " in rotated
    assert issued["secret"] not in rotated
    assert "Revoked" in staffed("credential", "revoke", "c19", "--as", "ada").stdout


@pytest.mark.requirement("OPS-05")
def test_the_key_of_the_credentials_is_kept_for_its_owner_alone(staffed, tmp_path):
    key = tmp_path / "data" / "credential.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_operating_system_user_acts_unless_another_is_named(run, run_json):
    run("user", "add", operating_system_user(), "--role", "SosAdministrator")
    run("user", "add", "lee", "--role", "SosUser")
    assert {person["user_name"] for person in run_json("user", "list")} == {operating_system_user(), "lee"}
    assert "lee has the role SosUser" in run("user", "add", "max", "--role", "SosUser", "--as", "lee", code=1).stderr


def test_nobody_is_somebody_until_an_administrator_says_so(staffed):
    assert staffed("load", "reference", "--as", "eve", code=1).stderr.startswith("VC-3002")
    assert staffed("purge", "--as", "eve", code=1).stderr.startswith("VC-3002")
    assert staffed("idv", "export", "--as", "eve", code=1).stderr.startswith("VC-3002")
    assert staffed("credential", "add", "c19", "--county", "19", "--as", "sam", code=1).stderr.startswith("VC-3002")


def test_a_database_that_was_never_upgraded_is_told_of_in_one_line(run, tmp_path):
    fresh = {"VOTECAL_DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.db'}"}
    refused = run("queue", "status", code=1, **fresh)
    assert "votecal db upgrade" in refused.stderr
    assert run("db", "check", code=1, **fresh).stderr == refused.stderr
    assert "upgraded from nothing" in run("db", "upgrade", **fresh).stdout
    assert "upgraded" not in run("db", "upgrade", **fresh).stdout
    run("db", "check", **fresh)


def test_the_upgrade_can_be_printed_for_a_dba(run):
    assert "CREATE TABLE voter" in run("db", "sql", "--dialect", "oracle").stdout


def test_a_wrong_setting_names_its_variable(run):
    assert "VOTECAL_WEB_THREADS" in run("version", code=1, VOTECAL_WEB_THREADS="many").stderr


@pytest.mark.requirement("VRU-08")
def test_rules_are_imported_shown_and_tried(staffed, tmp_path, run_json):
    rules = tmp_path / "county19.toml"
    rules.write_text('[[rule]]\nfields = ["party"]\naction = "translate"\n[rule.table]\n"D" = "DEM"\n')
    steps = run_json("rules", "test", "party=D", "--county", "19", "--file", rules)
    assert (steps[0]["value"], steps[0]["passed"]) == ("DEM", True)
    assert "has no rules of its own" in staffed("rules", "show", "--county", "19").stdout
    staffed("rules", "import", rules, "--county", "19", "--as", "ada")
    assert staffed("rules", "show", "--county", "19").stdout.strip() == rules.read_text().strip()
    assert "NO" in staffed("rules", "test", "--county", "19", "party=X").stdout
    staffed("rules", "test", "party", code=2)
    rules.write_text("[[rule")
    assert staffed("rules", "import", rules, "--county", "19", "--as", "ada", code=1).stderr.startswith("VC-1201")


@pytest.mark.requirement("VRU-08")
def test_rules_of_the_initial_load_are_tried_apart_from_those_of_a_batch(staffed, tmp_path, run_json):
    rules = tmp_path / "county19.toml"
    rules.write_text('[[rule]]\nfields = ["status"]\naction = "translate"\nbatch_types = ["InitialLoad"]\n[rule.table]\n"A" = "Active"\n')
    trial = ("rules", "test", "status=A", "--county", "19", "--file", rules)
    assert [step["value"] for step in run_json(*trial, "--initial-load") if step["action"] == "translate"] == ["Active"]
    assert [step for step in run_json(*trial) if step["action"] == "translate"] == []


def test_the_queues_are_shown(staffed, run_json):
    assert staffed("queue", "status").stdout == "All queues are empty.\n"
    assert run_json("queue", "status", "--county", "19")[0]["open_messages"] == 0
    assert staffed("queue", "status", "--county", "77", code=1).stderr.startswith("VC-2003")


@pytest.mark.requirement("OPS-05")
def test_a_purge_says_what_it_removed(staffed, run_json):
    nothing = dict.fromkeys(("uploads", "exports", "dmv_files", "replies", "signatures", "payload_logs", "archived_messages", "messages"), 0)
    assert run_json("purge", "--as", "sam") == nothing
    assert "DMV files removed" in staffed("purge", "--as", "sam").stdout


def test_the_contract_is_exported_with_the_public_address(run, tmp_path):
    printed = run("contract", "export", tmp_path / "contract", VOTECAL_PUBLIC_URL="https://votecal.example").stdout
    assert "batch-data-exchange.wsdl" in printed
    assert "https://votecal.example/soap/" in (tmp_path / "contract" / "batch-data-exchange.wsdl").read_text()


def test_every_command_teaches_itself(run):
    printed = run("--help").stdout
    for name in _COMMANDS:
        assert name in printed
        assert "Usage: " in run(name, "--help").stdout
