"""`votecal job schedule process-dmv-coa-record-file` and what `job show` tells of the file."""

import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes.dmv import a_record, a_voter

from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.cli import votecal
from votecal_soap.cli.dmv_file_view import histogram
from votecal_soap.cli.session import Session
from votecal_soap.clock import FixedClock
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.use_cases.ports import Blackout

from .conftest import NOW

SCHEDULE = ("job", "schedule", "process-dmv-coa-record-file", "--as", "sam", "--file")


@pytest.fixture
def database(environ):
    factory = SqlUnitOfWorkFactory.from_url(environ["VOTECAL_DATABASE_URL"])
    yield factory
    factory.close()


@pytest.fixture
def voter(staffed, database):
    with database() as uow:
        uow.voters.add_voters([a_voter()], NOW)
        uow.commit()


@pytest.fixture
def drop(environ):
    def dropped(name, *records):
        folder = Path(environ["VOTECAL_DATA_DIR"]) / "dmv-coa"
        folder.mkdir(parents=True, exist_ok=True)
        write_dmv_coa_file(folder / name, DmvCoaHeader("F1", NOW), records)
        os.utime(folder / name, (NOW.timestamp() - 60, NOW.timestamp() - 60))
        return folder / name

    return dropped


@pytest.fixture
def blackout(staffed, database):
    with database() as uow:
        uow.matching.add_blackout(Blackout(0, None, MatchingFunction.DMV_COA, date(2026, 3, 1), date(2026, 3, 31), "Primary"), NOW, "ada")
        uow.commit()


@pytest.mark.requirement("COA-01")
def test_the_job_waits_for_its_file_and_the_file_for_its_job(staffed, voter, drop, run_json):
    staffed(*SCHEDULE, "coa.xml")
    staffed("worker", "--drain")
    assert run_json("job", "show", 1)["state"] == "Pending"
    other = drop("other.xml", a_record())
    path = drop("coa.xml", a_record())
    staffed("worker", "--drain")
    assert run_json("job", "show", 1)["state"] == "Completed"
    assert (path.exists(), other.exists()) == (False, True)


@pytest.mark.requirement("COA-21")
def test_a_record_whose_address_tells_no_county_is_listed_and_sent_to_one(staffed, voter, drop, run_json):
    assert staffed("match", "records", "list", "--as", "sam").stdout == "There are no such records.\n"
    stranger = {"drivers_license": None, "last_name": "QUACKENBUSH", "date_of_birth": date(1933, 7, 8), "old_address": None}
    drop("coa.xml", a_record(1, **stranger, new_address=a_record().new_address._replace(residence_zip_code="00000")))
    staffed(*SCHEDULE, "coa.xml")
    staffed("worker", "--drain")
    (listed,) = run_json("match", "records", "list", "--as", "sam")
    assert (listed["kind"], listed["city"], listed["zip_code"]) == ("ChangeOfAddress", "LOS ANGELES", "00000")
    assert "QUACKENBUSH" not in staffed("match", "records", "list", "--as", "sam").output
    item = listed["work_item_id"]
    assert staffed("match", "records", "assign", item, "--county", "19", "--as", "sam").stdout == f"Record {item} went to county 19.\n"
    assert staffed("match", "records", "assign", item, "--county", "19", "--as", "sam", code=1).stderr.startswith("VC-4009")
    assert run_json("match", "records", "list", "--as", "sam") == []


@pytest.mark.requirement("COA-01", "COA-36")
def test_the_file_is_shown_with_counts_histogram_and_unreadable_records(staffed, voter, drop, run_json):
    path = drop("coa.xml", a_record(1, drivers_license=None, last_name="QUACKENBUSH", date_of_birth=date(1933, 7, 8)), a_record(2))
    path.write_text(path.read_text().replace("1933-07-08", "1933-02-30"))
    os.utime(path, (0, 0))
    staffed(*SCHEDULE, "coa.xml")
    staffed("worker", "--drain")
    shown = staffed("job", "show", 1).stdout
    assert "AutomaticMatch" in shown
    assert "█" in shown
    assert "Records that could not be read" in shown
    assert "1933" not in shown
    told = run_json("job", "show", 1)["dmv_file"]
    assert (told["file"]["state"], told["outcomes"], told["scores"]) == ("Completed", {"AutomaticMatch": 1, "Unreadable": 1}, {"100": 1})
    assert told["unreadable"][0]["sequence"] == 1


@pytest.mark.requirement("COA-01")
def test_a_refused_file_is_shown_with_the_reason(staffed, drop, run_json):
    path = drop("coa.xml", a_record())
    path.write_text("<DmvCoaFile/>")
    os.utime(path, (0, 0))
    staffed(*SCHEDULE, "coa.xml")
    staffed("worker", "--drain")
    assert run_json("job", "show", 1)["state"] == "FileRefused"
    assert "VC-11" in staffed("job", "show", 1).stdout


@pytest.mark.requirement("JOB-04")
def test_scheduling_into_a_blackout_warns_and_asks(staffed, blackout, environ, run_json):
    def answered(word):
        return CliRunner().invoke(votecal, [*SCHEDULE, "coa.xml"], obj=Session(environ, FixedClock(NOW)), input=f"{word}\n")

    refused = answered("n")
    assert refused.exit_code == 1
    assert "Blackout 2026-03-01 to 2026-03-31 (all counties, dmv_coa): Primary" in refused.output
    assert run_json("job", "list") == []
    assert answered("y").exit_code == 0
    assert len(run_json("job", "list")) == 1


@pytest.mark.requirement("JOB-04")
def test_a_script_confirms_beforehand_and_a_later_start_is_asked_about_by_its_own_day(staffed, blackout, run_json):
    staffed(*SCHEDULE, "a.xml", "--yes")
    staffed(*SCHEDULE, "b.xml", "--not-before", "2026-04-01")
    assert len(run_json("job", "list")) == 2


@pytest.mark.parametrize("name", ["../etc/passwd.xml", "coa.xml.part", ".hidden.xml", "coa", "a/b.xml", "coa.xml\n"])
@pytest.mark.requirement("COA-01", "OPS-05")
def test_only_the_plain_name_of_an_xml_file_is_taken(staffed, name):
    assert "VC-1010" in staffed(*SCHEDULE, name, code=1).stderr


def test_few_records_among_many_are_still_seen_in_the_histogram():
    rows = {label: bar for label, _, bar in histogram({0: 1, 90: 100_000, 100: 50_000})}
    assert (len(rows["0–9"]), len(rows["90–98"]), len(rows["100"]), rows["99"]) == (1, 50, 25, "")
