import pytest
from fakes.dmv import NEW_HOME, a_record

from votecal_soap.domain.county_of_address import Placement, five_digit_zip, place

COUNTIES = frozenset({"01", "19", "37"})
ZIPS = {"90012": frozenset({"19"}), "90600": frozenset({"19", "37"})}


def placed(county=None, **address):
    return place(a_record(county_code=county, new_address=NEW_HOME._replace(**address)), ZIPS, COUNTIES)


@pytest.mark.requirement("COA-11")
def test_dmvs_own_county_code_says_where_the_address_lies():
    assert placed("19") == Placement("19", out_of_state=False)
    assert placed("37", residence_zip_code="99999") == Placement("37", out_of_state=False)
    assert placed("37", residence_zip_code="90600-1234") == Placement("37", out_of_state=False)


@pytest.mark.requirement("COA-11")
def test_without_dmvs_code_the_zip_table_says_it():
    assert placed(None).county_code == "19"
    assert placed("").county_code == "19"


@pytest.mark.requirement("COA-11")
@pytest.mark.parametrize(
    ("county", "zip_code"),
    [("37", "90012"), ("99", "90012"), ("99", "99999"), (None, "90600"), (None, "99999"), (None, None), (None, "9001"), (None, "٩٠٠١٢")],
    ids=["conflict", "unknown county", "unknown county and ZIP", "several", "unknown ZIP", "no ZIP", "short ZIP", "other digits"],
)
def test_a_conflict_none_or_several_counties_are_left_open(county, zip_code):
    assert placed(county, residence_zip_code=zip_code) == Placement(None, out_of_state=False)


@pytest.mark.requirement("COA-14")
def test_an_address_in_another_state_has_no_county():
    assert placed("19", residence_state="NV") == Placement(None, out_of_state=True)


@pytest.mark.requirement("COA-11")
def test_a_state_that_dmv_left_out_is_california():
    assert placed(None, residence_state=None).county_code == "19"


def test_a_nine_digit_zip_is_looked_up_by_its_first_five():
    assert five_digit_zip(NEW_HOME._replace(residence_zip_code="90012-1234")) == "90012"
