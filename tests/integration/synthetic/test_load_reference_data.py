import json
from datetime import date

import pytest

from votecal_soap.domain.counties import Election
from votecal_soap.domain.rule_parameters import CODE_TABLES
from votecal_soap.errors import InvalidRequest, NotFound
from votecal_soap.synthetic.elections import elections
from votecal_soap.synthetic.files import write_elections, write_precincts
from votecal_soap.synthetic.geography import precincts
from votecal_soap.use_cases.load_reference_data import (
    LoadReport,
    load_elections,
    load_holidays,
    load_precincts,
    load_reference,
    load_zip_counties,
)

SUNDAY = 6


@pytest.mark.requirement("OPS-04")
def test_the_shipped_reference_data_holds_every_county_and_code_table(empty, clock):
    report = load_reference("ada", empty(), clock)
    with empty(read_only=True) as uow:
        counties = uow.reference.counties()
        codes = {kind: uow.reference.codes(kind) for kind in CODE_TABLES}
    assert len(counties) == 58
    assert [(county.county_code, county.fips) for county in counties if county.name in ("Alameda", "Los Angeles", "Yuba")] == [
        ("01", "06001"),
        ("19", "06037"),
        ("58", "06115"),
    ]
    assert all(codes.values())
    assert {"DEM", "REP", "AIP", "GRN", "LIB", "PAF", "NPP"} <= codes["Party"].keys()
    assert report.read == report.changed > 150


@pytest.mark.requirement("OPS-02")
def test_loading_again_changes_nothing_and_is_not_audited(empty, clock, tmp_path, audit_rows):
    write_elections(tmp_path / "e.csv", elections())
    write_precincts(tmp_path / "p.csv", precincts("19", 5))
    for expected in ("first", "again"):
        before = len(audit_rows())
        reports = [
            load_reference("ada", empty(), clock),
            load_elections(tmp_path / "e.csv", "ada", empty(), clock),
            load_precincts(tmp_path / "p.csv", "ada", empty(), clock),
        ]
        assert all((report.changed > 0) == (expected == "first") for report in reports)
        assert (len(audit_rows()) > before) == (expected == "first")


@pytest.mark.requirement("OPS-02")
def test_a_changed_election_is_audited_with_old_and_new(unit_of_work, clock, tmp_path, audit_rows):
    first = elections()[0]
    for name in ("Primary", "Presidential Primary"):
        write_elections(tmp_path / "e.csv", [Election(election_id=first.election_id, name=name, election_date=first.election_date)])
        load_elections(tmp_path / "e.csv", "ada", unit_of_work(), clock)
    row = audit_rows()[-1]
    assert (row.actor, row.action, row.subject_id) == ("ada", "LoadReferenceData", first.election_id)
    detail = json.loads(row.detail)
    assert (detail["old"]["name"], detail["new"]["name"]) == ("Primary", "Presidential Primary")


@pytest.mark.requirement("OPS-02")
def test_a_renamed_precinct_is_audited_with_old_and_new(unit_of_work, clock, tmp_path, audit_rows):
    file = tmp_path / "p.csv"
    for name in ("North", "South"):
        file.write_text(f"county_code,precinct_code,name\n19,0001,{name}\n")
        assert load_precincts(file, "ada", unit_of_work(), clock) == LoadReport(read=1, changed=1)
    row = audit_rows()[-1]
    assert (row.county_code, json.loads(row.detail)) == ("19", {"old": {"0001": "North"}, "new": {"0001": "South"}})


@pytest.mark.requirement("OPS-04")
def test_a_wrong_line_loads_nothing_of_its_file(unit_of_work, clock, tmp_path):
    file = tmp_path / "p.csv"
    file.write_text("county_code,precinct_code,name\n19,0001,North\n19,,South\n")
    with pytest.raises(InvalidRequest, match=r"p\.csv:3"):
        load_precincts(file, "ada", unit_of_work(), clock)
    with unit_of_work(read_only=True) as uow:
        assert not uow.reference.precinct_codes("19")


@pytest.mark.requirement("OPS-04")
def test_precincts_before_counties_are_refused(empty, clock, tmp_path):
    write_precincts(tmp_path / "p.csv", precincts("19", 2))
    with pytest.raises(NotFound, match="reference data"):
        load_precincts(tmp_path / "p.csv", "ada", empty(), clock)


@pytest.mark.requirement("COA-11", "COA-37")
def test_zip_codes_and_holidays_are_shipped(empty, clock):
    load_reference("ada", empty(), clock)
    with empty(read_only=True) as uow:
        counties = {county.county_code for county in uow.reference.counties()}
        table = uow.matching.zip_counties()
        lies_in = uow.matching.counties_of_zip(["90001", "94303", "96130", "00000"])
        holidays = uow.matching.named_holidays()
    assert {row.county_code for row in table} == counties
    assert lies_in == {"90001": {"19"}, "94303": {"41", "43"}, "96130": {"18"}, "00000": frozenset()}
    this_year = clock.now().year
    assert all(len([day for day in holidays if day.year == year]) == 11 for year in range(2024, this_year + 11))
    assert {date(2026, 3, 31), date(2026, 7, 4), date(2026, 11, 26), date(2026, 11, 27), date(2028, 11, 10)} <= set(holidays)
    assert not [day for day in holidays if day.weekday() == SUNDAY]


@pytest.mark.requirement("COA-37")
def test_a_day_that_the_governor_appointed_before_keeps_no_holiday_of_its_year_away(empty, clock, tmp_path):
    file = tmp_path / "holidays.csv"
    file.write_text("holiday,name\n2027-12-24,Christmas Eve\n")
    load_holidays(file, "ada", empty(), clock)
    load_reference("ada", empty(), clock)
    with empty() as uow:
        assert len([day for day in uow.matching.holidays() if day.year == 2027]) == 12


@pytest.mark.requirement("COA-37", "OPS-02")
def test_a_file_may_take_the_place_of_its_years_and_the_shipped_days_do_not_come_back(empty, clock, tmp_path):
    load_reference("ada", empty(), clock)
    file = tmp_path / "holidays.csv"
    file.write_text("holiday,name\n2027-01-01,New Year's Day\n2027-06-19,Juneteenth\n")
    assert load_holidays(file, "ada", empty(), clock, replace=True) == LoadReport(read=2, changed=11)
    load_reference("ada", empty(), clock)
    with empty() as uow:
        days = uow.matching.holidays()
        assert {day for day in days if day.year == 2027} == {date(2027, 1, 1), date(2027, 6, 19)}
        assert len([day for day in days if day.year == 2028]) == 11


@pytest.mark.requirement("COA-11", "OPS-02")
def test_the_states_own_zip_codes_take_the_place_of_the_shipped_ones_for_good(empty, clock, tmp_path, audit_rows):
    load_reference("ada", empty(), clock)
    file = tmp_path / "zip.csv"
    file.write_text("first_zip_code,last_zip_code,county_code\n90001,90001,34\n")
    assert load_zip_counties(file, "ada", empty(), clock).changed > 1
    before = len(audit_rows())
    assert load_zip_counties(file, "ada", empty(), clock) == LoadReport(read=1, changed=0)
    load_reference("ada", empty(), clock)
    assert len(audit_rows()) == before
    with empty(read_only=True) as uow:
        assert uow.matching.counties_of_zip(["90001", "90002"]) == {"90001": {"34"}, "90002": frozenset()}


@pytest.mark.requirement("COA-37")
def test_a_holiday_is_added_from_a_file(empty, clock, tmp_path):
    file = tmp_path / "holidays.csv"
    file.write_text("# added by order of the governor\nholiday,name\n2026-12-24,Christmas Eve\n")
    assert load_holidays(file, "ada", empty(), clock) == LoadReport(read=1, changed=1)
    assert load_holidays(file, "ada", empty(), clock) == LoadReport(read=1, changed=0)
    with empty(read_only=True) as uow:
        assert uow.matching.holidays() == {date(2026, 12, 24)}


@pytest.mark.parametrize(
    ("load", "text"),
    [
        (load_zip_counties, "first_zip_code,last_zip_code,county_code\n9000,90001,19\n"),
        (load_zip_counties, "first_zip_code,last_zip_code,county_code\n90002,90001,19\n"),
        (load_zip_counties, "first_zip_code,last_zip_code,county_code\n90001,90002,59\n"),
        (load_zip_counties, "first_zip_code,last_zip_code,county_code\n90001,90002,19\n90001,90002,19\n"),
        (load_holidays, "holiday,name\n2026-13-24,Never\n"),
        (load_holidays, "holiday,name\n2026-12-24,\n"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(empty, clock, tmp_path, load, text):
    file = tmp_path / "wrong.csv"
    file.write_text(text)
    with pytest.raises(InvalidRequest) as refused:
        load(file, "ada", empty(), clock)
    assert (refused.value.ref or "").startswith("wrong.csv:")


def test_zip_codes_of_a_county_that_is_not_there_are_refused(empty, clock, tmp_path):
    file = tmp_path / "zip.csv"
    file.write_text("first_zip_code,last_zip_code,county_code\n90001,90001,19\n")
    with pytest.raises(NotFound):
        load_zip_counties(file, "ada", empty(), clock)
