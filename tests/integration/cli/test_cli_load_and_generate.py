import json

import pytest

from votecal_soap.cli.load_report import RefusalList
from votecal_soap.domain.batches import FieldError, Severity
from votecal_soap.use_cases.load_voters import Refusal


@pytest.fixture
def county(staffed, tmp_path):
    """Los Angeles with 300 voters in its own codes, its rules and precincts."""
    for name, arguments in {"precincts.csv": ("precincts", "--county", "19"), "rules.toml": ("rules",)}.items():
        staffed("generate", *arguments, tmp_path / name)
    staffed("load", "precincts", tmp_path / "precincts.csv", "--as", "ada")
    staffed("rules", "import", tmp_path / "rules.toml", "--county", "19", "--as", "ada")
    staffed("generate", "voters", "--county", "19", "--count", 300, "--local-codes", tmp_path / "voters.xml")
    return staffed


def test_voters_are_generated_and_loaded_and_loading_again_changes_nothing(county, tmp_path, run_json):
    load = ("load", "voters", "--county", "19", tmp_path / "voters.xml", "--as", "ada")
    nothing = {"loaded": 0, "refused": 0, "already_there": 0, "loaded_before": 0, "refused_before": 0, "already_there_before": 0}
    assert run_json(*load) == nothing | {"records": 300, "loaded": 300}
    assert run_json(*load) == nothing | {"records": 300, "already_there": 300}
    assert county(*load).stdout.splitlines()[3].split() == ["Already", "there", "300"]


def test_the_list_of_refusals_goes_on_when_a_load_is_resumed_and_begins_anew_otherwise(tmp_path):
    path = tmp_path / "refused.csv"
    refusal = Refusal(sequence=7, ems_voter_id="=1", errors=(FieldError("PartyCode", "Registration/Party", Severity.FATAL, "Unknown."),))
    for resumed, lines in ((False, 2), (True, 3), (False, 2)):
        with RefusalList(path) as refusals:
            refusals.begin(resumed)
            refusals.add(refusal)
            assert len(path.read_text().splitlines()) == lines, "a kill from here on must not lose it"
    with RefusalList(path) as refusals:
        refusals.begin(False)
    assert path.read_text() == ""


@pytest.mark.requirement("OPS-03", "OPS-05")
def test_refused_voters_are_listed_by_place_for_the_owner_alone(county, tmp_path, run_json):
    file, refusals = tmp_path / "voters.xml", tmp_path / "refused.csv"
    text = file.read_text()
    name = text.split("<LastName>")[1].split("</LastName>")[0]
    file.write_text(text.replace(f"<LastName>{name}</LastName>", "", 1))
    loaded = run_json("load", "voters", "--county", "19", file, "--refusals", refusals, "--as", "ada")
    assert (loaded["loaded"], loaded["refused"]) == (299, 1)
    lines = refusals.read_text().splitlines()
    assert lines[0] == "Sequence,EmsVoterId,Code,Place,Text"
    assert lines[1].startswith("1,1900000001,")
    assert name not in lines[1]
    assert refusals.stat().st_mode & 0o077 == 0


def test_a_file_that_is_wrong_is_refused_in_one_line(staffed, tmp_path):
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<not-a-batch")
    assert staffed("load", "voters", "--county", "19", wrong, "--as", "ada", code=1).stderr.splitlines()[-1].startswith("VC-11")
    assert staffed("load", "elections", wrong, "--as", "ada", code=1).stderr.startswith("VC-1010")
    staffed("load", "voters", "--county", "19", tmp_path / "missing.xml", "--as", "ada", code=2)


def test_a_batch_with_known_truth_is_generated_for_a_job(county, tmp_path, run_json):
    county("load", "voters", "--county", "19", tmp_path / "voters.xml", "--as", "ada")
    kinds = "HomePrecinct,VotingPrecinct,Contact"
    notice = ("--notice", "by phone", "--election", "2026-GENERAL", "--as", "sam")
    county("job", "schedule", "voter-record-update", "--county", "19", "--kinds", kinds, *notice)
    batch = tmp_path / "batch.xml"
    county("generate", "batch", "--job", 1, "--count", 200, "--plant", batch)
    truths = [json.loads(line) for line in (tmp_path / "batch.xml.truth.jsonl").read_text().splitlines()]
    assert len(truths) == 200
    assert {"TransferPending", "MessageOpen", "OldBaseVersion"} <= {truth["scenario"] for truth in truths}
    assert run_json("queue", "status", "--county", "19")[0]["open_messages"] == 1
    county("job", "schedule", "purge", "--as", "sam")
    assert county("generate", "batch", "--job", 2, "--count", 200, batch, code=1).stderr.startswith("VC-1010")


@pytest.mark.requirement("IDV-01")
def test_identity_verifications_go_out_and_come_back(county, tmp_path, run_json):
    county("load", "voters", "--county", "19", tmp_path / "voters.xml", "--as", "ada")
    county("job", "schedule", "idv-export", "--as", "sam")
    county("worker", "--drain")
    (requests,) = (tmp_path / "data" / "export").iterdir()
    county("idv", "simulate", requests, tmp_path / "answers.xml")
    first = run_json("idv", "import", tmp_path / "answers.xml", "--as", "sam")
    assert first["counts"]["Applied"] > 300
    again = run_json("idv", "import", tmp_path / "answers.xml", "--as", "sam")
    assert again["counts"] == {"AlreadyAnswered": first["counts"]["Applied"], "StillPending": first["counts"]["StillPending"]}
    assert county("idv", "export", "--as", "sam").stdout == "Nothing waits for DMV.\n"


def test_an_ems_is_made_and_reprecincted(run, tmp_path):
    run("generate", "ems", "--county", "19", "--count", 50, tmp_path / "ems.db")
    run("generate", "precincts", "--county", "19", tmp_path / "precincts.csv")
    codes = [line.split(",")[1] for line in (tmp_path / "precincts.csv").read_text().splitlines()[1:]]
    moved = run("county", "reprecinct", "--ems", tmp_path / "ems.db", *(f"{code}={codes[0]}" for code in codes[1:])).stdout
    assert moved.endswith("voters moved.\n")
    assert run("generate", "ems", "--county", "19", "--count", 50, tmp_path / "ems.db", code=1).stderr.startswith("VC-4007")
    run("county", "reprecinct", "--ems", tmp_path / "ems.db", "nonsense", code=2)


def test_a_county_without_a_secret_is_told_so(run, tmp_path):
    run("generate", "ems", "--county", "19", "--count", 5, tmp_path / "ems.db")
    sync = ("county", "sync", "--county", "19", "--url", "http://127.0.0.1:9", "--username", "c19", "--ems", tmp_path / "ems.db")
    assert run(*sync, code=1).stderr.startswith("VC-1010")


@pytest.mark.requirement("DLR-09")
def test_histories_are_generated_and_loaded_and_loading_again_changes_nothing(county, tmp_path, run_json):
    county("load", "voters", "--county", "19", tmp_path / "voters.xml", "--as", "ada")
    county("generate", "elections", tmp_path / "elections.csv")
    county("load", "elections", tmp_path / "elections.csv", "--as", "ada")
    county("generate", "histories", "--county", "19", "--count", 300, tmp_path / "histories.jsonl")
    load = ("load", "histories", "--county", "19", tmp_path / "histories.jsonl", "--as", "ada")
    lines = len((tmp_path / "histories.jsonl").read_text().splitlines())
    assert lines > 300
    for _ in range(2):
        assert run_json(*load) == {"lines": lines, "loaded": lines, "voters_not_found": 0}
    assert county(*load).stdout.splitlines()[0].split() == ["Lines", str(lines)]
