from importlib.resources import files

import pytest

from votecal_soap.synthetic.frequency_tables import Origin, load_names, read_table

DATA = files("votecal_soap.synthetic").joinpath("data")
LIMIT = 500_000


def test_the_tables_stay_within_half_a_megabyte():
    assert sum(len(item.read_bytes()) for item in DATA.iterdir()) <= LIMIT


@pytest.mark.parametrize("item", list(DATA.iterdir()), ids=lambda item: item.name)
def test_each_table_names_its_origin_and_licence(item):
    comments = " ".join(line for line in item.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    assert "Origin:" in comments
    assert "Licence:" in comments


def test_the_surname_null_is_a_surname():
    surnames = {row[0] for row in read_table("surnames.csv")}
    assert "Null" in surnames
    assert "" not in surnames


def test_no_name_holds_a_character_that_a_file_cannot_carry():
    for table in ("surnames.csv", "given_names_1990.csv", "given_names_recent.csv", "given_names_heritage.csv"):
        assert all(row[0].isprintable() and row[0] == row[0].strip() for row in read_table(table))


def test_every_county_has_a_place_and_no_zip_code_twice():
    places = list(read_table("places.csv"))
    assert {row[0] for row in places} == {f"{number:02d}" for number in range(1, 59)}
    assert len({(row[0], row[1]) for row in places}) == len(places)


def test_names_differ_by_origin():
    surnames = load_names().surnames
    assert "Garcia" in surnames[Origin.HISPANIC].items
    assert "Nguyen" in surnames[Origin.API].items
    assert "Nguyen" not in surnames[Origin.BLACK].items
