"""`votecal credential`: the next one beside the one in use, its end, its secret for digests, and alerts."""

import json
import stat
from contextlib import closing

import pytest
from integration.cli.conftest import NOW

from db.unit_of_work import SqlUnitOfWorkFactory


def issue(staffed, *more, code=0):
    return staffed("credential", "issue", "--county", "19", *more, "--as", "ada", code=code)


@pytest.mark.requirement("EWS-01")
def test_a_county_has_two_credentials_while_it_switches(staffed, run_json):
    first = json.loads(issue(staffed, "--json").stdout)
    second = issue(staffed, "--overlap-days", "14")
    assert first["username"] == "county19-1"
    assert "county19-2" in second.stdout and first["secret"] not in second.stdout
    ends = {item["username"]: item["expires_at"] for item in run_json("credential", "list", "--county", "19")}
    assert ends == {"county19-1": "2026-03-18T17:00:00+00:00", "county19-2": None}
    third = issue(staffed, code=1)
    assert third.stderr.startswith("VC-4007") and "county19-1 and county19-2" in third.stderr
    staffed("credential", "revoke", "county19-1", "--as", "ada")
    assert json.loads(issue(staffed, "--json").stdout)["username"] == "county19-3"
    assert issue(staffed, "--name", "county19-1", code=1).stderr.startswith("VC-4007")


@pytest.mark.requirement("EWS-01")
def test_the_next_credential_needs_the_certificate_that_the_one_in_use_needs(staffed, run_json):
    staffed("credential", "add", "la", "--county", "19", "--certificate-subject", "CN=la", "--as", "ada")
    assert "CN=la" in issue(staffed).stdout
    staffed("credential", "revoke", "la", "--as", "ada")
    issue(staffed, "--certificate-subject", "CN=la-2027")
    bound = {item["username"]: item["certificate_subject"] for item in run_json("credential", "list", "--county", "19")}
    assert bound == {"la": "CN=la", "county19-1": "CN=la", "county19-2": "CN=la-2027"}


@pytest.mark.requirement("EWS-01")
def test_an_end_is_set_and_taken_away(staffed, run_json):
    issue(staffed, "--name", "la")
    staffed("credential", "expire", "la", "--at", "2026-04-01", "--as", "ada")
    assert run_json("credential", "list")[0]["expires_at"] == "2026-04-01T07:00:00+00:00"
    assert staffed("credential", "expire", "la", "--at", "2026-03-01", "--as", "ada", code=1).stderr.startswith("VC-1010")
    staffed("credential", "expire", "la", "--never", "--as", "ada")
    assert run_json("credential", "list")[0]["expires_at"] is None
    assert staffed("credential", "expire", "la", "--never", "--as", "sam", code=1).stderr.startswith("VC-3002")
    staffed("credential", "expire", "la", "--as", "ada", code=2)


@pytest.mark.requirement("EWS-01", "OPS-05")
def test_a_secret_for_digests_is_shown_once_and_kept_encrypted(staffed, run_json, sqlite_url, tmp_path):
    issue(staffed, "--name", "la")
    issued = json.loads(staffed("credential", "digest", "la", "--as", "ada", "--json").stdout)
    assert run_json("credential", "list")[0]["digests"] is True
    assert stat.S_IMODE((tmp_path / "data" / "digest.key").stat().st_mode) == 0o600
    with closing(SqlUnitOfWorkFactory.from_url(sqlite_url)) as factory, factory(read_only=True) as uow:
        sealed = uow.reference.credential("la").digest_secret
    assert sealed and issued["secret"] not in sealed
    staffed("credential", "rotate", "la", "--as", "ada")
    assert run_json("credential", "list")[0]["digests"] is False


@pytest.mark.requirement("EWS-01")
def test_sos_reads_of_wrong_secrets_and_says_so(staffed, sqlite_url):
    issue(staffed, "--name", "la")
    with closing(SqlUnitOfWorkFactory.from_url(sqlite_url)) as factory, factory() as uow:
        uow.call_guard.note_attempts("la", 12, NOW)
        uow.commit()
    assert "la" in staffed("credential", "alerts", "--as", "sam").stdout
    assert json.loads(staffed("credential", "alerts", "--read", "la", "--as", "sam", "--json").stdout) == []
    assert staffed("credential", "alerts", "--read", "la", "--as", "sam", code=1).stderr.startswith("VC-2005")
