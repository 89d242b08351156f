from datetime import date

import pytest

from votecal_soap.domain.counties import Election, Precinct
from votecal_soap.errors import InvalidRequest
from votecal_soap.synthetic.elections import elections
from votecal_soap.synthetic.files import write_elections, write_precincts
from votecal_soap.synthetic.geography import precincts
from votecal_soap.use_cases.reference_files import read_elections, read_precincts

ELECTIONS = "election_id,name,election_date\n"
PRECINCTS = "county_code,precinct_code,name\n"


def test_made_up_elections_and_precincts_can_be_read(tmp_path):
    write_elections(tmp_path / "e.csv", elections())
    write_precincts(tmp_path / "p.csv", precincts("30", 12))
    assert read_elections(tmp_path / "e.csv") == elections()
    assert read_precincts(tmp_path / "p.csv") == precincts("30", 12)


def test_a_file_from_a_spreadsheet_is_read(tmp_path):
    file = tmp_path / "e.csv"
    file.write_bytes(b"\xef\xbb\xbf" + ELECTIONS.replace("\n", "\r\n").encode() + b'E1,"Primary, June",2026-06-02\r\n\r\n')
    assert read_elections(file) == [Election(election_id="E1", name="Primary, June", election_date=date(2026, 6, 2))]


def test_a_precinct_needs_no_name(tmp_path):
    file = tmp_path / "p.csv"
    file.write_text(PRECINCTS + "19,0050-A,\n")
    assert read_precincts(file) == [Precinct(county_code="19", precinct_code="0050-A", name=None)]


BAD = {
    "no heading": (read_elections, "E1,Primary,2026-06-02\n", 1),
    "empty": (read_elections, "", 1),
    "cell missing": (read_elections, ELECTIONS + "E1,Primary\n", 2),
    "cell too many": (read_elections, ELECTIONS + "E1,Primary,2026-06-02,x\n", 2),
    "no name": (read_elections, ELECTIONS + "E0,Good,2026-06-02\nE1,,2026-06-02\n", 3),
    "impossible day": (read_elections, ELECTIONS + "E1,Primary,2026-02-30\n", 2),
    "American day": (read_elections, ELECTIONS + "E1,Primary,06/02/2026\n", 2),
    "wrong id": (read_elections, ELECTIONS + "E 1,Primary,2026-06-02\n", 2),
    "same id again": (read_elections, ELECTIONS + "E1,Primary,2026-06-02\nE1,General,2026-11-03\n", 3),
    "quote left open": (read_elections, ELECTIONS + '"E1,Primary,2026-06-02\n', 2),
    "NUL": (read_elections, ELECTIONS + "E1,Pri\0mary,2026-06-02\n", 2),
    "county out of range": (read_precincts, PRECINCTS + "59,0001,\n", 2),
    "county of one digit": (read_precincts, PRECINCTS + "1,0001,\n", 2),
    "no precinct code": (read_precincts, PRECINCTS + "19,,Name\n", 2),
    "precinct code too long": (read_precincts, PRECINCTS + f"19,{'1' * 21},\n", 2),
    "same precinct again": (read_precincts, PRECINCTS + "19,1,\n20,1,\n19,1,\n", 4),
}


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("case", BAD)
def test_a_wrong_file_is_refused_with_its_name_and_line(tmp_path, case):
    read, text, line = BAD[case]
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(InvalidRequest) as refusal:
        read(file)
    assert refusal.value.ref == f"bad.csv:{line}"


@pytest.mark.requirement("OPS-04")
def test_bytes_that_are_not_utf_8_are_refused(tmp_path):
    file = tmp_path / "latin.csv"
    file.write_bytes(ELECTIONS.encode() + b"E1,Elecci\xf3n,2026-06-02\n")
    with pytest.raises(InvalidRequest, match="UTF-8"):
        read_elections(file)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(InvalidRequest, match=r"missing\.csv"):
        read_precincts(tmp_path / "missing.csv")
