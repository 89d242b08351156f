import json

import pytest

from votecal_soap.domain.counties import Election
from votecal_soap.domain.rule_parameters import CODE_TABLES
from votecal_soap.errors import InvalidRequest, NotFound
from votecal_soap.synthetic.elections import elections
from votecal_soap.synthetic.files import write_elections, write_precincts
from votecal_soap.synthetic.geography import precincts
from votecal_soap.use_cases.load_reference_data import LoadReport, load_elections, load_precincts, load_reference


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
