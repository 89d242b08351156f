import pytest
from fixtures.driver_faults import DriverFaults

from votecal_soap import bootstrap

SCHEDULE = ("job", "schedule", "voter-record-update", "--county", "19", "--notice", "A. Clerk, by phone, 2024-03-01")


@pytest.mark.requirement("VRU-03")
def test_a_county_batch_is_scheduled_authorised_and_shown(staffed, run_json):
    scheduled = staffed(*SCHEDULE, "--kinds", "home-precinct,VotingPrecinct", "--election", "2026-GENERAL", "--as", "sam")
    assert "votecal job authorise 1" in scheduled.stdout
    assert "Pending" in staffed("job", "authorise", 1, "--as", "ada").stdout
    shown = run_json("job", "show", 1)
    assert (shown["state"], shown["scheduled_by"], shown["authorised_by"]) == ("Pending", "sam", "ada")
    assert shown["data_kinds"] == ["HomePrecinct", "VotingPrecinct"]
    assert shown["notice"] == "A. Clerk, by phone, 2024-03-01"
    assert shown["not_before"] == "2026-03-04T17:00:00+00:00"


@pytest.mark.requirement("VRU-03", "OPS-04")
def test_a_command_that_the_database_undid_is_run_again_and_done_once(staffed, run_json, monkeypatch):
    built, faults = bootstrap.build, []

    def build(*parts):
        application = built(*parts)
        faults.append(DriverFaults(application.unit_of_work, monkeypatch))
        faults[0].at_statement(containing="INSERT INTO audit_entry")
        return application

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "build", build)
        staffed(*SCHEDULE, "--kinds", "Party", "--as", "sam")
    assert faults[0].met == 1
    assert [job["job_id"] for job in run_json("job", "list")] == [1]


@pytest.mark.requirement("VRU-03")
def test_who_may_not_authorise_is_told_so_in_one_line(staffed):
    staffed(*SCHEDULE, "--kinds", "Party", "--as", "sam")
    refused = staffed("job", "authorise", 1, "--as", "sam", code=1)
    assert refused.stderr == "VC-3002: sam has the role SosUser; this needs SosAdministrator. (at user)\n"
    assert refused.stdout == ""


@pytest.mark.requirement("JOB-01")
def test_the_second_person_is_required_where_it_is_configured(staffed):
    staffed(*SCHEDULE, "--kinds", "Party", "--as", "ada")
    refused = staffed("job", "authorise", 1, "--as", "ada", code=1, VOTECAL_SECOND_PERSON_AUTHORISES="yes")
    assert refused.stderr.startswith("VC-3002")
    staffed("job", "authorise", 1, "--as", "ada")


@pytest.mark.requirement("JOB-01")
def test_scheduling_shows_what_else_is_scheduled_then(staffed, run_json):
    staffed(*SCHEDULE, "--kinds", "Party", "--as", "sam")
    other = run_json("job", "schedule", "purge", "--repeat", "0 3 * * *", "--as", "sam")
    assert [job["job_id"] for job in other["others"]] == [1]
    assert "Also scheduled" in staffed("job", "schedule", "idv-export", "--as", "sam").stdout


def test_the_merge_of_match_keys_is_scheduled_each_night(staffed, run_json):
    scheduled = run_json("job", "schedule", "merge-match-keys", "--repeat", "30 2 * * *", "--as", "sam")
    assert (scheduled["job"]["job_type"], scheduled["job"]["repeat"]) == ("MergeMatchKeys", "30 2 * * *")


@pytest.mark.requirement("DUP-01", "JOB-03")
def test_duplicate_detection_is_scheduled_run_and_shown(staffed, run_json):
    scheduled = run_json("job", "schedule", "duplicate-voter-detection", "--as", "sam")
    assert (scheduled["job"]["job_type"], scheduled["job"]["scope"]) == ("DuplicateVoterDetection", "Changed")
    staffed("worker", "--drain")
    shown = run_json("job", "show", 1)
    assert (shown["state"], shown["detection"]["scope"], shown["detection"]["outcomes"]) == ("Completed", "Whole", {})
    assert "the whole roll" in staffed("job", "show", 1).stdout
    whole = run_json("job", "schedule", "duplicate-voter-detection", "--whole", "--repeat", "0 1 * * sun", "--as", "sam")
    assert whole["job"]["scope"] == "Whole"


@pytest.mark.requirement("JOB-04")
def test_a_blackout_of_duplicates_is_named_and_confirmed(staffed):
    staffed("match", "blackout", "add", "--from", "2020-01-01", "--to", "2099-12-31", "--function", "duplicate_voter", "--reason", "an election", "--as", "ada")
    refused = staffed("job", "schedule", "duplicate-voter-detection", "--as", "sam", code=1).stderr
    assert "an election" in refused
    staffed("job", "schedule", "duplicate-voter-detection", "--yes", "--as", "sam")


def test_a_start_without_an_offset_is_californias(staffed, run_json):
    scheduled = run_json("job", "schedule", "purge", "--not-before", "2026-07-01T08:00", "--as", "sam")
    assert scheduled["job"]["not_before"] == "2026-07-01T15:00:00+00:00"
    assert "2026-07-01 08:00 PDT" in staffed("job", "show", 1).stdout


@pytest.mark.requirement("JOB-01", "JOB-03")
def test_jobs_are_listed_paused_resumed_and_cancelled(staffed, run_json):
    staffed("job", "schedule", "purge", "--as", "sam")
    staffed(*SCHEDULE, "--kinds", "Party", "--as", "sam")
    assert "Paused" in staffed("job", "pause", 1, "--as", "sam").stdout
    assert [job["job_id"] for job in run_json("job", "list", "--state", "paused")] == [1]
    assert [job["job_id"] for job in run_json("job", "list", "--county", "19")] == [2]
    staffed("job", "resume", 1, "--as", "sam")
    staffed("job", "cancel", 1, "--as", "sam")
    assert {job["job_id"]: job["state"] for job in run_json("job", "list")} == {1: "Cancelled", 2: "Scheduled"}
    assert "VC-4001" in staffed("job", "pause", 1, "--as", "sam", code=1).stderr


@pytest.mark.requirement("JOB-03")
def test_the_worker_runs_what_is_due_and_the_run_is_shown(staffed, run_json):
    staffed("job", "schedule", "purge", "--as", "sam")
    assert staffed("worker", "--drain").stdout == "1 runs.\n"
    shown = run_json("job", "show", 1)
    assert (shown["state"], shown["run"]["state"]) == ("Completed", "Completed")
    assert "lease_token" not in shown["run"]
    assert "Run state" in staffed("job", "show", 1, "--follow").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*SCHEDULE, "--kinds", "ShoeSize"), "VC-1010"),
        ((*SCHEDULE, "--kinds", "Party", "--election", "1066"), "VC-2004"),
        (("job", "schedule", "voter-record-update", "--county", "99", "--kinds", "Party", "--notice", "x"), "VC-2003"),
        (("job", "schedule", "purge", "--repeat", "every night"), "VC-1010"),
        (("job", "show", "77"), "VC-2001"),
        (("job", "authorise", "77"), "VC-2001"),
    ],
    ids=["kind", "election", "county", "repetition", "job shown", "job authorised"],
)
def test_what_is_wrong_is_refused_with_its_code(staffed, arguments, code):
    acting = () if "show" in arguments else ("--as", "ada")
    assert staffed(*arguments, *acting, code=1).stderr.startswith(code)


@pytest.mark.parametrize("arguments", [("job",), ("job", "show"), ("job", "show", "one"), ("job", "schedule", "voter-record-update"), ("nonsense",)])
def test_wrong_usage_ends_with_two(run, arguments):
    run(*arguments, code=2)


def test_a_county_batch_cannot_be_given_a_repetition(staffed):
    assert "--repeat" in staffed(*SCHEDULE, "--kinds", "Party", "--repeat", "0 3 * * *", code=2).stderr
