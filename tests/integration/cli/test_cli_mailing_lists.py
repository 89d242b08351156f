import csv
from datetime import date
from pathlib import Path

import pytest
from fakes.dmv import a_voter
from integration.database.dmv_rows import CRITERIA
from integration.database.dmv_rows import match_case as a_case

from db.unit_of_work import SqlUnitOfWorkFactory

from .conftest import NOW


@pytest.fixture
def cards(staffed, sqlite_url):
    """Two voters who are due a card, in two counties, and an overdue case."""
    factory = SqlUnitOfWorkFactory.from_url(sqlite_url)
    with factory() as uow:
        uow.voters.add_voters([a_voter(vnc_due=1), a_voter(100_000_002, vnc_due=1, county_code="34", ems_voter_id="S1", home_precinct="P1")], NOW)
        uow.match_cases.add([a_case(1, 100_000_001, due_on=date(2026, 3, 3), criteria=CRITERIA)], NOW)
        uow.commit()
    factory.close()
    return staffed


@pytest.mark.requirement("COA-35")
def test_a_list_is_shown_exported_once_and_written_again(cards, run_json, tmp_path):
    assert run_json("list", "show", "--as", "sam")["vnc-due"] == 2
    assert run_json("list", "show", "--county", "34", "--as", "sam")["vnc-due"] == 1
    exported = run_json("list", "export", "vnc-due", "--county", "34", "--output", tmp_path / "printer", "--as", "sam")
    file = Path(exported["file"])
    assert (exported["lines"], file.parent) == (1, tmp_path / "printer")
    assert cards("list", "export", "vnc-due", "--county", "34", "--as", "sam").stdout == "No letter of this list waits.\n"
    assert "Lines  1" in cards("list", "export", "vnc-due", "--again", file.name, "--as", "sam").stdout
    assert (tmp_path / "data" / "export" / file.name).read_bytes() == file.read_bytes()
    refused = cards("list", "export", "vnc-due", "--again", "other.csv", "--as", "sam", code=1)
    assert refused.stderr.startswith("VC-1010")


@pytest.mark.requirement("COA-35")
def test_cards_name_polling_places_when_a_file_of_them_is_configured(cards, tmp_path):
    places = tmp_path / "places.csv"
    places.write_text("county_code,precinct_code,polling_place\n34,P1,City Hall\n")
    cards("list", "export", "vnc-due", "--as", "sam", "--output", tmp_path / "printer", VOTECAL_POLLING_PLACES_FILE=str(places))
    (file,) = (tmp_path / "printer").iterdir()
    with file.open(newline="") as text:
        assert [row["PollingPlace"] for row in csv.DictReader(text)] == ["", "City Hall"]
    places.write_text("county_code,precinct_code,polling_place\n34,P1,\n")
    refused = cards("list", "export", "vnc-due", "--as", "sam", code=1, VOTECAL_POLLING_PLACES_FILE=str(places))
    assert "polling_place has 1 to" in refused.stderr


@pytest.mark.requirement("COA-37")
def test_overdue_cases_are_counted_by_county(cards, run_json):
    assert run_json("list", "overdue", "--as", "sam") == {"19": 1}
    assert "19" in cards("list", "overdue", "--as", "sam").stdout


def test_nothing_is_overdue_in_a_new_state(staffed):
    assert staffed("list", "overdue", "--as", "sam").stdout == "No case is overdue.\n"
    assert "vnc-due" in staffed("list", "show", "--as", "sam").stdout


@pytest.mark.requirement("OPS-05")
def test_only_people_of_sos_export_lists(cards):
    for arguments in (("show",), ("overdue",), ("export", "vnc-due")):
        assert cards("list", *arguments, "--as", "eve", code=1).stderr.startswith("VC-3002")


@pytest.mark.requirement("JOB-01", "COA-37")
def test_a_worker_announces_overdue_cases(cards, run_json):
    cards("job", "schedule", "match-case-deadlines", "--as", "sam")
    cards("worker", "--drain")
    assert run_json("queue", "status", "--county", "19")[0]["open_messages"] == 1
    assert run_json("job", "list")[0]["state"] == "Completed"
    assert "repeat" in cards("job", "schedule", "match-case-deadlines", "--help").stdout
