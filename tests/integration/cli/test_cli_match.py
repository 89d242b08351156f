"""`votecal match`: what SOS and the counties set, see and rebuild on the command line."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select

from db.tables import audit_entry as entry
from db.tables import voter_match, voter_match_key
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.domain.voters import Voter
from votecal_soap.search.weights import expert_weights
from votecal_soap.use_cases.ports import WeightsVersion

NOW = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = 100_000_001, 100_000_002, 100_000_003


@pytest.fixture
def uow(staffed, sqlite_url):
    factory = SqlUnitOfWorkFactory.from_url(sqlite_url)
    yield factory
    factory.close()


@pytest.fixture
def people(staffed):
    """County users beside ada and sam of SOS."""
    staffed("user", "add", "lee", "--role", "AuthorisedCountyUser", "--county", "19", "--as", "ada")
    staffed("user", "add", "kim", "--role", "CountyUser", "--county", "19", "--as", "ada")
    return staffed


@pytest.fixture
def voters(uow):
    """Twice the same person, and another."""
    values = {"county_code": "19", "version": 1, "effective_date": date(2026, 1, 1), "status": "Active", "vnc_due": 0, "message_sequence": 0}
    person = {"first_name": "ADA", "last_name": "LOVELACE", "date_of_birth": date(1960, 12, 10), "drivers_license": "D1234567"}
    home = {"house_number": "12", "street_name": "OAK", "street_type": "ST", "residence_zip_code": "90001"}

    def voter(number, **more):
        return Voter(**{**dict.fromkeys(Voter._fields), **values, **person, **home, "state_voter_id": number, "ems_voter_id": f"E{number}", **more})

    with uow() as work:
        added = [voter(FIRST), voter(SECOND, county_code="34", middle_name="MAY"), voter(THIRD, first_name="ZOE", last_name="QUICK", drivers_license=None)]
        work.voters.add_voters(added, NOW)
        work.commit()


def audited(uow, action):
    """(actor, subject, county, old, new) of the entries of an action."""
    with uow() as work:
        rows = work._connection.execute(select(entry).where(entry.c.action == action).order_by(entry.c.audit_id)).all()
    return [(row.actor, row.subject_id, row.county_code, *json.loads(row.detail).values()) for row in rows]


@pytest.mark.requirement("COA-06")
def test_settings_are_shown_as_shipped_and_as_set(people, run_json):
    coa = run_json("match", "config", "show")["functions"]["dmv_coa"]
    assert (coa["automatic"], coa["manual"], coa["ceilings"]) == (99, 50, {})
    arguments = ("--automatic", "97", "--manual", "60", "--fields", "last_name,date_of_birth", "--ceiling", "twins=below_manual")
    people("match", "config", "set", "--function", "dmv_coa", *arguments, "--as", "ada")
    people("match", "config", "set", "--function", "dmv_coa", "--manual", "61", "--as", "ada")
    found = run_json("match", "config", "show")["functions"]
    assert found["dmv_coa"] == {"automatic": 97, "manual": 61, "fields": ["last_name", "date_of_birth"], "ceilings": {"twins": "below_manual"}}
    assert found["duplicate_voter"] == coa
    assert "twins=below_manual" in people("match", "config", "show").stdout


@pytest.mark.requirement("COA-06")
@pytest.mark.parametrize(
    "arguments",
    [("--manual", "100"), ("--automatic", "49"), ("--automatic", "101"), ("--manual", "0"), ("--fields", ","), ("--ceiling", "nobody=none")],
    ids=" ".join,
)
def test_a_setting_that_makes_no_sense_is_refused(people, run_json, arguments):
    before = run_json("match", "config", "show")
    assert people("match", "config", "set", "--function", "dmv_coa", *arguments, "--as", "ada", code=1).stderr.startswith("VC-1202")
    assert run_json("match", "config", "show") == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--function", "dmv_coa"),
        ("--automatic", "90"),
        ("--function", "dmv_coa", "--mode", "apply"),
        ("--function", "dmv_coa", "--county", "19", "--mode", "apply", "--automatic", "90"),
        ("--function", "dmv_coa", "--cross-county", "transfer"),
        ("--function", "dmv_coa", "--fields", "shoe_size"),
        ("--function", "dmv_coa", "--ceiling", "twins"),
    ],
    ids=" ".join,
)
def test_half_a_setting_and_two_at_once_are_wrong_usage(people, arguments):
    people("match", "config", "set", *arguments, "--as", "ada", code=2)


@pytest.mark.requirement("COA-12")
def test_a_county_sets_its_own_mode_and_nothing_else(people, run_json, uow):
    mode = ("match", "config", "set", "--function", "dmv_coa", "--mode", "provisional", "--county")
    people(*mode, "19", "--as", "lee")
    people(*mode, "34", "--as", "ada")
    assert run_json("match", "config", "show")["modes"] == [
        {"county_code": "19", "function": "dmv_coa", "mode": "provisional"},
        {"county_code": "34", "function": "dmv_coa", "mode": "provisional"},
    ]
    for county_code, user in (("34", "lee"), ("19", "kim"), ("19", "sam"), ("19", "eve")):
        assert people(*mode, county_code, "--as", user, code=1).stderr.startswith("VC-3002")
    for other in (("--function", "dmv_coa", "--automatic", "90"), ("--cross-county", "transfer")):
        assert people("match", "config", "set", *other, "--as", "lee", code=1).stderr.startswith("VC-3002")
    assert people(*mode, "77", "--as", "ada", code=1).stderr.startswith("VC-2003")
    assert audited(uow, "SetMatchingMode") == [
        ("lee", "19 dmv_coa", "19", {"mode": "provisional"}, {"mode": "apply"}),
        ("ada", "34 dmv_coa", "34", {"mode": "provisional"}, {"mode": "apply"}),
    ]


@pytest.mark.requirement("COA-11", "OPS-02")
def test_what_a_move_between_counties_does_is_set_for_the_state_and_leaves_a_trace(people, run_json, uow):
    assert run_json("match", "config", "show")["cross_county"] == "transfer"
    people("match", "config", "set", "--cross-county", "cancel_and_invite", "--as", "ada")
    assert run_json("match", "config", "show")["cross_county"] == "cancel_and_invite"
    assert audited(uow, "SetCrossCounty") == [("ada", "coa_cross_county", None, {"mode": "cancel_and_invite"}, {"mode": "transfer"})]


@pytest.mark.requirement("DLR-15", "OPS-02")
def test_whether_merged_data_is_pulled_is_set_for_the_state_and_for_a_county(people, run_json, uow):
    pull = ("match", "config", "pull-merged-data")
    assert run_json("match", "config", "show")["pull_merged_data"] == {}
    people(*pull, "yes", "--as", "ada")
    people(*pull, "no", "--county", "19", "--as", "ada")
    assert run_json("match", "config", "show")["pull_merged_data"] == {"statewide": True, "19": False}
    assert "county 19" in people("match", "config", "show").stdout
    people(*pull, "unset", "--county", "19", "--as", "ada")
    assert run_json("match", "config", "show")["pull_merged_data"] == {"statewide": True}
    assert people(*pull, "yes", "--as", "sam", code=1).stderr.startswith("VC-3002")
    assert people(*pull, "yes", "--county", "77", "--as", "ada", code=1).stderr.startswith("VC-2003")
    assert audited(uow, "SetMergedDataPull")[0] == ("ada", "pull_merged_data statewide", None, {"allowed": True}, {"allowed": None})


@pytest.mark.requirement("JOB-04", "OPS-02")
def test_blackouts_are_kept_by_administrators(people, run_json, uow):
    days = ("--from", "2026-10-05", "--to", "2026-11-03")
    assert people("match", "blackout", "list").stdout == "There are no blackouts.\n"
    people("match", "blackout", "add", *days, "--reason", "General election", "--as", "ada")
    people("match", "blackout", "add", *days, "--reason", "Recount", "--county", "19", "--function", "dmv_coa", "--as", "ada")
    found = run_json("match", "blackout", "list")
    assert [(item["county_code"], item["function"], item["first_day"], item["last_day"]) for item in found] == [
        (None, None, "2026-10-05", "2026-11-03"),
        ("19", "dmv_coa", "2026-10-05", "2026-11-03"),
    ]
    assert "General election" in people("match", "blackout", "list").stdout
    people("match", "blackout", "remove", found[0]["blackout_id"], "--as", "ada")
    assert people("match", "blackout", "remove", found[0]["blackout_id"], "--as", "ada", code=1).stderr.startswith("VC-2011")
    assert [item["reason"] for item in run_json("match", "blackout", "list")] == ["Recount"]
    assert [len(audited(uow, action)) for action in ("AddBlackout", "RemoveBlackout")] == [2, 1]


@pytest.mark.requirement("JOB-04")
def test_a_blackout_that_makes_no_sense_is_refused(people):
    add = ("match", "blackout", "add", "--as", "ada")
    assert people(*add, "--from", "2026-11-03", "--to", "2026-10-05", "--reason", "x", code=1).stderr.startswith("VC-1202")
    assert people(*add, "--from", "2026-10-05", "--to", "2026-11-03", "--reason", "", code=1).stderr.startswith("VC-1202")
    assert people(*add, "--from", "2026-10-05", "--to", "2026-11-03", "--reason", "x", "--county", "77", code=1).stderr.startswith("VC-2003")
    own = (*add[:-1], "lee", "--from", "2026-10-05", "--to", "2026-11-03", "--reason", "x", "--county", "19")
    assert people(*own, code=1).stderr.startswith("VC-3002")


@pytest.mark.requirement("COA-05")
def test_keys_are_rebuilt_and_the_database_says_when_they_must_be(people, voters, uow, run_json):
    people("db", "check")
    with uow() as work:
        for table in (voter_match, voter_match_key):
            work._connection.execute(delete(table))
        work.commit()
    refused = people("db", "check", code=1).stderr
    assert refused.startswith("VC-5003")
    assert "votecal match rebuild-keys" in refused
    assert people("match", "rebuild-keys", "--as", "sam", code=1).stderr.startswith("VC-3002")
    assert run_json("match", "rebuild-keys", "--as", "ada") == {"voters": 3, "resumed": False, "capped_keys": 0}
    people("db", "check")
    assert "No key is too common" in people("match", "capped-keys").stdout
    assert run_json("match", "capped-keys") == []


@pytest.mark.requirement("COA-05", "OPS-02", "OPS-03")
def test_a_match_is_explained_without_a_value_and_the_view_is_audited(people, voters, uow, run_json):
    explained = run_json("match", "explain", FIRST, SECOND, "--as", "sam")
    assert explained["same_drivers_license"]
    assert explained["confidence"] >= 99
    assert {"first_name", "last_name", "date_of_birth", "drivers_license", "address"} <= {item["field"] for item in explained["criteria"]}
    shown = people("match", "explain", FIRST, THIRD, "--function", "dmv_coa", "--as", "sam").stdout
    assert "Confidence" in shown
    assert "expert-2" in shown
    for value in ("LOVELACE", "ADA", "QUICK", "D1234567", "1960", "OAK", "90001"):
        assert value not in shown + json.dumps(explained)
    assert [found[:3] for found in audited(uow, "ExplainMatch")][:2] == [("sam", str(FIRST), "19"), ("sam", str(SECOND), "34")]
    assert people("match", "explain", FIRST, SECOND, "--as", "lee", code=1).stderr.startswith("VC-3002")
    assert people("match", "explain", FIRST, 999, "--as", "sam", code=1).stderr.startswith("VC-2006")


@pytest.mark.requirement("COA-05")
def test_weights_are_used_only_once_they_are_activated(people, uow, run_json):
    calibration = [{"lowest": 0.0, "highest": 0.1, "pairs": 1, "predicted": 0.0, "observed": 0.0}]
    report = {"held_back": 10, "f1": 1.0, "calibration_error": 0.0, "calibration": calibration}
    with uow() as work:
        work.matching.add_weights(WeightsVersion("spring", False, NOW, "ada", json.dumps(report), expert_weights().named("spring").to_json()))
        work.commit()
    assert [(row["version"], row["active"]) for row in run_json("match", "weights", "list")] == [("spring", False), ("expert-2", True)]
    people("match", "weights", "activate", "spring", "--as", "ada")
    assert [(row["version"], row["active"]) for row in run_json("match", "weights", "list")] == [("spring", True), ("expert-2", False)]
    assert run_json("match", "config", "show")["weights"] == "spring"
    assert "10 pairs held back" in people("match", "weights", "show", "spring").stdout
    assert run_json("match", "weights", "show", "expert-2")["report"] is None
    people("match", "weights", "activate", "expert-2", "--as", "ada")
    assert run_json("match", "config", "show")["weights"] is None
    for name in ("show", "activate"):
        assert people("match", "weights", name, "nowhere", *(("--as", "ada") if name == "activate" else ()), code=1).stderr.startswith("VC-2010")
    assert people("match", "weights", "activate", "spring", "--as", "sam", code=1).stderr.startswith("VC-3002")
    assert [found[3:] for found in audited(uow, "ActivateMatchWeights")] == [
        ({"version": "spring"}, {"version": "expert-2"}),
        ({"version": "expert-2"}, {"version": "spring"}),
    ]


@pytest.mark.requirement("COA-05")
def test_too_few_records_are_nothing_to_learn_from(people, voters):
    refused = people("match", "fit", "spring", "--as", "ada", code=1).stderr
    assert "the weights stay" in refused
    assert people("match", "fit", "expert-2", "--as", "ada", code=1).stderr.startswith("VC-4007")
    assert people("match", "fit", "spring", "--as", "sam", code=1).stderr.startswith("VC-3002")


@pytest.mark.requirement("COA-05", "DUP-01")
def test_weights_of_duplicates_are_fitted_and_activated_for_them_alone(people, voters, run_json, uow):
    shipped = expert_weights().version
    refused = people("match", "fit", "spring", "--function", "duplicate_voter", "--as", "ada", code=1).stderr
    assert "the weights stay" in refused
    weights = expert_weights().named("twice").to_json()
    with uow() as work:
        work.matching.add_weights(WeightsVersion("twice", False, NOW, "ada", None, weights))
        work.commit()
    people("match", "weights", "activate", "twice", "--function", "duplicate_voter", "--as", "ada")
    assert {row["version"]: row["active"] for row in run_json("match", "weights", "list")} == {"twice": True, shipped: True}
    for function, version in (("duplicate_voter", "twice"), ("dmv_coa", shipped)):
        explained = run_json("match", "explain", FIRST, SECOND, "--function", function, "--as", "sam")
        assert explained["weights"] == version
    people("match", "weights", "activate", shipped, "--function", "duplicate_voter", "--as", "ada")
    assert {row["version"]: row["active"] for row in run_json("match", "weights", "list")} == {"twice": False, shipped: True}


def test_every_command_of_the_group_teaches_itself(run):
    for name in ("config", "blackout", "explain", "rebuild-keys", "capped-keys", "fit", "weights"):
        assert "Usage: " in run("match", name, "--help").stdout
